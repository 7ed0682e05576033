/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines - a file of any length, line by line, in the memory of its longest line
 */
#pragma once

#include "base/root.h"

enum {
	/** the longest line that is taken in: a mount of overlayfs names hundreds of folders */
	LINE_MAX_BYTES = 1024 * 1024,
};

/**
 * lines_read - call @each with every line of the file @path
 * @line: without its newline; valid, and free to be changed, until @each returns
 * @each: returns 0 to go on, anything else to stop
 * Returns: 0; what @each returned; a negative errno; -EFBIG for a line that is too long.
 */
_must_check_ int lines_read(const struct root *root, const char *path,
			    int (*each)(void *context, char *line), void *context);
