/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/log_file.h"

#include "base/arena.h"
#include "base/text.h"
#include "faults/reader.h"
#include "sources/deferral/log_capacity.h"
#include "sources/deferral/log_remarks.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	/* longer than any line of the kernel (base/log_line.c); the size of one read */
	CHUNK = 64 * 1024,
	KEPT_MAX = 4 * 1024 * 1024,
};

/*
 * A file while it is read. @buffer: the bytes that no newline has ended yet, @used of them
 * @skips: the current line is longer than the buffer, so its rest is dropped
 */
struct log_scan {
	struct log_intake *intake;
	char buffer[CHUNK];
	size_t used;
	bool skips;
};

/* Drop the older half of the lines. */
static void drop_oldest(struct log_file *log)
{
	char *middle = memchr(log->lines + log->length / 2, '\n', log->length - log->length / 2);
	size_t dropped = middle ? (size_t)(middle + 1 - log->lines) : log->length;

	memmove(log->lines, log->lines + dropped, log->length - dropped);
	log->length -= dropped;
	log->is_cut = true;
}

static void append_line(struct log_file *log, struct span line)
{
	if (log->length + line.length + 2 > KEPT_MAX)
		drop_oldest(log);
	while (log->length + line.length + 2 > log->room) {
		log->room = log->room ? 2 * log->room : CHUNK;
		log->lines = realloc(log->lines, log->room);
		if (!log->lines)
			memory_exhausted();
	}
	memcpy(log->lines + log->length, line.start, line.length);
	log->length += line.length;
	log->lines[log->length++] = '\n';
}

/* "[    0.000000] Linux version 6.12.0 …", also with "HOST kernel: " (init/main.c: linux_banner) */
static bool is_banner(struct span line)
{
	static const char *const before[] = {"", "] ", " kernel: "};
	static const char words[] = "Linux version ";
	const char *found = memmem(line.start, line.length, words, strlen(words));
	size_t at = found ? (size_t)(found - line.start) : 0;

	for (size_t i = 0; found && i < ARRAY_SIZE(before); i++) {
		size_t length = strlen(before[i]);

		if (at >= length && (length || !at) &&
		    memcmp(found - length, before[i], length) == 0)
			return true;
	}
	return false;
}

void log_intake_begin(struct log_intake *intake, const char *path)
{
	intake->log = (struct log_file){.path = path, .faults = fault_tally_new()};
	intake->reader = fault_reader_new(fault_tally_add, intake->log.faults);
	append_line(&intake->log, (struct span){"", 0});
}

void log_intake_line(struct log_intake *intake, struct span line)
{
	intake->log.from_boot |= is_banner(line);
	fault_reader_line(intake->reader, line);
	if (log_is_remark(line) || log_is_capacity(line))
		append_line(&intake->log, line);
}

struct log_file log_intake_end(struct log_intake *intake)
{
	fault_reader_flush(intake->reader);
	fault_reader_free(intake->reader);
	intake->reader = NULL;
	intake->log.lines[intake->log.length] = '\0';
	return intake->log;
}

static void read_log_line(struct log_scan *scan, char *start, size_t length)
{
	for (char *byte = start; (byte = memchr(byte, '\0', length - (size_t)(byte - start)));)
		*byte = '?';
	log_intake_line(scan->intake, (struct span){start, length});
}

/* Read the whole lines of the buffer, and keep the rest. */
static void read_buffer(struct log_scan *scan)
{
	char *start = scan->buffer, *end = scan->buffer + scan->used, *newline;

	while ((newline = memchr(start, '\n', (size_t)(end - start)))) {
		if (!scan->skips)
			read_log_line(scan, start, (size_t)(newline - start));
		scan->skips = false;
		start = newline + 1;
	}
	scan->used = (size_t)(end - start);
	memmove(scan->buffer, start, scan->used);
	if (scan->used == sizeof(scan->buffer)) {
		scan->used = 0;
		scan->skips = true;
	}
}

static int scan_descriptor(struct log_scan *scan, int fd)
{
	ssize_t got;

	do {
		got = read(fd, scan->buffer + scan->used, sizeof(scan->buffer) - scan->used);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0) {
			scan->used += (size_t)got;
			read_buffer(scan);
		}
	} while (got != 0);
	if (scan->used && !scan->skips)
		read_log_line(scan, scan->buffer, scan->used);
	return 0;
}

int log_file_read(const char *path, struct log_file *ret, struct error *e)
{
	struct log_intake intake;
	struct log_scan scan = {.intake = &intake};
	_autoclose_ int opened = -1;
	bool is_stdin = strcmp(path, "-") == 0;
	struct log_file log;
	int result = 0;

	if (!is_stdin) {
		opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		result = opened < 0 ? -errno : 0;
	}
	log_intake_begin(&intake, path);
	if (result == 0)
		result = scan_descriptor(&scan, is_stdin ? STDIN_FILENO : opened);
	log = log_intake_end(&intake);
	if (result == 0)
		*ret = log;
	else
		log_file_free(&log);
	return result < 0 ? error_set(e, ERROR_IO, result, "cannot read the log %.200s", path) : 0;
}

void log_file_free(struct log_file *log)
{
	fault_tally_free(log->faults);
	free(log->lines);
	*log = (struct log_file){0};
}
