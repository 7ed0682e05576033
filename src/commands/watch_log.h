/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch_log - the IOMMU faults that the kernel logs while "watch" runs
 *
 * Faults that the log had before are left out. Those that differ only in address and time are
 * counted together from one reading to the next.
 */
#pragma once

#include "faults/reader.h"
#include "faults/tally.h"
#include "sources/deferral/log_ring.h"

/**
 * struct watch_log
 * @fd: readable while records are pending; -1: there is no log to read
 * @gaps: of all records so far
 */
struct watch_log {
	int fd;
	struct fault_reader *reader;
	struct fault_tally *tally;
	struct log_gaps gaps;
};

/**
 * watch_log_start - skip the records that the log has; free it with watch_log_stop
 * @fd: of log_ring_open, closed by the log; negative: none
 */
struct watch_log watch_log_start(int fd);

/**
 * watch_log_read - read all pending records, in place of those of the last reading
 * Where the log fails or ends, @fd is closed and -1 afterwards.
 * Returns: how many records the kernel has overwritten before they were read.
 */
unsigned long long watch_log_read(struct watch_log *log) _nonnull_();

/** watch_log_faults - the faults of the last reading, *ret_count of them; valid until the next */
const struct fault *watch_log_faults(const struct watch_log *log, size_t *ret_count) _nonnull_();

/** watch_log_stop - close and free it */
void watch_log_stop(struct watch_log *log) _nonnull_();
