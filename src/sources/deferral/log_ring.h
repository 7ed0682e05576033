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

/**
 * log_ring_read - all records of the kernel itself (facility 0), oldest first
 * @ret_text: lines "<6>[    1.234567] message" in @arena; a control character other than a tab
 * is '?'
 * Returns: 0; -EPERM or -EACCES without CAP_SYSLOG where kernel.dmesg_restrict is set; -ENOENT
 * where there is no such node, as in many containers.
 */
_must_check_ int log_ring_read(const struct root *root, struct arena *arena, char **ret_text);

/**
 * log_ring_line - one record as a line with its newline
 * @record: such as "6,339,5140900,-;text\n DEVICE=+pci:0000:00:01.0\n"
 * @line: a buffer of at least @length + 32 bytes
 * Returns: the length of the line; 0 for a record of a process, and for text that is no record.
 */
size_t log_ring_line(const char *record, size_t length, char *line);
