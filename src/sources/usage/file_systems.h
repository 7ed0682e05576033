/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_systems - which file systems a block device belongs to, by its node: mounts that name it as
 * a source, and btrfs file systems of several devices
 */
#pragma once

#include "base/text_map.h"
#include "sources/usage/mounts.h"

/**
 * struct pool - a btrfs that the kernel has open; it may have several devices
 * @folder: "/sys/fs/btrfs/UUID/devices"
 * @mount: one of its mounts, in a main namespace if there is one; NULL where none can be seen
 */
struct pool {
	const char *folder;
	const struct mount *mount;
};

/**
 * struct file_systems - all mounts, and what they are found by
 * @by_source: the node below /dev of a source -> index of a mount in mounts.items plus 1
 * @by_member: name or node of a device of a btrfs -> index in @pools plus 1
 */
struct file_systems {
	struct mounts mounts;
	const struct pool *pools;
	struct text_map *by_source, *by_member;
};

/**
 * file_systems_read - all of the machine; @arena owns the result
 * Sources: /proc/PID/mountinfo; /sys/fs/btrfs (fs/btrfs/sysfs.c)
 */
struct file_systems file_systems_read(const struct root *root, struct arena *arena,
				      struct processes *processes);

/**
 * file_systems_mount - a mount whose source names the node, such as "sda1" or "mapper/vg-root", and
 * that has no block device's number; in a main namespace if there is one; NULL without any
 */
const struct mount *file_systems_mount(const struct file_systems *file_systems, const char *node);

/** file_systems_pool - the btrfs that has the block device of that name or node, or NULL */
const struct pool *file_systems_pool(const struct file_systems *file_systems, const char *name);

/**
 * mount_sources - call @each for the node below /dev of each device in the source of a mount
 * bcachefs lists all its devices: "/dev/sda:/dev/sdb". The nodes are in @arena.
 */
void mount_sources(const struct root *root, struct arena *arena, const char *source,
		   void (*each)(void *context, const char *node), void *context);
