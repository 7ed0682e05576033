/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/aligned.h"

#include "base/text.h"
#include "views/blocks.h"
#include "views/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The text before a child in a tree: @more children follow it, or it is the @last; and @down, the
 * line past the rows below a child to the next.
 */
struct branches {
	const char *more, *last, *down;
};

static const struct branches lines = {"├─", "└─", "│ "}, ascii = {"|-", "`-", "| "};

/* A cell as text without control characters. @width: in columns     @color: NULL for none */
struct cell {
	const char *text, *color;
	size_t width;
};

/* A line of the table while it is made. */
struct line {
	char *bytes;
	size_t length, room;
};

/* A table whose layout is computed: all cells, row by row, and the width of each column. */
struct layout {
	const struct table *table;
	struct cell *cells;
	size_t widths[COLUMNS_MAX];
	bool hidden[COLUMNS_MAX], utf8;
	struct branches branches;
	struct line line;
	struct arena *arena;
};

/*
 * Rows have the order of the tree: rows between two children of a row are below the first of these.
 */
static bool is_last_child(const struct table *table, size_t index)
{
	int parent = table->rows[index].parent;
	size_t next = index + 1;

	while (next < table->row_count && table->rows[next].parent > parent)
		next++;
	return next == table->row_count || table->rows[next].parent != parent;
}

/* The text before a row's branch: a vertical line for each row above it that has more children. */
static const char *indentation(struct layout *layout, int above)
{
	const struct table *table = layout->table;

	if (above < 0 || table->rows[above].parent < 0)
		return "";
	return arena_concat(layout->arena, indentation(layout, table->rows[above].parent),
			    is_last_child(table, (size_t)above) ? "  " : layout->branches.down, "");
}

/* Most texts are plain: these are not escaped, and have a column a byte. */
static void set_cell_text(struct cell *cell, const char *text, struct arena *arena)
{
	size_t length = strlen(text);
	bool plain = text_plain_length(text, length) == length;

	cell->text = plain ? text : text_escaped(text, arena);
	cell->width = plain ? length : text_columns(cell->text);
}

static struct cell make_cell(struct layout *layout, size_t row, const struct column *column)
{
	const struct table *table = layout->table;
	struct value value = table_value(table, &table->rows[row], column, layout->arena);
	const char *text = value_cell(value, layout->arena);
	struct cell cell = {"", table->color ? value.color : NULL, 0};

	if (text)
		set_cell_text(&cell, text, layout->arena);
	if (column == table->tree_column && table->rows[row].parent >= 0) {
		cell.text = arena_concat(
			layout->arena, indentation(layout, table->rows[row].parent),
			is_last_child(table, row) ? layout->branches.last : layout->branches.more,
			cell.text);
		cell.width = text_columns(cell.text);
	}
	return cell;
}

static void lay_out(struct layout *layout)
{
	const struct table *table = layout->table;
	size_t columns = table->column_count;

	for (size_t i = 0; i < columns; i++)
		layout->widths[i] = table->headings ? strlen(table->columns[i]->heading) : 0;
	for (size_t i = 0; i < table->row_count * columns; i++) {
		struct cell cell = make_cell(layout, i / columns, table->columns[i % columns]);

		layout->cells[i] = cell;
		if (cell.width > layout->widths[i % columns])
			layout->widths[i % columns] = cell.width;
	}
}

/* Room for @length more bytes of the line. One write a line takes less time than one a cell. */
static char *line_end(struct line *line, size_t length)
{
	enum { LINE_ROOM = 128 };

	if (line->room - line->length <= length) {
		line->room = 2 * (line->length + length) + LINE_ROOM;
		line->bytes = realloc(line->bytes, line->room);
		if (!line->bytes)
			memory_exhausted();
	}
	line->length += length;
	return line->bytes + line->length - length;
}

static void line_add_spaces(struct line *line, size_t count)
{
	memset(line_end(line, count), ' ', count);
}

static void line_add_text(struct line *line, const char *text)
{
	size_t length = strlen(text);

	memcpy(line_end(line, length), text, length);
}

static void line_add_colored(struct line *line, const char *text, const char *color)
{
	const char *code = color_code(color);

	if (code)
		line_add_text(line, code);
	line_add_text(line, text);
	if (code)
		line_add_text(line, COLOR_END);
}

static void put_out(struct line *line)
{
	*line_end(line, 1) = '\n';
	fwrite_unlocked(line->bytes, 1, line->length, stdout);
	line->length = 0;
}

/* Cut a text to @room columns, as whole characters, and mark it as cut. */
static struct cell shorten(struct layout *layout, struct cell cell, size_t room)
{
	const char *mark = layout->utf8 && room > 1 ? "…" : "";
	size_t length = text_fitting(cell.text, room - (*mark ? 1 : 0));
	const char *text = arena_text(layout->arena, cell.text, length);

	return (struct cell){arena_concat(layout->arena, text, mark, ""), cell.color,
			     text_columns(text) + (*mark ? 1 : 0)};
}

/* Print blanks only before the next cell of a row, so that no line ends in one. */
static void put_line(struct layout *layout, const struct cell *cells)
{
	const struct table *table = layout->table;
	size_t owed = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		struct cell cell = cells[i];
		size_t padding;

		if (layout->hidden[i])
			continue;
		if (cell.width > layout->widths[i])
			cell = shorten(layout, cell, layout->widths[i]);
		padding = layout->widths[i] - cell.width;
		if (table->columns[i]->right)
			owed += padding;
		if (*cell.text) {
			line_add_spaces(&layout->line, owed);
			owed = 0;
			line_add_colored(&layout->line, cell.text, cell.color);
		} else {
			owed += cell.width;
		}
		owed += 1 + (table->columns[i]->right ? 0 : padding);
	}
	put_out(&layout->line);
}

/* Columns that are empty in every row go, unless the user asked for them by name. */
static void hide_empty(struct layout *layout)
{
	const struct table *table = layout->table;

	for (size_t i = 0; i < table->column_count && i < table->unasked_count; i++) {
		layout->hidden[i] = true;
		for (size_t row = 0; row < table->row_count && layout->hidden[i]; row++)
			layout->hidden[i] = !*layout->cells[row * table->column_count + i].text;
	}
}

static size_t total_width(const struct layout *layout)
{
	size_t total = 0, shown = 0;

	for (size_t i = 0; i < layout->table->column_count; i++) {
		if (layout->hidden[i])
			continue;
		total += layout->widths[i];
		shown++;
	}
	return shown ? total + shown - 1 : 0;
}

/* The column to make narrower: the widest of those with long texts, else the widest of all. */
static size_t widest_column(const struct layout *layout)
{
	enum { LONG_TEXT_LEAST = 12 };
	const struct table *table = layout->table;
	size_t widest = 0, width = 0;

	for (size_t pass = 0; pass < 2 && !width; pass++)
		for (size_t i = 0; i < table->column_count; i++) {
			bool fits = !pass && (!table->columns[i]->gives_way ||
					      layout->widths[i] <= LONG_TEXT_LEAST);

			if (layout->hidden[i] || fits || layout->widths[i] <= width)
				continue;
			widest = i;
			width = layout->widths[i];
		}
	return widest;
}

/* Make columns narrower until a row fits the screen. */
static void fit(struct layout *layout, size_t edge)
{
	size_t total = total_width(layout);

	for (; edge && total > edge; total--) {
		size_t widest = widest_column(layout);

		if (layout->widths[widest] <= 1)
			break;
		layout->widths[widest]--;
	}
}

static void put_headings(struct layout *layout)
{
	struct cell headings[COLUMNS_MAX] = {0};

	for (size_t i = 0; i < layout->table->column_count; i++) {
		headings[i].text = layout->table->columns[i]->heading;
		headings[i].width = strlen(headings[i].text);
	}
	put_line(layout, headings);
}

void aligned_print(const struct table *table)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t cells = table->row_count * table->column_count;
	struct layout layout = {
		.table = table,
		.cells = arena_array(arena, cells, sizeof(struct cell)),
		.utf8 = screen_is_utf8(),
		.arena = arena,
	};

	if (!table->row_count)
		return;
	layout.branches = layout.utf8 ? lines : ascii;
	lay_out(&layout);
	hide_empty(&layout);
	fit(&layout, screen_width());
	if (table->headings)
		put_headings(&layout);
	for (size_t i = 0; i < table->row_count; i++)
		put_line(&layout, layout.cells + i * table->column_count);
	free(layout.line.bytes);
}
