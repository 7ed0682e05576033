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
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
	/* longer than any line of the kernel (base/log_line.c); the size of one read */
	CHUNK = 64 * 1024,
	KEPT_MAX = 4 * 1024 * 1024,
	/* how many first bytes tell what the file is */
	HEAD = 8,
	/* without a newline in so many bytes it is no text, as /dev/zero */
	LINE_REFUSED = 64 * 1024 * 1024,
};

/*
 * A file while it is read. @buffer: the bytes that no newline has ended yet, @used of them
 * @skips: the current line is longer than the buffer, so its rest is dropped, @dropped bytes so far
 * @begun: the first bytes were checked     @refusal: why the file is no log, or NULL
 */
struct log_scan {
	struct log_intake *intake;
	char buffer[CHUNK];
	size_t used;
	uint64_t dropped;
	bool skips, begun;
	const char *refusal;
};

/* Files that begin so have no lines. "No line has a fault" would be a wrong answer about them. */
static const struct {
	const char *bytes;
	size_t length;
	const char *refusal;
} no_texts[] = {
	{"\x1f\x8b", 2, "it is compressed by gzip; zcat prints it for --log -"},
	{"\xfd\x37zXZ", 5, "it is compressed by xz; xzcat prints it for --log -"},
	{"\x28\xb5\x2f\xfd", 4, "it is compressed by zstd; zstdcat prints it for --log -"},
	{"\xff\xfe", 2, "it is UTF-16; iconv -f UTF-16 prints it for --log -"},
	{"\xfe\xff", 2, "it is UTF-16; iconv -f UTF-16 prints it for --log -"},
	{"LPKSHHRH", 8,
	 "it is a file of systemd-journald; journalctl -k --file prints it for --log -"},
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

static void check_head(struct log_scan *scan)
{
	static const char utf8_mark[] = "\xef\xbb\xbf";
	const size_t length = strlen(utf8_mark);

	scan->begun = true;
	for (size_t i = 0; i < ARRAY_SIZE(no_texts); i++)
		if (scan->used >= no_texts[i].length &&
		    memcmp(scan->buffer, no_texts[i].bytes, no_texts[i].length) == 0)
			scan->refusal = no_texts[i].refusal;
	if (scan->used < length || memcmp(scan->buffer, utf8_mark, length) != 0)
		return;
	scan->used -= length;
	memmove(scan->buffer, scan->buffer + length, scan->used);
}

/* Read the whole lines of the buffer, and keep the rest. */
static void read_buffer(struct log_scan *scan)
{
	char *start = scan->buffer, *end = scan->buffer + scan->used, *newline;

	while ((newline = memchr(start, '\n', (size_t)(end - start)))) {
		if (!scan->skips)
			read_log_line(scan, start, (size_t)(newline - start));
		scan->skips = false;
		scan->dropped = 0;
		start = newline + 1;
	}
	scan->used = (size_t)(end - start);
	memmove(scan->buffer, start, scan->used);
	if (scan->used < sizeof(scan->buffer))
		return;
	scan->dropped += scan->used;
	scan->used = 0;
	scan->skips = true;
	if (scan->dropped >= LINE_REFUSED)
		scan->refusal = "it has no newline in 64 MiB";
}

/* The last lines, of which the last may have no newline. */
static void read_buffer_end(struct log_scan *scan)
{
	read_buffer(scan);
	if (scan->used)
		read_log_line(scan, scan->buffer, scan->used);
}

static int scan_descriptor(struct log_scan *scan, int fd)
{
	ssize_t got;

	do {
		got = read(fd, scan->buffer + scan->used, sizeof(scan->buffer) - scan->used);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			scan->used += (size_t)got;
		if (got > 0 && !scan->begun && scan->used < HEAD)
			continue;
		if (!scan->begun && got >= 0)
			check_head(scan);
		if (got > 0 && !scan->refusal)
			read_buffer(scan);
	} while (got != 0 && !scan->refusal);
	if (scan->used && !scan->skips && !scan->refusal)
		read_buffer_end(scan);
	return 0;
}

/* /dev/kmsg never ends, and its records are no lines. */
static const char *refuse_ring(int fd)
{
	enum { MEM_MAJOR = 1, KMSG_MINOR = 11 };
	struct stat state;

	if (fstat(fd, &state) == 0 && S_ISCHR(state.st_mode) &&
	    state.st_rdev == makedev(MEM_MAJOR, KMSG_MINOR))
		return "it is the kernel's own log, which is read without --log";
	return NULL;
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
	scan.refusal = refuse_ring(is_stdin ? STDIN_FILENO : opened);
	log_intake_begin(&intake, path);
	if (result == 0 && !scan.refusal)
		result = scan_descriptor(&scan, is_stdin ? STDIN_FILENO : opened);
	log = log_intake_end(&intake);
	if (result == 0 && !scan.refusal) {
		*ret = log;
		return 0;
	}
	log_file_free(&log);
	if (scan.refusal)
		return error_set(e, ERROR_MALFORMED, 0, "%.200s is no log in text: %s", path,
				 scan.refusal);
	return error_set(e, ERROR_IO, result, "cannot read the log %.200s", path);
}

void log_file_free(struct log_file *log)
{
	fault_tally_free(log->faults);
	free(log->lines);
	*log = (struct log_file){0};
}
