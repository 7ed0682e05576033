/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json - the documents of the contract, one object each
 *
 * The snapshot is complete before the first byte is written, so a document breaks off only where
 * the output itself cannot be written. Rows are made and written one by one: memory stays flat.
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

/** struct member - one more key, behind the lists; @value is consumed, NULL is null */
struct member {
	const char *key;
	struct json_object *value;
};

/**
 * struct document
 * @system: for "sources" and "host"; NULL where the command failed before it could look
 * @host: the document has a "host" object
 * @facts: what was asked for; columns that need more are null
 * @members: what is no list, @member_count of them
 * @failure: goes into "error"; NULL or ERROR_NONE is null
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
