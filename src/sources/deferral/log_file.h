/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_file - a kernel log in a file, in place of that of the machine (--log)
 *
 * The file is read once, as standard input can be, in constant memory: faults are counted, and of
 * the other lines those are kept that a source may want, the newest of them.
 */
#pragma once

#include "base/error.h"
#include "base/text.h"
#include "faults/tally.h"

#include <stdbool.h>

struct fault_reader;

/**
 * struct log_file - @lines: the kept lines, NUL-terminated     @is_cut: older ones were dropped
 * @path: the file, for messages     @from_boot: it has the kernel's first line of a boot
 */
struct log_file {
	const char *path;
	struct fault_tally *faults;
	char *lines;
	size_t length, room;
	bool is_cut, from_boot;
};

/** struct log_intake - a log while its lines are added one by one */
struct log_intake {
	struct log_file log;
	struct fault_reader *reader;
};

/** log_intake_begin - @path: borrowed; for messages */
void log_intake_begin(struct log_intake *intake, const char *path) _nonnull_();

/** log_intake_line - the next line, without its newline and without NUL bytes */
void log_intake_line(struct log_intake *intake, struct span line) _nonnull_(1);

/** log_intake_end - the log of all lines, to be freed */
struct log_file log_intake_end(struct log_intake *intake) _nonnull_();

/**
 * log_file_read - read the file @path, "-" is standard input
 * @path: borrowed. Any bytes: a long line is dropped, NUL bytes are '?'. Compressed files,
 * UTF-16, /dev/kmsg and 64 MiB without a newline are refused: "no line has a fault" would be wrong.
 * Returns: 0, and *ret to be freed; a negative errno where it cannot be read.
 */
_must_check_ int log_file_read(const char *path, struct log_file *ret, struct error *e);

void log_file_free(struct log_file *log);

#define _autologfile_ _cleanup_(log_file_free)
