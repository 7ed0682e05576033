/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which changes between two moments the transaction of the journal may have made. */
#include "actions/authors.h"

#include "support/check.h"
#include "support/history.h"

static struct authorship read_now(void)
{
	return authorship_read(history.root, history.arena);
}

static const char *author(const struct authorship *before, const char *device)
{
	struct authorship now = read_now();

	return authorship_of(before, &now, device, history.arena);
}

static void without_a_journal_there_is_no_author(void **state)
{
	struct authorship none = read_now();

	assert_int_equal(none.number, 0);
	assert_null(author(&none, history_plan.targets[0].label));
}

static void a_transaction_that_ran_meanwhile_is_named(void **state)
{
	struct authorship none = read_now(), open, ended;
	struct journal *journal = history_begin();
	const char *device = history_plan.targets[0].label, *wanted;

	wanted = arena_printf(history.arena, "%s %llu", history_plan.verb,
			      (unsigned long long)journal->number);
	assert_string_equal(author(&none, device), wanted);
	open = read_now();
	assert_true(open.open);
	assert_string_equal(author(&open, device), wanted);
	assert_int_equal(journal_end(journal, JOURNAL_DONE, &history.error), 0);
	journal_close(journal);
	/* It ended between the two looks, and was over before the next two. */
	assert_string_equal(author(&open, device), wanted);
	ended = read_now();
	assert_null(author(&ended, device));
}

static void other_devices_have_no_author(void **state)
{
	struct authorship none = read_now();
	struct journal *journal = history_begin();

	assert_null(author(&none, "0000:ff:1f.7"));
	assert_null(author(&none, NULL));
	journal_close(journal);
}

static void a_damaged_journal_has_no_author(void **state)
{
	struct authorship none = {0};

	history_put((struct span){"x", 1});
	assert_null(author(&none, history_plan.targets[0].label));
}

UNIT(authors)
{
	const struct CMUnitTest tests[] = {
		WITH_HISTORY(without_a_journal_there_is_no_author),
		WITH_HISTORY(a_transaction_that_ran_meanwhile_is_named),
		WITH_HISTORY(other_devices_have_no_author),
		WITH_HISTORY(a_damaged_journal_has_no_author),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
