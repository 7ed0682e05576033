/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blocks - the block devices of a device, and all block devices on them, such as LVM on LUKS on md
 * on a partition
 */
#pragma once

#include "sources/usage/below.h"
#include "sources/usage/exports.h"

/**
 * struct block - one block device
 * @name: the kernel's, "dm-0"     @node: below /dev     @alias: "mapper/vg-root", or NULL
 * @path: its folder in sysfs
 * @disk: index in struct blocks of the whole disk under it
 * @number: device number, 0 unknown     @is_used: a use of it is known
 * @has_used: a use of it or of anything on it is known
 */
struct block {
	const char *name, *node, *alias, *path;
	dev_t number;
	size_t disk;
	bool is_used, has_used;
};

/**
 * struct blocks - the block devices of one device, and those on them
 * @below_count: the first so many are the device's own
 * @by_path: folder of a block device -> index in @items plus 1
 * @unseen: why there may be more block devices on them, or NULL
 */
struct blocks {
	struct reading *reading;
	struct device *device;
	struct block *items;
	size_t count, room, below_count;
	struct text_map *by_path;
	const char *unseen;
};

/**
 * blocks_find - the block devices below @below->device and all on them; most devices have none
 * Adds USE_HOLDER and USE_BACKING for each that has something on it. Sources: holders/ in sysfs
 * (block/holder.c), @exports.
 */
struct blocks blocks_find(struct reading *reading, const struct below *below,
			  const struct exports *exports);

/** block_use - add a use of blocks->items[@index]; texts are copied */
void block_use(struct blocks *blocks, size_t index, enum use_kind kind, const char *user,
	       const char *evidence);

/**
 * block_alias - the other node of the block device whose folder in sysfs is @path: "mapper/vg-root"
 * Returns: text in @arena; NULL where it is not of the device mapper (drivers/md/dm-sysfs.c).
 */
const char *block_alias(const struct root *root, struct arena *arena, const char *path);
