/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prose - sentences and commands to type, folded to the screen; a pipe gets them as they are */
#pragma once

#include "base/cleanup.h"

#include <stdio.h>

/**
 * struct prose - text that is collected before it is folded
 * @out: where its parts are written     @text, @length: what they are so far
 */
struct prose {
	FILE *out;
	char *text;
	size_t length;
};

/** prose_start - begin to collect; prose_print ends it */
void prose_start(struct prose *prose);

/**
 * prose_print - write the text to @file: a line that is wider than the screen goes on below, four
 * columns to the right, broken at a blank or comma if there is one. Ends @prose.
 */
void prose_print(struct prose *prose, FILE *file);

/**
 * prose_print_command - the same for commands to type: a line breaks at a blank that is not in
 * quotes, with a backslash, so that a shell takes it for one; without such a blank it does not
 * break
 */
void prose_print_command(struct prose *prose, FILE *file);
