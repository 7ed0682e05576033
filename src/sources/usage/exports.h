/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exports - what block devices are handed on through without being held: loop devices, zram,
 * targets of iSCSI and NVMe. Each names what lies under it by a path.
 */
#pragma once

#include "base/root.h"

/**
 * struct export - @backing: node below /dev of what lies under it, links followed
 * @user: "loop0", "iSCSI target iblock_0/disk"     @evidence: the file that says so
 * @block: name of the block device that it makes, or NULL
 */
struct export
{
	const char *backing, *user, *evidence, *block;
};

struct exports {
	const struct export *items;
	size_t count;
};

/**
 * exports_read - all of the machine whose backing is a node
 * @arena: owns the result     Sources: drivers/block/loop.c, zram_drv.c; configfs of LIO and nvmet
 */
struct exports exports_read(const struct root *root, struct arena *arena);

/**
 * node_of_path - the node below /dev that a path means, links followed: "dm-0" for "/dev/vg/root"
 * Returns: text in @arena, or NULL where the path is not below /dev.
 */
const char *node_of_path(const struct root *root, struct arena *arena, const char *path);
