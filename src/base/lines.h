/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines - a file of any length, line by line, in the memory of its longest line
 */
#pragma once

#include "base/root.h"

enum {
	/** longest line that is accepted: a mount of overlayfs names hundreds of folders */
	LINE_MAX_BYTES = 1024 * 1024,
};

/**
 * lines_read - call @each with every line of the file @path
 * @line: without its newline; valid, and may be changed, until @each returns
 * @each: returns 0 to go on, another value to stop
 * Returns: 0; the value with which @each stopped; a negative errno; -EFBIG for a line that is too
 * long.
 */
_must_check_ int lines_read(const struct root *root, const char *path,
			    int (*each)(void *context, char *line), void *context);
