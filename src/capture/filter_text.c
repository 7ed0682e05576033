/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/filter_text.h"

#include <stdlib.h>
#include <string.h>

void filter_begin(struct filter_output *output)
{
	output->file = open_memstream(&output->text, &output->length);
	if (!output->file)
		memory_exhausted();
}

struct span filter_end(struct filter_output *output, struct disguise *disguise)
{
	struct span copy;

	if (fclose(output->file) != 0)
		memory_exhausted();
	copy.start = arena_text(disguise_arena(disguise), output->text, output->length);
	copy.length = output->length;
	free(output->text);
	return copy;
}

/* The next line of @text, with its newline if it has one; empty at the end. */
struct span filter_next_line(struct span *text)
{
	const char *newline = text->length ? memchr(text->start, '\n', text->length) : NULL;
	struct span line = {text->start,
			    newline ? (size_t)(newline - text->start) + 1 : text->length};

	text->start += line.length;
	text->length -= line.length;
	return line;
}

bool filter_line_starts(struct span line, const char *prefix)
{
	size_t length = strlen(prefix);

	return line.length >= length && memcmp(line.start, prefix, length) == 0;
}

/* The lines of @text for which @keeps is true. */
struct span filter_select(struct span text, struct disguise *disguise,
			  bool (*keeps)(struct span line))
{
	struct filter_output output;
	struct span line;

	filter_begin(&output);
	while ((line = filter_next_line(&text)).length)
		if (keeps(line))
			fwrite(line.start, 1, line.length, output.file);
	return filter_end(&output, disguise);
}
