/* SPDX-License-Identifier: GPL-2.0-or-later */
/* events - one difference between two looks, as a line */
#pragma once

#include "base/error.h"
#include "checks/differences.h"

#include <stdint.h>

/**
 * struct event - @difference: NULL where the kernel dropped events
 * @sequence: from 1 on     @boot_id: or NULL     @by: "rebind 12", or NULL
 * @time_ms: since 1970, the same for all events of one look
 */
struct event {
	const struct difference *difference;
	const char *boot_id, *by;
	uint64_t sequence;
	int64_t time_ms;
};

/** event_print_line - one line for users; flushed */
_must_check_ int event_print_line(const struct event *event, struct error *e);

/** event_print_json - one object on a line; flushed */
_must_check_ int event_print_json(const struct event *event, struct error *e);
