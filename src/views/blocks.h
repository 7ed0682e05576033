/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blocks - a table as pages of "heading: value" lines, for rows that are wider than any screen */
#pragma once

#include "views/table.h"

enum {
	/** the least columns for a value: on a narrower screen it is not folded */
	BLOCK_VALUE_LEAST = 20,
};

/**
 * blocks_print - write each row of @table as a block to standard output, a blank line between
 * blocks Headings are in lower case and aligned; cells without text have no line. A long value goes
 * on in lines below its beginning, broken at blanks or commas if there are any.
 */
void blocks_print(const struct table *table);

/**
 * blocks_put - write "label: value", folded to the screen
 * @width: columns that the label takes, with the blanks after it     @color: NULL for none
 */
void blocks_put(const char *label, size_t width, const char *value, const char *color);

/** put_colored - write @text in the colour of that name (red, green, yellow); NULL: without one */
void put_colored(const char *text, const char *color);
