/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forms of a table that scripts parse (-r, -P), escaped as lsblk does; the only file that uses
 * libsmartcols.
 */
#include "views/table.h"

#include "base/library.h"
#include "base/text.h"
#include "views/aligned.h"
#include "views/blocks.h"
#include "views/output.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>

/* The functions of libsmartcols in use, as libsmartcols.h declares them. */
struct smartcols {
	struct libscols_table *(*new_table)(void);
	void (*unref_table)(struct libscols_table *);
	int (*enable_raw)(struct libscols_table *, int);
	int (*enable_export)(struct libscols_table *, int);
	int (*enable_noheadings)(struct libscols_table *, int);
	struct libscols_column *(*new_column)(struct libscols_table *, const char *, double, int);
	struct libscols_line *(*new_line)(struct libscols_table *, struct libscols_line *);
	int (*set_data)(struct libscols_line *, size_t, const char *);
	int (*print)(struct libscols_table *);
};

static const char *const function_names[] = {
	"scols_new_table",
	"scols_unref_table",
	"scols_table_enable_raw",
	"scols_table_enable_export",
	"scols_table_enable_noheadings",
	"scols_table_new_column",
	"scols_table_new_line",
	"scols_line_set_data",
	"scols_print_table",
};
_Static_assert(sizeof(struct smartcols) == sizeof(function_names), "a name for each function");

/* Some columns have a word for it: "unknown", "unknown: no group yet". */
static bool is_unknown(struct value value)
{
	return value.kind == VALUE_UNKNOWN ||
	       (value.kind == VALUE_TEXT && value.text && text_starts(value.text, "unknown"));
}

struct value table_value(const struct table *table, const struct row *row,
			 const struct column *column, struct arena *arena)
{
	struct value value = column->get(row, arena);

	if (table->any_unknown && is_unknown(value))
		*table->any_unknown = true;
	return value;
}

static void add_line(const struct smartcols *call, const struct table *table, const struct row *row,
		     struct arena *arena, struct libscols_table *out)
{
	struct libscols_line *line = call->new_line(out, NULL);

	if (!line)
		memory_exhausted();
	for (size_t i = 0; i < table->column_count; i++) {
		const char *text =
			value_cell(table_value(table, row, table->columns[i], arena), arena);

		/* In raw form an empty cell would shift the cells after it. */
		if (!text && table->form == TABLE_RAW)
			text = "-";
		if (text && call->set_data(line, i, text) < 0)
			memory_exhausted();
	}
}

static void fill_and_print(const struct smartcols *call, const struct table *table,
			   struct libscols_table *out)
{
	_autoarena_ struct arena *arena = arena_new();

	call->enable_raw(out, table->form == TABLE_RAW);
	call->enable_export(out, table->form == TABLE_PAIRS);
	call->enable_noheadings(out, !table->headings);
	for (size_t i = 0; i < table->column_count; i++)
		if (!call->new_column(out, table->columns[i]->heading, 0, 0))
			memory_exhausted();
	for (size_t i = 0; i < table->row_count; i++)
		add_line(call, table, &table->rows[i], arena, out);
	if (table->row_count)
		call->print(out);
}

/* The library stays loaded: the process prints one table. */
static int scripts_print(const struct table *table, struct error *e)
{
	static const char LIBRARY[] = "libsmartcols.so.1";
	struct smartcols call;
	struct libscols_table *out;
	void *library;
	int result =
		library_open(LIBRARY, function_names, ARRAY_SIZE(function_names), &call, &library);

	if (result < 0)
		return error_set(e, ERROR_IO, result,
				 result == -ENOENT ? "cannot load %s" : "%s lacks a function",
				 LIBRARY);
	out = call.new_table();
	if (!out)
		memory_exhausted();
	fill_and_print(&call, table, out);
	call.unref_table(out);
	return 0;
}

int table_print(const struct table *table, struct error *e)
{
	int result = 0;

	errno = 0;
	if (table->form == TABLE_TREE)
		aligned_print(table);
	else if (table->form == TABLE_BLOCKS)
		blocks_print(table);
	else
		result = scripts_print(table, e);
	return result < 0 ? result : output_flush(e);
}
