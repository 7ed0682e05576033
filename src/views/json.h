/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json - the documents of the contract, one object each
 *
 * The snapshot is complete before the first byte is written, so a document is incomplete only if
 * the output cannot be written. Rows are made and written one by one, so memory use does not grow.
 */
#pragma once

#include "base/error.h"
#include "views/column.h"

/**
 * struct section - one list of a document: a key and its rows
 * @columns, @more: the keys of each row; they end where a key is NULL, and @more may be NULL
 */
struct section {
	const char *key;
	const struct column *columns;
	const struct row *rows;
	size_t row_count;
	const struct column *more;
};

/** struct member - one more key after the lists; @value is consumed, NULL is null */
struct member {
	const char *key;
	struct json_object *value;
};

/**
 * struct document - one document
 * @system: for "sources" and "host"; NULL where the command failed before reading
 * @host: the document has a "host" object
 * @facts: the facts that were read; columns that need others are null
 * @members: keys that are no lists, @member_count of them
 * @failure: the value of "error"; NULL or ERROR_NONE is null
 */
struct document {
	const struct system *system;
	bool host;
	unsigned facts;
	const struct section *sections;
	size_t section_count;
	const struct member *members;
	size_t member_count;
	const struct error *failure;
};

/** json_print - write the document to standard output; negative errno where it cannot be written */
int json_print(const struct document *document, struct error *e);
