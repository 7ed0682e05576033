/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a wait: the decisions after a sequence of looks. */
#include "checks/condition.h"
#include "model/facts.h"
#include "support/check.h"

#include <errno.h>

/* Results of looks as they occur on machines. */
static const struct look_result absent = {.took = 1, .holds = ANSWER_NO};

static const struct look_result driverless = {.took = 1, .holds = ANSWER_NO, .present = true};

static const struct look_result deferred = {
	.took = 10, .holds = ANSWER_NO, .present = true, .analysed = true, .hopeless = "a"};

static const struct look_result explained = {
	.took = 10, .holds = ANSWER_NO, .present = true, .analysed = true};

static const struct look_result bound = {
	.took = 1, .holds = ANSWER_YES, .present = true, .identity = 1};

static enum verdict verdict_at(struct wait_state *waiting, const struct look_result *seen,
			       int64_t now)
{
	struct decision decision = wait_decide(waiting, seen, now);

	assert_true(decision.gap_ms >= 0 && decision.gap_ms <= decision.wait_ms);
	return decision.verdict;
}

static void an_absent_device_is_waited_for_without_an_analysis(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct decision decision;

	for (int64_t now = 0; now < 3600 * 1000; now += decision.wait_ms) {
		assert_false(wait_wants_analysis(&waiting, now));
		decision = wait_decide(&waiting, &absent, now);
		assert_int_equal(decision.verdict, VERDICT_WAIT);
		assert_int_equal(decision.wait_ms, WAIT_GLANCE_MS);
		assert_int_equal(decision.gap_ms, WAIT_GAP_MS + 1);
	}
}

static void a_bound_driver_counts_when_it_stays(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct decision decision = wait_decide(&waiting, &bound, 5);

	assert_int_equal(decision.verdict, VERDICT_WAIT);
	assert_int_equal(decision.wait_ms, WAIT_CONFIRM_MS);
	assert_false(wait_wants_analysis(&waiting, 6));
	assert_int_equal(verdict_at(&waiting, &bound, 104), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &bound, 105), VERDICT_TRUE);
}

static void a_probe_that_is_deferred_again_is_not_believed(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);

	assert_int_equal(verdict_at(&waiting, &bound, 0), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &driverless, 60), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &bound, 120), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &bound, 180), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &bound, 220), VERDICT_TRUE);
}

static void another_driver_or_device_starts_the_proof_again(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct look_result other = bound;

	other.identity = 2;
	assert_int_equal(verdict_at(&waiting, &bound, 0), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &other, 100), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &other, 199), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &other, 200), VERDICT_TRUE);
}

static void a_probe_that_is_not_over_is_waited_for(void **state)
{
	struct wait_state waiting = wait_start(0, 5000, false);
	struct look_result probing = bound;
	struct decision decision;

	probing.probing = true;
	decision = wait_decide(&waiting, &probing, 0);
	assert_int_equal(decision.wait_ms, WAIT_GLANCE_MS);
	assert_int_equal(verdict_at(&waiting, &probing, 3000), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &bound, 3500), VERDICT_TRUE);

	waiting = wait_start(0, 5000, false);
	assert_int_equal(verdict_at(&waiting, &probing, 0), VERDICT_WAIT);
	decision = wait_decide(&waiting, &probing, 4500);
	assert_int_equal(decision.wait_ms, 500);
	assert_int_equal(verdict_at(&waiting, &probing, 5000), VERDICT_TIMED_OUT);

	/* A sign that a probe is not over is no proof. */
	waiting = wait_start(0, -1, false);
	assert_int_equal(verdict_at(&waiting, &probing, 0), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &probing, WAIT_PROBE_MS), VERDICT_TRUE);
}

static void a_condition_proven_by_one_look_ends_at_once(void **state)
{
	struct wait_state waiting = wait_start(0, 0, false);
	struct look_result joined = bound;

	joined.sure = true;
	assert_int_equal(verdict_at(&waiting, &joined, 0), VERDICT_TRUE);
}

static void a_timeout_of_nothing_asks_whether_it_is_so(void **state)
{
	struct wait_state waiting = wait_start(0, 0, false);

	assert_int_equal(verdict_at(&waiting, &absent, 2), VERDICT_TIMED_OUT);

	waiting = wait_start(0, 0, false);
	assert_int_equal(verdict_at(&waiting, &bound, 2), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &bound, 102), VERDICT_TRUE);

	waiting = wait_start(0, 0, false);
	assert_int_equal(verdict_at(&waiting, &bound, 2), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &explained, 102), VERDICT_TIMED_OUT);
}

static void the_last_look_before_a_timeout_finds_out_why(void **state)
{
	struct wait_state waiting = wait_start(0, 2000, true);
	struct decision decision;

	wait_decide(&waiting, &driverless, 0);
	wait_decide(&waiting, &explained, 60);
	assert_false(wait_wants_analysis(&waiting, 1999));
	decision = wait_decide(&waiting, &driverless, 1200);
	assert_int_equal(decision.wait_ms, 800);
	decision = wait_decide(&waiting, &driverless, 2001);
	assert_int_equal(decision.verdict, VERDICT_WAIT);
	assert_int_equal(decision.wait_ms, 0);
	assert_true(wait_wants_analysis(&waiting, 2001));
	assert_int_equal(verdict_at(&waiting, &explained, 2020), VERDICT_TIMED_OUT);
}

static void a_verdict_needs_two_looks(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct decision decision;

	assert_false(wait_wants_analysis(&waiting, 0));
	decision = wait_decide(&waiting, &driverless, 1);
	assert_int_equal(decision.wait_ms, WAIT_GAP_MS + 1);
	assert_true(wait_wants_analysis(&waiting, 52));
	decision = wait_decide(&waiting, &deferred, 60);
	assert_int_equal(decision.verdict, VERDICT_WAIT);
	assert_int_equal(decision.wait_ms, WAIT_HOPELESS_MS);
	/* An event in between causes a cheap look, which proves nothing. */
	assert_false(wait_wants_analysis(&waiting, 150));
	assert_int_equal(verdict_at(&waiting, &driverless, 150), VERDICT_WAIT);
	assert_true(wait_wants_analysis(&waiting, 260));
	assert_int_equal(verdict_at(&waiting, &deferred, 270), VERDICT_HOPELESS);
}

static void a_device_that_is_being_retried_is_not_given_up(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct look_result other = deferred;

	other.hopeless = "b";
	wait_decide(&waiting, &driverless, 0);
	assert_int_equal(verdict_at(&waiting, &deferred, 10), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &explained, 220), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &deferred, 1500), VERDICT_WAIT);
	/* The kernel retries the devices by turns. */
	assert_int_equal(verdict_at(&waiting, &other, 1700), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &bound, 1750), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &other, 1950), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &other, 2150), VERDICT_HOPELESS);
}

/*
 * While the kernel retries all deferred devices, which takes seconds on a slow machine, each is off
 * the list until its turn.
 */
static void a_device_off_the_list_is_given_up_late(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct look_result unlisted = deferred;

	unlisted.unlisted = true;
	wait_decide(&waiting, &driverless, 0);
	for (int64_t now = 100; now < 100 + WAIT_UNLISTED_MS; now += WAIT_GLANCE_MS) {
		assert_int_equal(verdict_at(&waiting, &unlisted, now), VERDICT_WAIT);
		assert_true(wait_wants_analysis(&waiting, now + WAIT_GLANCE_MS));
	}
	assert_int_equal(verdict_at(&waiting, &unlisted, 100 + WAIT_UNLISTED_MS), VERDICT_HOPELESS);

	waiting = wait_start(0, -1, false);
	assert_int_equal(verdict_at(&waiting, &unlisted, 0), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &explained, 9000), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &unlisted, 10000), VERDICT_WAIT);
	assert_int_equal(verdict_at(&waiting, &unlisted, 19999), VERDICT_WAIT);
}

static void the_patient_wait_for_an_impossible_condition(void **state)
{
	struct wait_state waiting = wait_start(0, 10000, true);

	wait_decide(&waiting, &driverless, 0);
	assert_true(wait_wants_analysis(&waiting, 51));
	for (int64_t now = 60; now < 10000; now += 500) {
		assert_int_equal(verdict_at(&waiting, &deferred, now), VERDICT_WAIT);
		assert_false(wait_wants_analysis(&waiting, now + 499));
	}
	assert_int_equal(verdict_at(&waiting, &deferred, 10000), VERDICT_TIMED_OUT);
}

static void analyses_take_a_small_part_of_the_time(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct look_result dear = explained;

	wait_decide(&waiting, &driverless, 0);
	wait_decide(&waiting, &explained, 100);
	assert_false(wait_wants_analysis(&waiting, 100 + WAIT_GLANCE_MS - 1));
	assert_true(wait_wants_analysis(&waiting, 100 + WAIT_GLANCE_MS));
	dear.took = 300;
	dear.stirred = true;
	wait_decide(&waiting, &dear, 2000);
	assert_false(wait_wants_analysis(&waiting, 2000 + 300 * WAIT_ANALYSIS_SHARE - 1));
	assert_true(wait_wants_analysis(&waiting, 2000 + 300 * WAIT_ANALYSIS_SHARE));
}

/* Kernels change without an event too: when a timeout of the driver core is over. */
static void without_events_analyses_become_rarer(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct look_result still = explained, stirred = driverless;
	int64_t now = 0, rest = 0;

	still.took = 1000;
	wait_decide(&waiting, &driverless, now);
	for (int64_t share = WAIT_ANALYSIS_SHARE; rest < 1000 * (int64_t)WAIT_IDLE_SHARE;
	     share *= WAIT_IDLE_GROWTH) {
		wait_decide(&waiting, &still, now);
		rest = 1000 * (share < WAIT_IDLE_SHARE ? share : WAIT_IDLE_SHARE);
		assert_false(wait_wants_analysis(&waiting, now + rest - 1));
		assert_true(wait_wants_analysis(&waiting, now + rest));
		now += rest;
	}
	wait_decide(&waiting, &still, now);
	assert_false(wait_wants_analysis(&waiting, now + rest - 1));
	/* An event is a reason to analyse as often as at first. */
	stirred.stirred = true;
	wait_decide(&waiting, &stirred, now + 5);
	assert_false(wait_wants_analysis(&waiting, now + 1000 * WAIT_ANALYSIS_SHARE - 1));
	assert_true(wait_wants_analysis(&waiting, now + 1000 * WAIT_ANALYSIS_SHARE));
}

static void an_event_does_not_delay_the_proof_that_all_hope_is_lost(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct look_result slow = explained, lost = deferred, stirred = driverless;

	slow.took = lost.took = 1000;
	wait_decide(&waiting, &driverless, 0);
	wait_decide(&waiting, &slow, 0);
	wait_decide(&waiting, &lost, 100000);
	stirred.stirred = true;
	wait_decide(&waiting, &stirred, 100005);
	assert_true(wait_wants_analysis(&waiting, 100000 + WAIT_HOPELESS_MS));
}

static void a_slow_look_is_followed_by_a_longer_gap(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct look_result slow = absent;

	slow.took = 400;
	assert_int_equal(wait_decide(&waiting, &slow, 0).gap_ms, WAIT_GAP_MS + 400);
	slow.took = 5000;
	assert_int_equal(wait_decide(&waiting, &slow, 0).wait_ms, WAIT_GAP_MS + 5000);
}

/* Each look may leave a hanging process behind. */
static void where_reading_hangs_looks_become_rare(void **state)
{
	static const int gaps[] = {1000, 2000, 4000, 8000, 16000, 16000};
	struct wait_state waiting = wait_start(0, 60000, false);
	struct look_result busy = driverless;
	struct decision decision;

	busy.busy = true;
	for (size_t i = 0; i < ARRAY_SIZE(gaps); i++)
		assert_int_equal(wait_decide(&waiting, &busy, 0).gap_ms, gaps[i]);
	decision = wait_decide(&waiting, &busy, 59000);
	assert_int_equal(decision.gap_ms, 1000);
	assert_int_equal(decision.wait_ms, 1000);
	assert_int_equal(wait_decide(&waiting, &driverless, 0).gap_ms, WAIT_GAP_MS + 1);
	/* At the deadline no extra look is made. */
	assert_int_equal(verdict_at(&waiting, &busy, 60000), VERDICT_TIMED_OUT);
}

static void an_unreadable_driver_is_neither_true_nor_given_up(void **state)
{
	struct wait_state waiting = wait_start(0, -1, false);
	struct look_result unknown = driverless;

	unknown.holds = ANSWER_UNKNOWN;
	for (int64_t now = 0; now < 10000; now += 100)
		assert_int_equal(verdict_at(&waiting, &unknown, now), VERDICT_WAIT);
}

UNIT(wait_state)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_absent_device_is_waited_for_without_an_analysis),
		cmocka_unit_test(a_bound_driver_counts_when_it_stays),
		cmocka_unit_test(a_probe_that_is_deferred_again_is_not_believed),
		cmocka_unit_test(another_driver_or_device_starts_the_proof_again),
		cmocka_unit_test(a_probe_that_is_not_over_is_waited_for),
		cmocka_unit_test(a_condition_proven_by_one_look_ends_at_once),
		cmocka_unit_test(a_timeout_of_nothing_asks_whether_it_is_so),
		cmocka_unit_test(the_last_look_before_a_timeout_finds_out_why),
		cmocka_unit_test(a_verdict_needs_two_looks),
		cmocka_unit_test(a_device_that_is_being_retried_is_not_given_up),
		cmocka_unit_test(a_device_off_the_list_is_given_up_late),
		cmocka_unit_test(the_patient_wait_for_an_impossible_condition),
		cmocka_unit_test(analyses_take_a_small_part_of_the_time),
		cmocka_unit_test(without_events_analyses_become_rarer),
		cmocka_unit_test(an_event_does_not_delay_the_proof_that_all_hope_is_lost),
		cmocka_unit_test(a_slow_look_is_followed_by_a_longer_gap),
		cmocka_unit_test(where_reading_hangs_looks_become_rare),
		cmocka_unit_test(an_unreadable_driver_is_neither_true_nor_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
