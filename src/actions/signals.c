/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/signals.h"

#include "base/cleanup.h"

#include <signal.h>

static const int numbers[] = {SIGPIPE, SIGHUP, SIGINT, SIGTERM};

static volatile sig_atomic_t caught;

static void remember(int number)
{
	if (!caught)
		caught = number;
}

void signals_hold(void)
{
	caught = 0;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		bool ends = numbers[i] == SIGINT || numbers[i] == SIGTERM;
		/* No SA_RESTART is needed: who waits here goes on waiting (writer.c). */
		struct sigaction action = {.sa_handler = ends ? remember : SIG_IGN};

		sigaction(numbers[i], &action, NULL);
	}
}

int signals_caught(void)
{
	return caught;
}
