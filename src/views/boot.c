/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/boot.h"

#include "model/command_line.h"
#include "model/facts.h"
#include "views/column.h"

#include <inttypes.h>
#include <stdio.h>

static struct json_object *json_options(const struct machine *machine)
{
	_autoarena_ struct arena *arena = arena_new();
	const char *options = command_line_options(arena, machine->command_line);
	struct json_object *array;
	struct span word;

	if (!machine->command_line)
		return NULL;
	array = json_object_new_array();
	while (options && command_line_next(&options, &word))
		json_object_array_add(array, json_word(word.start, word.length));
	return array;
}

static struct json_object *json_tables(const struct machine *machine)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < machine->table_sum_count; i++) {
		const struct table_sum *table = &machine->table_sums[i];
		struct json_object *object = json_object_new_object();
		char sum[24];

		snprintf(sum, sizeof(sum), "0x%" PRIx64, table->sum);
		json_object_object_add(object, "name", json_text(table->name));
		json_object_object_add(object, "size", json_object_new_int64(table->size));
		json_object_object_add(object, "checksum", json_text(sum));
		json_object_array_add(array, object);
	}
	return array;
}

struct json_object *json_boot(const struct system *system, unsigned facts)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "options", json_options(&system->machine));
	json_object_object_add(object, "firmware_tables",
			       facts & FACT_STREAMS ? json_tables(&system->machine) : NULL);
	return object;
}
