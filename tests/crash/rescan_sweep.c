/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rescan that is killed or disturbed at every write. Recover ends with all devices as they were,
 * and with no transaction that stays open.
 */
#include "crash/port.h"
#include "crash/setting.h"

#include "support/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

/* The end of one disturbed run, which recover has to finish where the run did not. */
static void must_end_well(bool killed, const char *when)
{
	fake_heals(fake);
	setting_wait_for_writers();
	if (killed || ended->code == ERROR_UNFINISHED) {
		setting_wish(&rescan_nic);
		if (ended->code != ERROR_INTERRUPTED)
			fail_msg("%s: a new change is not refused: %s", when, ended->message);
		setting_wish(NULL);
		if (ended->result < 0)
			fail_msg("%s: recover: %s", when, ended->message);
	} else if (ended->code != ERROR_NONE && ended->code != ERROR_ROLLED_BACK &&
		   ended->code != ERROR_PERMISSION) {
		fail_msg("%s: %s", when, ended->message);
	}
	setting_must_be_as_before(when);
	setting_must_be_closed();
}

static const struct fake_fault disturbances[] = {
	{FAKE_KILLS_BEFORE, 0, 0, false},  {FAKE_KILLS_AFTER, 0, 0, false},
	{FAKE_ORPHANS, 0, 0, false},	   {FAKE_LOSES_WRITER, 0, 0, false},
	{FAKE_FAILS, 0, EIO, false},	   {FAKE_FAILS, 0, EACCES, true},
	{FAKE_FAILS_AFTER, 0, EIO, false}, {FAKE_LIES, 0, 0, false},
	{FAKE_HANGS, 0, 0, false},	   {FAKE_SIGNALS, 0, SIGINT, false},
	{FAKE_SIGNALS_ALL, 0, 0, false},
};

static unsigned writes_of_undisturbed(void)
{
	unsigned writes;

	setting_wish(&rescan_port);
	assert_int_equal(ended->outcome, OUTCOME_DONE);
	writes = fake_count(fake);
	assert_true(writes >= 6);
	return writes;
}

static bool strike(const struct fake_fault *fault, unsigned write)
{
	struct fake_fault copy = *fault;

	copy.write = write;
	fake_inject(fake, copy);
	return setting_wish_apart(&rescan_port,
				  fault->kind == FAKE_HANGS ? IMPATIENCE_MS : PATIENCE_MS);
}

static void it_is_disturbed_at_each_write_and_nothing_is_lost(void **state)
{
	unsigned writes = writes_of_undisturbed();

	for (unsigned write = 1; write <= writes; write++) {
		for (size_t i = 0; i < ARRAY_SIZE(disturbances); i++) {
			char when[64];
			bool killed;

			port_tear_down(NULL);
			port_set_up(NULL);
			snprintf(when, sizeof(when), "kind %u at write %u",
				 (unsigned)disturbances[i].kind, write);
			killed = strike(&disturbances[i], write);
			if (disturbances[i].kind == FAKE_SIGNALS)
				assert_int_equal(ended->code, ERROR_ROLLED_BACK);
			if (disturbances[i].kind == FAKE_SIGNALS_ALL)
				assert_int_equal(ended->code, ERROR_NONE);
			must_end_well(killed, when);
		}
	}
}

static void recover_is_killed_at_each_write_too(void **state)
{
	static const enum fake_fault_kind kinds[] = {FAKE_KILLS_BEFORE, FAKE_KILLS_AFTER,
						     FAKE_ORPHANS};
	static const struct fake_fault kill = {FAKE_KILLS_AFTER, 0, 0, false};
	unsigned writes = writes_of_undisturbed();

	for (unsigned first = 1; first <= writes; first++) {
		for (unsigned second = first + 1; second <= first + writes; second++) {
			char when[64];

			port_tear_down(NULL);
			port_set_up(NULL);
			snprintf(when, sizeof(when), "killed at %u and %u", first, second);
			assert_true(strike(&kill, first));
			fake_inject(fake, (struct fake_fault){kinds[second % ARRAY_SIZE(kinds)],
							      second, 0, false});
			if (!setting_wish_apart(NULL, PATIENCE_MS)) {
				assert_int_equal(ended->result, 0);
				setting_must_be_as_before(when);
				setting_must_be_closed();
				break;
			}
			must_end_well(true, when);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_NEW(it_is_disturbed_at_each_write_and_nothing_is_lost),
		ON_NEW(recover_is_killed_at_each_write_too),
	};

	return cmocka_run_group_tests(tests, port_open, setting_close);
}
