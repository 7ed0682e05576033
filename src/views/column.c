/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/column.h"

#include "base/text.h"

#include <string.h>

struct json_object *json_word(const char *text, size_t length)
{
	_autofree_ char *escaped = NULL;

	if (text_is_safe(text, length))
		return json_object_new_string_len(text, (int)length);
	escaped = malloc(4 * length + 1);
	if (!escaped)
		memory_exhausted();
	return json_object_new_string_len(escaped,
					  (int)text_escape(text, length, escaped, 4 * length + 1));
}

struct json_object *json_text(const char *text)
{
	return text ? json_word(text, strlen(text)) : NULL;
}

struct json_object *column_json(const struct column *column, const struct row *row)
{
	struct value value;

	if (column->json)
		return column->json(row);
	value = column->get(row, NULL);
	switch (value.kind) {
	case VALUE_TEXT:
		return json_text(value.text);
	case VALUE_NUMBER:
	case VALUE_HEX:
	case VALUE_ID:
		return json_object_new_int64(value.number);
	case VALUE_BOOL:
		return json_object_new_boolean(value.number != 0);
	case VALUE_NONE:
	case VALUE_UNKNOWN:
		break;
	}
	return NULL;
}

static const char *number_cell(struct arena *arena, int64_t number, unsigned base, int width)
{
	char digits[TEXT_NUMBER_SIZE];

	return arena_text(arena, digits, text_from_number(number, base, width, digits));
}

const char *value_cell(struct value value, struct arena *arena)
{
	switch (value.kind) {
	case VALUE_TEXT:
		return value.text;
	case VALUE_NUMBER:
		return number_cell(arena, value.number, 10, 1);
	case VALUE_HEX:
		return number_cell(arena, value.number, 16, value.digits);
	case VALUE_ID:
		return arena_concat(arena, "0x", number_cell(arena, value.number, 16, 1), "");
	case VALUE_BOOL:
		return value.number ? "yes" : "no";
	case VALUE_UNKNOWN:
		return "?";
	case VALUE_NONE:
		break;
	}
	return NULL;
}
