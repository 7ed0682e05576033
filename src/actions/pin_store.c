/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/pin_store.h"

#include "base/new_file.h"
#include "base/new_folder.h"
#include "model/pin_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char *path_of_pin(const char *folder, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s%s", folder, name, PIN_SUFFIX) < 0)
		memory_exhausted();
	return path;
}

int pin_store_write(const char *folder, const char *name, struct span text, struct error *e)
{
	enum { PIN_MODE = 0644, FOLDER_MODE = 0755 };
	_autofree_ char *path = path_of_pin(folder, name);
	int result = new_folder_make(folder, FOLDER_MODE, e);

	if (result == 0)
		result = new_file_write(path, PIN_MODE, text.start, text.length, e);
	return result < 0 ? result : new_folder_flush(folder, e);
}

int pin_store_remove(const char *folder, const char *name, struct error *e)
{
	_autofree_ char *path = path_of_pin(folder, name);

	if (unlink(path) == 0)
		return new_folder_flush(folder, e);
	if (errno == ENOENT)
		return error_set(e, ERROR_NO_MATCH, -ENOENT, "cannot remove the pin %.100s", name);
	return new_folder_error(e, -errno, "remove", path);
}

/* The older file, of any content; *ret_text is { NULL } where there is none. */
static int read_pin_file(const char *folder, const char *name, struct arena *arena,
			 struct span *ret_text, struct error *e)
{
	_autofree_ char *path = path_of_pin(folder, name);
	_autoclose_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	ssize_t length;
	char *text;

	*ret_text = (struct span){0};
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &status) < 0)
		return new_folder_error(e, -errno, "read", path);
	if (!S_ISREG(status.st_mode))
		return new_folder_error(e, -EINVAL, "change", path);
	text = arena_alloc(arena, (size_t)status.st_size + 1);
	length = pread(fd, text, (size_t)status.st_size, 0);
	if (length != status.st_size)
		return new_folder_error(e, length < 0 ? -errno : -EIO, "read", path);
	*ret_text = (struct span){text, (size_t)length};
	return 0;
}

static int change_pin(const char *folder, struct pin_change *change, struct arena *arena,
		      struct error *e)
{
	int result = read_pin_file(folder, change->name, arena, &change->before, e);

	if (result == 0)
		result = change->text.start ? pin_store_write(folder, change->name, change->text, e)
					    : pin_store_remove(folder, change->name, e);
	change->done = result == 0;
	return result;
}

int pin_store_undo(const char *folder, const struct pin_change *changes, size_t count,
		   struct error *e)
{
	int first = 0;

	for (size_t i = count; i-- > 0;) {
		const struct pin_change *change = &changes[i];
		struct error ignored = {0};
		struct error *where = first ? &ignored : e;
		int result = 0;

		if (change->done)
			result = change->before.start
					 ? pin_store_write(folder, change->name, change->before,
							   where)
					 : pin_store_remove(folder, change->name, where);
		first = first ? first : result;
	}
	return first;
}

int pin_store_change(const char *folder, struct pin_change *changes, size_t count,
		     struct arena *arena, struct error *e)
{
	struct error undone = {0};
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++)
		result = change_pin(folder, &changes[i], arena, e);
	if (result < 0 && pin_store_undo(folder, changes, count, &undone) < 0)
		error_remedy(e, "Other pins could not be given back: %s", undone.message);
	return result;
}
