/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blocks - a table as pages of "heading: value" lines, for rows that are wider than any screen */
#pragma once

#include "base/text.h"
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
 * struct block_layout - columns of the screen that a line has
 * @label: for the label and the blanks after it     @value: for the value; SIZE_MAX: no limit
 */
struct block_layout {
	size_t label, value;
};

/** block_layout - the layout for labels of that width on the screen as it is now */
struct block_layout block_layout(size_t label);

/** blocks_put - write "label: value", folded to the screen; @color: NULL for none */
void blocks_put(const struct block_layout *layout, const char *label, const char *value,
		const char *color);

/**
 * color_code - the bytes that make a terminal write in @color ("red", "green", "yellow"); NULL for
 * any other color, and for NULL. COLOR_END ends it.
 */
const char *color_code(const char *color);
#define COLOR_END "\033[0m"
