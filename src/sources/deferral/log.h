/* SPDX-License-Identifier: GPL-2.0-or-later */
/* log - read the ring of kernel messages */
#pragma once

#include "sources/deferral/log_ring.h"

/** The file of a captured tree with the lines of its machine's log. */
#define CAPTURED_LOG "/iommuctl/log"

/**
 * The first two bytes of the first line of CAPTURED_LOG if the machine's ring had lost records of
 * this boot; the rest of the line is the "lost" of struct log.
 */
#define LOG_LOST_MARK "# "

/**
 * log_read - the lines of the kernel log since boot, as far as they are left
 * Returns: 0 and a log in @arena; -EPERM where it needs CAP_SYSLOG (kernel.dmesg_restrict);
 * -ENOENT for a captured tree without it.
 */
_must_check_ int log_read(const struct root *root, struct arena *arena, struct log *ret_log);

struct reading;

/**
 * log_read_remarks - read the log for its lines about probes, if source_log has left it out because
 * no requested fact needs them; its entry in sources[] then tells how that went
 */
void log_read_remarks(struct reading *reading) _nonnull_();

/**
 * log_apply_with_journald - find the facts of a log that has lost records, with the older lines of
 * journald before it
 * @program: JOURNALCTL (log_journald.h)
 * Writes the entries "journald" and "log"; the latter is "read" where journald has the rest.
 */
void log_apply_with_journald(struct reading *reading, const struct log *log, const char *program)
	_nonnull_();
