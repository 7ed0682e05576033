/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes that a search for users visits, on this machine and in a tree. */
#include "base/processes.h"

#include "support/check.h"
#include "support/tree.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t visited;

static int count_process(void *context, const char *name, pid_t pid)
{
	const pid_t *wanted = context;

	assert_true(pid > 0 && (pid_t)atoi(name) == pid);
	visited++;
	return *wanted == pid;
}

/* Whether a process is visited on this machine. */
static bool visits(pid_t pid)
{
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	struct error error = {0};

	assert_int_equal(root_open("/", &root, &error), 0);
	return processes_each(processes_new(root, arena), count_process, &pid) == 1;
}

static void a_process_with_a_program_is_visited(void **state)
{
	assert_true(visits(getpid()));
}

/* It has no memory any more, as a thread of the kernel has none. */
static void a_zombie_is_passed_over(void **state)
{
	pid_t zombie = fork();
	siginfo_t ended;

	if (zombie == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)zombie, &ended, WEXITED | WNOWAIT), 0);
	assert_false(visits(zombie));
	assert_int_equal(waitpid(zombie, NULL, 0), zombie);
}

/* A capture has no programs of processes. */
static void all_processes_of_a_tree_are_visited(void **state)
{
	char *dir = tree_new("/proc/2/comm = kthreadd\n/proc/71/comm = qemu\n/proc/self -> 71\n");
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	pid_t none = 0;

	assert_int_equal(root_open(dir, &root, &error), 0);
	visited = 0;
	assert_int_equal(processes_each(processes_new(root, arena), count_process, &none), 0);
	assert_int_equal(visited, 2);
	tree_remove(dir);
}

UNIT(processes)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_with_a_program_is_visited),
		cmocka_unit_test(a_zombie_is_passed_over),
		cmocka_unit_test(all_processes_of_a_tree_are_visited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
