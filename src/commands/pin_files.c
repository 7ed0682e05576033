/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/pin_files.h"

#include "model/pin_file.h"
#include "views/column.h"

#include <string.h>

void pin_files_read(const struct root *root, struct pin_change *changes, size_t count,
		    struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		const char *path = pin_file_path(changes[i].name, arena);
		size_t length;
		char *bytes;

		if (root_read_all(root, arena, path, PIN_FILE_MAX, &bytes, &length) == 0)
			changes[i].before = (struct span){bytes, length};
	}
}

/* One string a line: line breaks in a string are escaped. */
static struct json_object *json_lines(struct span text)
{
	struct json_object *lines = text.start ? json_object_new_array() : NULL;

	while (text.length) {
		const char *end = memchr(text.start, '\n', text.length);
		size_t length = end ? (size_t)(end - text.start) : text.length;
		size_t taken = length + (end != NULL);

		json_object_array_add(lines, json_word(text.start, length));
		text = (struct span){text.start + taken, text.length - taken};
	}
	return lines;
}

static struct json_object *json_pin_file(const struct pin_change *change)
{
	_autoarena_ struct arena *arena = arena_new();
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "name", json_text(change->name));
	json_object_object_add(object, "file", json_text(pin_file_path(change->name, arena)));
	json_object_object_add(object, "before", json_lines(change->before));
	json_object_object_add(object, "after", json_lines(change->text));
	return object;
}

struct json_object *pin_files_json(const struct pin_change *changes, size_t count)
{
	struct json_object *files = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		json_object_array_add(files, json_pin_file(&changes[i]));
	return files;
}
