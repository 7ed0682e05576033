/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/pin_store.h"

#include "base/new_file.h"
#include "model/pin_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot_store(struct error *e, int cause, const char *verb, const char *path)
{
	bool denied = cause == -EACCES || cause == -EPERM;

	error_set(e, denied ? ERROR_PERMISSION : ERROR_IO, cause, "cannot %s %s", verb, path);
	if (cause == -EROFS)
		error_remedy(e, "The file system of /etc is read-only; nothing was changed");
	return cause;
}

/* Flush a folder, so that a name in it is on disk. */
static int flush_folder(const char *path, struct error *e)
{
	_autoclose_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? cannot_store(e, -errno, "flush", path) : 0;
}

/* The folder that has @path; the caller frees it. */
static char *folder_above(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *above = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");

	if (!above)
		memory_exhausted();
	return above;
}

/* Make a folder in the folder above it, which exists. */
static int make_pin_folder(const char *path, struct error *e)
{
	enum { FOLDER_MODE = 0755 };
	_autofree_ char *above = folder_above(path);
	int made = mkdir(path, FOLDER_MODE) < 0 ? -errno : 0;

	if (made < 0)
		return made == -EEXIST ? 0 : cannot_store(e, made, "make", path);
	return flush_folder(*above ? above : "/", e);
}

/* Make the folder of pins, and the one above it. */
static int make_pin_folders(const char *folder, struct error *e)
{
	_autofree_ char *above = folder_above(folder);
	int result = *above ? make_pin_folder(above, e) : 0;

	return result < 0 ? result : make_pin_folder(folder, e);
}

static char *path_of_pin(const char *folder, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s%s", folder, name, PIN_SUFFIX) < 0)
		memory_exhausted();
	return path;
}

int pin_store_write(const char *folder, const char *name, struct span text, struct error *e)
{
	enum { PIN_MODE = 0644 };
	_autofree_ char *path = path_of_pin(folder, name);
	_autonewfile_ struct new_file *file = NULL;
	int result = make_pin_folders(folder, e);

	if (result == 0)
		result = new_file_open(path, true, PIN_MODE, &file, e);
	if (result < 0)
		return result;
	/* An error of the stream fails the publishing. */
	fwrite(text.start, 1, text.length, new_file_stream(file));
	result = new_file_publish(file, e);
	return result < 0 ? result : flush_folder(folder, e);
}

int pin_store_remove(const char *folder, const char *name, struct error *e)
{
	_autofree_ char *path = path_of_pin(folder, name);

	if (unlink(path) == 0)
		return flush_folder(folder, e);
	if (errno == ENOENT)
		return error_set(e, ERROR_NO_MATCH, -ENOENT, "cannot remove the pin %.100s", name);
	return cannot_store(e, -errno, "remove", path);
}
