/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a transaction of this boot waits for recover. */
#include "actions/unfinished.h"

#include "support/check.h"
#include "support/history.h"

static void without_a_journal_nothing_is_unfinished(void **state)
{
	assert_int_equal(transaction_unfinished(history.root), ANSWER_NO);
}

static void a_journal_that_has_begun_and_has_no_end_is_unfinished(void **state)
{
	struct journal *journal = history_begin();

	/* Nothing was written yet. */
	assert_int_equal(transaction_unfinished(history.root), ANSWER_NO);
	history_note(journal, 0, STEP_BEGUN, 0);
	assert_int_equal(transaction_unfinished(history.root), ANSWER_YES);
	assert_int_equal(journal_end(journal, JOURNAL_DONE, &history.error), 0);
	assert_int_equal(transaction_unfinished(history.root), ANSWER_NO);
	journal_close(journal);
}

static void a_damaged_journal_is_unknown(void **state)
{
	history_put((struct span){"x", 1});
	assert_int_equal(transaction_unfinished(history.root), ANSWER_UNKNOWN);
}

UNIT(unfinished)
{
	const struct CMUnitTest tests[] = {
		WITH_HISTORY(without_a_journal_nothing_is_unfinished),
		WITH_HISTORY(a_journal_that_has_begun_and_has_no_end_is_unfinished),
		WITH_HISTORY(a_damaged_journal_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
