/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * aligned - a table for eyes: columns of equal width, a tree, colours, cut at the terminal's edge
 *
 * Not libsmartcols, which prints the other forms: it measures each character of each cell with the
 * locale's functions, more than once, and was 40 % of the whole work of `show` on ten thousand
 * devices.
 */
#pragma once

#include "views/table.h"

/**
 * aligned_print - write @table to standard output, through its buffer
 * The tree is drawn with lines where the locale's character set is UTF-8, else in ASCII. On a
 * terminal the last column is cut at its edge.
 */
void aligned_print(const struct table *table);

/** text_columns - how many columns a terminal needs for @text: one per character (no wide ones) */
size_t text_columns(const char *text);
