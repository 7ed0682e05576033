/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/aligned.h"

#include "base/text.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

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

/* A table whose layout is computed: all cells, row by row, and the width of each column. */
struct layout {
	const struct table *table;
	struct cell *cells;
	size_t widths[COLUMNS_MAX];
	struct branches branches;
	struct arena *arena;
};

size_t text_columns(const char *text)
{
	size_t columns = 0, length = strlen(text);

	/*
	 * Count the characters: bytes that begin a UTF-8 character, and not those that continue it.
	 */
	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

static const char *escaped(const char *text, struct arena *arena)
{
	size_t length = strlen(text), size = 4 * length + 1;
	char *safe;

	if (text_is_safe(text, length))
		return text;
	safe = arena_alloc(arena, size);
	text_escape(text, length, safe, size);
	return safe;
}

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

static struct cell make_cell(struct layout *layout, size_t row, const struct column *column)
{
	const struct table *table = layout->table;
	struct value value = column->get(&table->rows[row], layout->arena);
	const char *text = value_cell(value, layout->arena);

	text = text ? escaped(text, layout->arena) : "";
	if (column == table->tree_column && table->rows[row].parent >= 0)
		text = arena_concat(layout->arena, indentation(layout, table->rows[row].parent),
				    is_last_child(table, row) ? layout->branches.last
							      : layout->branches.more,
				    text);
	return (struct cell){text, table->color ? value.color : NULL, text_columns(text)};
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

static void put_spaces(size_t count)
{
	static const char spaces[] = "                                ";

	for (; count >= sizeof(spaces); count -= sizeof(spaces) - 1)
		fwrite_unlocked(spaces, 1, sizeof(spaces) - 1, stdout);
	fwrite_unlocked(spaces, 1, count, stdout);
}

static void put_colored(const char *text, const char *color)
{
	static const struct {
		const char *name, *code;
	} codes[] = {{"red", "\033[31m"}, {"green", "\033[32m"}, {"yellow", "\033[33m"}};

	for (size_t i = 0; color && i < ARRAY_SIZE(codes); i++) {
		if (strcmp(color, codes[i].name) == 0) {
			printf("%s%s\033[0m", codes[i].code, text);
			return;
		}
	}
	fputs_unlocked(text, stdout);
}

/* Cut a text to its first @room columns, as whole characters. */
static const char *shorten(struct layout *layout, const char *text, size_t room)
{
	size_t bytes = 0;

	while (room && text[bytes]) {
		bytes++;
		while (((unsigned char)text[bytes] & 0xc0) == 0x80)
			bytes++;
		room--;
	}
	return arena_text(layout->arena, text, bytes);
}

/* Print blanks only before the next cell of a row, so that no line ends in one. */
static void put_line(struct layout *layout, const struct cell *cells, size_t edge)
{
	const struct table *table = layout->table;
	size_t at = 0, owed = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		const char *text = cells[i].text;
		size_t width = cells[i].width, padding = layout->widths[i] - width;

		owed += i ? 1 : 0;
		if (i + 1 == table->column_count && edge > at + owed && width > edge - at - owed)
			text = shorten(layout, text, edge - at - owed);
		if (table->columns[i]->right)
			owed += padding;
		if (*text) {
			put_spaces(owed);
			at += owed + width;
			owed = 0;
			put_colored(text, cells[i].color);
		} else {
			owed += width;
		}
		if (!table->columns[i]->right)
			owed += padding;
	}
	putc_unlocked('\n', stdout);
}

/* The terminal's width, or 0 where lines must not be cut. */
static size_t terminal_edge(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void put_headings(struct layout *layout, size_t edge)
{
	struct cell headings[COLUMNS_MAX] = {0};

	for (size_t i = 0; i < layout->table->column_count; i++) {
		headings[i].text = layout->table->columns[i]->heading;
		headings[i].width = strlen(headings[i].text);
	}
	put_line(layout, headings, edge);
}

void aligned_print(const struct table *table)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t cells = table->row_count * table->column_count, edge = terminal_edge();
	struct layout layout = {
		.table = table,
		.cells = arena_array(arena, cells, sizeof(struct cell)),
		.branches = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? lines : ascii,
		.arena = arena,
	};

	if (!table->row_count)
		return;
	lay_out(&layout);
	if (table->headings)
		put_headings(&layout, edge);
	for (size_t i = 0; i < table->row_count; i++)
		put_line(&layout, layout.cells + i * table->column_count, edge);
}
