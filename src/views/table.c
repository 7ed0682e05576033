/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only user of libsmartcols: the forms that scripts parse, escaped as lsblk does. */
#include "views/table.h"

#include "base/text.h"
#include "views/aligned.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>

static void unref_table(struct libscols_table **table)
{
	scols_unref_table(*table);
}

static const char *number_cell(struct arena *arena, int64_t number, unsigned base, int width)
{
	char digits[TEXT_NUMBER_SIZE];

	return arena_text(arena, digits, text_from_number(number, base, width, digits));
}

const char *value_cell(struct value value, struct arena *arena)
{
	switch (value.kind) {
	case VALUE_TEXT:
		return value.text;
	case VALUE_NUMBER:
		return number_cell(arena, value.number, 10, 1);
	case VALUE_HEX:
		return number_cell(arena, value.number, 16, value.digits);
	case VALUE_BOOL:
		return value.number ? "yes" : "no";
	case VALUE_UNKNOWN:
		return "?";
	case VALUE_NONE:
		break;
	}
	return NULL;
}

static void add_line(const struct table *table, const struct row *row, struct arena *arena,
		     struct libscols_table *out)
{
	struct libscols_line *line = scols_table_new_line(out, NULL);

	if (!line)
		memory_exhausted();
	for (size_t i = 0; i < table->column_count; i++) {
		const char *text = value_cell(table->columns[i]->get(row, arena), arena);

		/* In raw form an empty cell would shift the ones behind it. */
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

int output_flush(struct error *e)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return error_set(e, ERROR_IO, errno ? -errno : -EIO, "cannot write to standard output");
}
