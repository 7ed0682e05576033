/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In coverage builds a process writes its counters when it ends. _exit() runs no destructors, so it
 * writes them here. A child that has sent its answer is killed while it writes them (base/child.c:
 * child_end), so a child of this process gets some time to end before it is killed.
 */
#define _GNU_SOURCE /* close_range */
#include <gcov.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ENDS_IN_MS = 150,
	GLANCE_MS = 2,
};

_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
int __real_kill(pid_t pid, int number);
int __wrap_kill(pid_t pid, int number);

/* Locks are released first: writing takes long on a busy machine, and others wait for them. */
_Noreturn void __wrap__exit(int status)
{
	close_range(STDERR_FILENO + 1, ~0U, 0);
	__gcov_dump();
	__real__exit(status);
}

/* True if @pid is a child of this process that still runs. */
static int is_running_child(pid_t pid)
{
	siginfo_t info = {0};

	return pid > 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == 0;
}

int __wrap_kill(pid_t pid, int number)
{
	for (int ms = 0; number == SIGKILL && ms < ENDS_IN_MS && is_running_child(pid);
	     ms += GLANCE_MS)
		poll(NULL, 0, GLANCE_MS);
	return __real_kill(pid, number);
}
