/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/column.h"

#include "base/text.h"

#include <string.h>

struct json_object *json_text(const char *text)
{
	_autofree_ char *escaped = NULL;
	size_t length;

	if (!text)
		return NULL;
	length = strlen(text);
	if (text_is_safe(text, length))
		return json_object_new_string_len(text, (int)length);
	escaped = malloc(4 * length + 1);
	if (!escaped)
		memory_exhausted();
	return json_object_new_string_len(escaped,
					  (int)text_escape(text, length, escaped, 4 * length + 1));
}
