/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey - read everything that a reading command, or "check" with any driver, could read on this
 * machine
 *
 * A recording (recording.h) notes the files that the answers came from.
 */
#pragma once

#include "base/root.h"
#include "model/system.h"

/**
 * survey_read - read every fact of every device, with every device in focus, and the files that
 * "check" would read for a driver that is named only later: all drivers, all modules and their
 * settings
 * @each: called with the system that has all devices in focus
 * Returns: 0; a negative errno where no system can be read.
 */
_must_check_ int survey_read(const struct root *root,
			     void (*each)(void *context, const struct system *system),
			     void *context, struct error *e);
