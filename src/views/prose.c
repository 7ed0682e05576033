/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/prose.h"

#include "views/screen.h"

#include <string.h>

/* @least: on a narrower screen text is not folded */
enum { INDENT = 4, LEAST = 20 };

static const char CONTINUED[] = " \\";

void prose_start(struct prose *prose)
{
	prose->text = NULL;
	prose->out = open_memstream(&prose->text, &prose->length);
	if (!prose->out)
		memory_exhausted();
}

/* The length of the first part of @text, which goes on at a blank, in @room columns. */
static size_t command_length(const char *text, size_t room)
{
	size_t most = text_fitting(text, room), part = 0;
	bool quoted = false;

	if (!text[most])
		return most;
	for (size_t i = 0; (i <= most || !part) && text[i]; i++) {
		quoted ^= text[i] == '\'';
		/* Blanks in front of the first word are no place to break. */
		if (i && text[i] == ' ' && text[i - 1] != ' ' && !quoted)
			part = i;
	}
	return part ? part : strlen(text);
}

/* Write one line, without its newline. */
static void fold(FILE *file, const char *line, size_t screen, bool is_command)
{
	size_t room = screen - (is_command ? sizeof(CONTINUED) - 1 : 0);
	bool fits = text_columns(line) <= screen;

	while (!fits) {
		size_t length =
			is_command ? command_length(line, room) : text_line_length(line, room);

		fwrite(line, 1, length, file);
		line += length + strspn(line + length, " ");
		if (!*line)
			return;
		fprintf(file, "%s\n%*s", is_command ? CONTINUED : "", INDENT, "");
		room = screen - INDENT - (is_command ? sizeof(CONTINUED) - 1 : 0);
		fits = text_columns(line) <= screen - INDENT;
	}
	fputs(line, file);
}

static void print_folded(struct prose *prose, FILE *file, bool is_command)
{
	size_t screen = screen_width_of(file);
	char *line, *end;

	if (fclose(prose->out) != 0)
		memory_exhausted();
	for (line = prose->text; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (end)
			*end = '\0';
		if (screen < LEAST)
			fputs(line, file);
		else
			fold(file, line, screen, is_command);
		if (!end)
			break;
		fputc('\n', file);
	}
	cleanup_free(&prose->text);
}

void prose_print(struct prose *prose, FILE *file)
{
	print_folded(prose, file, false);
}

void prose_print_command(struct prose *prose, FILE *file)
{
	print_folded(prose, file, true);
}
