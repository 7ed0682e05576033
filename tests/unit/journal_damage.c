/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Journals that are cut or changed: each byte of them. */
#include "actions/journal.h"
#include "support/check.h"
#include "support/history.h"

#include <errno.h>
#include <string.h>

/* A journal that is cut anywhere reads as one with fewer events, or is malformed. */
static void a_journal_cut_anywhere_is_a_prefix_or_is_malformed(void **state)
{
	struct journal *journal = history_write(), *before = NULL, *now = NULL;
	struct span bytes = history_bytes();
	/* The journal has a line of its own, a line for each device and for each step. */
	size_t header_lines = 1 + history_plan.target_count + history_plan.step_count;
	size_t lines = 0;

	journal_close(journal);
	for (size_t cut = 0; cut <= bytes.length; cut++) {
		struct span part = {bytes.start, cut};
		bool whole = cut && bytes.start[cut - 1] == '\n';
		int result = journal_parse(part, history.arena, &now, &history.error);

		lines += whole;
		assert_int_equal(result, lines < header_lines ? -EINVAL : 0);
		if (result < 0) {
			assert_int_equal(history.error.code, ERROR_MALFORMED);
			continue;
		}
		history_assert_plan(&now->plan, &history_plan);
		assert_int_equal(now->torn, !whole);
		assert_int_equal(now->records, lines);
		if (!whole)
			history_assert_progress(now, before);
		before = now;
	}
	history_assert_progress(now, journal);
}

/* Damage in the last line, or of the newline before it, can look like a crash, and is reported. */
static void no_changed_byte_invents_a_state(void **state)
{
	struct journal *journal = history_write(), *one_less, *two_less, *now = NULL;
	struct span bytes = history_bytes();
	char *copy = arena_text(history.arena, bytes.start, bytes.length);
	const char *last = memrchr(copy, '\n', bytes.length - 1);
	const char *last_but_one = memrchr(copy, '\n', (size_t)(last - copy));
	size_t end = (size_t)(last_but_one - copy) + 1;

	journal_close(journal);
	assert_int_equal(journal_parse((struct span){copy, (size_t)(last - copy) + 1},
				       history.arena, &one_less, &history.error),
			 0);
	assert_int_equal(
		journal_parse((struct span){copy, end}, history.arena, &two_less, &history.error),
		0);
	for (size_t i = 0; i < bytes.length; i++) {
		_autoarena_ struct arena *scratch = arena_new();
		int flip = 1 << i % 8;
		int result;

		copy[i] = (char)(copy[i] ^ flip);
		result = journal_parse((struct span){copy, bytes.length}, scratch, &now,
				       &history.error);
		copy[i] = (char)(copy[i] ^ flip);
		assert_int_equal(result, i < (size_t)(last - copy) ? -EINVAL : 0);
		if (result < 0)
			continue;
		assert_true(now->torn);
		history_assert_progress(now, i == (size_t)(last - copy) ? two_less : one_less);
	}
}

static void a_torn_end_is_dropped_and_the_journal_goes_on_behind_the_rest(void **state)
{
	struct journal *journal = history_begin(), *loaded;
	struct span bytes;

	history_note(journal, 0, STEP_BEGUN, 0);
	history_note(journal, 0, STEP_DONE, 0);
	history_note(journal, 1, STEP_BEGUN, 0);
	/* This record is longer than the next. */
	history_note(journal, 1, STEP_PENDING, 1234567);
	journal_close(journal);
	bytes = history_bytes();
	history_put((struct span){bytes.start, bytes.length - 3});

	loaded = history_load();
	assert_true(loaded->torn);
	assert_int_equal(loaded->steps[1].state, STEP_BEGUN);
	assert_int_equal(journal_resume(history.store, loaded, &history.error), 0);
	history_note(loaded, 0, STEP_UNDO_BEGUN, 0);
	journal_close(loaded);
	loaded = history_load();
	assert_false(loaded->torn);
	assert_int_equal(loaded->steps[0].state, STEP_UNDO_BEGUN);
	assert_int_equal(loaded->steps[1].state, STEP_BEGUN);
}

static void a_malformed_journal_is_not_replaced_and_is_named(void **state)
{
	struct journal *journal = NULL;

	history_put((struct span){"hello\nworld\n", 12});
	assert_true(journal_begin(history.store, history.arena, &history_plan, &journal,
				  &history.error) < 0);
	assert_int_equal(history.error.code, ERROR_MALFORMED);
	assert_string_equal(history.error.evidence, STORE_DIR "/journal");
	assert_true(history.error.remedy[0]);
	assert_int_equal(history_bytes().length, 12);
}

UNIT(journal_damage)
{
	const struct CMUnitTest tests[] = {
		WITH_HISTORY(a_journal_cut_anywhere_is_a_prefix_or_is_malformed),
		WITH_HISTORY(no_changed_byte_invents_a_state),
		WITH_HISTORY(a_torn_end_is_dropped_and_the_journal_goes_on_behind_the_rest),
		WITH_HISTORY(a_malformed_journal_is_not_replaced_and_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
