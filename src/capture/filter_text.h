/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter_text - the making of a text of which a part is left out; for the filters (filters.h) */
#pragma once

#include "capture/disguise.h"

#include <stdbool.h>
#include <stdio.h>

/** struct filter_output - the filtered text of a file while it is made; write it to @file */
struct filter_output {
	FILE *file;
	char *text;
	size_t length;
};

void filter_begin(struct filter_output *output);

/** filter_end - the text that was written, in the arena of @disguise */
struct span filter_end(struct filter_output *output, struct disguise *disguise);

/** filter_next_line - cut the next line off @text, with its newline if it has one; empty at the end
 */
struct span filter_next_line(struct span *text);

bool filter_line_starts(struct span line, const char *prefix);

/** filter_select - the lines of @text for which @keeps is true */
struct span filter_select(struct span text, struct disguise *disguise,
			  bool (*keeps)(struct span line));
