/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/json.h"

#include "base/text.h"
#include "views/output.h"
#include "views/table.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { SCHEMA_VERSION = 1 };

static void put_object(struct json_object *object)
{
	size_t length;
	const char *text = json_object_to_json_string_length(
		object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);

	if (!text)
		memory_exhausted();
	fwrite_unlocked(text, 1, length, stdout);
	json_object_put(object);
}

static void add(struct json_object *object, const char *key, struct json_object *value)
{
	/* Keys are constants and unique within an object: json-c need not copy or search them. */
	json_object_object_add_ex(object, key, value,
				  JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_KEY_IS_CONSTANT);
}

static struct json_object *text_or_null(const char *text)
{
	return *text ? json_text(text) : NULL;
}

static struct json_object *error_object(const struct error *failure)
{
	struct json_object *object;

	if (!failure || failure->code == ERROR_NONE)
		return NULL;
	object = json_object_new_object();
	add(object, "code", json_text(error_code_name(failure->code)));
	add(object, "message", json_text(failure->message));
	add(object, "device", text_or_null(failure->device));
	add(object, "evidence", text_or_null(failure->evidence));
	add(object, "remedy", text_or_null(failure->remedy));
	return object;
}

static struct json_object *source_object(const struct source *source)
{
	struct json_object *object = json_object_new_object();

	add(object, "name", json_text(source->name));
	add(object, "state", json_text(source_state_name(source->state)));
	add(object, "detail", json_text(source->detail));
	return object;
}

static struct json_object *sources_array(const struct document *document)
{
	const struct system *system = document->system;
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; system && i < system->source_count; i++)
		json_object_array_add(array, source_object(&system->sources[i]));
	if (document->own_source)
		json_object_array_add(array, source_object(document->own_source));
	return array;
}

static struct json_object *host_object(const struct system *system)
{
	struct json_object *object;

	if (!system)
		return NULL;
	object = json_object_new_object();
	add(object, "kernel", json_text(system->machine.kernel));
	add(object, "arch", json_text(system->machine.arch));
	add(object, "firmware", json_text(system->machine.firmware));
	add(object, "iommu", json_text(usage_name(system->machine.iommu)));
	add(object, "default_domain", json_text(system->machine.default_domain));
	return object;
}

/* One write of three texts: a document has ten thousands of keys and short texts. */
static void put_joined(const char *before, const char *text, size_t length, const char *after)
{
	char joined[256], *end;

	if (strlen(before) + length + strlen(after) >= sizeof(joined)) {
		fputs_unlocked(before, stdout);
		fwrite_unlocked(text, 1, length, stdout);
		fputs_unlocked(after, stdout);
		return;
	}
	end = mempcpy(stpcpy(joined, before), text, length);
	end = stpcpy(end, after);
	fwrite_unlocked(joined, 1, (size_t)(end - joined), stdout);
}

/*
 * Most strings need no escapes: one write is faster than json-c, which takes a microsecond for
 * each.
 */
static void put_json_text(const char *text)
{
	size_t length = strlen(text);

	if (!text_is_safe(text, length) || strpbrk(text, "\"\\"))
		put_object(json_text(text));
	else
		put_joined("\"", text, length, "\"");
}

static void put_cell(const struct column *column, const struct row *row)
{
	struct value value = column->json ? value_none() : column->get(row, NULL);
	char digits[TEXT_NUMBER_SIZE];

	if (column->json) {
		put_object(column->json(row));
		return;
	}
	switch (value.kind) {
	case VALUE_TEXT:
		put_json_text(value.text);
		break;
	case VALUE_NUMBER:
	case VALUE_HEX:
	case VALUE_ID:
		fwrite_unlocked(digits, 1, text_from_number(value.number, 10, 1, digits), stdout);
		break;
	case VALUE_BOOL:
		fputs_unlocked(value.number ? "true" : "false", stdout);
		break;
	case VALUE_NONE:
	case VALUE_UNKNOWN:
		fputs_unlocked("null", stdout);
		break;
	}
}

static void put_cells(const struct column *columns, const struct row *row, unsigned facts)
{
	for (const struct column *column = columns; column && column->key; column++) {
		put_joined(column == columns ? "\"" : ",\"", column->key, strlen(column->key),
			   "\":");
		if (column->facts & ~facts)
			fputs_unlocked("null", stdout);
		else
			put_cell(column, row);
	}
}

static void put_row(const struct section *section, const struct row *row, unsigned facts)
{
	putc_unlocked('{', stdout);
	put_cells(section->columns, row, facts);
	if (section->more)
		putc_unlocked(',', stdout);
	put_cells(section->more, row, facts);
	putc_unlocked('}', stdout);
}

static void put_rows(const struct section *section, const struct rows *rows, unsigned facts)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (i)
			fputs_unlocked(",\n", stdout);
		put_row(section, &rows->items[i], facts);
	}
}

static void put_sections(const struct document *document)
{
	const struct section *sections = document->kind->sections;
	size_t i = 0;

	for (; sections[i].key; i++) {
		printf(",\n\"%s\":[", sections[i].key);
		put_rows(&sections[i], &document->rows[i], document->facts);
		printf("]");
	}
	for (; i < DOCUMENT_PARTS_MAX; i++)
		assert(!document->rows[i].count);
}

static void put_members(const struct document *document)
{
	const char *const *keys = document->kind->members;
	size_t i = 0;

	for (; keys[i]; i++) {
		printf(",\n\"%s\":", keys[i]);
		put_object(document->values[i]);
	}
	for (; i < DOCUMENT_PARTS_MAX; i++)
		assert(!document->values[i]);
}

int json_print(const struct document *document, struct error *e)
{
	printf("{\"schema\":%d,\n\"error\":", SCHEMA_VERSION);
	put_object(error_object(document->failure));
	printf(",\n\"sources\":");
	put_object(sources_array(document));
	if (document->kind->host) {
		printf(",\n\"host\":");
		put_object(host_object(document->system));
	}
	put_sections(document);
	put_members(document);
	printf("}\n");
	return output_flush(e);
}

int json_print_line(const struct column *columns, const struct row *row, unsigned facts,
		    struct error *e)
{
	const struct section section = {.columns = columns};

	put_row(&section, row, facts);
	putc_unlocked('\n', stdout);
	return output_flush(e);
}
