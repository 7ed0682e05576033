/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * document_parts - the inside of reading a document; only for document.c, document_values.c,
 * document_host.c and document_lists.c
 *
 * A value of a wrong type or out of range makes the whole document wrong: its key is noted, and
 * reading goes on with none.
 */
#pragma once

#include "checks/inventory.h"

#include <json-c/json.h>

/** struct source_document - one document while it is read
 * @iommus_by_name: sorted     @wrong: the first key whose value makes no sense, or NULL
 */
struct source_document {
	struct inventory *inventory;
	struct arena *arena;
	const struct inventory_iommu **iommus_by_name;
	const char *wrong;
};

/** document_note_wrong - the document is wrong because of @key, unless another key was wrong before
 */
void document_note_wrong(struct source_document *document, const char *key);

/** document_value - the value of @key, or NULL where it is null or not there */
struct json_object *document_value(struct json_object *object, const char *key);

/** document_typed - the same; NULL, and wrong, where it is of another type */
struct json_object *document_typed(struct source_document *document, struct json_object *object,
				   const char *key, enum json_type type);

/** document_text_of - an escaped text in the arena; NULL where @value is NULL or no text */
const char *document_text_of(struct source_document *document, struct json_object *value,
			     const char *key);

/** document_text - the text of a key, or NULL */
const char *document_text(struct source_document *document, struct json_object *object,
			  const char *key);

/** document_name - a text that has to be there and not empty; "?" where it is not */
const char *document_name(struct source_document *document, struct json_object *object,
			  const char *key);

/** document_number - a number from 0 to @most; -1 where it is null or not there */
int64_t document_number(struct source_document *document, struct json_object *object,
			const char *key, int64_t most);

/** document_word - the text of a key as a fact; "unknown" and none are unknown */
struct fact_text document_word(struct source_document *document, struct json_object *object,
			       const char *key);

/** document_fact - a text as a fact; NULL is unknown */
struct fact_text document_fact(const char *text);

/** document_length - the number of items in a list; 0 for NULL */
size_t document_length(struct json_object *list);

/** document_item - an object of a list; NULL, and wrong, where it is none */
struct json_object *document_item(struct source_document *document, struct json_object *list,
				  size_t index, const char *key);

/** Read a part of the document into the inventory; IOMMUs before groups before devices. */
void document_read_sources(struct source_document *document, struct json_object *top);
void document_read_host(struct source_document *document, struct json_object *top);
void document_read_boot(struct source_document *document, struct json_object *top);
void document_read_iommus(struct source_document *document, struct json_object *list);
void document_read_groups(struct source_document *document, struct json_object *list);
void document_read_devices(struct source_document *document, struct json_object *list);
