/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/signals.h"

#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t caught;

static void remember_first(int number)
{
	if (!caught)
		caught = number;
}

bool signal_asks_to_stop(int number)
{
	return number == SIGINT || number == SIGTERM || number == SIGQUIT;
}

/*
 * True for signals that report a fault of the process itself, that do nothing by default, or that
 * no process can ignore.
 */
static bool is_left_alone(int number)
{
	switch (number) {
	case SIGSEGV:
	case SIGBUS:
	case SIGABRT:
	case SIGILL:
	case SIGFPE:
	case SIGSYS:
	case SIGCHLD:
	case SIGCONT:
	case SIGKILL:
	case SIGSTOP:
		return true;
	default:
		return false;
	}
}

static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* glibc keeps the real-time signals 32 and 33 for itself: only the system call blocks them. */
static void block_reserved_signals(void)
{
	static const uint64_t reserved = UINT64_C(3) << (32 - 1);

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &reserved, NULL, sizeof(reserved));
}

void signals_hold(void)
{
	caught = 0;
	for (int number = 1; number <= SIGRTMAX; number++) {
		/*
		 * Without SA_RESTART system calls end with EINTR, and each wait of a transaction
		 * continues after that.
		 */
		struct sigaction action = {.sa_handler = SIG_IGN};

		if (is_left_alone(number) || is_ignored(number))
			continue;
		if (signal_asks_to_stop(number))
			action.sa_handler = remember_first;
		sigaction(number, &action, NULL);
	}
	block_reserved_signals();
}

int signals_caught(void)
{
	return caught;
}
