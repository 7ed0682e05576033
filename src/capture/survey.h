/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey - read everything that a reading command, or "check" with any driver, could read on this
 * machine
 *
 * The answers are dropped: a recording (recording.h) notes the files that they came from.
 */
#pragma once

#include "base/root.h"

/**
 * survey_read - read every fact of every device, with every device in focus, and the files that
 * "check" would read for a driver that is named only later: all drivers, all modules and their
 * settings
 * Returns: 0; a negative errno where no system can be read.
 */
_must_check_ int survey_read(const struct root *root, struct error *e);
