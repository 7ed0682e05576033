/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/root.h"

#include "base/text.h"
#include "base/unreadable.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

enum { UNREADABLE_MAX = 16 * 1024 * 1024, OPEN_TRIES_MAX = 1000 };

struct root {
	int fd;
	int sys; /* live only: /sys, where nearly all our files are */
	bool live;
	struct unreadable *unreadable; /* captured trees only */
};

/*
 * On the running machine paths below /sys start there: crossing into the mount anew for each of
 * ten thousand files is a sixth of the whole work. Returns the descriptor that *path starts from.
 */
static int start_of(const struct root *root, const char **path)
{
	const char *below = text_after(*path, "/sys/");

	if (root->sys < 0 || !below)
		return root->fd;
	*path = below;
	return root->sys;
}

int root_openat(const struct root *root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int start, cause;
	long fd = -1;

	if (root->live) {
		start = start_of(root, &path);
		fd = openat(start, path, flags | O_CLOEXEC);
		return fd < 0 ? -errno : (int)fd;
	}
	/* While anything is renamed or mounted anywhere, ".." may be refused: ask again. */
	for (int tries = 0; tries < OPEN_TRIES_MAX; tries++) {
		fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	if (fd >= 0)
		return (int)fd;
	cause = errno == ENOENT ? unreadable_find(root->unreadable, path) : 0;
	return cause ? cause : -errno;
}

static void load_unreadable(struct root *root)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t length;
	char *lines;

	if (root_read_all(root, arena, CAPTURED_UNREADABLE, UNREADABLE_MAX, &lines, &length) == 0)
		root->unreadable = unreadable_new(lines);
}

int root_open(const char *dir, struct root **ret_root, struct error *e)
{
	const char *path = dir ? dir : "/";
	struct root *root = calloc(1, sizeof(*root));
	int probe;

	if (!root)
		memory_exhausted();
	root->live = strcmp(path, "/") == 0;
	root->sys = root->live ? open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	probe = root->fd < 0 ? -errno : root_openat(root, "/", O_PATH | O_DIRECTORY);
	if (probe < 0) {
		root_free(root);
		return error_set(e, probe == -EACCES ? ERROR_PERMISSION : ERROR_IO, probe,
				 "cannot open the tree %s", path);
	}
	close(probe);
	if (!root->live)
		load_unreadable(root);
	*ret_root = root;
	return 0;
}

void root_free(struct root *root)
{
	if (!root)
		return;
	cleanup_close(&root->sys);
	cleanup_close(&root->fd);
	unreadable_free(root->unreadable);
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
	_autoclose_ int fd = root_openat(root, path, O_RDONLY | O_NOCTTY | flags);
	struct stat status;

	/* A captured tree may hold anything: a pipe or a device node is not for us to read. */
	if (fd >= 0 && !root->live && (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)))
		return -EINVAL;
	return steal_fd(&fd);
}

static ssize_t read_text(int fd, char *buffer, size_t size)
{
	ssize_t length;

	if (fd < 0)
		return fd;
	length = read(fd, buffer, size - 1);
	if (length < 0)
		return -errno;
	length = (ssize_t)text_trim(buffer, (size_t)length);
	buffer[length] = '\0';
	return length;
}

ssize_t root_read_text(const struct root *root, const char *path, char *buffer, size_t size)
{
	_autoclose_ int fd = root_open_file(root, path, O_NONBLOCK);

	return read_text(fd, buffer, size);
}

ssize_t root_read_blocking(const struct root *root, const char *path, char *buffer, size_t size)
{
	_autoclose_ int fd = root_open_file(root, path, 0);

	return read_text(fd, buffer, size);
}

int root_read_all(const struct root *root, struct arena *arena, const char *path, size_t most,
		  char **ret_bytes, size_t *ret_length)
{
	_autoclose_ int fd = root_open_file(root, path, O_NONBLOCK);
	_autofree_ char *bytes = NULL;
	size_t used = 0, size = 0;

	if (fd < 0)
		return fd;
	for (;;) {
		ssize_t got;

		if (used == size) {
			size = size ? size * 2 : ATTRIBUTE_MAX;
			bytes = realloc(bytes, size);
			if (!bytes)
				memory_exhausted();
		}
		got = read(fd, bytes + used, size - used);
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		used += (size_t)got;
		if (used > most)
			return -EFBIG;
	}
	*ret_bytes = arena_text(arena, bytes, used);
	*ret_length = used;
	return 0;
}

ssize_t root_readlink(const struct root *root, const char *path, char *buffer, size_t size)
{
	_autoclose_ int link = -1;
	ssize_t length;
	int start;

	if (root->live) {
		start = start_of(root, &path);
		length = readlinkat(start, path, buffer, size);
	} else {
		link = root_openat(root, path, O_PATH | O_NOFOLLOW);
		if (link < 0)
			return link;
		length = readlinkat(link, "", buffer, size);
	}
	if (length < 0)
		return errno == ENOENT && !root->live ? -EINVAL : -errno;
	if ((size_t)length == size)
		return -ENAMETOOLONG;
	buffer[length] = '\0';
	return length;
}

bool root_follow(const struct root *root, const char *dir, const char *name,
		 char target[static PATH_SIZE])
{
	char path[PATH_SIZE], link[PATH_SIZE];

	return text_join(dir, name, path, sizeof(path)) &&
	       root_readlink(root, path, link, sizeof(link)) > 0 &&
	       text_resolve(dir, link, target, PATH_SIZE) > 0;
}

bool root_has(const struct root *root, const char *path)
{
	_autoclose_ int fd = -1;
	int start;

	if (root->live) {
		start = start_of(root, &path);
		return faccessat(start, path, F_OK, 0) == 0;
	}
	fd = root_openat(root, path, O_PATH);
	return fd >= 0;
}

bool root_device_number(const struct root *root, const char *path, mode_t kind, dev_t *ret_number)
{
	_autoclose_ int fd = -1;
	struct statx status;

	/* In a captured tree a link must not lead out of it. */
	if (!root->live)
		fd = root_openat(root, path, O_PATH);
	if (!root->live && fd < 0)
		return false;
	/* What a network file system remembers will do: a node is never on one. */
	if (statx(root->live ? AT_FDCWD : fd, root->live ? path : "",
		  AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_TYPE, &status) < 0 ||
	    (status.stx_mode & S_IFMT) != kind)
		return false;
	*ret_number = makedev(status.stx_rdev_major, status.stx_rdev_minor);
	return true;
}

int root_count_folders(const struct root *root, const char *path)
{
	_autoclose_ int fd = root_openat(root, path, O_PATH | O_DIRECTORY);
	struct stat status;

	if (fd < 0)
		return fd;
	if (fstat(fd, &status) < 0)
		return -errno;
	/* One link from above, one from ".", one from the ".." of each folder. */
	return status.st_nlink > 2 ? (int)(status.st_nlink - 2) : 0;
}

static void close_listing(DIR **listing)
{
	if (*listing)
		closedir(*listing);
}

static DIR *open_listing(const struct root *root, const char *path)
{
	int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY);
	DIR *listing;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	listing = fdopendir(fd);
	if (!listing)
		close(fd);
	return listing;
}

static const struct dirent *next_entry(DIR *listing)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(listing);
	} while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
	return entry;
}

int root_list(const struct root *root, const char *path,
	      int (*each)(void *context, const char *name), void *context)
{
	_cleanup_(close_listing) DIR *listing = open_listing(root, path);
	const struct dirent *entry;
	int result;

	if (!listing)
		return -errno;
	while ((entry = next_entry(listing))) {
		result = each(context, entry->d_name);
		if (result)
			return result;
	}
	return -errno;
}

static bool is_folder(DIR *listing, const struct dirent *entry)
{
	struct stat status;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(dirfd(listing), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(status.st_mode);
}

int root_list_kinds(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, bool is_folder), void *context)
{
	_cleanup_(close_listing) DIR *listing = open_listing(root, path);
	const struct dirent *entry;
	int result;

	if (!listing)
		return -errno;
	while ((entry = next_entry(listing))) {
		result = each(context, entry->d_name, is_folder(listing, entry));
		if (result)
			return result;
	}
	return -errno;
}

int root_list_links(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, const char *target), void *context)
{
	_cleanup_(close_listing) DIR *listing = open_listing(root, path);
	char link[PATH_SIZE], target[PATH_SIZE];
	const struct dirent *entry;
	ssize_t length;
	int result, denied = 0;

	if (!listing)
		return -errno;
	while ((entry = next_entry(listing))) {
		/* A single name below an open folder cannot lead out of the tree. */
		length = readlinkat(dirfd(listing), entry->d_name, link, sizeof(link) - 1);
		if (length < 0 && (errno == EACCES || errno == EPERM))
			denied = -EACCES;
		if (length < 0 || (size_t)length == sizeof(link) - 1)
			continue;
		link[length] = '\0';
		if (text_resolve(path, link, target, sizeof(target)) < 0)
			continue;
		result = each(context, entry->d_name, target);
		if (result)
			return result;
	}
	return errno ? -errno : denied;
}
