/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes as the files of /proc show them, also in a tree of another machine. */
#include "base/process.h"
#include "support/arena.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct root *open_tree(const char *text, char **ret_dir)
{
	struct root *root = NULL;
	struct error error = {0};

	*ret_dir = tree_new(text);
	assert_int_equal(root_open(*ret_dir, &root, &error), 0);
	return root;
}

/* The description of process 7 of the tree @text. */
static const char *description(const char *text)
{
	char *dir;
	_autoroot_ struct root *root = open_tree(text, &dir);
	const char *found = process_describe(root, arena, 7);

	tree_remove(dir);
	return found;
}

static void a_process_is_described_by_its_command_and_its_guest(void **state)
{
	assert_string_equal(description("/proc/7/comm = sshd\n"), "sshd (process 7)");
	assert_string_equal(description("/proc/8/comm = sshd\n"), "process 7");
	assert_string_equal(description("/proc/7/comm = \n"), "process 7");
	assert_string_equal(
		description("/proc/7/comm = qemu-system-x86\n"
			    "/proc/7/cmdline = qemu\\x00-name\\x00guest=web,debug=on\\x00\\c\n"),
		"qemu-system-x86 (process 7, domain web)");
	assert_string_equal(description("/proc/7/comm = kvm\n"
					"/proc/7/cmdline = kvm\\x00-name\\x00my,,guest\\x00\\c\n"),
			    "kvm (process 7, domain my,guest)");
	assert_string_equal(description("/proc/7/comm = kvm\n"), "kvm (process 7)");
	assert_string_equal(
		description("/proc/7/comm = kvm\n/proc/7/cmdline = kvm\\x00-m\\x00\\c\n"),
		"kvm (process 7)");
	assert_string_equal(
		description("/proc/7/comm = kvm\n/proc/7/cmdline = kvm\\x00-name\\x00\\c\n"),
		"kvm (process 7)");
}

static bool stat_of(const char *text, struct process_stat *ret_stat)
{
	char *dir;
	_autoroot_ struct root *root = open_tree(text, &dir);
	bool found = process_stat(root, 7, ret_stat);

	tree_remove(dir);
	return found;
}

#define FIELDS_5_TO_21 " 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0"

static void the_fields_of_stat_are_counted_behind_the_name(void **state)
{
	struct process_stat stat;

	assert_true(stat_of("/proc/7/stat = 7 () Z 1 () S 42" FIELDS_5_TO_21 " 99\n", &stat));
	assert_int_equal(stat.state, 'S');
	assert_int_equal(stat.parent, 42);
	assert_int_equal(stat.start_time, 99);
}

static void a_stat_that_is_cut_tells_what_it_has(void **state)
{
	struct process_stat stat;

	assert_true(stat_of("/proc/7/stat = 7 (sh) S\n", &stat));
	assert_int_equal(stat.parent, 0);
	assert_int_equal(stat.start_time, 0);
	assert_true(stat_of("/proc/7/stat = 7 (sh) S x" FIELDS_5_TO_21 " y\n", &stat));
	assert_int_equal(stat.parent, 0);
	assert_int_equal(stat.start_time, 0);
	assert_false(stat_of("/proc/7/stat = 7 (sh)\n", &stat));
	assert_false(stat_of("/proc/7/stat = 7 (sh)S 1\n", &stat));
	assert_false(stat_of("/proc/7/stat = 7 (sh) \n", &stat));
	assert_false(stat_of("/proc/7/stat = 7 sh S 1\n", &stat));
	assert_false(stat_of("/proc/8/stat = 8 (sh) S 1\n", &stat));
}

/* Whether this process lives, if /proc says @stat of it. */
static bool lives(const char *stat, uint64_t start_time)
{
	char *dir;
	_autoroot_ struct root *root =
		open_tree(arena_printf(arena, "/proc/%d/stat = %s\n", (int)getpid(), stat), &dir);
	bool found = process_lives(root, getpid(), start_time);

	tree_remove(dir);
	return found;
}

static void a_process_lives_if_it_has_not_ended_and_began_then(void **state)
{
	assert_true(lives("1 (sh) S 1" FIELDS_5_TO_21 " 99", 99));
	assert_true(lives("1 (sh) S 1" FIELDS_5_TO_21 " 99", 0));
	assert_true(lives("1 (sh) S 1", 99));
	assert_true(lives("no stat", 99));
	assert_false(lives("1 (sh) S 1" FIELDS_5_TO_21 " 98", 99));
	assert_false(lives("1 (sh) Z 1" FIELDS_5_TO_21 " 99", 99));
	assert_false(lives("1 (sh) X 1" FIELDS_5_TO_21 " 99", 99));
}

static void no_process_has_a_number_below_1(void **state)
{
	char *dir;
	_autoroot_ struct root *root = open_tree("/proc/\n", &dir);

	assert_false(process_lives(root, 0, 0));
	assert_false(process_lives(root, -1, 0));
	tree_remove(dir);
}

static bool hidden(const char *text)
{
	char *dir;
	_autoroot_ struct root *root = open_tree(text, &dir);
	bool found = process_hidden(root) != NULL;

	tree_remove(dir);
	return found;
}

static void a_proc_that_hides_processes_is_known_by_its_mount(void **state)
{
#define MOUNT "/proc/1/\n/proc/self/mountinfo = 30 29 0:5 / /proc rw - proc proc rw"
	assert_true(hidden(MOUNT ",hidepid=2\n"));
	assert_true(hidden(MOUNT ",hidepid=invisible\n"));
	assert_true(hidden(MOUNT ",hidepid=4\n"));
	assert_true(hidden(MOUNT ",hidepid=ptraceable\n"));
	assert_false(hidden(MOUNT ",hidepid=1\n"));
	assert_false(hidden("/proc/1/\n"));
	assert_true(hidden("/proc/\n"));
	assert_false(hidden(MOUNT ",hidepid=2\n/proc/1/ns/mnt -> mnt:[100]\n"));
#undef MOUNT
}

UNIT(process_files)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_described_by_its_command_and_its_guest),
		cmocka_unit_test(the_fields_of_stat_are_counted_behind_the_name),
		cmocka_unit_test(a_stat_that_is_cut_tells_what_it_has),
		cmocka_unit_test(a_process_lives_if_it_has_not_ended_and_began_then),
		cmocka_unit_test(no_process_has_a_number_below_1),
		cmocka_unit_test(a_proc_that_hides_processes_is_known_by_its_mount),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
