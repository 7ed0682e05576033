/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * of_devices - which kernel device was made for a node of the devicetree
 *
 * sysfs has only the way from a device to its node (of_node), so all devices of all buses are
 * asked once. A node may have several (a controller and the bus that it makes): the first on a bus
 * whose devices are made from firmware counts.
 */
#pragma once

#include "base/root.h"

#include <stddef.h>

/** struct of_devices - sorted by node; lives in the arena */
struct of_devices {
	struct of_device *items;
	size_t count, room;
};

/** of_devices_read - ask all devices */
struct of_devices of_devices_read(const struct root *root, struct arena *arena);

/** of_devices_find - sysfs path of the device of the node at @node, or NULL */
const char *of_devices_find(const struct of_devices *devices, const char *node);
