/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mounts - the mounts of every mount namespace that has a process
 *
 * One process of each namespace is read (/proc/PID/mountinfo). A namespace that only a bind mount
 * keeps has no process and cannot be read; its disks are still claimed in the kernel (claims.h).
 */
#pragma once

#include "base/processes.h"
#include "base/root.h"
#include "base/text_map.h"

#include <sys/types.h>

/** enum mount_backing - the way to find the device of a file system */
enum mount_backing {
	MOUNT_NUMBER, /* the mount's device is found by the number of its block device */
	/*
	 * the mount has number 0:N, and the source names one or all of its devices: btrfs, bcachefs
	 */
	MOUNT_SOURCES,
	/* the mount has number 0:N, and the source is a tag of a virtio device: 9p, virtiofs */
	MOUNT_TAG,
	MOUNT_UBI,  /* the mount has number 0:N, and the source is a UBI volume: ubifs */
	MOUNT_NONE, /* the mount has no device */
};

/**
 * struct mount - one line of mountinfo
 * @number: st_dev of its files: the number of its block device, or 0:N
 * @source: the mounted device, unescaped. Any user may mount a tmpfs in a new user namespace and
 * name it "/dev/sda": use the source only for file systems with a @backing, which only root can
 * mount.
 * @point: the mount point, unescaped     @type: of the file system     @evidence: the mountinfo
 * file
 * @holder: a process of its mount namespace, "sleep (process 7)"; NULL for the main ones
 * @is_main: in the namespace of process 1, or in that of this process
 * @order: position in its namespace, oldest first
 */
struct mount {
	dev_t number;
	enum mount_backing backing;
	const char *source, *point, *type, *evidence, *holder;
	size_t order;
	bool is_main;
};

/**
 * struct mounts - all mounts of the main namespaces; of other namespaces only mounts with a device
 * @items: by backing, then by number, main namespaces first, then by point
 * @by_point: a mount point of a main namespace -> index in @items plus 1 of its last mount
 * @unseen: why other namespaces may have more, or NULL     @main_unseen: why the main ones may have
 * more, or NULL
 */
struct mounts {
	const struct mount *items;
	size_t count;
	struct text_map *by_point;
	const char *unseen, *main_unseen;
};

/** mounts_read - read the mounts of all namespaces; @arena owns the result */
struct mounts mounts_read(const struct root *root, struct arena *arena,
			  struct processes *processes);

/** mounts_read_main - only those of the main namespaces: one or two files */
struct mounts mounts_read_main(const struct root *root, struct arena *arena);

/** mounts_of_number - the mounts of the block device @number, *ret_count of them */
const struct mount *mounts_of_number(const struct mounts *mounts, dev_t number, size_t *ret_count);

/** mounts_of_backing - the mounts with that backing, *ret_count of them */
const struct mount *mounts_of_backing(const struct mounts *mounts, enum mount_backing backing,
				      size_t *ret_count);

/**
 * mount_is_system - true where the machine cannot run without the mount: "/", and "/usr" and
 * "/boot" with all below
 */
bool mount_is_system(const struct mount *mount);

/** mount_holding - the mount of a main namespace that contains the file @path, or NULL */
const struct mount *mount_holding(const struct mounts *mounts, const char *path);

/**
 * octal_unescape - decode \040 and the like in place: /proc escapes blanks, newlines and
 * backslashes so
 */
void octal_unescape(char *text);
