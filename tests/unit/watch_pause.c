/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long "watch" pauses between two looks, and what wakes it. */
#include "commands/watch_pause.h"

#include "base/clock.h"
#include "support/check.h"
#include "support/sender.h"

#include <unistd.h>

/* No test waits for so long: an event or a deadline comes first. */
enum { LONG_MS = 60 * 1000 };

static void a_look_costs_a_thousandth_of_the_time(void **state)
{
	/* up to 1, 2 and 8 ms */
	assert_int_equal(watch_pause_interval(0), 1000);
	assert_int_equal(watch_pause_interval(1), 2000);
	assert_int_equal(watch_pause_interval(7), 8000);
}

static void events_end_the_pause_and_are_read(void **state)
{
	struct watch_pause pause = watch_pause_start(sender_listen(), -1);
	int sender = sender_begin(pause.uevents);
	struct uevent event;

	sender_send(sender, "bind@/devices/a");
	sender_send(sender, "unbind@/devices/b");
	assert_int_equal(watch_pause_wait(&pause, 0, -1), WAKE_LOOK);
	assert_int_equal(uevents_next(pause.uevents, &event), 0);
	assert_false(watch_pause_is_over(&pause));
	close(sender);
	uevents_close(pause.uevents);
}

static void dropped_events_are_reported_once(void **state)
{
	struct watch_pause pause = watch_pause_start(sender_listen(), 1);

	sender_lose(pause.uevents);
	assert_int_equal(watch_pause_wait(&pause, 0, -1), WAKE_LOOK | WAKE_LOST);
	assert_non_null(pause.uevents);
	assert_int_equal(watch_pause_wait(&pause, 0, -1), WAKE_LOOK);
	uevents_close(pause.uevents);
}

/* The time to the next look goes on while the log is read. */
static void a_record_of_the_log_ends_the_pause_for_a_while(void **state)
{
	struct watch_pause pause = watch_pause_start(NULL, -1);
	int ends[2];
	int64_t since;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(watch_pause_wait(&pause, 0, ends[0]), WAKE_LOG);
	since = pause.since;
	assert_true(since > 0);
	assert_int_equal(watch_pause_wait(&pause, 0, ends[0]), WAKE_LOG);
	assert_int_equal(pause.since, since);
	assert_int_equal(watch_pause_wait(&pause, 0, -1), WAKE_LOOK);
	assert_int_equal(pause.since, 0);
	assert_in_range(clock_ms() - since, watch_pause_interval(0), LONG_MS);
	close(ends[0]);
	close(ends[1]);
}

/* The timer goes on. */
static void a_listener_that_fails_is_closed(void **state)
{
	struct watch_pause pause = watch_pause_start(sender_listen(), 100);

	sender_break(pause.uevents);
	assert_int_equal(watch_pause_wait(&pause, 0, -1), WAKE_LOOK);
	assert_null(pause.uevents);
	assert_int_equal(watch_pause_wait(&pause, 0, -1), WAKE_LOOK);
}

static void the_deadline_ends_every_pause(void **state)
{
	int64_t began = clock_ms();
	struct watch_pause pause = watch_pause_start(NULL, 50);

	assert_in_range(pause.deadline, began + 50, clock_ms() + 50);
	assert_int_equal(watch_pause_wait(&pause, LONG_MS, -1), WAKE_LOOK);
	assert_in_range(clock_ms() - began, 50, LONG_MS / 2);
	assert_true(watch_pause_is_over(&pause));
	/* After the deadline there is no pause at all. */
	pause.deadline -= LONG_MS;
	assert_int_equal(watch_pause_wait(&pause, LONG_MS, -1), WAKE_LOOK);
}

static void without_a_deadline_it_is_never_over(void **state)
{
	struct watch_pause pause = watch_pause_start(NULL, -1);

	assert_int_equal(pause.deadline, 0);
	assert_false(watch_pause_is_over(&pause));
}

UNIT(watch_pause)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_look_costs_a_thousandth_of_the_time),
		cmocka_unit_test(events_end_the_pause_and_are_read),
		cmocka_unit_test(dropped_events_are_reported_once),
		cmocka_unit_test(a_record_of_the_log_ends_the_pause_for_a_while),
		cmocka_unit_test(a_listener_that_fails_is_closed),
		cmocka_unit_test(the_deadline_ends_every_pause),
		cmocka_unit_test(without_a_deadline_it_is_never_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
