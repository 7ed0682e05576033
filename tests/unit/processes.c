/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes that a search for users visits, on this machine and in a tree. */
#include "base/processes.h"

#include "base/process.h"
#include "support/check.h"
#include "support/tree.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
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

static void *wait_for_signal(void *context)
{
	int *channel = context;
	pid_t tid = (pid_t)syscall(SYS_gettid);

	assert_int_equal(write(channel[1], &tid, sizeof(tid)), sizeof(tid));
	for (;;)
		pause();
	return NULL;
}

static _Noreturn void end_first_thread(int *channel)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, wait_for_signal, channel) == 0)
		syscall(SYS_exit, 0); /* of this thread alone */
	_exit(1);
}

static void await_zombie(pid_t pid)
{
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	struct process_stat stat = {0};

	assert_int_equal(root_open("/", &root, &error), 0);
	for (int tries = 0; tries < 1000 && stat.state != 'Z'; tries++) {
		usleep(1000);
		assert_true(process_stat(root, pid, &stat));
	}
	assert_int_equal(stat.state, 'Z');
}

/* Its files are open still, but /proc shows them with that thread alone. */
static void a_thread_that_outlived_the_first_is_visited(void **state)
{
	int channel[2];
	pid_t pid, tid;

	assert_int_equal(pipe(channel), 0);
	pid = fork();
	if (pid == 0)
		end_first_thread(channel);
	assert_int_equal(read(channel[0], &tid, sizeof(tid)), sizeof(tid));
	await_zombie(pid);
	assert_false(visits(pid));
	assert_true(visits(tid));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(channel[0]);
	close(channel[1]);
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
		cmocka_unit_test(a_thread_that_outlived_the_first_is_visited),
		cmocka_unit_test(all_processes_of_a_tree_are_visited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
