/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/modules/module_options.h"

#include "base/text.h"

#include <string.h>

/* The length of the first word of a command line, which ends at a blank outside of quotes. */
static size_t option_length(const char *word)
{
	bool quoted = false;
	size_t length = 0;

	for (; word[length] && word[length] != '\n' && (quoted || word[length] != ' '); length++)
		if (word[length] == '"')
			quoted = !quoted;
	return length;
}

/* The empty line ends an option whose backslash would continue its line. */
static const char *option_line(struct arena *arena, const char *word)
{
	const char *dot = strchr(word, '.');

	if (!dot || dot == word || dot[1] == '=' || !strchr(dot, '='))
		return "";
	return arena_printf(arena, "options %.*s %s\n\n", (int)(dot - word), word, dot + 1);
}

static const char *blacklist_lines(struct arena *arena, const char *names)
{
	const char *lines = "";

	while (*names) {
		size_t length = strcspn(names, ",");

		if (length)
			lines = arena_printf(arena, "%sblacklist %.*s\n\n", lines, (int)length,
					     names);
		names += length + (names[length] == ',');
	}
	return lines;
}

const char *module_options_lines(struct arena *arena, const char *line)
{
	const char *lines = "";

	while (*line) {
		size_t length = option_length(line);
		const char *word = arena_text(arena, line, length);
		const char *names = text_after(word, "modprobe.blacklist=");

		lines = arena_concat(
			arena, lines,
			names ? blacklist_lines(arena, names) : option_line(arena, word), "");
		line += length;
		line += strspn(line, " \n");
	}
	return lines;
}

const char *module_options_without(struct arena *arena, const char *options, const char *last)
{
	size_t left;

	if (!options || !last || !*last)
		return options;
	if (strcmp(options, last) == 0)
		return NULL;
	left = text_before_end(options, last);
	if (!left || options[left - 1] != ' ')
		return options;
	return arena_text(arena, options, left - 1);
}
