/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/differences.h"

#include "base/suggest.h"
#include "views/output.h"

#include <stdio.h>
#include <string.h>

static struct value get_kind_of_difference(const struct row *row, struct arena *arena)
{
	return value_text(difference_kind_name(row->difference->kind));
}

static struct value get_before(const struct row *row, struct arena *arena)
{
	return value_text(row->difference->before);
}

static struct value get_after(const struct row *row, struct arena *arena)
{
	return value_text(row->difference->after);
}

const struct column difference_columns[] = {
	{"kind", "KIND", "kind of difference, as for --ignore", 0, get_kind_of_difference},
	{"before", "BEFORE", "the fact on the old side", 0, get_before, .gives_way = true},
	{"after", "AFTER", "the fact on the new side", 0, get_after, .gives_way = true},
	{NULL},
};

struct json_object *json_unknown_facts(const struct differences *differences)
{
	struct json_object *array = json_object_new_array();

	for (unsigned i = 0; i < DIFFERENCE_KIND_COUNT; i++) {
		struct json_object *object;

		if (!differences->unknown[i])
			continue;
		object = json_object_new_object();
		json_object_object_add(object, "kind",
				       json_text(difference_kind_name((enum difference_kind)i)));
		json_object_object_add(object, "count",
				       json_object_new_int64((int64_t)differences->unknown[i]));
		json_object_array_add(array, object);
	}
	return array;
}

int differences_print_kinds(struct error *e)
{
	for (unsigned i = 0; i < DIFFERENCE_KIND_COUNT; i++)
		printf("%-17s %s\n", difference_kind_name((enum difference_kind)i),
		       difference_kind_help((enum difference_kind)i));
	return output_flush(e);
}

static int refuse_kind(const char *word, size_t length, struct error *e)
{
	char kind[64];
	struct suggestion suggestion = {.word = kind};
	int result;

	snprintf(kind, sizeof(kind), "%.*s", (int)(length < sizeof(kind) ? length : 0), word);
	result = error_set(e, ERROR_USAGE, 0, "--ignore %s: there is no such kind", kind);
	for (unsigned i = 0; i < DIFFERENCE_KIND_COUNT; i++)
		suggest_name(&suggestion, difference_kind_name((enum difference_kind)i));
	if (!suggest_remedy(&suggestion, e))
		error_remedy(e, "\"--ignore help\" lists the kinds.");
	return result;
}

static int find_difference_kind(const char *word, size_t length)
{
	for (unsigned i = 0; i < DIFFERENCE_KIND_COUNT; i++) {
		const char *name = difference_kind_name((enum difference_kind)i);

		if (strlen(name) == length && memcmp(name, word, length) == 0)
			return (int)i;
	}
	return -1;
}

int differences_ignored(const char *text, bool ret_ignored[static DIFFERENCE_KIND_COUNT],
			struct error *e)
{
	memset(ret_ignored, 0, DIFFERENCE_KIND_COUNT * sizeof(*ret_ignored));
	while (text) {
		size_t length = strcspn(text, ",");
		int kind = find_difference_kind(text, length);

		if (kind < 0)
			return refuse_kind(text, length, e);
		ret_ignored[kind] = true;
		text = text[length] ? text + length + 1 : NULL;
	}
	return 0;
}
