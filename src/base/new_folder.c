/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/new_folder.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int new_folder_error(struct error *e, int cause, const char *verb, const char *path)
{
	bool denied = cause == -EACCES || cause == -EPERM;

	error_set(e, denied ? ERROR_PERMISSION : ERROR_IO, cause, "cannot %s %s", verb, path);
	if (cause == -EROFS)
		error_remedy(e, "The file system is read-only; nothing was changed");
	return cause;
}

int new_folder_flush(const char *path, struct error *e)
{
	_autoclose_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? new_folder_error(e, -errno, "flush", path) : 0;
}

/* The folder that has @path; the caller frees it. */
static char *folder_above(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *above = !slash	      ? strdup(".")
		      : slash == path ? strdup("/")
				      : strndup(path, (size_t)(slash - path));

	if (!above)
		memory_exhausted();
	return above;
}

/* Each call makes one folder, so the depth is that of the path. */
int new_folder_make(const char *path, mode_t mode, struct error *e)
{
	_autofree_ char *above = folder_above(path);
	int result = mkdir(path, mode) < 0 ? -errno : 0;

	if (result == -ENOENT) {
		result = new_folder_make(above, mode, e);
		if (result < 0)
			return result;
		result = mkdir(path, mode) < 0 ? -errno : 0;
	}
	if (result < 0)
		return result == -EEXIST ? 0 : new_folder_error(e, result, "make", path);
	return new_folder_flush(above, e);
}
