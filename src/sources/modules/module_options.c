/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/modules/module_options.h"

#include "base/text.h"

#include <string.h>

/* The length of the first word of a command line, which ends at a blank outside of quotes. */
static size_t word_length(const char *word)
{
	bool quoted = false;
	size_t length = 0;

	for (; word[length] && (quoted || word[length] != ' '); length++)
		if (word[length] == '"')
			quoted = !quoted;
	return length;
}

/* Join two texts with a blank between them; either may be NULL. */
static const char *append(struct arena *arena, const char *text, const char *more)
{
	if (!text || !more)
		return text ? text : more;
	return arena_concat(arena, text, " ", more);
}

/* The options for a module on a command line, with blanks between them, or NULL. */
static const char *options_on(struct arena *arena, const char *line, const char *module)
{
	const char *options = NULL;

	while (*line) {
		size_t length = word_length(line);
		const char *option = text_after_module(line, module);

		if (option && *option == '.' && option + 1 < line + length)
			options = append(arena, options,
					 arena_text(arena, option + 1,
						    (size_t)(line + length - option - 1)));
		line += length;
		line += strspn(line, " ");
	}
	return options;
}

/* @options without the words @last at the end, if they are there. */
static const char *without(struct arena *arena, const char *options, const char *last)
{
	size_t length = strlen(options), cut = strlen(last);

	if (cut > length || strcmp(options + length - cut, last) != 0)
		return options;
	if (cut == length)
		return NULL;
	if (options[length - cut - 1] != ' ')
		return options;
	return arena_text(arena, options, length - cut - 1);
}

const char *module_options_swap(struct arena *arena, const char *options, const char *module,
				const char *ours, const char *theirs)
{
	const char *added = options_on(arena, ours, module);

	if (options && added)
		options = without(arena, options, added);
	return append(arena, options, options_on(arena, theirs, module));
}
