/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * adopt - take in devices of buses that are none of ours, because others wait for them
 */
#pragma once

#include "sources/sources.h"

/**
 * adopt_device - the device at @path, taken in where it is not known yet
 * @path: below /sys/devices
 * Returns: NULL where there is no device on a bus. No file that is read takes a lock.
 */
struct device *adopt_device(struct reading *reading, const char *path);

/** adopt_named - the same for /sys/bus/BUS/devices/NAME */
struct device *adopt_named(struct reading *reading, const char *bus, const char *name);
