/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/moment.h"

#include "commands/look.h"
#include "sources/firmware/offline_files.h"
#include "sources/read.h"
#include "views/document.h"

#include <errno.h>
#include <string.h>
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
	if (document_seems(bytes, length)) {
		result = document_read(bytes, length, &moment->inventory, e);
	} else {
		result = error_set(e, ERROR_MALFORMED, 0, "it is no document of iommuctl");
		error_remedy(e, "Unpack a capture, and name the folder.");
	}
	if (result < 0)
		error_wrap(e, "cannot use %s", offline_name(path));
	return result;
}

int moment_read(const struct options *options, const char *path, struct moment *ret_moment,
		struct error *e)
{
	struct moment moment = {.name = path ? path : options->root};
	struct options folder = *options;
	struct stat status;
	int result;

	if (path && (stat(path, &status) < 0 || !S_ISDIR(status.st_mode))) {
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
