/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/deferred_list.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static int compare_entries(const void *a, const void *b)
{
	const struct deferred_entry *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static void add_deferred_entry(struct deferred_list *list, const char *name, const char *reason,
			       bool torn)
{
	struct deferred_entry entry = {.name = name, .reason = *reason ? reason : NULL, .times = 1};

	if (!torn)
		list->entries[list->count++] = entry;
	else if (list->torn_count < DEFERRED_TORN_MAX)
		list->torn[list->torn_count++] = entry;
}

/*
 * Parse "NAME<TAB>REASON". If the reason of the entry before had no newline, its line ends with the
 * next "NAME<TAB>REASON". No bus names a device with a blank, so such a name is the rest of a
 * reason as well.
 */
static void parse_deferred_line(struct deferred_list *list, char *line, struct arena *arena)
{
	bool torn = strchr(line, ' ') && strchr(line, ' ') < strchr(line, '\t');
	char *name = line;

	for (char *tab = strchr(line, '\t'), *next; tab; tab = next) {
		next = strchr(tab + 1, '\t');
		*tab = '\0';
		add_deferred_entry(list, name,
				   next ? arena_text(arena, tab + 1, (size_t)(next - tab - 1))
					: tab + 1,
				   torn);
		name = tab + 1;
		torn = true;
	}
}

/* A line of devices_deferred without a tab continues the reason before it. */
static void continue_reason(struct deferred_list *list, const char *line, struct arena *arena)
{
	enum { REASON_MAX = 1024 };
	struct deferred_entry *entry = list->count ? &list->entries[list->count - 1] : NULL;

	if (entry && !entry->reason)
		entry->reason = line;
	else if (entry && strlen(entry->reason) < REASON_MAX)
		entry->reason = arena_printf(arena, "%s %.*s", entry->reason, REASON_MAX, line);
}

static void merge_same(struct deferred_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (kept && strcmp(list->entries[kept - 1].name, list->entries[i].name) == 0)
			list->entries[kept - 1].times++;
		else
			list->entries[kept++] = list->entries[i];
	}
	list->count = kept;
}

struct deferred_list deferred_list_parse(char *text, struct arena *arena)
{
	struct deferred_list list = {0};
	size_t lines = 1;
	char *save;

	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	list.entries = arena_array(arena, lines, sizeof(*list.entries));
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strchr(line, '\t'))
			parse_deferred_line(&list, line, arena);
		else
			continue_reason(&list, line, arena);
	}
	if (list.count)
		qsort(list.entries, list.count, sizeof(*list.entries), compare_entries);
	merge_same(&list);
	return list;
}

struct deferred_entry *deferred_list_find(struct deferred_list *list, const char *name)
{
	const struct deferred_entry wanted = {.name = name};
	struct deferred_entry *found = NULL;

	if (list->count)
		found = bsearch(&wanted, list->entries, list->count, sizeof(wanted),
				compare_entries);
	for (size_t i = 0; i < list->torn_count && !found; i++)
		if (text_before_end(list->torn[i].name, name))
			found = &list->torn[i];
	return found;
}
