/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blocks - the block devices of a device, and all that is made of them: LVM on LUKS on md on a
 * partition
 */
#pragma once

#include "sources/usage/below.h"
#include "sources/usage/exports.h"

/**
 * struct block - @name: the kernel's, "dm-0"     @node: below /dev     @alias: "mapper/vg-root", or
 * NULL     @path: its folder in sysfs
 * @disk: which of the blocks is the whole disk at the bottom of it
 * @number: device number, 0 unknown     @is_used: a use of it is known
 * @has_used: a use of it or of anything on it is known
 */
struct block {
	const char *name, *node, *alias, *path;
	dev_t number;
	size_t disk;
	bool is_used, has_used;
};

/** struct blocks - the first @below_count are of the device itself
 * @unseen: why there may be more above them, or NULL */
struct blocks {
	struct reading *reading;
	struct device *device;
	struct block *items;
	size_t count, room, below_count;
	const char *unseen;
};

/**
 * blocks_find - the block devices below @below->device and all above them; none for many devices
 * Leaves USE_HOLDER and USE_BACKING for each that has something on it.
 * Sources: holders/ in sysfs (block/holder.c), @exports.
 */
struct blocks blocks_find(struct reading *reading, const struct below *below,
			  const struct exports *exports);

/** block_use - take in a use of blocks->items[@index]; texts are copied */
void block_use(struct blocks *blocks, size_t index, enum use_kind kind, const char *user,
	       const char *evidence);

/** block_is_node - true where @node, below /dev, is that block device     @node: or NULL */
bool block_is_node(const struct block *block, const char *node);
