/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/journal.h"

#include "actions/record.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static const char TREE[] = "/proc/sys/kernel/random/boot_id = 11111111-2222\n"
			   "/run/\n";

static const struct target targets[] = {
	{"0000:01:00.0", "pci", "0000:01:00.0", "/sys/devices/pci0000:00/0000:01:00.0", 0x8086,
	 0xffff, "e1000e", NULL, 12, "vfio-pci", "vfio-pci", "eth0,eth1", NULL, false, 77},
	{"odd\tlabel\n", "", "\\N", "/sys/devices/\xff \\", -1, -1, "", "\x01", -1, NULL, "", "",
	 NULL, true, UINT64_MAX},
	{"c", "platform", "c", "/", 0, 0, NULL, NULL, 0, "", NULL, NULL, NULL, false, 0},
};

static const struct step steps[] = {
	{ACTION_LOAD, -1, NULL, "vfio-pci", NULL, NULL, NULL, NULL},
	{ACTION_UNBIND, 0, "/sys/bus/pci/drivers/e1000e/unbind", "0000:01:00.0",
	 "/sys/bus/pci/drivers/e1000e/bind", "0000:01:00.0", NULL, "e1000e"},
	{ACTION_OVERRIDE, 0, "/sys/devices/\t\n\\\xff", "vfio-pci", "/sys/devices/x", "", "", NULL},
	{ACTION_BIND, 2, "/sys/bus/pci/drivers/vfio-pci/bind", "", "/sys/b", "\n", "vfio-pci", ""},
};

static const struct plan plan = {
	.verb = "rebind",
	.targets = targets,
	.target_count = ARRAY_SIZE(targets),
	.steps = steps,
	.step_count = ARRAY_SIZE(steps),
};

enum {
	HEADER_LINES = 1 + ARRAY_SIZE(targets) + ARRAY_SIZE(steps),
};

static char *dir;
static struct root *root;
static struct store *store;
static struct arena *arena;
static struct error error;

/* Replacement of the C library's fsync, whose disk may fail. */
static int flush_fails_with;
static unsigned flushes;

int fdatasync(int fd)
{
	flushes++;
	if (flush_fails_with) {
		errno = flush_fails_with;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

static int no_room;

int fallocate(int fd, int mode, off_t offset, off_t length)
{
	if (no_room) {
		errno = no_room;
		return -1;
	}
	return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

static int open_tree(void **state)
{
	dir = tree_new(TREE);
	arena = arena_new();
	memset(&error, 0, sizeof(error));
	return root_open(dir, &root, &error) < 0 ? -1 : store_open(root, true, &store, &error);
}

static int close_tree(void **state)
{
	flush_fails_with = 0;
	no_room = 0;
	store_free(store);
	root_free(root);
	arena_free(arena);
	tree_remove(dir);
	return 0;
}

static struct journal *begin(void)
{
	struct journal *journal = NULL;

	assert_int_equal(journal_begin(store, arena, &plan, &journal, &error), 0);
	return journal;
}

static struct journal *load(void)
{
	struct journal *journal = NULL;

	assert_int_equal(journal_load(store, arena, &journal, &error), 0);
	return journal;
}

static void note(struct journal *journal, size_t step, enum step_state state, int detail)
{
	assert_int_equal(journal_note(journal, step, state, detail, &error), 0);
}

static struct span file_bytes(void)
{
	struct span bytes;

	assert_int_equal(store_read(store, "journal", 1 << 20, arena, &bytes, &error), 0);
	return bytes;
}

static void put_file(struct span bytes)
{
	assert_int_equal(store_replace(store, "journal", bytes, &error), 0);
}

static void assert_same_text(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static void assert_same_target(const struct target *a, const struct target *b)
{
	assert_same_text(a->label, b->label);
	assert_same_text(a->bus, b->bus);
	assert_same_text(a->name, b->name);
	assert_same_text(a->path, b->path);
	assert_int_equal(a->vendor_id, b->vendor_id);
	assert_int_equal(a->device_id, b->device_id);
	assert_same_text(a->driver, b->driver);
	assert_same_text(a->driver_override, b->driver_override);
	assert_int_equal(a->group, b->group);
	assert_same_text(a->new_driver, b->new_driver);
	assert_same_text(a->new_override, b->new_override);
	assert_same_text(a->interfaces, b->interfaces);
	assert_int_equal(a->taken_along, b->taken_along);
	assert_int_equal(a->inode, b->inode);
}

static void assert_same_step(const struct step *a, const struct step *b)
{
	assert_int_equal(a->action, b->action);
	assert_int_equal(a->target, b->target);
	assert_same_text(a->file, b->file);
	assert_same_text(a->value, b->value);
	assert_same_text(a->undo_file, b->undo_file);
	assert_same_text(a->undo_value, b->undo_value);
	assert_same_text(a->expect_driver, b->expect_driver);
	assert_same_text(a->undo_driver, b->undo_driver);
}

static void assert_same_plan(const struct plan *a, const struct plan *b)
{
	assert_string_equal(a->verb, b->verb);
	assert_int_equal(a->target_count, b->target_count);
	assert_int_equal(a->step_count, b->step_count);
	for (size_t i = 0; i < a->target_count; i++)
		assert_same_target(&a->targets[i], &b->targets[i]);
	for (size_t i = 0; i < a->step_count; i++)
		assert_same_step(&a->steps[i], &b->steps[i]);
}

static void assert_same_progress(const struct journal *a, const struct journal *b)
{
	assert_int_equal(a->outcome, b->outcome);
	for (size_t i = 0; i < a->plan.step_count; i++) {
		assert_int_equal(a->steps[i].state, b->steps[i].state);
		assert_int_equal(a->steps[i].cause, b->steps[i].cause);
		assert_int_equal(a->steps[i].pid, b->steps[i].pid);
		assert_true(a->steps[i].start_time == b->steps[i].start_time);
	}
}

/* Write one event of each kind, and one more. */
static struct journal *write_history(void)
{
	struct journal *journal = begin();

	note(journal, 0, STEP_BEGUN, 0);
	note(journal, 0, STEP_DONE, 0);
	note(journal, 1, STEP_BEGUN, 0);
	note(journal, 1, STEP_FAILED, -EBUSY);
	note(journal, 2, STEP_BEGUN, 0);
	note(journal, 2, STEP_PENDING, 4711);
	note(journal, 2, STEP_UNDO_BEGUN, 0);
	note(journal, 2, STEP_UNDO_PENDING, 4712);
	note(journal, 1, STEP_UNDO_BEGUN, 0);
	note(journal, 1, STEP_UNDO_FAILED, -524);
	note(journal, 0, STEP_UNDO_BEGUN, 0);
	note(journal, 0, STEP_UNDONE, 0);
	assert_int_equal(journal_end(journal, JOURNAL_UNFINISHED, &error), 0);
	return journal;
}

static void the_whole_plan_comes_back(void **state)
{
	struct journal *journal = begin(), *loaded = load();

	assert_same_plan(&journal->plan, &plan);
	assert_same_plan(&loaded->plan, &plan);
	assert_int_equal(loaded->number, 1);
	assert_int_equal(loaded->pid, getpid());
	assert_string_equal(loaded->boot_id, "11111111-2222");
	assert_true(loaded->time > 1700000000);
	assert_int_equal(loaded->outcome, JOURNAL_OPEN);
	assert_false(loaded->torn);
	for (size_t i = 0; i < plan.step_count; i++)
		assert_int_equal(loaded->steps[i].state, STEP_NONE);
	journal_close(journal);
}

static void every_event_comes_back(void **state)
{
	struct journal *journal = write_history(), *loaded = load();

	assert_same_progress(journal, loaded);
	assert_int_equal(loaded->steps[0].state, STEP_UNDONE);
	assert_int_equal(loaded->steps[1].state, STEP_UNDO_FAILED);
	assert_int_equal(loaded->steps[1].cause, -524);
	assert_int_equal(loaded->steps[2].state, STEP_UNDO_PENDING);
	assert_int_equal(loaded->steps[2].pid, 4712);
	assert_int_equal(loaded->steps[3].state, STEP_NONE);
	assert_int_equal(loaded->outcome, JOURNAL_UNFINISHED);
	journal_close(journal);
}

static void each_event_is_flushed_before_note_returns(void **state)
{
	struct journal *journal = begin();
	unsigned before = flushes;

	note(journal, 0, STEP_BEGUN, 0);
	assert_int_equal(flushes, before + 1);
	assert_int_equal(load()->steps[0].state, STEP_BEGUN);
	note(journal, 0, STEP_DONE, 0);
	assert_int_equal(flushes, before + 2);
	assert_int_equal(journal_end(journal, JOURNAL_DONE, &error), 0);
	assert_int_equal(flushes, before + 3);
	journal_close(journal);
}

static void no_event_comes_before_its_predecessor(void **state)
{
	static const enum step_state never_first[] = {
		STEP_NONE,	 STEP_DONE,   STEP_FAILED,	STEP_PENDING,
		STEP_UNDO_BEGUN, STEP_UNDONE, STEP_UNDO_FAILED, STEP_UNDO_PENDING,
	};
	struct journal *journal = begin();
	size_t length = file_bytes().length;

	for (size_t i = 0; i < ARRAY_SIZE(never_first); i++)
		assert_true(journal_note(journal, 0, never_first[i], 0, &error) < 0);
	assert_true(journal_note(journal, plan.step_count, STEP_BEGUN, 0, &error) < 0);
	assert_int_equal(file_bytes().length, length);
	note(journal, 0, STEP_BEGUN, 0);
	assert_true(journal_note(journal, 0, STEP_UNDONE, 0, &error) < 0);
	assert_true(journal_note(journal, 0, STEP_PENDING, 0, &error) < 0);
	assert_true(journal_note(journal, 0, STEP_FAILED, 5, &error) < 0);
	assert_true(journal_note(journal, 0, STEP_DONE, -EIO, &error) < 0);
	assert_int_equal(load()->steps[0].state, STEP_BEGUN);
	journal_close(journal);
}

/* A journal that is cut anywhere reads as one with fewer events, or is malformed. */
static void a_journal_cut_anywhere_is_a_prefix_or_is_malformed(void **state)
{
	struct journal *journal = write_history(), *before = NULL, *now = NULL;
	struct span bytes = file_bytes();
	size_t lines = 0;

	journal_close(journal);
	for (size_t cut = 0; cut <= bytes.length; cut++) {
		struct span part = {bytes.start, cut};
		bool whole = cut && bytes.start[cut - 1] == '\n';
		int result = journal_parse(part, arena, &now, &error);

		lines += whole;
		assert_int_equal(result, lines < HEADER_LINES ? -EINVAL : 0);
		if (result < 0) {
			assert_int_equal(error.code, ERROR_MALFORMED);
			continue;
		}
		assert_same_plan(&now->plan, &plan);
		assert_int_equal(now->torn, !whole);
		assert_int_equal(now->records, lines);
		if (!whole)
			assert_same_progress(now, before);
		before = now;
	}
	assert_same_progress(now, journal);
}

/* Damage in the last line, or of the newline before it, can look like a crash, and is reported. */
static void no_changed_byte_invents_a_state(void **state)
{
	struct journal *journal = write_history(), *one_less, *two_less, *now = NULL;
	struct span bytes = file_bytes();
	char *copy = arena_text(arena, bytes.start, bytes.length);
	const char *last = memrchr(copy, '\n', bytes.length - 1);
	const char *last_but_one = memrchr(copy, '\n', (size_t)(last - copy));
	size_t end = (size_t)(last_but_one - copy) + 1;

	journal_close(journal);
	assert_int_equal(journal_parse((struct span){copy, (size_t)(last - copy) + 1}, arena,
				       &one_less, &error),
			 0);
	assert_int_equal(journal_parse((struct span){copy, end}, arena, &two_less, &error), 0);
	for (size_t i = 0; i < bytes.length; i++) {
		_autoarena_ struct arena *scratch = arena_new();
		int flip = 1 << i % 8;
		int result;

		copy[i] = (char)(copy[i] ^ flip);
		result = journal_parse((struct span){copy, bytes.length}, scratch, &now, &error);
		copy[i] = (char)(copy[i] ^ flip);
		assert_int_equal(result, i < (size_t)(last - copy) ? -EINVAL : 0);
		if (result < 0)
			continue;
		assert_true(now->torn);
		assert_same_progress(now, i == (size_t)(last - copy) ? two_less : one_less);
	}
}

static void a_torn_end_is_dropped_and_the_journal_goes_on_behind_the_rest(void **state)
{
	struct journal *journal = begin(), *loaded;
	struct span bytes;

	note(journal, 0, STEP_BEGUN, 0);
	note(journal, 0, STEP_DONE, 0);
	note(journal, 1, STEP_BEGUN, 0);
	/* This record is longer than the next. */
	note(journal, 1, STEP_PENDING, 1234567);
	journal_close(journal);
	bytes = file_bytes();
	put_file((struct span){bytes.start, bytes.length - 3});

	loaded = load();
	assert_true(loaded->torn);
	assert_int_equal(loaded->steps[1].state, STEP_BEGUN);
	assert_int_equal(journal_resume(store, loaded, &error), 0);
	note(loaded, 0, STEP_UNDO_BEGUN, 0);
	journal_close(loaded);
	loaded = load();
	assert_false(loaded->torn);
	assert_int_equal(loaded->steps[0].state, STEP_UNDO_BEGUN);
	assert_int_equal(loaded->steps[1].state, STEP_BEGUN);
}

static void a_journal_that_was_not_ended_is_work_for_recover(void **state)
{
	struct journal *journal = begin();

	assert_false(journal_unfinished(journal, store_boot_id(store)));
	note(journal, 0, STEP_BEGUN, 0);
	assert_true(journal_unfinished(journal, store_boot_id(store)));
	assert_int_equal(journal_end(journal, JOURNAL_UNFINISHED, &error), 0);
	assert_true(journal_unfinished(journal, store_boot_id(store)));
	note(journal, 0, STEP_UNDO_BEGUN, 0);
	note(journal, 0, STEP_UNDONE, 0);
	assert_int_equal(load()->outcome, JOURNAL_OPEN);
	assert_true(journal_unfinished(load(), store_boot_id(store)));
	assert_int_equal(journal_end(journal, JOURNAL_ROLLED_BACK, &error), 0);
	assert_false(journal_unfinished(load(), store_boot_id(store)));
	journal_close(journal);
}

static void an_unfinished_journal_is_not_replaced(void **state)
{
	struct journal *journal = begin(), *second = NULL;

	note(journal, 0, STEP_BEGUN, 0);
	journal_close(journal);
	assert_true(journal_begin(store, arena, &plan, &second, &error) < 0);
	assert_int_equal(error.code, ERROR_INTERRUPTED);
	assert_non_null(strstr(error.remedy, "recover"));
	assert_null(second);
	assert_int_equal(load()->steps[0].state, STEP_BEGUN);
}

static void a_malformed_journal_is_not_replaced_and_is_named(void **state)
{
	struct journal *journal = NULL;

	put_file((struct span){"hello\nworld\n", 12});
	assert_true(journal_begin(store, arena, &plan, &journal, &error) < 0);
	assert_int_equal(error.code, ERROR_MALFORMED);
	assert_string_equal(error.evidence, STORE_DIR "/journal");
	assert_true(error.remedy[0]);
	assert_int_equal(file_bytes().length, 12);
}

static void transactions_are_numbered(void **state)
{
	for (unsigned i = 1; i <= 3; i++) {
		struct journal *journal = begin();

		assert_int_equal(journal->number, i);
		note(journal, 0, STEP_BEGUN, 0);
		assert_int_equal(journal_end(journal, JOURNAL_DONE, &error), 0);
		journal_close(journal);
	}
}

static void the_journal_of_another_boot_is_history(void **state)
{
	struct journal *journal = begin();

	note(journal, 0, STEP_BEGUN, 0);
	journal_close(journal);
	assert_false(journal_unfinished(load(), "33333333-4444"));

	store_free(store);
	tree_unpack("/proc/sys/kernel/random/boot_id = 33333333-4444\n", dir);
	assert_int_equal(store_open(root, true, &store, &error), 0);
	journal = begin();
	assert_int_equal(journal->number, 2);
	assert_string_equal(load()->boot_id, "33333333-4444");
	journal_close(journal);
}

static void there_may_be_no_journal(void **state)
{
	struct journal *journal = NULL;

	assert_int_equal(journal_load(store, arena, &journal, &error), -ENOENT);
	assert_int_equal(error.code, ERROR_NONE);
	assert_null(journal);
}

static void what_was_not_flushed_was_not_noted(void **state)
{
	struct journal *journal = begin();
	size_t length = file_bytes().length;

	flush_fails_with = EIO;
	assert_int_equal(journal_note(journal, 0, STEP_BEGUN, 0, &error), -EIO);
	assert_int_equal(error.code, ERROR_IO);
	assert_non_null(strstr(error.message, STORE_DIR "/journal"));
	assert_int_equal(journal->steps[0].state, STEP_NONE);
	assert_int_equal(file_bytes().length, length);
	/* After a failed flush the content of the disk is unknown. */
	flush_fails_with = 0;
	assert_true(journal_note(journal, 0, STEP_BEGUN, 0, &error) < 0);
}

static int note_within(struct journal *journal, size_t room)
{
	struct rlimit before, small;
	int result;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = journal->length + room;
	setrlimit(RLIMIT_FSIZE, &small);
	result = journal_note(journal, 0, STEP_BEGUN, 0, &error);
	setrlimit(RLIMIT_FSIZE, &before);
	return result;
}

static void a_record_that_found_no_room_leaves_no_trace(void **state)
{
	struct journal *journal = begin();
	size_t length = file_bytes().length;

	signal(SIGXFSZ, SIG_IGN);
	for (size_t room = 0; room < 10; room++) {
		assert_int_equal(note_within(journal, room), -EFBIG);
		assert_int_equal(file_bytes().length, length);
	}
	note(journal, 0, STEP_BEGUN, 0);
	assert_int_equal(load()->steps[0].state, STEP_BEGUN);
	assert_false(load()->torn);
	journal_close(journal);
}

static void a_full_disk_is_found_before_anything_is_changed(void **state)
{
	struct journal *journal = NULL;

	no_room = ENOSPC;
	assert_int_equal(journal_begin(store, arena, &plan, &journal, &error), -ENOSPC);
	assert_null(journal);
	assert_non_null(strstr(error.message, STORE_DIR "/journal"));
	assert_non_null(strstr(error.remedy, "Make room"));
	assert_false(journal_unfinished(load(), store_boot_id(store)));
	/* A file system that cannot reserve space is no reason to refuse. */
	no_room = EOPNOTSUPP;
	journal_close(begin());
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
	assert_int_equal(journal_begin(store, arena, &plan, &journal, &error), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(error.code, ERROR_IO);
	/* The file has no record of a step that was begun. */
	assert_false(journal_unfinished(load(), store_boot_id(store)));
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
	struct plan broken = plan;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		broken.steps = &bad[i];
		broken.step_count = 1;
		assert_true(journal_begin(store, arena, &broken, &journal, &error) < 0);
		assert_false(root_has(root, STORE_DIR "/journal"));
	}
}

/* Replace the first line by @line, with a valid checksum. */
static int parse_with_header(const char *line)
{
	struct span bytes = file_bytes();
	const char *rest = strchr(bytes.start, '\n');
	char *text =
		arena_printf(arena, "%08x %s%s", record_checksum(line, strlen(line)), line, rest);
	struct journal *journal;

	return journal_parse((struct span){text, strlen(text)}, arena, &journal, &error);
}

static void another_version_is_not_guessed_at(void **state)
{
	journal_close(begin());
	assert_int_equal(parse_with_header("1 journal\t2\t1\tb\t1\t1\trebind\t1\t3\t4"), 0);
	assert_int_equal(parse_with_header("1 journal\t3\tall\tis\tnew"), -EINVAL);
	assert_non_null(strstr(error.message, "another version"));
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

	assert_int_equal(root_open(TESTS_DIR "/tables/good", &tables, &error), 0);
	assert_int_equal(
		root_read_all(tables, arena, "/torn.journal", 1 << 20, &text, &bytes.length), 0);
	bytes.start = text;
	root_free(tables);
	assert_int_equal(journal_parse(bytes, arena, &journal, &error), 0);
	assert_true(journal->plan.target_count > 0);
	assert_string_equal(journal->plan.targets[0].bus, "pci");
	assert_int_equal(journal->plan.targets[0].inode, 0);
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, open_tree, close_tree)

UNIT(journal)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(the_whole_plan_comes_back),
		WITH_TREE(every_event_comes_back),
		WITH_TREE(each_event_is_flushed_before_note_returns),
		WITH_TREE(no_event_comes_before_its_predecessor),
		WITH_TREE(a_journal_cut_anywhere_is_a_prefix_or_is_malformed),
		WITH_TREE(no_changed_byte_invents_a_state),
		WITH_TREE(a_torn_end_is_dropped_and_the_journal_goes_on_behind_the_rest),
		WITH_TREE(a_journal_that_was_not_ended_is_work_for_recover),
		WITH_TREE(an_unfinished_journal_is_not_replaced),
		WITH_TREE(a_malformed_journal_is_not_replaced_and_is_named),
		WITH_TREE(transactions_are_numbered),
		WITH_TREE(the_journal_of_another_boot_is_history),
		WITH_TREE(there_may_be_no_journal),
		WITH_TREE(what_was_not_flushed_was_not_noted),
		WITH_TREE(a_record_that_found_no_room_leaves_no_trace),
		WITH_TREE(a_full_disk_is_found_before_anything_is_changed),
		WITH_TREE(a_limit_on_file_sizes_is_found_before_anything_is_changed),
		WITH_TREE(a_plan_that_could_not_be_carried_out_again_is_not_begun),
		WITH_TREE(another_version_is_not_guessed_at),
		WITH_TREE(the_form_of_version_1_still_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
