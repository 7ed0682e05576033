/* SPDX-License-Identifier: GPL-2.0-or-later */
/* adopt - add devices of buses that are otherwise not read, because other devices wait for them */
#pragma once

#include "sources/sources.h"

/**
 * adopt_device - the device at @path, added if it is not known yet
 * @path: below /sys/devices
 * Returns: NULL where no device with a bus is there. Reads no file that takes a lock.
 */
struct device *adopt_device(struct reading *reading, const char *path);

/** adopt_named - the device /sys/bus/BUS/devices/NAME, added if it is not known yet */
struct device *adopt_named(struct reading *reading, const char *bus, const char *name);
