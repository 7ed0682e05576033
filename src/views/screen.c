/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/screen.h"

#include "base/text.h"

#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

size_t screen_width(void)
{
	return screen_width_of(stdout);
}

size_t screen_width_of(FILE *file)
{
	enum { WIDTH_DEFAULT = 80, WIDTH_MAX = 10000 };
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (columns && text_number(columns, 10, &width) && width && width <= WIDTH_MAX)
		return width;
	if (ioctl(fileno(file), TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col ? size.ws_col : WIDTH_DEFAULT;
}

bool screen_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/*
 * The length of the character at @text in bytes, and its width. Decoded here, as mbrtowc depends on
 * the locale; wcwidth says -1 for a character that the locale does not have.
 */
static size_t measure_character(const char *text, size_t *ret_width)
{
	uint32_t code = (unsigned char)*text;
	size_t length = 1;
	int width;

	*ret_width = 1;
	if (code < 0x80)
		return 1;
	code &= code >= 0xf0 ? 0x07 : code >= 0xe0 ? 0x0f : 0x1f;
	while (((unsigned char)text[length] & 0xc0) == 0x80)
		code = code << 6 | ((unsigned char)text[length++] & 0x3f);
	width = wcwidth((wchar_t)code);
	if (width >= 0)
		*ret_width = (size_t)width;
	return length;
}

size_t text_columns(const char *text)
{
	size_t columns = text_plain_length(text, strlen(text)), width;

	text += columns;
	while (*text) {
		text += measure_character(text, &width);
		columns += width;
	}
	return columns;
}

size_t text_fitting(const char *text, size_t columns)
{
	size_t bytes = text_plain_length(text, strnlen(text, columns)), used = bytes;
	size_t width, length;

	while (text[bytes]) {
		length = measure_character(text + bytes, &width);
		used += width;
		if (used > columns)
			break;
		bytes += length;
	}
	return bytes;
}

size_t text_line_length(const char *text, size_t room)
{
	size_t most = text_fitting(text, room), at = most;

	if (!text[most])
		return most;
	while (at && text[at] != ' ' && text[at - 1] != ',')
		at--;
	return at ? at : most;
}

const char *text_escaped(const char *text, struct arena *arena)
{
	size_t length = strlen(text), size = 4 * length + 1;
	char *safe;

	if (text_is_safe(text, length))
		return text;
	safe = arena_alloc(arena, size);
	text_escape(text, length, safe, size);
	return safe;
}
