/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status - the parts of the page about one device that are no columns */
#pragma once

#include "checks/handover.h"
#include "model/system.h"

/**
 * status_print_devices - print for each chosen device its uses, its pins, how it is reset, and its
 * last lines of the log
 * @system: with log lines and pins     @focused: a system with the uses and traits of these
 * devices, or NULL
 * @chosen: a flag for each device of @system, by index
 */
void status_print_devices(const struct system *system, const struct system *focused,
			  const bool *chosen);

/**
 * status_print_commands - print the commands that hand @device over or take it back
 * @selectors: as the user wrote them, NULL-terminated     @driver: a VFIO driver or NULL
 * @handover: the moves that were checked: a move that is taken along needs --group
 * @is_refused: a check stands against it
 */
void status_print_commands(const struct device *device, char *const *selectors, const char *driver,
			   const struct handover *handover, bool is_refused);
