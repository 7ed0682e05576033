/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/network_words.h"

#include <stdbool.h>

static bool breaks_a_line(char byte)
{
	return (unsigned char)byte < ' ' || byte == 0x7f;
}

void network_write_word(FILE *out, const char *bytes, size_t length)
{
	if (!length)
		putc('-', out);
	for (size_t i = 0; i < length; i++)
		putc(breaks_a_line(bytes[i]) || bytes[i] == ' ' ? '?' : bytes[i], out);
}

void network_write_rest(FILE *out, const char *text)
{
	for (; *text; text++)
		putc(breaks_a_line(*text) ? '?' : *text, out);
	putc('\n', out);
}
