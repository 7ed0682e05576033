/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * aligned - a table for a terminal: columns of equal width, a tree, colours, cut to the screen
 *
 * libsmartcols, which prints the other forms, is not used here: it measures each character of each
 * cell with the locale's functions, more than once, which took 40 % of the time of `show` with ten
 * thousand devices.
 */
#pragma once

#include "views/table.h"

/**
 * aligned_print - write @table to standard output, through its buffer
 * The tree is drawn with lines where the locale's character set is UTF-8, else in ASCII. On a
 * screen columns that are too wide are cut, those with long texts first (struct column,
 * @gives_way).
 */
void aligned_print(const struct table *table);
