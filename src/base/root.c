/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/guard.h"
#include "base/root_parts.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { UNREADABLE_MAX = 16 * 1024 * 1024, OPEN_TRIES_MAX = 1000 };

int root_start(const struct root *root, const char **path)
{
	const char *below = text_after(*path, "/sys/");

	if (root->sys < 0 || !below)
		return root->fd;
	*path = below;
	return root->sys;
}

static int open_live(const struct root *root, const char *path, int flags)
{
	int start = root_start(root, &path);
	int fd = (int)TEMP_FAILURE_RETRY(openat(start, path, flags | O_CLOEXEC));

	return fd < 0 ? -errno : fd;
}

static int open_inside(const struct root *root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;
	int cause;

	/*
	 * openat2 may refuse ".." with EAGAIN while any file is renamed or any file system mounted:
	 * try again.
	 */
	for (int tries = 0; tries < OPEN_TRIES_MAX; tries++) {
		fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	if (fd >= 0)
		return (int)fd;
	cause = errno == ENOENT ? unreadable_find(root->unreadable, path) : 0;
	return cause ? cause : -errno;
}

/* Open the file behind an O_PATH descriptor: by its name another file might be opened. */
static int reopen(int seen, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", seen);
	fd = (int)TEMP_FAILURE_RETRY(open(path, flags | O_CLOEXEC));
	return fd < 0 ? -errno : fd;
}

/* Opening a device node can start a watchdog or rewind a tape, so the type is checked first. */
static int open_regular(const struct root *root, const char *path, int flags)
{
	_autoclose_ int seen = open_inside(root, path, O_PATH | (flags & O_NOFOLLOW));
	struct stat status;

	if (seen < 0)
		return seen;
	if (fstat(seen, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return S_ISDIR(status.st_mode) ? -EISDIR : -ENOTSUP;
	return reopen(seen, flags & ~O_NOFOLLOW);
}

static enum root_access access_of(int flags)
{
	if (flags & O_PATH)
		return ROOT_LOOK;
	if (flags & O_DIRECTORY)
		return ROOT_LIST;
	if ((flags & O_ACCMODE) != O_RDONLY)
		return ROOT_WRITE;
	return flags & O_EXCL ? ROOT_CLAIM : ROOT_OPEN;
}

/* A capture has an empty file in place of an unreadable file that exists: it answers ROOT_LOOK. */
static int find_unreadable(const struct root *root, enum root_access access, const char *path)
{
	return access == ROOT_LOOK || access == ROOT_WRITE
		       ? 0
		       : unreadable_find(root->unreadable, path);
}

static int open_unwatched(const struct root *root, const char *path, int flags)
{
	int cause = find_unreadable(root, access_of(flags), path);

	if (cause)
		return cause;
	if (root->live)
		return open_live(root, path, flags);
	/* Commands never write to a captured tree, but tests do. */
	if (flags & (O_PATH | O_DIRECTORY) || access_of(flags) == ROOT_WRITE)
		return open_inside(root, path, flags);
	return open_regular(root, path, flags);
}

/* All files below the root are opened in this function. */
static int open_watched(const struct root *root, enum root_access access, const char *path,
			int flags)
{
	int result = access_begin(access, path);

	if (result == 0)
		result = open_unwatched(root, path, flags);
	return (int)access_end(root, access, path, result);
}

int root_openat(const struct root *root, const char *path, int flags)
{
	return open_watched(root, access_of(flags), path, flags);
}

static int load_unreadable(struct root *root, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t length;
	char *lines;
	int result =
		root_read_all(root, arena, CAPTURED_UNREADABLE, UNREADABLE_MAX, &lines, &length);

	if (root_is_absence(result))
		return 0;
	if (result < 0)
		return error_set(e, result == -EACCES ? ERROR_PERMISSION : ERROR_IO, result,
				 "cannot read " CAPTURED_UNREADABLE);
	root->unreadable = unreadable_new(lines);
	return 0;
}

static int open_folders(struct root *root, const char *path, struct error *e)
{
	_autoclose_ int probe = -1;

	root->live = strcmp(path, "/") == 0;
	root->sys = root->live ? open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	probe = root->fd < 0 ? -errno : root_openat(root, "/", O_PATH | O_DIRECTORY);
	if (probe < 0)
		return error_set(e, probe == -EACCES ? ERROR_PERMISSION : ERROR_IO, probe,
				 "cannot open the tree %s", path);
	return root->live ? 0 : load_unreadable(root, e);
}

int root_open(const char *dir, struct root **ret_root, struct error *e)
{
	const char *path = dir ? dir : "/";
	struct root *root = calloc(1, sizeof(*root));
	int result;

	if (!root)
		memory_exhausted();
	root->failures = calloc(1, sizeof(*root->failures));
	if (!root->failures)
		memory_exhausted();
	result = open_folders(root, path, e);
	if (result < 0)
		root_free(root);
	else
		*ret_root = root;
	return result;
}

void root_free(struct root *root)
{
	if (!root)
		return;
	guard_forget(root);
	cleanup_close(&root->sys);
	cleanup_close(&root->fd);
	unreadable_free(root->unreadable);
	free(root->failures);
	free(root);
}

bool root_is_live(const struct root *root)
{
	return root->live;
}

void root_descriptors(const struct root *root, int fds[2])
{
	fds[0] = root->fd;
	fds[1] = root->sys;
}

int root_mkdir(const struct root *root, const char *path, mode_t mode)
{
	const char *name = text_basename(path);
	_autoclose_ int parent = -1;
	char above[PATH_SIZE];

	if ((size_t)(name - path) >= sizeof(above))
		return -ENAMETOOLONG;
	memcpy(above, path, (size_t)(name - path));
	above[name - path] = '\0';
	parent = root_openat(root, above, O_PATH | O_DIRECTORY);
	if (parent < 0)
		return parent;
	/* A single name below an open folder cannot lead out of the tree. */
	return mkdirat(parent, name, mode) < 0 ? -errno : 0;
}

int root_open_file(const struct root *root, const char *path, int flags)
{
	return root_openat(root, path, O_RDONLY | O_NOCTTY | flags);
}

/*
 * Open one name below an open folder, following no link, so that it cannot lead out of a captured
 * tree.
 */
static int open_name(const struct root *root, int folder, const char *name, int flags)
{
	struct stat status;
	int fd;

	if (!root->live && access_of(flags) == ROOT_OPEN) {
		if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
			return -errno;
		if (!S_ISREG(status.st_mode))
			return -ENOTSUP;
	}
	fd = openat(folder, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int root_open_below(const struct root *root, int folder, const char *path, const char *name,
		    int flags)
{
	enum root_access access = access_of(flags);
	char whole[PATH_SIZE];
	int result = root_path(root, whole, "%s/%s", path, name);

	if (result < 0)
		return result;
	result = access_begin(access, whole);
	if (result == 0)
		result = find_unreadable(root, access, whole);
	if (result == 0)
		result = open_name(root, folder, name, flags);
	return (int)access_end(root, access, whole, result);
}

ssize_t root_readlink(const struct root *root, const char *path, char *buffer, size_t size)
{
	_autoclose_ int link = -1;
	const char *below = path;
	ssize_t length = access_begin(ROOT_LINK, path);
	int start;

	if (length == 0 && root->live) {
		start = root_start(root, &below);
		length = TEMP_FAILURE_RETRY(readlinkat(start, below, buffer, size));
		length = length < 0 ? -errno : length;
	} else if (length == 0 && (length = find_unreadable(root, ROOT_LINK, path)) == 0) {
		link = open_inside(root, path, O_PATH | O_NOFOLLOW);
		length = link < 0 ? link : TEMP_FAILURE_RETRY(readlinkat(link, "", buffer, size));
		/* readlinkat answers ENOENT for an open file that is no link. */
		if (link >= 0 && length < 0)
			length = errno == ENOENT ? -EINVAL : -errno;
	}
	/* Without the right to trace PID, Linux 5.10 reads /proc/PID/ns/mnt as an empty text. */
	if (length == 0)
		length = -EACCES;
	if (length >= 0 && (size_t)length == size)
		length = -ENAMETOOLONG;
	if (length >= 0)
		buffer[length] = '\0';
	return access_end(root, ROOT_LINK, path, length);
}

int root_follow(const struct root *root, const char *dir, const char *name,
		char target[static PATH_SIZE])
{
	return root_followf(root, target, "%s/%s", dir, name);
}

int root_has(const struct root *root, const char *path)
{
	_autoclose_ int fd = -1;
	const char *below = path;
	int result = access_begin(ROOT_LOOK, path), start;

	if (result == 0 && root->live) {
		start = root_start(root, &below);
		result = TEMP_FAILURE_RETRY(faccessat(start, below, F_OK, 0)) < 0 ? -errno : 1;
	} else if (result == 0) {
		fd = open_inside(root, path, O_PATH);
		result = fd < 0 ? fd : 1;
	}
	access_end(root, ROOT_LOOK, path, result);
	return root_is_absence(result) ? 0 : result;
}

static int stat_node(const struct root *root, const char *path, unsigned wanted,
		     struct statx *status)
{
	_autoclose_ int fd = -1;

	/* In a captured tree a link must not lead out of the tree. */
	if (!root->live) {
		fd = open_inside(root, path, O_PATH);
		if (fd < 0)
			return fd;
	}
	/*
	 * AT_STATX_DONT_SYNC: a network file system may answer from its cache, as device nodes do
	 * not change.
	 */
	if (statx(root->live ? AT_FDCWD : fd, root->live ? path : "",
		  AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, wanted, status) < 0)
		return -errno;
	return 1;
}

int root_device_number(const struct root *root, const char *path, mode_t kind, dev_t *ret_number)
{
	struct statx status = {0};
	int result = access_begin(ROOT_LOOK, path);

	if (result == 0)
		result = stat_node(root, path, STATX_TYPE, &status);
	access_end(root, ROOT_LOOK, path, result);
	if (root_is_absence(result) || (result == 1 && (status.stx_mode & S_IFMT) != kind))
		return 0;
	if (result == 1)
		*ret_number = makedev(status.stx_rdev_major, status.stx_rdev_minor);
	return result;
}

int root_node_access(const struct root *root, const char *path, struct node_access *ret_access)
{
	struct statx status = {0};
	int result = access_begin(ROOT_LOOK, path);

	if (result == 0)
		result = stat_node(root, path, STATX_UID | STATX_GID | STATX_MODE, &status);
	access_end(root, ROOT_LOOK, path, result);
	if (root_is_absence(result))
		return 0;
	if (result == 1)
		*ret_access = (struct node_access){
			.user = status.stx_uid, .group = status.stx_gid, .mode = status.stx_mode};
	return result;
}

int root_inode(const struct root *root, const char *path, uint64_t *ret_inode)
{
	struct statx status = {0};
	int result = access_begin(ROOT_LOOK, path);

	if (result == 0)
		result = stat_node(root, path, STATX_INO, &status);
	access_end(root, ROOT_LOOK, path, result);
	if (root_is_absence(result))
		return 0;
	if (result == 1)
		*ret_inode = status.stx_ino;
	return result;
}

int root_count_folders(const struct root *root, const char *path)
{
	_autoclose_ int fd = root_openat(root, path, O_PATH | O_DIRECTORY);
	struct stat status;

	if (fd < 0)
		return fd;
	if (fstat(fd, &status) < 0)
		return -errno;
	/*
	 * A folder's link count has one link from above, one from ".", and one from the ".." of
	 * each folder in it.
	 */
	return status.st_nlink > 2 ? (int)(status.st_nlink - 2) : 0;
}
