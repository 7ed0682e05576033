/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/blocks.h"

#include "base/text.h"
#include "views/screen.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_PER_ARENA = 64 };

const char *color_code(const char *color)
{
	static const struct {
		const char *name, *code;
	} codes[] = {{"red", "\033[31m"}, {"green", "\033[32m"}, {"yellow", "\033[33m"}};

	for (size_t i = 0; color && i < ARRAY_SIZE(codes); i++)
		if (strcmp(color, codes[i].name) == 0)
			return codes[i].code;
	return NULL;
}

static void put_colored(struct span text, const char *color)
{
	const char *code = color_code(color);

	if (code)
		fputs_unlocked(code, stdout);
	fwrite_unlocked(text.start, 1, text.length, stdout);
	if (code)
		fputs_unlocked(COLOR_END, stdout);
}

static void put_label(const char *label, size_t width)
{
	size_t length = strlen(label);

	fwrite_unlocked(label, 1, length, stdout);
	for (; length < width; length++)
		putc_unlocked(' ', stdout);
}

struct block_layout block_layout(size_t label)
{
	size_t screen = screen_width();

	return (struct block_layout){
		.label = label,
		.value = screen >= label + BLOCK_VALUE_LEAST ? screen - label : SIZE_MAX,
	};
}

void blocks_put(const struct block_layout *layout, const char *label, const char *value,
		const char *color)
{
	put_label(label, layout->label);
	while (true) {
		size_t length = text_line_length(value, layout->value);

		put_colored((struct span){value, length}, color);
		putc_unlocked('\n', stdout);
		value += length + strspn(value + length, " ");
		if (!*value)
			return;
		put_label("", layout->label);
	}
}

static const char *heading_label(const struct column *column, struct arena *arena)
{
	char *label = arena_concat(arena, column->heading, ":", "");

	for (char *at = label; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return label;
}

static void put_block(const struct table *table, const struct block_layout *layout,
		      const char *const *labels, const struct row *row, struct arena *arena)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = table->columns[i];
		struct value value = table_value(table, row, column, arena);
		const char *text = value_cell(value, arena);

		if (text && *text)
			blocks_put(layout, labels[i], text_escaped(text, arena),
				   table->color ? value.color : NULL);
	}
}

void blocks_print(const struct table *table)
{
	_autoarena_ struct arena *arena = arena_new(), *scratch = NULL;
	const char **labels = arena_array(arena, table->column_count, sizeof(*labels));
	struct block_layout layout;
	size_t width = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		labels[i] = heading_label(table->columns[i], arena);
		if (strlen(labels[i]) + 1 > width)
			width = strlen(labels[i]) + 1;
	}
	layout = block_layout(width);
	for (size_t i = 0; i < table->row_count; i++) {
		/* A new arena for each row would cost more than the row, one for all its memory. */
		if (i % ROWS_PER_ARENA == 0) {
			arena_free(scratch);
			scratch = arena_new();
		}
		if (i)
			putc_unlocked('\n', stdout);
		put_block(table, &layout, labels, &table->rows[i], scratch);
	}
}
