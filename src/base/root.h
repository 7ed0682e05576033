/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * root - the one door to files
 *
 * Every path is absolute and means a place below one root: "/" on the machine we run on (live),
 * or the folder of a captured tree (--root DIR). In a captured tree symbolic links resolve inside
 * it and can never lead out (openat2, RESOLVE_IN_ROOT), and only regular files are read.
 *
 * Reading a file here may block for as long as the kernel holds the device's lock. Files for which
 * kernel-side locks are known are read through base/guard.h instead.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

enum {
	/** the most that is read of one sysfs attribute: the kernel's own limit, one page */
	ATTRIBUTE_MAX = 4096,
	/** room for any path we build or follow */
	PATH_SIZE = 4096,
};

struct root;

/**
 * root_open - open the tree below @dir; NULL and "/" mean the running machine
 * Returns: 0; -ENOENT, -ENOTDIR, -EACCES; -ENOSYS where a captured tree would need an openat2
 * that this kernel lacks (before 5.6).
 */
int root_open(const char *dir, struct root **ret_root, struct error *e);

/** root_free - accepts NULL */
void root_free(struct root *root);

bool root_is_live(const struct root *root);

/** root_descriptors - what a child process must keep open to use @root; -1 for none */
void root_descriptors(const struct root *root, int fds[2]);

/** root_openat - a descriptor of anything below the root, close-on-exec, or a negative errno */
int root_openat(const struct root *root, const char *path, int flags);

/** root_mkdir - make the folder @path, in one that exists; 0, or a negative errno such as -EEXIST
 */
int root_mkdir(const struct root *root, const char *path, mode_t mode);

/** root_open_file - a descriptor for reading; -EINVAL for what is no regular file of a captured
 * tree */
int root_open_file(const struct root *root, const char *path, int flags);

/**
 * root_read_text - the first @size - 1 bytes of a file, NUL-terminated, without newlines at the end
 * Returns: the length, or a negative errno.
 */
ssize_t root_read_text(const struct root *root, const char *path, char *buffer, size_t size);

/**
 * root_read_blocking - the same for a process that may hang: a pipe in the place of the file blocks
 * as a locked attribute would. Only for base/guard.c.
 */
ssize_t root_read_blocking(const struct root *root, const char *path, char *buffer, size_t size);

/** root_read_all - a whole file of at most @most bytes; -EFBIG beyond; NUL-terminated copy in
 * @arena */
int root_read_all(const struct root *root, struct arena *arena, const char *path, size_t most,
		  char **ret_bytes, size_t *ret_length);

/** root_readlink - what a symbolic link says; length, -EINVAL for no link, -ENAMETOOLONG */
ssize_t root_readlink(const struct root *root, const char *path, char *buffer, size_t size);

/**
 * root_follow - the absolute path that the link @name in the folder @dir means
 * The path need not exist.     Returns: true; false where there is no such link.
 */
bool root_follow(const struct root *root, const char *dir, const char *name,
		 char target[static PATH_SIZE]);

/** root_has - true where @path exists; a link that leads nowhere does not */
bool root_has(const struct root *root, const char *path);

/**
 * root_count_folders - how many folders are in a folder, by its link count, as sysfs keeps it
 * Returns: a negative errno; file systems that do not count give any number.
 */
int root_count_folders(const struct root *root, const char *path);

/**
 * root_list - call @each with every name in a folder, in no order, without "." and ".."
 * @each: returns 0 to go on, anything else to stop
 * Returns: 0, what @each returned, or a negative errno.
 */
int root_list(const struct root *root, const char *path,
	      int (*each)(void *context, const char *name), void *context);

/**
 * root_list_links - the same, for a folder of symbolic links such as /sys/bus/pci/devices
 * @each: gets the absolute path that the link means; what is no link is passed over
 * Returns: as root_list; -EACCES where all went well but for links that may not be read, as those
 * of /proc/PID/fd where only their names may be seen.
 */
int root_list_links(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, const char *target),
		    void *context);

/**
 * root_list_kinds - the same as root_list, and of each name whether it is a folder; a link is none
 */
int root_list_kinds(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, bool is_folder), void *context);

/**
 * root_device_number - what device the node @path stands for
 * @kind: S_IFBLK or S_IFCHR     Links are followed; nothing is opened that could hang.
 * Returns: false where there is no such node.
 */
bool root_device_number(const struct root *root, const char *path, mode_t kind, dev_t *ret_number);

static inline void cleanup_root(struct root **root)
{
	root_free(*root);
}

#define _autoroot_ _cleanup_(cleanup_root)
