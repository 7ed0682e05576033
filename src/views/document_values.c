/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/document_parts.h"

#include "base/text.h"

#include <string.h>

void document_note_wrong(struct source_document *document, const char *key)
{
	if (!document->wrong)
		document->wrong = key;
}

/* The value of @key, or NULL where it is null or not there. */
struct json_object *document_value(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	return value;
}

struct json_object *document_typed(struct source_document *document, struct json_object *object,
				   const char *key, enum json_type type)
{
	struct json_object *value = document_value(object, key);

	if (!value || json_object_is_type(value, type))
		return value;
	document_note_wrong(document, key);
	return NULL;
}

const char *document_text_of(struct source_document *document, struct json_object *value,
			     const char *key)
{
	size_t length;
	char *text;

	if (!value)
		return NULL;
	if (!json_object_is_type(value, json_type_string)) {
		document_note_wrong(document, key);
		return NULL;
	}
	length = (size_t)json_object_get_string_len(value);
	text = arena_alloc(document->arena, 4 * length + 1);
	text_escape(json_object_get_string(value), length, text, 4 * length + 1);
	return text;
}

const char *document_text(struct source_document *document, struct json_object *object,
			  const char *key)
{
	return document_text_of(document, document_value(object, key), key);
}

/* A text that has to be there: what it names could not be found without it. */
const char *document_name(struct source_document *document, struct json_object *object,
			  const char *key)
{
	const char *text = document_text(document, object, key);

	if (text && *text)
		return text;
	document_note_wrong(document, key);
	return "?";
}

/* A number from 0 to @most; -1 where it is null or not there. */
int64_t document_number(struct source_document *document, struct json_object *object,
			const char *key, int64_t most)
{
	struct json_object *value = document_typed(document, object, key, json_type_int);
	int64_t number = value ? json_object_get_int64(value) : -1;

	if (value && (number < 0 || number > most))
		document_note_wrong(document, key);
	return number;
}

/* The number of items in a list; 0 for NULL. */
size_t document_length(struct json_object *list)
{
	return list ? json_object_array_length(list) : 0;
}

/* An object of a list; NULL, and the document is wrong, where it is none. */
struct json_object *document_item(struct source_document *document, struct json_object *list,
				  size_t index, const char *key)
{
	struct json_object *item = json_object_array_get_idx(list, index);

	if (item && json_object_is_type(item, json_type_object))
		return item;
	document_note_wrong(document, key);
	return NULL;
}

struct fact_text document_fact(const char *text)
{
	return (struct fact_text){.text = text, .unknown = !text};
}

/* A word of which "unknown" is one. */
struct fact_text document_word(struct source_document *document, struct json_object *object,
			       const char *key)
{
	const char *text = document_text(document, object, key);

	return document_fact(text && strcmp(text, "unknown") == 0 ? NULL : text);
}
