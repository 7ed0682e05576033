/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/watch_log.h"

#include "base/cleanup.h"

#include <errno.h>

/* A log that fails or ends would wake every pause at once. */
static void close_failed_log(struct watch_log *log, ssize_t result)
{
	if (result == -EAGAIN)
		return;
	cleanup_close(&log->fd);
	log->fd = -1;
}

/* Read and forget: the number of the last record shows whether later ones are missing. */
static void skip_records(struct watch_log *log)
{
	char line[LOG_RING_LINE_MAX];
	ssize_t length = log->fd < 0 ? -EAGAIN : 0;

	while (length >= 0)
		length = log_ring_next(log->fd, line, &log->gaps);
	close_failed_log(log, length);
	log->gaps.lost = 0;
}

struct watch_log watch_log_start(int fd)
{
	struct watch_log log = {.fd = fd < 0 ? -1 : fd, .tally = fault_tally_new()};

	log.reader = fault_reader_new(fault_tally_add, log.tally);
	skip_records(&log);
	return log;
}

/* The reader adds to the tally that it was made with. */
static void forget_faults(struct watch_log *log)
{
	fault_reader_free(log->reader);
	fault_tally_free(log->tally);
	log->tally = fault_tally_new();
	log->reader = fault_reader_new(fault_tally_add, log->tally);
}

unsigned long long watch_log_read(struct watch_log *log)
{
	/* A driver that logs without a limit must not keep the reader here. */
	enum { MOST = 65536 };
	char line[LOG_RING_LINE_MAX];
	unsigned long long lost = log->gaps.lost;
	ssize_t length = log->fd < 0 ? -EAGAIN : 0;

	forget_faults(log);
	for (int i = 0; i < MOST && length >= 0; i++) {
		length = log_ring_next(log->fd, line, &log->gaps);
		if (length > 0)
			fault_reader_line(log->reader, (struct span){line, (size_t)length - 1});
	}
	fault_reader_flush(log->reader);
	if (length < 0)
		close_failed_log(log, length);
	return log->gaps.lost - lost;
}

const struct fault *watch_log_faults(const struct watch_log *log, size_t *ret_count)
{
	return fault_tally_items(log->tally, ret_count);
}

void watch_log_stop(struct watch_log *log)
{
	cleanup_close(&log->fd);
	fault_reader_free(log->reader);
	fault_tally_free(log->tally);
}
