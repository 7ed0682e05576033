/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exports - devices in use by loop devices, zram, LIO (iSCSI, vhost-scsi, FCoE), nvmet and UBI,
 * which sysfs does not list in holders/. Programs that export a device (qemu-nbd) have it open, and
 * DRBD is listed as its holder.
 */
#pragma once

#include "base/root.h"
#include "base/text_map.h"

/** enum export_kind - the form of export->backing */
enum export_kind {
	/* export of a block device, by its node below /dev, links followed: "nvme0n1" */
	EXPORT_BLOCK,
	EXPORT_NODE, /* export of a character device, by its node below /dev: "nvme0", "mtd0" */
	/* export of a SCSI device, by its folder: "3:0:1:2", or ":0:1:2" of any host */
	EXPORT_SCSI,
};

/**
 * struct export - @user: "loop0", "iSCSI target iblock_0/disk"     @evidence: the file that says so
 * @block: name of the block device that it makes, or NULL
 * @next: index plus 1 of the next export of the same backing, or 0
 */
struct export
{
	enum export_kind kind;
	const char *backing, *user, *evidence, *block;
	size_t next;
};

/** struct exports - @by_backing: see export_first */
struct exports {
	const struct export *items;
	size_t count;
	struct text_map *by_backing;
};

/**
 * exports_read - all of the machine that are switched on
 * @arena: owns the result
 * Sources: drivers/block/loop.c, zram_drv.c; drivers/mtd/ubi/build.c; configfs of drivers/target
 * (target_core_*.c) and drivers/nvme/target (configfs.c)
 */
struct exports exports_read(const struct root *root, struct arena *arena);

/** export_first - the first export of that backing, of any kind, or NULL */
const struct export *export_first(const struct exports *exports, const char *backing);

/** export_next - the next export of the same backing, or NULL */
const struct export *export_next(const struct exports *exports, const struct export *export);

/**
 * node_of_path - the name below /dev that a path leads to, links followed: "dm-0" for
 * "/dev/vg/root"
 * Returns: text in @arena, or NULL where the path is not below /dev.
 */
const char *node_of_path(const struct root *root, struct arena *arena, const char *path);
