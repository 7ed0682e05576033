/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/entries.h"

static struct entry *add_entry(struct contents *contents, struct entry entry)
{
	if (contents->count == contents->room) {
		contents->room = contents->room ? contents->room * 2 : 1024;
		contents->entries =
			realloc(contents->entries, contents->room * sizeof(*contents->entries));
		if (!contents->entries)
			memory_exhausted();
	}
	contents->entries[contents->count] = entry;
	return &contents->entries[contents->count++];
}

struct entry *entries_need(struct contents *contents, enum entry_kind kind, const char *path)
{
	size_t number = text_map_find(contents->index, path);
	struct entry *entry;

	if (!number) {
		path = arena_strdup(contents->arena, path);
		*text_map_lend(contents->index, path) = contents->count + 1;
		return add_entry(contents, (struct entry){.kind = kind, .path = path});
	}
	entry = &contents->entries[number - 1];
	if (entry->kind == ENTRY_MARK)
		entry->kind = kind;
	return entry;
}

bool entries_has(const struct contents *contents, const char *path)
{
	return text_map_find(contents->index, path);
}

void entries_add_unreadable(struct contents *contents, const char *path, int cause)
{
	add_entry(contents, (struct entry){.kind = ENTRY_MARK,
					   .path = arena_strdup(contents->arena, path),
					   .status = cause});
}
