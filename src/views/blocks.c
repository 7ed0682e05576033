/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/blocks.h"

#include "base/text.h"
#include "views/screen.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void put_colored(const char *text, const char *color)
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

/* The length of the first line of @text: up to the last blank or comma that fits, else to the edge.
 */
static size_t line_length(const char *text, size_t room)
{
	size_t most = text_fitting(text, room), at = most;

	if (!text[most])
		return most;
	while (at && text[at] != ' ' && text[at - 1] != ',')
		at--;
	if (at)
		return at;
	return most ? most : strlen(text);
}

void blocks_put(const char *label, size_t width, const char *value, const char *color)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t edge = screen_width(), room = strlen(value);

	if (edge >= width + BLOCK_VALUE_LEAST)
		room = edge - width;
	printf("%-*s", (int)width, label);
	while (true) {
		size_t length = line_length(value, room);

		put_colored(arena_text(arena, value, length), color);
		putc_unlocked('\n', stdout);
		value += length + strspn(value + length, " ");
		if (!*value)
			return;
		printf("%-*s", (int)width, "");
	}
}

static const char *heading_label(const struct column *column, struct arena *arena)
{
	char *label = arena_concat(arena, column->heading, ":", "");

	for (char *at = label; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return label;
}

static void put_block(const struct table *table, const struct row *row, size_t width)
{
	_autoarena_ struct arena *arena = arena_new();

	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = table->columns[i];
		struct value value = column->get(row, arena);
		const char *text = value_cell(value, arena);

		if (text && *text)
			blocks_put(heading_label(column, arena), width, text_escaped(text, arena),
				   table->color ? value.color : NULL);
	}
}

void blocks_print(const struct table *table)
{
	size_t width = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		size_t label = strlen(table->columns[i]->heading) + 2;

		if (label > width)
			width = label;
	}
	for (size_t i = 0; i < table->row_count; i++) {
		if (i)
			putc_unlocked('\n', stdout);
		put_block(table, &table->rows[i], width);
	}
}
