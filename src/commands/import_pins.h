/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_pins - pins from the list of driverctl, which names devices by their addresses
 *
 * driverctl keeps a file for each device, "/etc/driverctl.d/BUS-DEVICE", that holds the driver, and
 * writes driver_override when the device appears (driverctl(8)).
 */
#pragma once

#include "actions/transaction.h"
#include "commands/options.h"

/**
 * import_driverctl - make a pin for the device of each file, with all checks of "pin"
 * The device that has the address now is meant, where driverctl has given it to the driver in this
 * boot: its driver_override tells. All pins are made, or none. The files of driverctl are left as
 * they are, and named.
 * @folder: where the files of pins are written
 * Returns: 0; ERROR_REFUSED where the device of a file cannot be identified, or is pinned to
 * another driver.
 */
_must_check_ int import_driverctl(const struct host *host, const char *folder,
				  const struct options *options, struct error *e) _nonnull_();
