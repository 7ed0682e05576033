/* SPDX-License-Identifier: GPL-2.0-or-later */
/* screen - the width of the output, and of text on it, in columns of the screen */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/**
 * screen_width - how long a line on standard output may be: COLUMNS, else the terminal's width,
 * else 80 for a terminal that does not tell; 0 without limit, where standard output is no terminal
 */
size_t screen_width(void);

/** screen_width_of - the same for lines of @file */
size_t screen_width_of(FILE *file);

/**
 * text_line_length - the length in bytes of the first line of @text in @room columns: up to the
 * last blank or comma that fits, else to the edge
 */
size_t text_line_length(const char *text, size_t room);

/**
 * text_columns - the number of columns that @text takes: two for a wide character, none for one
 * that combines with the character before it
 * @text: UTF-8 without control characters
 */
size_t text_columns(const char *text);

/** text_fitting - the length in bytes of the longest part of @text that takes at most @columns */
size_t text_fitting(const char *text, size_t columns);

/** screen_is_utf8 - true where the locale's character set is UTF-8 */
bool screen_is_utf8(void);

/** text_escaped - @text, or a copy of it in @arena without control characters (text_escape) */
const char *text_escaped(const char *text, struct arena *arena);
