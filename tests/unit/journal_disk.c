/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Journals on a disk that is full, limited or failing. */
#include "actions/journal.h"
#include "support/check.h"
#include "support/history.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void each_event_is_flushed_before_note_returns(void **state)
{
	struct journal *journal = history_begin();
	unsigned before = history.flushes;

	history_note(journal, 0, STEP_BEGUN, 0);
	assert_int_equal(history.flushes, before + 1);
	assert_int_equal(history_load()->steps[0].state, STEP_BEGUN);
	history_note(journal, 0, STEP_DONE, 0);
	assert_int_equal(history.flushes, before + 2);
	assert_int_equal(journal_end(journal, JOURNAL_DONE, &history.error), 0);
	assert_int_equal(history.flushes, before + 3);
	journal_close(journal);
}

static void what_was_not_flushed_was_not_noted(void **state)
{
	struct journal *journal = history_begin();
	size_t length = history_bytes().length;

	history.flush_fails_with = EIO;
	assert_int_equal(journal_note(journal, 0, STEP_BEGUN, 0, &history.error), -EIO);
	assert_int_equal(history.error.code, ERROR_IO);
	assert_non_null(strstr(history.error.message, STORE_DIR "/journal"));
	assert_int_equal(journal->steps[0].state, STEP_NONE);
	assert_int_equal(history_bytes().length, length);
	/* After a failed flush the content of the disk is unknown. */
	history.flush_fails_with = 0;
	assert_true(journal_note(journal, 0, STEP_BEGUN, 0, &history.error) < 0);
}

static int note_within(struct journal *journal, size_t room)
{
	struct rlimit before, small;
	int result;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = journal->length + room;
	setrlimit(RLIMIT_FSIZE, &small);
	result = journal_note(journal, 0, STEP_BEGUN, 0, &history.error);
	setrlimit(RLIMIT_FSIZE, &before);
	return result;
}

static void a_record_that_found_no_room_leaves_no_trace(void **state)
{
	struct journal *journal = history_begin();
	size_t length = history_bytes().length;

	signal(SIGXFSZ, SIG_IGN);
	for (size_t room = 0; room < 10; room++) {
		assert_int_equal(note_within(journal, room), -EFBIG);
		assert_int_equal(history_bytes().length, length);
	}
	history_note(journal, 0, STEP_BEGUN, 0);
	assert_int_equal(history_load()->steps[0].state, STEP_BEGUN);
	assert_false(history_load()->torn);
	journal_close(journal);
}

static void a_full_disk_is_found_before_anything_is_changed(void **state)
{
	struct journal *journal = NULL;

	history.no_room = ENOSPC;
	assert_int_equal(journal_begin(history.store, history.arena, &history_plan, &journal,
				       &history.error),
			 -ENOSPC);
	assert_null(journal);
	assert_non_null(strstr(history.error.message, STORE_DIR "/journal"));
	assert_non_null(strstr(history.error.remedy, "Make room"));
	assert_false(journal_unfinished(history_load(), store_boot_id(history.store)));
	/* A file system that cannot reserve space is no reason to refuse. */
	history.no_room = EOPNOTSUPP;
	journal_close(history_begin());
}

/* A write beyond RLIMIT_FSIZE fails (setrlimit(2)), so the journal would end half-way. */
static void a_limit_on_file_sizes_is_found_before_anything_is_changed(void **state)
{
	struct journal *journal = NULL;
	struct rlimit limit, old;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	limit.rlim_cur = 2048;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(journal_begin(history.store, history.arena, &history_plan, &journal,
				       &history.error),
			 -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(history.error.code, ERROR_IO);
	/* The file has no record of a step that was begun. */
	assert_false(journal_unfinished(history_load(), store_boot_id(history.store)));
}

static void a_limit_that_leaves_room_is_no_reason_to_refuse(void **state)
{
	struct rlimit before, large;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	large = before;
	large.rlim_cur = 64 << 20;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &large), 0);
	journal_close(history_begin());
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

static void a_file_system_without_reservations_is_no_reason_to_refuse(void **state)
{
	history.no_room = ENOSYS;
	journal_close(history_begin());
}

static void a_plan_that_fills_the_journal_is_not_begun(void **state)
{
	size_t length = 3 << 20;
	char *label = arena_alloc(history.arena, length + 1);
	struct target target = {.label = label, .bus = "pci", .name = "x", .path = "/x"};
	const struct plan large = {.verb = "rebind", .targets = &target, .target_count = 1};
	struct journal *journal = NULL;

	memset(label, 'x', length);
	label[length] = '\0';
	assert_int_equal(
		journal_begin(history.store, history.arena, &large, &journal, &history.error),
		-EFBIG);
	assert_null(journal);
	assert_false(root_has(history.root, STORE_DIR "/journal"));
}

static void a_journal_that_was_removed_is_not_resumed(void **state)
{
	struct journal *loaded;

	journal_close(history_begin());
	loaded = history_load();
	assert_int_equal(
		unlinkat(store_openat(history.store, ".", O_RDONLY | O_DIRECTORY), "journal", 0),
		0);
	assert_int_equal(journal_resume(history.store, loaded, &history.error), -ENOENT);
	assert_non_null(strstr(history.error.message, STORE_DIR "/journal"));
}

UNIT(journal_disk)
{
	const struct CMUnitTest tests[] = {
		WITH_HISTORY(each_event_is_flushed_before_note_returns),
		WITH_HISTORY(what_was_not_flushed_was_not_noted),
		WITH_HISTORY(a_record_that_found_no_room_leaves_no_trace),
		WITH_HISTORY(a_full_disk_is_found_before_anything_is_changed),
		WITH_HISTORY(a_limit_on_file_sizes_is_found_before_anything_is_changed),
		WITH_HISTORY(a_limit_that_leaves_room_is_no_reason_to_refuse),
		WITH_HISTORY(a_file_system_without_reservations_is_no_reason_to_refuse),
		WITH_HISTORY(a_plan_that_fills_the_journal_is_not_begun),
		WITH_HISTORY(a_journal_that_was_removed_is_not_resumed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
