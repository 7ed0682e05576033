/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * root - the door: all access to files below one root
 *
 * Every path is absolute and is resolved below one root: "/" on the running machine (live), or the
 * folder of a captured tree (--root DIR).
 *
 * The door gives one of three answers, which callers must keep apart:
 *   present      1, a length, or a descriptor
 *   absent       0 where existence is the question, else a negative errno of root_is_absence
 *   unreadable   any other negative errno: the content of the file is unknown
 * Each unreadable answer is noted. A source adds the notes to its entry in sources[]
 * (root_take_failures), so that a caller that only tests "> 0" still hides nothing. EMFILE, ENFILE
 * and ENOMEM are failures of the command, never an answer about the machine (root_is_exhaustion).
 *
 * A captured tree is not trusted. Symbolic links resolve inside it and never lead out (openat2,
 * RESOLVE_IN_ROOT). Only regular files and folders are opened: the type is checked through O_PATH
 * first, so that a device node, a fifo or a socket is refused with -ENOTSUP before it is opened, a
 * folder with -EISDIR.
 *
 * A signal that interrupts a call of the kernel is no answer: the call is made again. A file that
 * grows is read to its end at that time. Names that appear or disappear while a folder is listed
 * may be in the list or not; a name that is listed and then gone is absent.
 *
 * Reading a file here can block while the kernel holds the device's lock. Files for which such
 * locks are known are read through base/guard.h instead.
 *
 * Functions whose name ends in "f" or contains "f_" make the path as printf does; a path longer
 * than PATH_SIZE - 1 bytes is -ENAMETOOLONG and noted.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum {
	/** the most that is read of a sysfs attribute: the kernel's own limit, one page */
	ATTRIBUTE_MAX = 4096,
	/** size of a buffer for any path */
	PATH_SIZE = 4096,
};

struct root;

/**
 * root_open - open the tree below @dir; NULL and "/" mean the running machine
 * Returns: 0; -ENOENT, -ENOTDIR, -EACCES; -ENOSYS where a captured tree would need an openat2
 * that this kernel lacks (before 5.6).
 */
_must_check_ int root_open(const char *dir, struct root **ret_root, struct error *e);

/** root_free - close a root; accepts NULL */
void root_free(struct root *root);

bool root_is_live(const struct root *root);

/**
 * root_descriptors - the descriptors that a child process must keep open to use @root; -1 for none
 */
void root_descriptors(const struct root *root, int fds[2]);

/** root_is_absence - true for the negative errnos that mean: the file does not exist (any more) */
bool root_is_absence(int cause);

/** root_is_exhaustion - true for -EMFILE, -ENFILE and -ENOMEM */
bool root_is_exhaustion(int cause);

/**
 * struct root_failures - failed accesses since the notes were taken last
 * @count: number of failures     @cause, @file: negative errno and path of the first one, or of the
 * first exhaustion if there was one
 */
struct root_failures {
	size_t count;
	int cause;
	char file[PATH_SIZE];
};

/** root_take_failures - return the notes of failed accesses, and start new ones */
void root_take_failures(const struct root *root, struct root_failures *ret_failures);

/** root_forget_failures - drop the notes: the caller reports these failures itself */
void root_forget_failures(const struct root *root);

/** enum root_access - the kinds of access that the door handles */
enum root_access {
	ROOT_OPEN,  /* access: open a file for reading */
	ROOT_READ,  /* access: read an open file */
	ROOT_LIST,  /* access: list a folder */
	ROOT_LINK,  /* access: read the text of a symbolic link */
	ROOT_LOOK,  /* access: test whether a file exists, and of what kind it is */
	ROOT_CLAIM, /* access: claim a block device; -EBUSY and -ENOMEDIUM are answers */
	ROOT_WRITE, /* write; the writer reports failures itself, so they are not noted */
	ROOT_ACCESS_COUNT,
};

/**
 * struct root_watch - callbacks for each access through any door of this process
 * @before: may make the access fail: returns 0, or a negative errno in place of the kernel's
 * answer. NULL: none fails.
 * @after: gets the result: 0 or more, or a negative errno. NULL: not called.
 * Accesses of a child process are reported in the parent, by root_passed, with @after alone; the
 * child calls @before, and where it does not share memory (base/child.h) @after too. The parent
 * reports one access for each guarded file (base/guard.h), and every access of other children
 * (root_take_relayed).
 */
struct root_watch {
	int (*before)(void *context, enum root_access access, const char *path);
	void (*after)(void *context, enum root_access access, const char *path, ssize_t result);
	void *context;
};

/** root_watch - start to call @watch, which must stay valid; NULL ends it. Only one at a time. */
void root_watch(const struct root_watch *watch);

/** root_is_watched - true while a watch is set (root_watch) */
bool root_is_watched(void);

/**
 * root_mute - from now on accesses are neither noted nor told to the @after of a watch: a process
 * that shares the memory of this one makes them, and this one reports them (base/guard.h)
 */
void root_mute(void);

/**
 * root_muted_failure - the negative errno of the first access that failed since root_mute or since
 * this was called last, or of the first exhaustion; 0: none failed
 */
int root_muted_failure(void);

/** root_unmute - the end of root_mute */
void root_unmute(void);

/** root_passed - note and report the result of an access that another process made for this one */
void root_passed(const struct root *root, enum root_access access, const char *path,
		 ssize_t result);

/**
 * root_relay - in a child process: write each access from now on to @out, as a line
 *     file ACCESS RESULT PATH
 * ACCESS and RESULT are numbers; in PATH "\n" is a newline and "\\" a backslash. Failures are
 * always written, other results only if there is a watch. No access may happen while a line of
 * another kind is half written.
 */
void root_relay(FILE *out);

/**
 * root_take_relayed - in the parent: remove the lines of root_relay from @text, and note and report
 * the accesses (root_passed)
 * @text: @length bytes, NUL-terminated; a line of root_relay that is cut at the end is dropped
 * Returns: the length of the remaining text, NUL-terminated.
 */
size_t root_take_relayed(const struct root *root, char *text, size_t length);

/**
 * root_noticed - tell the watch that the caller used the presence of a name in the listing of
 * @folder
 * For regular files in folders of devices, whose many other names are not used.
 */
void root_noticed(const struct root *root, const char *folder, const char *name);

/** root_openat - a descriptor of any file below the root, close-on-exec, or a negative errno */
_must_check_ int root_openat(const struct root *root, const char *path, int flags);

/** root_mkdir - make the folder @path in an existing one; 0, or a negative errno such as -EEXIST */
_must_check_ int root_mkdir(const struct root *root, const char *path, mode_t mode);

/** root_open_file - a descriptor of a file for reading, or a negative errno */
_must_check_ int root_open_file(const struct root *root, const char *path, int flags);

/**
 * root_read_some - read from a descriptor of root_open_file
 * @path: the path it was opened by     @offset: where to start; -1 after the last read
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
 * root_read_blocking - root_read_text for a process that may block: it also opens a pipe in place
 * of the file. Only for base/guard.c.
 */
_must_check_ ssize_t root_read_blocking(const struct root *root, const char *path, char *buffer,
					size_t size);

/** root_read_all - a whole file of at most @most bytes; -EFBIG beyond; NUL-terminated copy in
 * @arena */
_must_check_ int root_read_all(const struct root *root, struct arena *arena, const char *path,
			       size_t most, char **ret_bytes, size_t *ret_length);

/**
 * root_readlink - the text of a symbolic link
 * Returns: its length; -EINVAL for no link, -ENAMETOOLONG, -EACCES also where the text is empty
 */
_must_check_ ssize_t root_readlink(const struct root *root, const char *path, char *buffer,
				   size_t size);
_must_check_ ssize_t root_readlinkf(const struct root *root, char *buffer, size_t size,
				    const char *format, ...) _printf_(4, 5);

/**
 * root_follow - the absolute path that the link @name in the folder @dir leads to
 * The path need not exist.     Returns: 1; 0 where the link does not exist; a negative errno.
 */
_must_check_ int root_follow(const struct root *root, const char *dir, const char *name,
			     char target[static PATH_SIZE]);
/** root_followf - root_follow with the whole path of the link as a format */
_must_check_ int root_followf(const struct root *root, char target[static PATH_SIZE],
			      const char *format, ...) _printf_(3, 4);

/**
 * root_has - whether @path exists; false for a link whose target does not exist
 * Returns: 1; 0 where the file does not exist; a negative errno.
 */
_must_check_ int root_has(const struct root *root, const char *path);
_must_check_ int root_hasf(const struct root *root, const char *format, ...) _printf_(2, 3);

/**
 * root_inode - the inode number of @path, links followed. Below /sys, 64-bit kernels never reuse
 * the number of a folder in the same boot (fs/kernfs/dir.c: kernfs_new_node).
 * Returns: 1; 0 where the file does not exist; a negative errno.
 */
_must_check_ int root_inode(const struct root *root, const char *path, uint64_t *ret_inode);

/**
 * root_count_folders - the number of folders in a folder, from its link count, as sysfs maintains
 * it
 * Returns: a negative errno; the number is wrong on file systems that do not maintain it.
 */
_must_check_ int root_count_folders(const struct root *root, const char *path);

/**
 * root_list - call @each with every name in a folder, in the order of text_natural, without "."
 * and "..": file systems list names in orders of their own, and the answers of a machine and of its
 * capture have to be the same
 * @each: returns 0 to go on, another value to stop
 * Returns: 0, the value with which @each stopped, or a negative errno.
 */
int root_list(const struct root *root, const char *path,
	      int (*each)(void *context, const char *name), void *context);
int root_listf(const struct root *root, int (*each)(void *context, const char *name), void *context,
	       const char *format, ...) _printf_(4, 5);

/**
 * root_list_links - root_list for a folder of symbolic links such as /sys/bus/pci/devices
 * @each: gets the absolute path that the link leads to; files that are no links are skipped
 * Returns: as root_list; if @each did not stop, the errno of the first link that could not be read
 * (-EACCES in a /proc/PID/fd that may only be listed). @each was called for the others.
 */
int root_list_links(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, const char *target),
		    void *context);
int root_listf_links(const struct root *root,
		     int (*each)(void *context, const char *name, const char *target),
		     void *context, const char *format, ...) _printf_(4, 5);

/**
 * root_visit_links - root_list_links in the order of the file system, for results that the caller
 * sorts or that have no order: neither names nor an order are kept
 * @wanted: false for a name whose link need not be read; NULL: all are read
 */
int root_visit_links(const struct root *root, const char *path,
		     bool (*wanted)(void *context, const char *name),
		     int (*each)(void *context, const char *name, const char *target),
		     void *context);

/** enum root_kind - the kinds of names in a folder; a link is one whatever it leads to */
enum root_kind { ROOT_FOLDER, ROOT_SYMLINK, ROOT_OTHER };

/** root_list_kinds - root_list that also tells the kind of each name */
int root_list_kinds(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, enum root_kind kind),
		    void *context);

/**
 * root_device_number - the device number of the node @path
 * @kind: S_IFBLK or S_IFCHR     Links are followed; the node is not opened, so this cannot block.
 * Returns: 1; 0 where there is no node of that kind; a negative errno.
 */
_must_check_ int root_device_number(const struct root *root, const char *path, mode_t kind,
				    dev_t *ret_number);

/** struct node_access - the owner, the group and the permissions of a file */
struct node_access {
	uid_t user;
	gid_t group;
	mode_t mode;
};

/**
 * root_node_access - owner and permissions of @path; links are followed, and it is not opened
 * Returns: 1; 0 where it does not exist; a negative errno.
 */
_must_check_ int root_node_access(const struct root *root, const char *path,
				  struct node_access *ret_access);

/**
 * root_path - make a path as printf does
 * Returns: its length, or -ENAMETOOLONG (noted, as in all formatted functions); @path is then cut.
 */
_must_check_ int root_path(const struct root *root, char path[static PATH_SIZE], const char *format,
			   ...) _printf_(3, 4);

static inline void cleanup_root(struct root **root)
{
	root_free(*root);
}

#define _autoroot_ _cleanup_(cleanup_root)
