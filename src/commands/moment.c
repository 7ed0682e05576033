/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/moment.h"

#include "capture/archive.h"
#include "commands/look.h"
#include "sources/firmware/offline_files.h"
#include "sources/read.h"
#include "views/document.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static int read_tree_moment(const struct options *options, struct moment *moment, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	const struct system *system;
	int result = look_open_tree(options, &root, e);

	if (result == 0)
		result = system_read(root, INVENTORY_FACTS, &system, e);
	if (result < 0)
		return result;
	moment->inventory = inventory_of(system);
	system_free(system);
	return 0;
}

static int read_document_moment(const char *path, struct moment *moment, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	size_t length;
	char *bytes;
	int result = offline_read(path, scratch, DOCUMENT_MAX, &bytes, &length);

	if (result < 0)
		return error_set(e, result == -EACCES ? ERROR_PERMISSION : ERROR_IO, result,
				 "cannot read %s", offline_name(path));
	result = document_read(bytes, length, &moment->inventory, e);
	if (result < 0)
		error_wrap(e, "cannot use %s", offline_name(path));
	return result;
}

/* True for a regular file that begins as no document does: its start is read, and no more. */
static bool is_packed_capture(const char *path)
{
	char start[512];
	_autoclose_ int file = archive_is(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t length = file < 0 ? 0 : read(file, start, sizeof(start));

	return length > 0 && !document_seems(start, (size_t)length);
}

static bool names_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int moment_read(const struct options *options, const char *path, struct moment *ret_moment,
		struct error *e)
{
	struct moment moment = {.name = path ? path : options->root};
	struct options folder = *options;
	int result;

	if (path && !names_folder(path) && !is_packed_capture(path)) {
		moment.form = "document";
		result = read_document_moment(path, &moment, e);
	} else {
		folder.root = moment.name;
		moment.form = moment.name ? "capture" : "machine";
		result = read_tree_moment(&folder, &moment, e);
	}
	if (result == 0)
		*ret_moment = moment;
	return result;
}

void moment_free(struct moment *moment)
{
	inventory_free(moment->inventory);
}
