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

/**
 * struct mount - one line of mountinfo
 * @number: of its block device; 0:N, of no device, for btrfs and the like
 * @source: what was mounted, unescaped     @point: where, unescaped     @type: of the file system
 * @evidence: the file that says so
 * @is_main: in the namespace of process 1, or in our own
 */
struct mount {
	dev_t number;
	const char *source, *point, *type, *evidence;
	bool is_main;
};

/**
 * struct mounts - all of the main namespaces; of others those of block devices
 * @unseen: why there may be others, or NULL     @main_unseen: the same of the main namespaces
 */
struct mounts {
	const struct mount *items;
	size_t count;
	const char *unseen, *main_unseen;
};

/** mounts_read - @arena owns the result */
struct mounts mounts_read(const struct root *root, struct arena *arena);

/** mount_is_system - true where the machine stops without it: "/", "/usr" or "/boot" and below */
bool mount_is_system(const struct mount *mount);

/** mount_holding - the mount of a main namespace that the file @path lies in, or NULL */
const struct mount *mount_holding(const struct mounts *mounts, const char *path);

/** octal_unescape - \040 becomes a blank: what /proc does to blanks, newlines and backslashes */
void octal_unescape(char *text);
