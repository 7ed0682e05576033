/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey - read all that a reading command, or "check" with any driver, could read of this machine
 *
 * The answers are dropped: a recording (recording.h) sees which files they came from.
 */
#pragma once

#include "base/root.h"

/**
 * survey_read - read every fact of every device, with every device in focus, and what "check" would
 * look up for a driver that is named only later: all drivers, all modules and their settings
 * Returns: 0; a negative errno where no system can be read at all.
 */
_must_check_ int survey_read(const struct root *root, struct error *e);
