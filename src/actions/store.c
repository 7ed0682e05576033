/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char BOOT_ID[] = "/proc/sys/kernel/random/boot_id";

struct store {
	const struct root *root;
	int folder;
	char boot_id[64];
};

int store_error(struct error *e, int cause, const char *verb, const char *name)
{
	bool denied = cause == -EACCES || cause == -EPERM;

	error_set(e, denied ? ERROR_PERMISSION : ERROR_IO, cause, "cannot %s %s%s%s", verb,
		  STORE_DIR, *name ? "/" : "", name);
	if (cause == -ENOSPC || cause == -EDQUOT)
		error_remedy(e, "Make room in /run; without a journal nothing is changed");
	else if (cause == -EROFS)
		error_remedy(e, "/run must be writable; without a journal nothing is changed");
	return cause;
}

static int open_folder(struct store *store, bool create, struct error *e)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW, made;

	store->folder = root_openat(store->root, STORE_DIR, flags);
	if (store->folder == -ENOENT && create) {
		made = root_mkdir(store->root, STORE_DIR, 0700);
		if (made < 0 && made != -EEXIST)
			return store_error(e, made, "make", "");
		store->folder = root_openat(store->root, STORE_DIR, flags);
	}
	if (store->folder == -ENOENT && !create)
		return -ENOENT;
	if (store->folder == -ENOTDIR || store->folder == -ELOOP)
		return error_set(e, ERROR_IO, -ENOTDIR,
				 "cannot use %s, which must not be a link either", STORE_DIR);
	return store->folder < 0 ? store_error(e, store->folder, "open", "") : 0;
}

/* Refuse a folder that other users can write to: they could make root write anywhere in sysfs. */
static int check_folder(const struct store *store, struct error *e)
{
	struct stat status;
	int result = 0;

	if (fstat(store->folder, &status) < 0)
		return store_error(e, -errno, "look at", "");
	if (status.st_uid != geteuid())
		result = error_set(e, ERROR_IO, 0,
				   "%s belongs to user %u, not to the user who runs iommuctl",
				   STORE_DIR, (unsigned)status.st_uid);
	else if (status.st_mode & (S_IWGRP | S_IWOTH))
		result = error_set(e, ERROR_IO, 0, "other users may write to %s (mode %03o)",
				   STORE_DIR, status.st_mode & 07777U);
	if (result < 0)
		error_remedy(e, "Its content cannot be trusted: find out which process made it, "
				"and remove it");
	return result;
}

static int read_boot_id(struct store *store, struct error *e)
{
	ssize_t length =
		root_read_text(store->root, BOOT_ID, store->boot_id, sizeof(store->boot_id));

	if (length < 0)
		return error_set(e, ERROR_IO, (int)length, "cannot read %s", BOOT_ID);
	if (length == 0)
		return error_set(e, ERROR_MALFORMED, 0, "%s is empty", BOOT_ID);
	return 0;
}

int store_open(const struct root *root, bool create, struct store **ret_store, struct error *e)
{
	_autostore_ struct store *store = calloc(1, sizeof(*store));
	int result;

	if (!store)
		memory_exhausted();
	*store = (struct store){.root = root, .folder = -1};
	result = open_folder(store, create, e);
	if (result == 0)
		result = check_folder(store, e);
	if (result == 0)
		result = read_boot_id(store, e);
	if (result < 0)
		return result;
	*ret_store = store;
	store = NULL;
	return 0;
}

void store_free(struct store *store)
{
	if (!store)
		return;
	cleanup_close(&store->folder);
	free(store);
}

const struct root *store_root(const struct store *store)
{
	return store->root;
}

const char *store_boot_id(const struct store *store)
{
	return store->boot_id;
}

int store_openat(const struct store *store, const char *name, int flags)
{
	int fd = openat(store->folder, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? -errno : fd;
}

int store_read(const struct store *store, const char *name, size_t most, struct arena *arena,
	       struct span *ret_bytes, struct error *e)
{
	char path[PATH_SIZE], *bytes;
	size_t length;
	int result;

	if (!text_join(STORE_DIR, name, path, sizeof(path)))
		return store_error(e, -ENAMETOOLONG, "read", name);
	result = root_read_all(store->root, arena, path, most, &bytes, &length);
	if (result == -ENOENT)
		return result;
	if (result < 0)
		return store_error(e, result, "read", name);
	*ret_bytes = (struct span){bytes, length};
	return 0;
}

int store_write(int fd, struct span bytes, off_t at)
{
	for (size_t done = 0; done < bytes.length;) {
		ssize_t step =
			pwrite(fd, bytes.start + done, bytes.length - done, at + (off_t)done);

		if (step >= 0)
			done += (size_t)step;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static int write_new(const struct store *store, const char *name, struct span bytes)
{
	_autoclose_ int fd = store_openat(store, name, O_WRONLY | O_CREAT | O_TRUNC);
	int result;

	if (fd < 0)
		return fd;
	result = store_write(fd, bytes, 0);
	if (result < 0)
		return result;
	return fsync(fd) < 0 ? -errno : 0;
}

int store_replace(const struct store *store, const char *name, struct span bytes, struct error *e)
{
	char fresh[256];
	int result;

	if ((size_t)snprintf(fresh, sizeof(fresh), "%s.new", name) >= sizeof(fresh))
		return store_error(e, -ENAMETOOLONG, "write", name);
	result = write_new(store, fresh, bytes);
	if (result == 0 && renameat(store->folder, fresh, store->folder, name) < 0)
		result = -errno;
	if (result < 0) {
		unlinkat(store->folder, fresh, 0);
		return store_error(e, result, "write", name);
	}
	/* Flush the folder of the store, which has the new name of the file. */
	return fsync(store->folder) < 0 ? store_error(e, -errno, "flush", name) : 0;
}
