/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch_pause - the pause between two looks of "watch": until the kernel sends an event, or for as
 * long as facts that send none may go unread
 */
#pragma once

#include "sources/devices/uevents.h"

/**
 * struct watch_pause
 * @uevents: NULL where nothing can be listened to; closed and NULL once listening fails
 * @deadline: the end of all pauses, as clock_ms counts; 0 none
 */
struct watch_pause {
	struct uevents *uevents;
	int64_t deadline;
};

/** watch_pause_start - begin now     @timeout_ms: until the deadline; -1 none */
struct watch_pause watch_pause_start(struct uevents *uevents, int timeout_ms);

/** watch_pause_interval - the longest pause after a look that took @took_ms, in milliseconds */
int64_t watch_pause_interval(int64_t took_ms);

/**
 * watch_pause_wait - sleep until an event, the longest pause or the deadline, and read all pending
 * events
 * @took_ms: how long the last look took
 * Returns: true where the kernel has dropped events.
 */
bool watch_pause_wait(struct watch_pause *pause, int64_t took_ms) _nonnull_();

/** watch_pause_is_over - true from the deadline on */
bool watch_pause_is_over(const struct watch_pause *pause) _nonnull_();
