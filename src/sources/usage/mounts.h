/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mounts - what is mounted, in every mount namespace that a process is in
 *
 * Of each namespace one process is asked (/proc/PID/mountinfo). Namespaces without a process,
 * which only a bind mount keeps, are not seen: their disks are still claimed in the kernel.
 */
#pragma once

#include "base/root.h"

#include <sys/types.h>

/** enum mount_backing - how the device behind a file system is found */
enum mount_backing {
	MOUNT_NUMBER,  /* by the number of its block device */
	MOUNT_SOURCES, /* 0:N; the source names one or all of its devices: btrfs, bcachefs */
	MOUNT_TAG,     /* 0:N; the source is a tag of a virtio device: 9p, virtiofs */
	MOUNT_UBI,     /* 0:N; the source is a UBI volume: ubifs */
	MOUNT_NONE,    /* of no device */
};

/**
 * struct mount - one line of mountinfo
 * @number: st_dev of its files: of its block device, or 0:N
 * @source: what was mounted, unescaped. Any user may mount a tmpfs in a new user namespace
 * and call it "/dev/sda": the source says something only for the file systems of @backing, which
 * the kernel lets only root mount.
 * @point: where, unescaped     @type: of the file system     @evidence: the file that says so
 * @holder: whose mount namespace it is in, "sleep (process 7)"; NULL for the main ones
 * @is_main: in the namespace of process 1, or in that of this process
 * @order: mounts of one namespace, oldest first
 */
struct mount {
	dev_t number;
	enum mount_backing backing;
	const char *source, *point, *type, *evidence, *holder;
	size_t order;
	bool is_main;
};

/**
 * struct mounts - all of the main namespaces; of others those of a device
 * @items: by backing, then by number, main namespaces first, then by point
 * @unseen: why there may be others, or NULL     @main_unseen: the same of the main namespaces
 */
struct mounts {
	const struct mount *items;
	size_t count;
	const char *unseen, *main_unseen;
};

/** mounts_read - @arena owns the result */
struct mounts mounts_read(const struct root *root, struct arena *arena);

/** mounts_of_number - those of the block device @number, *ret_count of them */
const struct mount *mounts_of_number(const struct mounts *mounts, dev_t number, size_t *ret_count);

/** mounts_of_backing - those whose device is found that way, *ret_count of them */
const struct mount *mounts_of_backing(const struct mounts *mounts, enum mount_backing backing,
				      size_t *ret_count);

/** mount_is_system - true where the machine stops without it: "/", "/usr" or "/boot" and below */
bool mount_is_system(const struct mount *mount);

/** mount_holding - the mount of a main namespace that the file @path lies in, or NULL */
const struct mount *mount_holding(const struct mounts *mounts, const char *path);

/** octal_unescape - \040 becomes a blank: what /proc does to blanks, newlines and backslashes */
void octal_unescape(char *text);
