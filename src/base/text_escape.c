/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of text.h about bytes that are not safe to print, and words that a shell reads. */
#include "base/text.h"

#include <ctype.h>
#include <string.h>

/* The length of the valid, printable UTF-8 character at @bytes; 0 where it must be escaped. */
static size_t printable_length(const char *bytes, size_t left)
{
	const unsigned char *b = (const unsigned char *)bytes;
	static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t point;
	size_t length;

	if (b[0] < 0x80)
		return b[0] >= 0x20 && b[0] != 0x7f;
	length = (b[0] & 0xe0) == 0xc0	 ? 2
		 : (b[0] & 0xf0) == 0xe0 ? 3
		 : (b[0] & 0xf8) == 0xf0 ? 4
					 : 0;
	if (!length || length > left)
		return 0;
	point = b[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (b[i] & 0x3f);
	}
	if (point < lowest[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	/* C1 control characters, and the characters that change the direction of text. */
	if (point < 0xa0 || (point >= 0x200e && point <= 0x200f) ||
	    (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069))
		return 0;
	return length;
}

size_t text_escape(const char *bytes, size_t length, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < length;) {
		size_t step = printable_length(bytes + i, length - i);

		if (used + (step ? step : 4) >= size)
			break;
		if (step) {
			memcpy(out + used, bytes + i, step);
			used += step;
			i += step;
		} else {
			used += (size_t)snprintf(out + used, 5, "\\x%02x", (unsigned char)bytes[i]);
			i++;
		}
	}
	if (size)
		out[used] = '\0';
	return used;
}

/* True where all eight bytes of @word are printable ASCII: 0x20 to 0x7e. */
static bool is_plain_word(uint64_t word)
{
	static const uint64_t each = UINT64_C(0x0101010101010101), tops = each << 7;
	uint64_t raised = (word + each) | word;

	/* The top bit of a byte is set in @raised from 0x7f on, and lowered below 0x20. */
	return !(raised & tops) && (((word | tops) - each * ' ') & tops) == tops;
}

size_t text_plain_length(const char *bytes, size_t length)
{
	size_t plain = 0;
	uint64_t word;

	for (; plain + sizeof(word) <= length; plain += sizeof(word)) {
		memcpy(&word, bytes + plain, sizeof(word));
		if (!is_plain_word(word))
			break;
	}
	while (plain < length && bytes[plain] >= ' ' && bytes[plain] < 0x7f)
		plain++;
	return plain;
}

bool text_is_safe(const char *bytes, size_t length)
{
	for (size_t i = text_plain_length(bytes, length); i < length;) {
		/* Fast path: nearly all text is ASCII. */
		size_t step = bytes[i] >= ' ' && bytes[i] < 0x7f
				      ? 1
				      : printable_length(bytes + i, length - i);

		if (!step)
			return false;
		i += step;
	}
	return true;
}

void text_put_quoted(FILE *out, const char *text)
{
	static const char plain[] = "/._:@%+=-";
	bool safe = *text;

	for (const char *c = text; *c; c++)
		safe = safe && (isalnum((unsigned char)*c) || strchr(plain, *c));
	if (safe) {
		fputs(text, out);
		return;
	}
	fputc('\'', out);
	for (const char *c = text; *c; c++) {
		if (*c == '\'')
			fputs("'\\''", out);
		else
			fputc(*c, out);
	}
	fputc('\'', out);
}
