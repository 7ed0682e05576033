/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/document.h"

#include "views/document_bounds.h"
#include "views/document_parts.h"

#include <inttypes.h>
#include <string.h>

enum { SCHEMA_KNOWN = 1 };

/* A document about chosen devices names members of groups, and devices of IOMMUs, that it lacks. */
static bool is_about_all(const struct source_document *document, struct json_object *groups)
{
	size_t named = 0, listed = 0;

	for (size_t i = 0; i < document_length(groups); i++) {
		struct json_object *members =
			document_value(json_object_array_get_idx(groups, i), "devices");

		if (json_object_is_type(members, json_type_array))
			named += json_object_array_length(members);
	}
	for (size_t i = 0; i < document->inventory->device_count; i++)
		listed += document->inventory->devices[i].group >= 0;
	return named == listed;
}

/* The lists that only documents of this kind have, all at once. */
static bool is_overview(struct json_object *top)
{
	static const char *const keys[] = {"iommus", "groups", "devices"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!json_object_is_type(document_value(top, keys[i]), json_type_array))
			return false;
	return true;
}

static int check_kind(struct json_object *top, struct error *e)
{
	struct json_object *schema = document_value(top, "schema");
	int result;

	if (!json_object_is_type(schema, json_type_int))
		return error_set(e, ERROR_MALFORMED, 0, "it is no document of iommuctl");
	if (json_object_get_int64(schema) != SCHEMA_KNOWN)
		return error_set(e, ERROR_MALFORMED, 0,
				 "the document has schema %" PRId64 ", and only %d is known",
				 json_object_get_int64(schema), SCHEMA_KNOWN);
	if (document_value(top, "error"))
		return error_set(e, ERROR_MALFORMED, 0, "the document is that of a failure");
	if (is_overview(top))
		return 0;
	result = error_set(e, ERROR_MALFORMED, 0, "the document is that of another command");
	error_remedy(e, "\"iommuctl show -vJ\" prints one that can be compared.");
	return result;
}

static int read_top(struct source_document *document, struct json_object *top, struct error *e)
{
	struct json_object *groups = document_value(top, "groups");
	int result;

	document_read_sources(document, top);
	document_read_host(document, top);
	document_read_boot(document, top);
	document_read_iommus(document, document_value(top, "iommus"));
	document_read_groups(document, groups);
	if (!document->wrong)
		document_read_devices(document, document_value(top, "devices"));
	if (document->wrong)
		return error_set(e, ERROR_MALFORMED, 0, "the document has a wrong value of \"%s\"",
				 document->wrong);
	if (!is_about_all(document, groups)) {
		result = error_set(e, ERROR_MALFORMED, 0,
				   "the document is about chosen devices only");
		error_remedy(e, "\"iommuctl show -vJ\" without selectors prints all.");
		return result;
	}
	inventory_finish(document->inventory);
	return 0;
}

static int parse_json(const char *bytes, size_t length, struct json_object **ret_top,
		      struct error *e)
{
	struct json_tokener *tokener = json_tokener_new_ex(DOCUMENT_DEPTH_MAX + 1);
	struct json_object *top;
	int result = 0;

	if (!tokener)
		memory_exhausted();
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	top = json_tokener_parse_ex(tokener, bytes, (int)length);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		result = error_set(e, ERROR_MALFORMED, 0, "the document has no end");
	else if (json_tokener_get_error(tokener) != json_tokener_success)
		result = error_set(e, ERROR_MALFORMED, 0, "it is no JSON at byte %zu: %s",
				   json_tokener_get_parse_end(tokener),
				   json_tokener_error_desc(json_tokener_get_error(tokener)));
	else if (!json_object_is_type(top, json_type_object))
		result = error_set(e, ERROR_MALFORMED, 0, "it is no document of iommuctl");
	json_tokener_free(tokener);
	if (result < 0)
		json_object_put(top);
	else
		*ret_top = top;
	return result;
}

bool document_seems(const char *bytes, size_t length)
{
	size_t start = 0;

	while (start < length && strchr(" \t\r\n", bytes[start]) && bytes[start])
		start++;
	return start < length && bytes[start] == '{';
}

int document_read(const char *bytes, size_t length, struct inventory **ret_inventory,
		  struct error *e)
{
	struct source_document document = {0};
	struct json_object *top = NULL;
	int result = length > DOCUMENT_MAX
			     ? error_set(e, ERROR_MALFORMED, 0, "the document is too large")
			     : document_bounds(bytes, length, e);

	if (result == 0)
		result = parse_json(bytes, length, &top, e);
	if (result < 0)
		return result;
	document.inventory = inventory_new();
	document.arena = document.inventory->arena;
	result = check_kind(top, e);
	if (result == 0)
		result = read_top(&document, top, e);
	json_object_put(top);
	if (result < 0)
		inventory_free(document.inventory);
	else
		*ret_inventory = document.inventory;
	return result;
}
