/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/log_line.h"

#include <ctype.h>
#include <string.h>

enum {
	/* The kernel's lines end at about 1 KiB (PRINTKRB_RECORD_MAX), level and time included. */
	LINE_LENGTH_MAX = 2048,
};

bool log_take_words(struct span *rest, const char *words)
{
	size_t length = strlen(words);

	if (rest->length < length || memcmp(rest->start, words, length) != 0)
		return false;
	rest->start += length;
	rest->length -= length;
	return true;
}

bool log_take_number(struct span *rest, unsigned base, int64_t *ret_number)
{
	char digits[TEXT_NUMBER_SIZE] = "";
	uint64_t number;
	size_t count = 0;

	while (count < rest->length && count + 1 < sizeof(digits) &&
	       isxdigit((unsigned char)rest->start[count])) {
		digits[count] = rest->start[count];
		count++;
	}
	if (!text_number(digits, base, &number) || number > INT64_MAX)
		return false;
	rest->start += count;
	rest->length -= count;
	*ret_number = (int64_t)number;
	return true;
}

bool log_take_until(struct span *rest, const char *words, struct span *ret_before)
{
	const char *at = memmem(rest->start, rest->length, words, strlen(words));

	if (!at)
		return false;
	*ret_before = (struct span){rest->start, (size_t)(at - rest->start)};
	rest->start += ret_before->length;
	rest->length -= ret_before->length;
	return log_take_words(rest, words);
}

/* Strip "<LEVEL>"; false for a line of user space, which cannot have the kernel's facility 0. */
static bool strip_level(struct span *line)
{
	struct span rest = *line;
	int64_t level;

	if (!log_take_words(&rest, "<") || !log_take_number(&rest, 10, &level) ||
	    !log_take_words(&rest, ">"))
		return true;
	*line = rest;
	return level >> 3 == 0;
}

/* Strip "[    1.234567][    T1] ": time and caller, both of which the kernel may leave out. */
static void strip_stamps(struct span *line)
{
	struct span rest = *line, inside;

	while (log_take_words(&rest, "[") && log_take_until(&rest, "]", &inside)) {
		for (size_t i = 0; i < inside.length; i++)
			if (!memchr(" .0123456789TC", inside.start[i], 14))
				return;
		*line = rest;
	}
	log_take_words(line, " ");
}

bool log_line_split(struct span line, struct span *ret_text, struct span *ret_prefix,
		    struct span *ret_message)
{
	if (line.length > LINE_LENGTH_MAX || memchr(line.start, '\0', line.length) ||
	    !strip_level(&line))
		return false;
	strip_stamps(&line);
	*ret_text = *ret_message = line;
	return log_take_until(ret_message, ": ", ret_prefix);
}
