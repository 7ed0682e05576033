/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a transaction of this boot waits for recover. */
#include "actions/unfinished.h"

#include "support/check.h"
#include "support/history.h"

/* Whether recover has work, where the journal has @state. */
static bool is_unfinished(enum source_state state)
{
	struct source source;
	bool unfinished;

	assert_int_equal(transaction_unfinished(history.root, history.arena, &source, &unfinished,
						&history.error),
			 0);
	assert_int_equal(source.state, state);
	return unfinished;
}

static void without_a_journal_nothing_is_unfinished(void **state)
{
	assert_false(is_unfinished(SOURCE_ABSENT));
}

static void a_journal_that_has_begun_and_has_no_end_is_unfinished(void **state)
{
	struct journal *journal = history_begin();

	/* Nothing was written yet. */
	assert_false(is_unfinished(SOURCE_READ));
	history_note(journal, 0, STEP_BEGUN, 0);
	assert_true(is_unfinished(SOURCE_READ));
	assert_int_equal(journal_end(journal, JOURNAL_DONE, &history.error), 0);
	assert_false(is_unfinished(SOURCE_READ));
	journal_close(journal);
}

static void a_damaged_journal_is_unknown(void **state)
{
	history_put((struct span){"x", 1});
	assert_false(is_unfinished(SOURCE_MALFORMED));
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
