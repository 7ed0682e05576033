/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_ring - the records of /dev/kmsg as lines (Documentation/ABI/testing/dev-kmsg)
 *
 * syslog(2) breaks a record at each newline in its text and puts level and time before every piece,
 * so a text with a newline (the product name of a USB device) could forge a line. /dev/kmsg returns
 * one record for each read, and escapes control characters.
 */
#pragma once

#include "base/root.h"

#include <stdint.h>

/**
 * struct log - the kernel log as text
 * @text: lines "<6>[    1.234567] message", without NUL bytes; a control character other than a tab
 * is '?'
 * @lost: why lines of this boot may be missing from @text; NULL where it has every line since boot.
 * Where it is not NULL, "no line in the log" is unknown.
 * @oldest_us: the time of the ring's oldest record, also of a process, in microseconds since boot;
 * UINT64_MAX where the ring has none; 0 for text that is not of a ring
 */
struct log {
	const char *text;
	const char *lost;
	uint64_t oldest_us;
};

/**
 * log_ring_read - all records of the kernel itself (facility 0), oldest first
 * Returns: 0; -EPERM or -EACCES without CAP_SYSLOG where kernel.dmesg_restrict is set; -ENOENT
 * where there is no such node, as in many containers.
 */
_must_check_ int log_ring_read(const struct root *root, struct arena *arena, struct log *ret_log);

/**
 * log_ring_drain - log_ring_read for an open descriptor that returns one record for each read, and
 * -EAGAIN after the last
 *
 * Records have consecutive numbers from 0 on in each boot, those of processes included
 * (kernel/printk/printk.c: info_print_ext_header), so a gap shows that records were overwritten. A
 * ring without any record is no ring of a kernel: containers have other files as /dev/kmsg.
 */
_must_check_ int log_ring_drain(int fd, struct arena *arena, struct log *ret_log);

enum {
	/** size of a buffer for any line of the ring */
	LOG_RING_LINE_MAX = 8192 + 32,
};

/**
 * log_ring_open - /dev/kmsg before its oldest record
 * Returns: a descriptor that does not block, or a negative errno as log_ring_read.
 */
_must_check_ int log_ring_open(const struct root *root);

/**
 * struct log_gaps - records of the ring that were not read
 * @next: the number of the record that has to follow; 0 before the first     @lost: how many were
 * overwritten before they were read     @first_us: time of the first record, microseconds since
 * boot
 */
struct log_gaps {
	unsigned long long next, lost;
	uint64_t first_us;
};

/**
 * log_ring_next - the next record of the kernel itself, as a line with its newline
 * @gaps: updated; NULL where lost records do not matter
 * Returns: its length; 0 for a record of a process; -ENODATA at the end of a file; -EAGAIN where
 * there is none yet; another negative errno.
 */
_must_check_ ssize_t log_ring_next(int fd, char line[static LOG_RING_LINE_MAX],
				   struct log_gaps *gaps);

/**
 * log_ring_line - one record as a line with its newline
 * @record: such as "6,339,5140900,-;text\n DEVICE=+pci:0000:00:01.0\n"
 * @line: a buffer of at least @length + 32 bytes
 * Returns: the length of the line; 0 for a record of a process, and for text that is no record.
 */
size_t log_ring_line(const char *record, size_t length, char *line);
