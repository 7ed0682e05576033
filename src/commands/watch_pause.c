/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/watch_pause.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>

enum {
	/* Events come in bursts: the machine is read after the last of them. */
	BURST_MS = 20,
	/* A look without an event costs at most a thousandth of the time. */
	POLL_SHARE = 1000,
	/* How long the further lines of a fault may take: the kernel logs them in one go. */
	LOG_REST_MS = 200,
};

struct watch_pause watch_pause_start(struct uevents *uevents, int timeout_ms)
{
	return (struct watch_pause){
		.uevents = uevents,
		.deadline = timeout_ms > 0 ? clock_ms() + timeout_ms : 0,
	};
}

/* A time of less than 4 ms is counted as 3. */
int64_t watch_pause_interval(int64_t took_ms)
{
	return (took_ms + 1) * POLL_SHARE;
}

/* The time to the next look, or to the end if that comes first. */
static int64_t time_left(struct watch_pause *pause, int64_t took_ms)
{
	int64_t now = clock_ms(), left;

	if (!pause->since)
		pause->since = now;
	left = pause->since + watch_pause_interval(took_ms) - now;
	if (pause->deadline && pause->deadline - now < left)
		left = pause->deadline - now;
	return left < 0 ? 0 : left;
}

/*
 * An event is a reason to look, whatever it says. Those that stay behind the limit are a reason to
 * look again.
 */
static bool discard_events(struct watch_pause *pause)
{
	enum { MOST = 4096 };
	struct uevent event;
	bool lost = false;
	int result = 1;

	for (int i = 0; i < MOST && (result > 0 || result == -ENOBUFS); i++) {
		result = uevents_next(pause->uevents, &event);
		lost |= result == -ENOBUFS;
	}
	if (result < 0 && result != -ENOBUFS) {
		uevents_close(pause->uevents);
		pause->uevents = NULL;
	}
	return lost;
}

unsigned watch_pause_wait(struct watch_pause *pause, int64_t took_ms, int log_fd)
{
	enum { EVENTS, LOG, POLLERS };
	struct pollfd pollers[POLLERS] = {
		[EVENTS] = {.fd = pause->uevents ? uevents_fd(pause->uevents) : -1,
			    .events = POLLIN},
		[LOG] = {.fd = log_fd, .events = POLLIN},
	};
	unsigned wake = WAKE_LOOK;

	if (poll(pollers, POLLERS, (int)time_left(pause, took_ms)) > 0) {
		wake = (pollers[EVENTS].revents ? WAKE_LOOK : 0) |
		       (pollers[LOG].revents ? WAKE_LOG : 0);
		/* Under a storm the machine is read for half of the time at most. */
		poll(NULL, 0, (wake & WAKE_LOG ? LOG_REST_MS : BURST_MS) + (int)took_ms);
	}
	if (wake & WAKE_LOOK)
		pause->since = 0;
	if (pollers[EVENTS].revents && discard_events(pause))
		wake |= WAKE_LOST;
	return wake;
}

bool watch_pause_is_over(const struct watch_pause *pause)
{
	return pause->deadline && clock_ms() >= pause->deadline;
}
