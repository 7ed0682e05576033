/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about other processes: one blocks its readers, and one has the number of another. */
#include "base/process.h"
#include "base/clock.h"
#include "support/check.h"
#include "support/hang.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Process 1 always runs; the tree sets its name and its start time. */
static const char TREE[] =
	"/proc/42/comm = qemu-system-x86\n"
	"/proc/43/comm = cat\n"
	"/proc/1/stat = 1 (a) Z 1 (b) S 0 1 1 0 -1 4 5 6 7 8 9 10 11 12 20 0 1 0 4711 100 200\n"
	"/proc/2/stat = 2 (short) S 0 1\n"
	"/proc/3/stat = nothing\n";

static char *dir;
static struct root *root;

static void write_arguments(void)
{
	static const char arguments[] = "/usr/bin/qemu-system-x86_64\0-name\0guest=web,,1,x=on\0-S";
	_autofree_ char *path = NULL;
	FILE *file;

	assert_true(asprintf(&path, "%s/proc/42/cmdline", dir) > 0);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(arguments, 1, sizeof(arguments), file);
	fclose(file);
}

static int open_tree(void **state)
{
	struct error error;

	dir = tree_new(TREE);
	write_arguments();
	return root_open(dir, &root, &error);
}

static int close_tree(void **state)
{
	root_free(root);
	tree_remove(dir);
	return 0;
}

static void a_guest_is_named_with_its_process(void **state)
{
	_autoarena_ struct arena *arena = arena_new();

	assert_string_equal(process_describe(root, arena, 42),
			    "qemu-system-x86 (process 42, domain web,1)");
	assert_string_equal(process_describe(root, arena, 43), "cat (process 43)");
	assert_string_equal(process_describe(root, arena, 44), "process 44");
}

/* The arguments are on a page that never arrives. */
static void a_process_that_keeps_its_readers_waiting_loses_its_guests_name(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	int64_t began = clock_ms();

	hang_at("/proc/42/cmdline");
	assert_string_equal(process_describe(root, arena, 42), "qemu-system-x86 (process 42)");
	hang_nowhere();
	assert_true(clock_ms() - began < 5000);
}

static void a_process_may_be_called_anything(void **state)
{
	assert_true(process_start_time(root, 1) == 4711);
	assert_true(process_start_time(root, 2) == 0);
	assert_true(process_start_time(root, 3) == 0);
	assert_true(process_start_time(root, 4) == 0);
}

static void another_process_of_the_same_number_is_not_the_one_that_was(void **state)
{
	assert_true(process_lives(root, 1, 4711));
	assert_true(process_lives(root, 1, 0));
	assert_false(process_lives(root, 1, 4712));
	assert_true(process_lives(root, getpid(), 0));
	assert_false(process_lives(root, 0, 0));
	assert_false(process_lives(root, -1, 0));
}

static void a_process_that_only_waits_to_be_reaped_is_dead(void **state)
{
	_autoroot_ struct root *live = NULL;
	struct error error;
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(root_open(NULL, &live, &error), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(info.si_status, 0);
	assert_false(process_lives(live, pid, 0));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(process_start_time(live, getpid()) > 0);
	assert_true(process_lives(live, getpid(), process_start_time(live, getpid())));
}

UNIT(process)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guest_is_named_with_its_process),
		cmocka_unit_test(a_process_that_keeps_its_readers_waiting_loses_its_guests_name),
		cmocka_unit_test(a_process_may_be_called_anything),
		cmocka_unit_test(another_process_of_the_same_number_is_not_the_one_that_was),
		cmocka_unit_test(a_process_that_only_waits_to_be_reaped_is_dead),
	};

	return cmocka_run_group_tests(tests, open_tree, close_tree);
}
