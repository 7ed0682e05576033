/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * below - everything in the sysfs folder of a device: nodes in /dev, bound drivers, devices of the
 * snapshot, and whether there are network interfaces
 *
 * A disk is five folders below its SATA controller, a display one: the real folders are walked,
 * links are not followed. The one exception are the disks of NVMe: their folders lie elsewhere
 * when a second controller may reach them too (drivers/nvme/host/multipath.c).
 */
#pragma once

#include "sources/sources.h"

#include <sys/sysmacros.h>

/**
 * struct below_node - one node: of a disk, a partition, a terminal, …
 * @path: its folder in sysfs     @name: below /dev, such as "dri/card0" (DEVNAME)
 * @subsystem: "block", "drm", …; empty where the kernel does not say
 * @number: its device number     @is_block: a block device, else a character device
 * @is_partition: part of the block device in whose folder it lies
 */
struct below_node {
	const char *path, *name, *subsystem;
	dev_t number;
	bool is_block, is_partition;
};

/**
 * struct below_bound - a device of any bus that has a driver
 * @path: its folder in sysfs, below that of the device in focus     @driver: "usbhid", "kmem"
 */
struct below_bound {
	const char *path, *driver;
};

/**
 * struct below - of one device in focus; @device is NULL where it is not there
 * @bound: devices below it that have a driver, @bound_count of them
 * @members: devices of the snapshot below it, @member_count of them, by path
 * @has_net: there is a folder "net": network interfaces hang off it, in whatever namespace they are
 * @unseen: why there may be nodes that are not among these, or NULL
 */
struct below {
	struct device *device;
	const struct below_node *nodes;
	size_t count;
	const struct below_bound *bound;
	size_t bound_count;
	struct device *const *members;
	size_t member_count;
	bool has_net;
	const char *unseen;
};

/** below_has - true where one of the nodes belongs to @subsystem */
bool below_has(const struct below *below, const char *subsystem);
