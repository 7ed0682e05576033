/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * of_devices - find the kernel's device for a node of the devicetree
 *
 * sysfs links devices to nodes (of_node) but not nodes to devices, so the links of all devices of
 * all buses are read once. A node may have several devices (a controller and the bus that it
 * makes): the first on a bus whose devices are made from firmware counts.
 */
#pragma once

#include "base/root.h"

#include <stddef.h>

/** struct of_devices - devices with their nodes, sorted by node; lives in the arena */
struct of_devices {
	struct of_device *items;
	size_t count, room;
};

/** of_devices_read - read the of_node links of all devices */
struct of_devices of_devices_read(const struct root *root, struct arena *arena);

/** of_devices_find - the sysfs path of the device whose node is @node, or NULL */
const char *of_devices_find(const struct of_devices *devices, const char *node);
