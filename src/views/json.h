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

enum {
	/** the most lists, and the most other members, of one document */
	DOCUMENT_PARTS_MAX = 6,
};

/**
 * struct section - one list of a document
 * @columns, @more: the keys of each row; they end where a key is NULL, and @more may be NULL
 */
struct section {
	const char *key;
	const struct column *columns;
	const struct column *more;
};

/**
 * struct document_kind - the keys of a command's document, besides "schema", "error" and "sources"
 *
 * The one declaration for the document of a success and for that of a failure.
 * @host: the document has a "host" object
 * @sections: its lists, in order; a NULL key ends them
 * @members: keys after the lists, in order; NULL ends them
 */
struct document_kind {
	bool host;
	struct section sections[DOCUMENT_PARTS_MAX + 1];
	const char *members[DOCUMENT_PARTS_MAX + 1];
};

/**
 * struct document - one document; where the command failed before reading only @kind and @failure
 * are set: then all lists are empty and all other members null
 * @system: for "sources" and "host"     @own_source: one more of "sources", or NULL
 * @facts: the facts that were read; columns that need others are null
 * @rows: the rows of each section, by its index; a section without rows is empty
 * @values: the value of each member, by its index; consumed; NULL is null
 * @failure: the value of "error"; NULL or ERROR_NONE is null
 */
struct document {
	const struct document_kind *kind;
	const struct system *system;
	const struct source *own_source;
	unsigned facts;
	struct rows rows[DOCUMENT_PARTS_MAX];
	struct json_object *values[DOCUMENT_PARTS_MAX];
	const struct error *failure;
};

/**
 * json_print_line - write one row as an object on a line of its own, as --follow prints it
 * @columns: its keys, as in struct section     @facts: the facts that were read
 */
_must_check_ int json_print_line(const struct column *columns, const struct row *row,
				 unsigned facts, struct error *e);

/**
 * json_print - write the document to standard output; negative errno where it cannot be written
 * Asserts that all rows and values belong to a section or member of its kind.
 */
_must_check_ int json_print(const struct document *document, struct error *e);
