/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pools - file systems of several block devices (btrfs), which are mounted by the name of any of
 * them
 */
#pragma once

#include "base/root.h"

/**
 * struct pool - one mounted file system     @folder: the sysfs folder that lists its devices,
 * /sys/fs/btrfs/UUID/devices
 */
struct pool {
	const struct pool *next;
	const char *folder;
	const struct pool_member *members;
};

/** pools_read - all mounted pools; @arena owns them     Source: fs/btrfs/sysfs.c */
const struct pool *pools_read(const struct root *root, struct arena *arena);

/**
 * pool_has - true where the block device with the kernel's name @name is one of the pool's devices
 */
bool pool_has(const struct pool *pool, const char *name);
