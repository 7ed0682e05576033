/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drivers - the drivers that devices may be given to: "check SELECTOR… help", and completions */
#pragma once

#include "commands/options.h"

/**
 * drivers_print - a line for each driver that a device of the selectors has, that serves VFIO on
 * its bus, or whose module claims it; and "none"
 * @options: its arguments are the selectors
 */
_must_check_ int drivers_print(const struct options *options, struct error *e);
