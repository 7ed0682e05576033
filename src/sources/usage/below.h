/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * below - the nodes, drivers, devices and network interfaces in the sysfs folder of a device
 *
 * A disk lies five folders below its SATA controller, a display one: the walk reads real folders
 * and follows no links. NVMe disks are the exception: with native multipath their folders lie below
 * the subsystem (drivers/nvme/host/multipath.c).
 */
#pragma once

#include "sources/sources.h"

#include <sys/sysmacros.h>

/**
 * struct below_node - one node of a disk, a partition, a terminal or the like
 * @path: its folder in sysfs     @name: below /dev, such as "dri/card0" (DEVNAME)
 * @subsystem: "block", "drm" and so on; empty where the kernel does not name it
 * @number: its device number     @is_block: a block device, else a character device
 * @is_partition: a partition of the block device in whose folder it lies
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
 * struct below - everything below one device in focus; @device is NULL where it does not exist
 * @bound: devices below it that have a driver, @bound_count of them
 * @members: devices of the snapshot below it, @member_count of them, by path
 * @has_net: it has a folder "net", and so network interfaces, in whatever namespace they are
 * @unseen: why @nodes may lack some, or NULL
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

/**
 * below_owner - the innermost device in focus whose folder @path lies below
 * @inner: NULL, or the device that the call before returned: then the next one above it
 * Returns: NULL where there is none (any more). It takes about as long with many devices in focus
 * as with one, so that a list of the whole machine can be read once for all of them.
 */
struct device *below_owner(const struct reading *reading, const char *path,
			   const struct device *inner) _nonnull_(1, 2);

/**
 * below_unread_uses - build_unread_use for every device in focus: @file has uses of all devices
 * @cause: the negative errno
 */
void below_unread_uses(const struct reading *reading, enum use_kind kind, const char *file,
		       int cause) _nonnull_();

/** below_has - true where one of the nodes belongs to @subsystem */
bool below_has(const struct below *below, const char *subsystem);
