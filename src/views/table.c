/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forms of a table that scripts parse (-r, -P), escaped as lsblk does; the only file that uses
 * libsmartcols.
 */
#include "views/table.h"

#include "base/text.h"
#include "views/aligned.h"
#include "views/output.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>

static void unref_table(struct libscols_table **table)
{
	scols_unref_table(*table);
}

static void add_line(const struct table *table, const struct row *row, struct arena *arena,
		     struct libscols_table *out)
{
	struct libscols_line *line = scols_table_new_line(out, NULL);

	if (!line)
		memory_exhausted();
	for (size_t i = 0; i < table->column_count; i++) {
		const char *text = value_cell(table->columns[i]->get(row, arena), arena);

		/* In raw form an empty cell would shift the cells after it. */
		if (!text && table->form == TABLE_RAW)
			text = "-";
		if (text && scols_line_set_data(line, i, text) < 0)
			memory_exhausted();
	}
}

static void scripts_print(const struct table *table)
{
	_cleanup_(unref_table) struct libscols_table *out = scols_new_table();
	_autoarena_ struct arena *arena = arena_new();

	if (!out)
		memory_exhausted();
	scols_table_enable_raw(out, table->form == TABLE_RAW);
	scols_table_enable_export(out, table->form == TABLE_PAIRS);
	scols_table_enable_noheadings(out, !table->headings);
	for (size_t i = 0; i < table->column_count; i++)
		if (!scols_table_new_column(out, table->columns[i]->heading, 0, 0))
			memory_exhausted();
	for (size_t i = 0; i < table->row_count; i++)
		add_line(table, &table->rows[i], arena, out);
	if (table->row_count)
		scols_print_table(out);
}

int table_print(const struct table *table, struct error *e)
{
	errno = 0;
	if (table->form == TABLE_TREE)
		aligned_print(table);
	else
		scripts_print(table);
	return output_flush(e);
}
