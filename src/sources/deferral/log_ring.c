/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/log_ring.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	/*
	 * the largest record of /dev/kmsg (kernel/printk: CONSOLE_EXT_LOG_MAX, PRINTK_MESSAGE_MAX)
	 */
	RECORD_MAX = 8192,
	PREFIX_MAX = 32, /* the length of the longest prefix, "<7>[18446744073709.551615] " */
	LINES_MAX = 64 * 1024 * 1024,
};

/* "\x0a", as kernel/printk/printk.c writes it (msg_add_ext_text): the byte, or -1. */
static int escaped_byte(const char *at, const char *end)
{
	char digits[3] = "";
	uint64_t byte;

	if (end - at < 4 || at[0] != '\\' || at[1] != 'x')
		return -1;
	memcpy(digits, at + 2, 2);
	return text_number(digits, 16, &byte) ? (int)byte : -1;
}

/* Copy the bytes that are printable and no escape, nearly all of a line. Returns their number. */
static size_t copy_plain(const char *text, const char *end, char *line)
{
	size_t length = text_plain_length(text, (size_t)(end - text));
	const char *escape = length ? memchr(text, '\\', length) : NULL;

	if (escape)
		length = (size_t)(escape - text);
	memcpy(line, text, length);
	return length;
}

static size_t copy_unescaped(const char *text, const char *end, char *line)
{
	char *out = line;

	while (text < end) {
		int byte = escaped_byte(text, end);
		unsigned char plain = byte < 0 ? (unsigned char)*text : (unsigned char)byte;
		bool is_control = (plain < ' ' && plain != '\t') || plain == 0x7f;
		size_t length;

		*out = '?';
		if (!is_control)
			memcpy(out, &plain, 1);
		out++;
		text += byte < 0 ? 1 : 4;
		length = copy_plain(text, end, out);
		text += length;
		out += length;
	}
	return (size_t)(out - line);
}

/* The head of a record, "6,339,5140900,-": level, number, and microseconds since boot. */
struct head {
	uint64_t level, number, microseconds;
};

static bool skip_comma(struct span *rest)
{
	if (!rest->length || *rest->start != ',')
		return false;
	rest->start++;
	rest->length--;
	return true;
}

/* The head in the first @length bytes of a record. A log has thousands, and sscanf is slow. */
static bool parse_head(const char *record, size_t length, struct head *head)
{
	struct span rest = {record, length};

	return span_take_number(&rest, 10, &head->level) && skip_comma(&rest) &&
	       span_take_number(&rest, 10, &head->number) && skip_comma(&rest) &&
	       span_take_number(&rest, 10, &head->microseconds);
}

/* "<6>[    5.140900] " */
static size_t write_prefix(const struct head *head, char *line)
{
	enum { SECONDS_WIDTH = 5, FRACTION_WIDTH = 6, MICROSECONDS = 1000000 };
	char seconds[TEXT_NUMBER_SIZE], *at = line;
	size_t length =
		text_from_number((int64_t)(head->microseconds / MICROSECONDS), 10, 1, seconds);

	*at++ = '<';
	at += text_from_number((int64_t)head->level, 10, 1, at);
	*at++ = '>';
	*at++ = '[';
	for (size_t i = length; i < SECONDS_WIDTH; i++)
		*at++ = ' ';
	memcpy(at, seconds, length);
	at += length;
	*at++ = '.';
	at += text_from_number((int64_t)(head->microseconds % MICROSECONDS), 10, FRACTION_WIDTH,
			       at);
	*at++ = ']';
	*at++ = ' ';
	return (size_t)(at - line);
}

size_t log_ring_line(const char *record, size_t length, char *line)
{
	enum { HEAD_MAX = 128, LEVEL_MAX = 7 };
	const char *text = memchr(record, ';', length), *end;
	struct head head;
	size_t used;

	if (!text || text - record >= HEAD_MAX ||
	    !parse_head(record, (size_t)(text - record), &head) || head.level > LEVEL_MAX)
		return 0;
	text++;
	/* Properties of a log record, such as SUBSYSTEM=pci, follow its first newline. */
	end = memchr(text, '\n', (size_t)(record + length - text));
	used = write_prefix(&head, line);
	used += copy_unescaped(text, end ? end : record + length, line + used);
	line[used++] = '\n';
	return used;
}

struct lines {
	char *bytes;
	size_t used, room;
	struct log_gaps gaps;
};

static void grow_lines(struct lines *lines, size_t length)
{
	while (lines->room - lines->used <= length) {
		lines->room = lines->room ? lines->room * 2 : 1 << 17;
		lines->bytes = realloc(lines->bytes, lines->room);
		if (!lines->bytes)
			memory_exhausted();
	}
}

static void count_lost(struct log_gaps *gaps, const char *record, size_t length)
{
	struct head head;

	if (!parse_head(record, length, &head))
		return;
	if (!gaps->next)
		gaps->first_us = head.microseconds;
	if (head.number > gaps->next)
		gaps->lost += head.number - gaps->next;
	gaps->next = head.number + 1;
}

int log_ring_open(const struct root *root)
{
	return root_open_file(root, "/dev/kmsg", O_NONBLOCK);
}

ssize_t log_ring_next(int fd, char line[static LOG_RING_LINE_MAX], struct log_gaps *gaps)
{
	char record[RECORD_MAX + 1];
	ssize_t length;

	/*
	 * EPIPE: records were overwritten before they were read; the next read returns the oldest
	 * that is left.
	 */
	do
		length = read(fd, record, RECORD_MAX);
	while (length < 0 && (errno == EPIPE || errno == EINTR));
	if (length <= 0)
		return length < 0 ? -errno : -ENODATA;
	record[length] = '\0';
	if (gaps)
		count_lost(gaps, record, (size_t)length);
	return (ssize_t)log_ring_line(record, (size_t)length, line);
}

/* Read records to the end of the ring. Returns 0 or a negative errno. */
static int read_records(int fd, struct lines *lines)
{
	while (lines->used < LINES_MAX) {
		ssize_t length;

		grow_lines(lines, LOG_RING_LINE_MAX);
		length = log_ring_next(fd, lines->bytes + lines->used, &lines->gaps);
		if (length == -EAGAIN || length == -ENODATA)
			return 0;
		if (length < 0)
			return (int)length;
		lines->used += (size_t)length;
	}
	return 0;
}

static const char *describe_lost(const struct lines *lines, struct arena *arena)
{
	if (!lines->gaps.next)
		return "it has no record";
	if (lines->used >= LINES_MAX)
		return arena_printf(arena, "it has more than %d MiB", LINES_MAX / 1024 / 1024);
	if (lines->gaps.lost)
		return arena_printf(arena, "the kernel has overwritten %llu of its records",
				    lines->gaps.lost);
	return NULL;
}

int log_ring_drain(int fd, struct arena *arena, struct log *ret_log)
{
	struct lines lines = {0};
	int result = read_records(fd, &lines);

	if (result == 0) {
		ret_log->text = arena_text(arena, lines.bytes ? lines.bytes : "", lines.used);
		ret_log->lost = describe_lost(&lines, arena);
		ret_log->oldest_us = lines.gaps.next ? lines.gaps.first_us : UINT64_MAX;
	}
	free(lines.bytes);
	return result;
}

int log_ring_read(const struct root *root, struct arena *arena, struct log *ret_log)
{
	_autoclose_ int fd = log_ring_open(root);

	return fd < 0 ? fd : log_ring_drain(fd, arena, ret_log);
}
