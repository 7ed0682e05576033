/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/captured.h"

#include "capture/read_contents.h"
#include "support/check.h"
#include "support/tree.h"

#include <string.h>

static void note_captured(void *context, const char *path, const struct entry *entry)
{
	struct captured *captured = context;
	struct captured_file *file;
	size_t length = entry->kind == ENTRY_LINK ? strlen(entry->text) : entry->length;

	captured->files = reallocarray(captured->files, captured->count + 1, sizeof(*file));
	assert_non_null(captured->files);
	file = &captured->files[captured->count++];
	*file = (struct captured_file){strdup(path), calloc(1, length + 1), length, entry->kind,
				       entry->status};
	assert_non_null(file->text);
	if (length)
		memcpy(file->text, entry->text, length);
}

struct captured captured_new(const char *text, bool with_serials)
{
	_autoroot_ struct root *root = NULL;
	_autocontents_ struct contents contents = {0};
	struct captured captured = {0};
	struct error error = {0};
	char *dir = tree_new(text), path[PATH_SIZE];

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(contents_gather(root, with_serials, &contents, &error), 0);
	assert_int_equal(contents_read(&contents, note_captured, &captured, &error), 0);
	for (size_t i = 0; i < contents.count; i++)
		if (contents.entries[i].status)
			note_captured(&captured,
				      paths_text(contents.paths, contents.entries[i].path, path),
				      &contents.entries[i]);
	tree_remove(dir);
	return captured;
}

void captured_free(struct captured *captured)
{
	for (size_t i = 0; i < captured->count; i++) {
		free(captured->files[i].path);
		free(captured->files[i].text);
	}
	free(captured->files);
	*captured = (struct captured){0};
}

const struct captured_file *captured_find(const struct captured *captured, const char *path,
					  int status)
{
	for (size_t i = 0; i < captured->count; i++)
		if (strcmp(captured->files[i].path, path) == 0 &&
		    captured->files[i].status == status)
			return &captured->files[i];
	return NULL;
}
