/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * root - the one door to files
 *
 * Every path is absolute and means a place below one root: "/" on the running machine (live), or
 * the folder of a captured tree (--root DIR).
 *
 * The door gives one of three answers, and no caller may take one for another:
 *   present      1, a length, or a descriptor
 *   absent       0 where that is the whole question, else a negative errno of root_is_absence
 *   unreadable   any other negative errno: what the file says is unknown
 * Each unreadable answer is noted. A source hands the notes to its entry in sources[]
 * (root_take_failures), so that a caller that only asks "> 0" still hides nothing. EMFILE, ENFILE
 * and ENOMEM are failures of the command, never an answer about the machine (root_is_exhaustion).
 *
 * A captured tree may come from a stranger. Symbolic links resolve inside it and never lead out
 * (openat2, RESOLVE_IN_ROOT). Only regular files and folders are opened: a file is looked at
 * through O_PATH first, so that a device node, a fifo or a socket is refused with -ENOTSUP before
 * anything is opened, a folder with -EISDIR.
 *
 * Reading a file here can block for as long as the kernel holds the device's lock. Files for which
 * kernel-side locks are known are read through base/guard.h instead.
 *
 * Functions whose name ends in "f" or has an "f_" make the path as printf does; a path longer than
 * PATH_SIZE - 1 bytes is -ENAMETOOLONG and noted.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
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
_must_check_ int root_open(const char *dir, struct root **ret_root, struct error *e);

/** root_free - accepts NULL */
void root_free(struct root *root);

bool root_is_live(const struct root *root);

/** root_descriptors - what a child process must keep open to use @root; -1 for none */
void root_descriptors(const struct root *root, int fds[2]);

/** root_is_absence - true for the negative errnos that say: there is no such file (any more) */
bool root_is_absence(int cause);

/** root_is_exhaustion - true for -EMFILE, -ENFILE and -ENOMEM */
bool root_is_exhaustion(int cause);

/**
 * struct root_failures - what could not be read since the notes were taken last
 * @count: accesses that failed; 0 is none     @cause, @file: negative errno and path of the first
 * one, or of the first exhaustion if there was one
 */
struct root_failures {
	size_t count;
	int cause;
	char file[PATH_SIZE];
};

/** root_take_failures - hand the notes over and start new ones */
void root_take_failures(const struct root *root, struct root_failures *ret_failures);

/** root_forget_failures - drop the notes: the caller has told of these failures in its own way */
void root_forget_failures(const struct root *root);

/** enum root_access - what passes through the door */
enum root_access {
	ROOT_OPEN,  /* a file, for reading */
	ROOT_READ,  /* of a file that is open */
	ROOT_LIST,  /* a folder's names */
	ROOT_LINK,  /* what a symbolic link says */
	ROOT_LOOK,  /* whether there is such a file, and of what kind */
	ROOT_CLAIM, /* exclusive open of a block device; -EBUSY is an answer */
	ROOT_WRITE, /* the writer reports its failures itself: they are not noted */
	ROOT_ACCESS_COUNT,
};

/**
 * struct root_watch - a party that is told of each access through any door of this process
 * @before: may make the access fail: returns 0, or a negative errno to answer in the kernel's
 * place. NULL: none fails.
 * @after: gets the result: 0 or more, or a negative errno. NULL: not told.
 * Files that a guarded child reads come twice: in the child with both calls, and in the parent, by
 * root_passed, with @after alone.
 */
struct root_watch {
	int (*before)(void *context, enum root_access access, const char *path);
	void (*after)(void *context, enum root_access access, const char *path, ssize_t result);
	void *context;
};

/** root_watch - start to tell @watch, which must stay; NULL ends it. One at a time. */
void root_watch(const struct root_watch *watch);

/** root_is_watched - true while there is a watch */
bool root_is_watched(void);

/** root_passed - note and tell the result of an access that another process made for this one */
void root_passed(const struct root *root, enum root_access access, const char *path,
		 ssize_t result);

/** root_openat - a descriptor of anything below the root, close-on-exec, or a negative errno */
_must_check_ int root_openat(const struct root *root, const char *path, int flags);

/** root_mkdir - make the folder @path, in one that exists; 0, or a negative errno such as -EEXIST
 */
_must_check_ int root_mkdir(const struct root *root, const char *path, mode_t mode);

/** root_open_file - a descriptor of a file for reading, or a negative errno */
_must_check_ int root_open_file(const struct root *root, const char *path, int flags);

/**
 * root_read_some - read from a descriptor of root_open_file
 * @path: what it was opened by     @offset: where to start; -1 where the last read ended
 * Returns: bytes read, 0 at the end, or a negative errno.
 */
_must_check_ ssize_t root_read_some(const struct root *root, int fd, const char *path, void *buffer,
				    size_t size, off_t offset);

/**
 * root_open_below - a descriptor of @name in the open folder @folder, for reading
 * @path: of the folder     @flags: such as O_DIRECTORY. No link is followed.
 */
_must_check_ int root_open_below(const struct root *root, int folder, const char *path,
				 const char *name, int flags);

/**
 * root_read_text - the first @size - 1 bytes of a file, NUL-terminated, without newlines at the end
 * Returns: the length, or a negative errno.
 */
_must_check_ ssize_t root_read_text(const struct root *root, const char *path, char *buffer,
				    size_t size);
_must_check_ ssize_t root_readf_text(const struct root *root, char *buffer, size_t size,
				     const char *format, ...) _printf_(4, 5);

/**
 * root_read_blocking - the same for a process that may hang: a pipe in the place of the file blocks
 * as a locked attribute would. Only for base/guard.c.
 */
_must_check_ ssize_t root_read_blocking(const struct root *root, const char *path, char *buffer,
					size_t size);

/** root_read_all - a whole file of at most @most bytes; -EFBIG beyond; NUL-terminated copy in
 * @arena */
_must_check_ int root_read_all(const struct root *root, struct arena *arena, const char *path,
			       size_t most, char **ret_bytes, size_t *ret_length);

/** root_readlink - what a symbolic link says; length, -EINVAL for no link, -ENAMETOOLONG */
_must_check_ ssize_t root_readlink(const struct root *root, const char *path, char *buffer,
				   size_t size);
_must_check_ ssize_t root_readlinkf(const struct root *root, char *buffer, size_t size,
				    const char *format, ...) _printf_(4, 5);

/**
 * root_follow - the absolute path that the link @name in the folder @dir means
 * The path need not exist.     Returns: 1; 0 where there is no such link; a negative errno.
 */
_must_check_ int root_follow(const struct root *root, const char *dir, const char *name,
			     char target[static PATH_SIZE]);
/** root_followf - the same for the link whose whole path the format makes */
_must_check_ int root_followf(const struct root *root, char target[static PATH_SIZE],
			      const char *format, ...) _printf_(3, 4);

/**
 * root_has - whether @path exists; a link that leads nowhere does not
 * Returns: 1; 0 where there is no such file; a negative errno.
 */
_must_check_ int root_has(const struct root *root, const char *path);
_must_check_ int root_hasf(const struct root *root, const char *format, ...) _printf_(2, 3);

/**
 * root_inode - the inode number of @path, links followed; below /sys the kernel gives a number to
 * no second folder in the same boot (fs/kernfs/dir.c: kernfs_new_node), on 64-bit kernels Returns:
 * 1; 0 where there is no such file; a negative errno.
 */
_must_check_ int root_inode(const struct root *root, const char *path, uint64_t *ret_inode);

/**
 * root_count_folders - how many folders are in a folder, by its link count, as sysfs keeps it
 * Returns: a negative errno; file systems that do not count give any number.
 */
_must_check_ int root_count_folders(const struct root *root, const char *path);

/**
 * root_list - call @each with every name in a folder, in no order, without "." and ".."
 * @each: returns 0 to go on, anything else to stop
 * Returns: 0, what @each returned, or a negative errno.
 */
int root_list(const struct root *root, const char *path,
	      int (*each)(void *context, const char *name), void *context);
int root_listf(const struct root *root, int (*each)(void *context, const char *name), void *context,
	       const char *format, ...) _printf_(4, 5);

/**
 * root_list_links - the same, for a folder of symbolic links such as /sys/bus/pci/devices
 * @each: gets the absolute path that the link means; what is no link is passed over
 * Returns: as root_list; where @each never stopped it, the errno of the first link that could not
 * be read (-EACCES in a /proc/PID/fd where only the names may be seen). The others were told.
 */
int root_list_links(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, const char *target),
		    void *context);
int root_listf_links(const struct root *root,
		     int (*each)(void *context, const char *name, const char *target),
		     void *context, const char *format, ...) _printf_(4, 5);

/**
 * root_list_kinds - the same as root_list, and of each name whether it is a folder; a link is none
 */
int root_list_kinds(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, bool is_folder), void *context);

/**
 * root_device_number - what device the node @path stands for
 * @kind: S_IFBLK or S_IFCHR     Links are followed; nothing is opened that could hang.
 * Returns: 1; 0 where there is no node of that kind; a negative errno.
 */
_must_check_ int root_device_number(const struct root *root, const char *path, mode_t kind,
				    dev_t *ret_number);

/**
 * root_path - make a path as printf does
 * Returns: its length, or -ENAMETOOLONG (noted, as for all formatted functions); @path is then cut.
 */
_must_check_ int root_path(const struct root *root, char path[static PATH_SIZE], const char *format,
			   ...) _printf_(3, 4);

static inline void cleanup_root(struct root **root)
{
	root_free(*root);
}

#define _autoroot_ _cleanup_(cleanup_root)
