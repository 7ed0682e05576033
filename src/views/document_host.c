/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a document about the machine and the boot, and its sources. */
#include "views/document_parts.h"

#include <inttypes.h>
#include <string.h>

void document_read_sources(struct source_document *document, struct json_object *top)
{
	static const char *const unread[] = {"partial", "denied", "malformed", "busy"};
	struct json_object *list = document_typed(document, top, "sources", json_type_array);

	for (size_t i = 0; i < document_length(list); i++) {
		struct json_object *source = document_item(document, list, i, "sources");
		const char *name, *state;

		if (!source)
			return;
		name = document_name(document, source, "name");
		state = document_name(document, source, "state");
		for (size_t j = 0; j < ARRAY_SIZE(unread); j++)
			if (strcmp(state, unread[j]) == 0)
				inventory_note_source(document->inventory, name);
	}
}

void document_read_host(struct source_document *document, struct json_object *top)
{
	struct json_object *host = document_typed(document, top, "host", json_type_object);
	struct fact_text *facts = document->inventory->facts;
	const char *kernel = host ? document_text(document, host, "kernel") : NULL;
	const char *arch = host ? document_text(document, host, "arch") : NULL;

	facts[MACHINE_KERNEL] = document_fact(
		kernel && arch ? arena_printf(document->arena, "%s (%s)", kernel, arch) : NULL);
	facts[MACHINE_FIRMWARE] =
		document_fact(host ? document_text(document, host, "firmware") : NULL);
	facts[MACHINE_USAGE] = host ? document_word(document, host, "iommu") : document_fact(NULL);
}

static const char *join_options(struct source_document *document, struct json_object *list)
{
	const char *joined = NULL;

	for (size_t i = 0; i < document_length(list); i++) {
		const char *word =
			document_text_of(document, json_object_array_get_idx(list, i), "options");

		if (word)
			joined = joined ? arena_concat(document->arena, joined, " ", word) : word;
	}
	return joined;
}

static void read_tables(struct source_document *document, struct json_object *list)
{
	struct inventory *inventory = document->inventory;

	inventory->tables_unknown = !list;
	inventory->tables =
		arena_array(document->arena, document_length(list) + 1, sizeof(*inventory->tables));
	for (size_t i = 0; i < document_length(list); i++) {
		struct json_object *table = document_item(document, list, i, "firmware_tables");

		if (!table)
			return;
		inventory->tables[inventory->table_count++] = (struct inventory_table){
			document_name(document, table, "name"),
			arena_printf(document->arena, "%" PRId64 " bytes, %s",
				     document_number(document, table, "size", UINT32_MAX),
				     document_name(document, table, "checksum")),
		};
	}
}

void document_read_boot(struct source_document *document, struct json_object *top)
{
	struct json_object *boot = document_typed(document, top, "boot", json_type_object);
	struct json_object *options =
		boot ? document_typed(document, boot, "options", json_type_array) : NULL;

	document->inventory->facts[MACHINE_OPTIONS] =
		(struct fact_text){.text = join_options(document, options), .unknown = !options};
	read_tables(document,
		    boot ? document_typed(document, boot, "firmware_tables", json_type_array)
			 : NULL);
}
