/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/pin_store.h"

#include "base/new_file.h"
#include "base/new_folder.h"
#include "model/pin_file.h"

#include <errno.h>
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
	_autonewfile_ struct new_file *file = NULL;
	int result = new_folder_make(folder, FOLDER_MODE, e);

	if (result == 0)
		result = new_file_open(path, true, PIN_MODE, &file, e);
	if (result < 0)
		return result;
	/* An error of the stream fails the publishing. */
	fwrite(text.start, 1, text.length, new_file_stream(file));
	result = new_file_publish(file, e);
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
