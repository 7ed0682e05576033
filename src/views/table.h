/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table - rows and columns for users and for shell scripts; JSON documents are in views/json.h */
#pragma once

#include "base/error.h"
#include "views/column.h"

enum { COLUMNS_MAX = 64 };

enum table_form {
	/* form of a table: aligned; children are below their parents in the tree column */
	TABLE_TREE,
	TABLE_BLOCKS, /* form of a table for -v: a block of "heading: value" lines for each row */
	TABLE_RAW,    /* form of a table for -r: one space between cells, blanks escaped */
	TABLE_PAIRS,  /* form of a table for -P: KEY="value" */
};

/**
 * struct table - rows to print
 * @columns: chosen ones, in order, at most COLUMNS_MAX
 * @unasked_count: the first so many columns are the standard ones: a table for users leaves those
 * out that are empty in every row
 * @tree_column: the one with the branches of the tree, or NULL
 * @color: cells may have colours
 * @any_unknown: set where a printed cell is unknown; or NULL
 */
struct table {
	const struct column *const *columns;
	size_t column_count, unasked_count;
	const struct column *tree_column;
	const struct row *rows;
	size_t row_count;
	enum table_form form;
	bool headings;
	bool color;
	bool *any_unknown;
};

/** table_value - the cell of @row in @column; each form of a table gets its cells here */
struct value table_value(const struct table *table, const struct row *row,
			 const struct column *column, struct arena *arena);

/**
 * table_print - write the table to standard output
 * Returns: 0; a negative errno where the output cannot be written in full.
 */
_must_check_ int table_print(const struct table *table, struct error *e);
