/* SPDX-License-Identifier: GPL-2.0-or-later */
/* events - an event of "watch" as a line: a change, a fault, or events that were lost */
#pragma once

#include "base/error.h"
#include "checks/differences.h"
#include "checks/faults.h"

#include <stdint.h>

/**
 * struct event - the texts are borrowed
 * @kind: of a difference, "lost", "fault" or "log_lost"
 * @subject: what it is about; NULL: the machine     @device: the label where that is one device
 * @before, @after: the fact on either side, NULL none     @boot_id: or NULL
 * @by: "rebind 12", or NULL     @sequence: from 1 on
 * @time_ms: since 1970, the same for all events of one look
 */
struct event {
	const char *kind, *subject, *device, *before, *after, *message, *by, *boot_id;
	uint64_t sequence;
	int64_t time_ms;
};

/** event_of_difference - a difference between two looks; sequence, time, boot and author are unset
 */
struct event event_of_difference(const struct difference *difference);

/** event_of_fault - a fault, or several that differ only in address and time; @after is its kind */
struct event event_of_fault(const struct fault_entry *entry, struct arena *arena);

/** event_of_lost_events - the kernel has dropped events */
struct event event_of_lost_events(void);

/** event_of_lost_records - the kernel has overwritten records of its log before they were read */
struct event event_of_lost_records(unsigned long long count, struct arena *arena);

/** event_print_line - one line for users; flushed */
_must_check_ int event_print_line(const struct event *event, struct error *e);

/** event_print_json - one object on a line; flushed */
_must_check_ int event_print_json(const struct event *event, struct error *e);
