/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/entries.h"

static struct entry *add_entry(struct contents *contents, struct entry entry)
{
	if (contents->count == contents->room) {
		contents->room = contents->room ? contents->room * 2 : 1024;
		contents->entries =
			reallocarray(contents->entries, contents->room, sizeof(*contents->entries));
		if (!contents->entries)
			memory_exhausted();
	}
	contents->entries[contents->count] = entry;
	return &contents->entries[contents->count++];
}

struct entry *entries_need(struct contents *contents, enum entry_kind kind, uint32_t path)
{
	uint32_t *number = path_numbers_at(&contents->numbers, path);
	struct entry *entry;

	if (!*number) {
		*number = (uint32_t)contents->count + 1;
		return add_entry(contents, (struct entry){.kind = kind, .path = path});
	}
	entry = &contents->entries[*number - 1];
	if (entry->kind == ENTRY_MARK)
		entry->kind = kind;
	return entry;
}

const struct entry *entries_find(const struct contents *contents, uint32_t path)
{
	uint32_t number = path_numbers_get(&contents->numbers, path);

	return number ? &contents->entries[number - 1] : NULL;
}

void entries_add_unreadable(struct contents *contents, uint32_t path, int cause)
{
	add_entry(contents, (struct entry){.kind = ENTRY_MARK, .path = path, .status = cause});
}

static int compare_entry_places(const void *a, const void *b, void *context)
{
	const struct entry *one = a, *other = b;

	if (one->path == other->path)
		return other->status - one->status;
	return paths_compare(context, one->path, other->path);
}

/*
 * A file that a source could not read, and that is an attribute which another device has, was tried
 * again: it is unreadable once.
 */
static void drop_repeated(struct contents *contents)
{
	size_t kept = 0;

	for (size_t i = 0; i < contents->count; i++) {
		const struct entry *entry = &contents->entries[i];
		const struct entry *last = kept ? &contents->entries[kept - 1] : NULL;

		if (!last || !entry->status || !last->status || entry->path != last->path)
			contents->entries[kept++] = *entry;
	}
	contents->count = kept;
}

void entries_settle(struct contents *contents)
{
	free(contents->numbers.items);
	contents->numbers = (struct path_numbers){0};
	if (contents->count)
		qsort_r(contents->entries, contents->count, sizeof(*contents->entries),
			compare_entry_places, contents->paths);
	drop_repeated(contents);
}
