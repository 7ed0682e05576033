/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan and its events come back from the journal, and what may be written after what. */
#include "actions/journal.h"
#include "actions/record.h"
#include "support/check.h"
#include "support/history.h"
#include "support/tree.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void the_whole_plan_comes_back(void **state)
{
	struct journal *journal = history_begin(), *loaded = history_load();

	history_assert_plan(&journal->plan, &history_plan);
	history_assert_plan(&loaded->plan, &history_plan);
	assert_int_equal(loaded->number, 1);
	assert_int_equal(loaded->pid, getpid());
	assert_string_equal(loaded->boot_id, "11111111-2222");
	assert_true(loaded->time > 1700000000);
	assert_int_equal(loaded->outcome, JOURNAL_OPEN);
	assert_false(loaded->torn);
	for (size_t i = 0; i < history_plan.step_count; i++)
		assert_int_equal(loaded->steps[i].state, STEP_NONE);
	journal_close(journal);
}

static void every_event_comes_back(void **state)
{
	struct journal *journal = history_write(), *loaded = history_load();

	history_assert_progress(journal, loaded);
	assert_int_equal(loaded->steps[0].state, STEP_UNDONE);
	assert_int_equal(loaded->steps[1].state, STEP_UNDO_FAILED);
	assert_int_equal(loaded->steps[1].cause, -524);
	assert_int_equal(loaded->steps[2].state, STEP_UNDO_PENDING);
	assert_int_equal(loaded->steps[2].pid, 4712);
	assert_int_equal(loaded->steps[3].state, STEP_NONE);
	assert_int_equal(loaded->outcome, JOURNAL_UNFINISHED);
	journal_close(journal);
}

static void no_event_comes_before_its_predecessor(void **state)
{
	static const enum step_state never_first[] = {
		STEP_NONE,	 STEP_DONE,   STEP_FAILED,	STEP_PENDING,
		STEP_UNDO_BEGUN, STEP_UNDONE, STEP_UNDO_FAILED, STEP_UNDO_PENDING,
	};
	struct journal *journal = history_begin();
	size_t length = history_bytes().length;

	for (size_t i = 0; i < ARRAY_SIZE(never_first); i++)
		assert_true(journal_note(journal, 0, never_first[i], 0, &history.error) < 0);
	assert_true(journal_note(journal, history_plan.step_count, STEP_BEGUN, 0, &history.error) <
		    0);
	assert_int_equal(history_bytes().length, length);
	history_note(journal, 0, STEP_BEGUN, 0);
	assert_true(journal_note(journal, 0, STEP_UNDONE, 0, &history.error) < 0);
	assert_true(journal_note(journal, 0, STEP_PENDING, 0, &history.error) < 0);
	assert_true(journal_note(journal, 0, STEP_FAILED, 5, &history.error) < 0);
	assert_true(journal_note(journal, 0, STEP_DONE, -EIO, &history.error) < 0);
	assert_int_equal(history_load()->steps[0].state, STEP_BEGUN);
	journal_close(journal);
}

static void a_journal_that_was_not_ended_is_work_for_recover(void **state)
{
	struct journal *journal = history_begin();

	assert_false(journal_unfinished(journal, store_boot_id(history.store)));
	history_note(journal, 0, STEP_BEGUN, 0);
	assert_true(journal_unfinished(journal, store_boot_id(history.store)));
	assert_int_equal(journal_end(journal, JOURNAL_UNFINISHED, &history.error), 0);
	assert_true(journal_unfinished(journal, store_boot_id(history.store)));
	history_note(journal, 0, STEP_UNDO_BEGUN, 0);
	history_note(journal, 0, STEP_UNDONE, 0);
	assert_int_equal(history_load()->outcome, JOURNAL_OPEN);
	assert_true(journal_unfinished(history_load(), store_boot_id(history.store)));
	assert_int_equal(journal_end(journal, JOURNAL_ROLLED_BACK, &history.error), 0);
	assert_false(journal_unfinished(history_load(), store_boot_id(history.store)));
	journal_close(journal);
}

static void an_unfinished_journal_is_not_replaced(void **state)
{
	struct journal *journal = history_begin(), *second = NULL;

	history_note(journal, 0, STEP_BEGUN, 0);
	journal_close(journal);
	assert_true(journal_begin(history.store, history.arena, &history_plan, &second,
				  &history.error) < 0);
	assert_int_equal(history.error.code, ERROR_INTERRUPTED);
	assert_non_null(strstr(history.error.remedy, "recover"));
	assert_null(second);
	assert_int_equal(history_load()->steps[0].state, STEP_BEGUN);
}

static void transactions_are_numbered(void **state)
{
	for (unsigned i = 1; i <= 3; i++) {
		struct journal *journal = history_begin();

		assert_int_equal(journal->number, i);
		history_note(journal, 0, STEP_BEGUN, 0);
		assert_int_equal(journal_end(journal, JOURNAL_DONE, &history.error), 0);
		journal_close(journal);
	}
}

static void the_journal_of_another_boot_is_history(void **state)
{
	struct journal *journal = history_begin();

	history_note(journal, 0, STEP_BEGUN, 0);
	journal_close(journal);
	assert_false(journal_unfinished(history_load(), "33333333-4444"));

	store_free(history.store);
	tree_unpack("/proc/sys/kernel/random/boot_id = 33333333-4444\n", history.dir);
	assert_int_equal(store_open(history.root, true, &history.store, &history.error), 0);
	journal = history_begin();
	assert_int_equal(journal->number, 2);
	assert_string_equal(history_load()->boot_id, "33333333-4444");
	journal_close(journal);
}

static void there_may_be_no_journal(void **state)
{
	struct journal *journal = NULL;

	assert_int_equal(journal_load(history.store, history.arena, &journal, &history.error),
			 -ENOENT);
	assert_int_equal(history.error.code, ERROR_NONE);
	assert_null(journal);
}

static void a_plan_that_could_not_be_carried_out_again_is_not_begun(void **state)
{
	static const struct step bad[] = {
		{ACTION_BIND, 3, "/sys/bind", "x"},
		{ACTION_BIND, -2, "/sys/bind", "x"},
		{ACTION_BIND, 0, NULL, "x"},
		{ACTION_BIND, 0, "sys/bind", "x"},
		{ACTION_BIND, 0, "/sys/bind", NULL},
		{ACTION_BIND, 0, "/sys/bind", "x", "/sys/unbind", NULL},
	};
	struct journal *journal = NULL;
	struct plan broken = history_plan;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		broken.steps = &bad[i];
		broken.step_count = 1;
		assert_true(journal_begin(history.store, history.arena, &broken, &journal,
					  &history.error) < 0);
		assert_false(root_has(history.root, STORE_DIR "/journal"));
	}
}

/* Replace the first line by @line, with a valid checksum. */
static int parse_with_header(const char *line)
{
	struct span bytes = history_bytes();
	const char *rest = strchr(bytes.start, '\n');
	char *text = arena_printf(history.arena, "%08x %s%s", record_checksum(line, strlen(line)),
				  line, rest);
	struct journal *journal;

	return journal_parse((struct span){text, strlen(text)}, history.arena, &journal,
			     &history.error);
}

static void another_version_is_not_guessed_at(void **state)
{
	journal_close(history_begin());
	assert_int_equal(parse_with_header("1 journal\t2\t1\tb\t1\t1\trebind\t1\t3\t4"), 0);
	assert_int_equal(parse_with_header("1 journal\t3\tall\tis\tnew"), -EINVAL);
	assert_non_null(strstr(history.error.message, "another version"));
	assert_int_equal(parse_with_header("1 journal\t2\t1\tb\t1\t1\trebind\t1\t3\t5"), -EINVAL);
	assert_int_equal(parse_with_header("1 journal\t2\t1\tb\t1\t1\trebind\t1\t2\t5"), -EINVAL);
	assert_int_equal(parse_with_header("1 journal\t2\t1\tb\t1\t1\trebind\t1\t99999999\t5"),
			 -EINVAL);
	assert_int_equal(parse_with_header("1 taken\t1"), -EINVAL);
}

/* The lines that iommuctl wrote before it stored inodes. */
static void the_form_of_version_1_still_reads(void **state)
{
	struct root *tables = NULL;
	struct journal *journal;
	struct span bytes;
	char *text;

	assert_int_equal(root_open(TESTS_DIR "/tables/good", &tables, &history.error), 0);
	assert_int_equal(root_read_all(tables, history.arena, "/torn.journal", 1 << 20, &text,
				       &bytes.length),
			 0);
	bytes.start = text;
	root_free(tables);
	assert_int_equal(journal_parse(bytes, history.arena, &journal, &history.error), 0);
	assert_true(journal->plan.target_count > 0);
	assert_string_equal(journal->plan.targets[0].bus, "pci");
	assert_int_equal(journal->plan.targets[0].inode, 0);
}

UNIT(journal)
{
	const struct CMUnitTest tests[] = {
		WITH_HISTORY(the_whole_plan_comes_back),
		WITH_HISTORY(every_event_comes_back),
		WITH_HISTORY(no_event_comes_before_its_predecessor),
		WITH_HISTORY(a_journal_that_was_not_ended_is_work_for_recover),
		WITH_HISTORY(an_unfinished_journal_is_not_replaced),
		WITH_HISTORY(transactions_are_numbered),
		WITH_HISTORY(the_journal_of_another_boot_is_history),
		WITH_HISTORY(there_may_be_no_journal),
		WITH_HISTORY(a_plan_that_could_not_be_carried_out_again_is_not_begun),
		WITH_HISTORY(another_version_is_not_guessed_at),
		WITH_HISTORY(the_form_of_version_1_still_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
