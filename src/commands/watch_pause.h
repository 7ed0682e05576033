/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch_pause - the pause between two looks of "watch": until the kernel sends an event or logs a
 * line, or for as long as facts that send no event may go unread
 */
#pragma once

#include "sources/devices/uevents.h"

/**
 * struct watch_pause
 * @uevents: NULL where nothing can be listened to; closed and NULL once listening fails
 * @deadline: the end of all pauses, as clock_ms counts; 0 none
 * @since: when the time to the next look began; 0: with the next pause
 */
struct watch_pause {
	struct uevents *uevents;
	int64_t deadline, since;
};

/** enum watch_wake - why a pause has ended; several may be true */
enum watch_wake {
	WAKE_LOOK = 1 << 0, /* an event, or the time: the machine is to be read */
	WAKE_LOST = 1 << 1, /* the kernel has dropped events */
	WAKE_LOG = 1 << 2,  /* the log has records */
};

/** watch_pause_start - begin now     @timeout_ms: until the deadline; -1 none */
struct watch_pause watch_pause_start(struct uevents *uevents, int timeout_ms);

/** watch_pause_interval - the longest pause after a look that took @took_ms, in milliseconds */
int64_t watch_pause_interval(int64_t took_ms);

/**
 * watch_pause_wait - sleep until an event, a record of the log, the longest pause or the deadline,
 * and read all pending events
 * @took_ms: how long the last look took     @log_fd: readable while the log has records; -1 none
 * Returns: bits of enum watch_wake. A pause that only the log has ended goes on with the next call.
 */
unsigned watch_pause_wait(struct watch_pause *pause, int64_t took_ms, int log_fd) _nonnull_(1);

/** watch_pause_is_over - true from the deadline on */
bool watch_pause_is_over(const struct watch_pause *pause) _nonnull_();
