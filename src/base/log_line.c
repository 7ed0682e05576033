/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log_line.h"

#include <ctype.h>
#include <string.h>

enum {
	/* The kernel's lines end at about 1 KiB (PRINTKRB_RECORD_MAX), level and time included. */
	LINE_LENGTH_MAX = 2048,
};

bool log_take_words(struct span *rest, const char *words)
{
	size_t length = 0;

	/* Nearly all lines differ in the first byte, and a log has thousands. */
	for (; words[length]; length++)
		if (length == rest->length || rest->start[length] != words[length])
			return false;
	rest->start += length;
	rest->length -= length;
	return true;
}

bool log_take_number(struct span *rest, unsigned base, int64_t *ret_number)
{
	struct span after = *rest;
	uint64_t number;

	/* Digits of another base behind it make it no number at all. */
	if (!span_take_number(&after, base, &number) || number > INT64_MAX ||
	    (after.length && text_digit(*after.start) >= 0))
		return false;
	*rest = after;
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

struct span log_last_word(struct span words)
{
	const char *blank = memrchr(words.start, ' ', words.length);
	size_t before = blank ? (size_t)(blank + 1 - words.start) : 0;

	return (struct span){words.start + before, words.length - before};
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

/* Strip "kern  :err   : " of dmesg -x; false for another facility: they are words of six letters.
 */
static bool strip_facility(struct span *line)
{
	enum { FACILITY = 6, LEVEL = 6 };
	struct span rest = *line;
	const size_t length = FACILITY + 1 + LEVEL + 2;

	if (rest.length < length || rest.start[FACILITY] != ':' ||
	    memcmp(rest.start + length - 2, ": ", 2) != 0)
		return true;
	for (size_t i = 0; i < FACILITY; i++)
		if (!islower((unsigned char)rest.start[i]) && rest.start[i] != ' ' &&
		    !isdigit((unsigned char)rest.start[i]))
			return true;
	line->start += length;
	line->length -= length;
	return log_take_words(&rest, "kern ");
}

/* True for the first letters of "Sat Nov 28 16:44:33 2026", "Nov 28 16:44:33" and "Nov28 16:44". */
static bool is_date(struct span text)
{
	static const char names[] = "Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug "
				    "Sep Oct Nov Dec ";
	char name[5] = "";

	if (text.length < sizeof(name) || !isupper((unsigned char)*text.start) ||
	    !memchr(" 0123456789JFMASOND", text.start[3], 19))
		return false;
	memcpy(name, text.start, 3);
	name[3] = ' ';
	return strstr(names, name);
}

/* True for the text between brackets that is a time or a caller, "T1" or "C0". */
static bool is_stamp(struct span inside)
{
	if (is_date(inside))
		return true;
	for (size_t i = 0; i < inside.length; i++)
		if (!isdigit((unsigned char)inside.start[i]) &&
		    !memchr(" .+TC", inside.start[i], 5))
			return false;
	return inside.length;
}

static struct span trim_blanks(struct span text)
{
	while (text.length && *text.start == ' ')
		text.start++, text.length--;
	while (text.length && text.start[text.length - 1] == ' ')
		text.length--;
	return text;
}

/* Strip "[    1.234567][    T1] ": time and caller, both of which the kernel may leave out. */
static void strip_stamps(struct span *line, struct span *ret_stamp)
{
	struct span rest = *line, inside;

	while (log_take_words(&rest, "[") && log_take_until(&rest, "]", &inside) &&
	       is_stamp(inside)) {
		if (!ret_stamp->length)
			*ret_stamp = trim_blanks(inside);
		*line = rest;
	}
	log_take_words(line, " ");
}

/* True for the digits with which "2026-11-28T16:44:33" begins. */
static bool is_iso_time(struct span text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";

	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (i >= text.length || (form[i] == 'd' ? !isdigit((unsigned char)text.start[i])
							: text.start[i] != form[i]))
			return false;
	return true;
}

/* Strip "Nov 28 16:44:33 " or "2026-11-28T16:44:33+0000 ", times without brackets. */
static void strip_bare_time(struct span *line, struct span *ret_stamp)
{
	enum { DATE_LENGTH = 15 };
	struct span rest = *line;
	const char *end = is_iso_time(rest) ? memchr(rest.start, ' ', rest.length) : NULL;

	if (!end && is_date(rest) && rest.length > DATE_LENGTH && rest.start[DATE_LENGTH] == ' ')
		end = rest.start + DATE_LENGTH;
	if (!end)
		return;
	*ret_stamp = (struct span){rest.start, (size_t)(end - rest.start)};
	line->start = end + 1;
	line->length = rest.length - ret_stamp->length - 1;
}

/*
 * Strip "HOST kernel: " or "kernel: " of a journal; false for "HOST NAME[PID]: ". No line of the
 * kernel itself begins with two words of which the second ends in "]:".
 */
static bool strip_journal(struct span *line)
{
	struct span rest = *line, host, name;

	/* People take the name of the host out of what they show, and leave its blanks. */
	span_skip_blanks(&rest);
	if (log_take_words(&rest, "kernel: ")) {
		*line = rest;
		return true;
	}
	rest = *line;
	if (!log_take_until(&rest, " ", &host) || !log_take_until(&rest, ": ", &name) ||
	    !host.length || memchr(host.start, ':', host.length) ||
	    memchr(name.start, ' ', name.length))
		return true;
	if (name.length && name.start[name.length - 1] == ']' &&
	    memchr(name.start, '[', name.length))
		return false;
	if (span_is(name, "kernel"))
		*line = rest;
	return true;
}

bool log_line_split(struct span line, struct log_line *ret_line)
{
	struct log_line parts = {0};

	while (line.length && line.start[line.length - 1] == '\r')
		line.length--;
	if (line.length > LINE_LENGTH_MAX || memchr(line.start, '\0', line.length) ||
	    !strip_level(&line) || !strip_facility(&line))
		return false;
	strip_stamps(&line, &parts.stamp);
	if (!parts.stamp.length)
		strip_bare_time(&line, &parts.stamp);
	if (parts.stamp.length && !strip_journal(&line))
		return false;
	parts.text = parts.message = line;
	if (!log_take_until(&parts.message, ": ", &parts.prefix))
		return false;
	*ret_line = parts;
	return true;
}
