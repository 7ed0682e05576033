/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/entries.h"

#include <errno.h>

enum { FILE_MAX = 32 * 1024 * 1024 };

struct entry *entries_add(struct contents *contents, enum entry_kind kind, const char *path)
{
	if (contents->count == contents->room) {
		contents->room = contents->room ? contents->room * 2 : 1024;
		contents->entries =
			realloc(contents->entries, contents->room * sizeof(*contents->entries));
		if (!contents->entries)
			memory_exhausted();
	}
	contents->entries[contents->count] =
		(struct entry){.kind = kind, .path = arena_strdup(contents->arena, path)};
	return &contents->entries[contents->count++];
}

bool entries_add_link(struct contents *contents, const struct root *root, const char *path)
{
	char target[PATH_SIZE];
	ssize_t length = root_readlink(root, path, target, sizeof(target));

	if (length == -EACCES || length == -EPERM)
		entries_add(contents, ENTRY_LINK, path)->status = (int)length;
	if (length <= 0)
		return false;
	entries_add(contents, ENTRY_LINK, path)->text = arena_strdup(contents->arena, target);
	return true;
}

void entries_add_bytes(struct contents *contents, const struct root *root, const char *path)
{
	struct entry *entry;
	char *bytes = NULL;
	size_t length = 0;
	int status = root_read_all(root, contents->arena, path, FILE_MAX, &bytes, &length);

	if (status == -ENOENT || status == -ENOTDIR)
		return;
	entry = entries_add(contents, ENTRY_BYTES, path);
	entry->status = status;
	entry->text = bytes;
	entry->length = length;
}
