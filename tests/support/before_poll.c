/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/before_poll.h"

#include <poll.h>
#include <stddef.h>

static void (*act_before)(void);
static int fd_of_act;

void before_poll(int fd, void (*act)(void))
{
	fd_of_act = fd;
	act_before = act;
}

/* The names are those of the linker's --wrap. NOLINTBEGIN(bugprone-reserved-identifier) */
int __real_poll(struct pollfd *pollers, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *pollers, nfds_t count, int timeout_ms);
/* NOLINTEND(bugprone-reserved-identifier) */

/* All calls of poll in the test program come here: the linker is told so with --wrap. */
int __wrap_poll(struct pollfd *pollers, nfds_t count, int timeout_ms)
{
	for (nfds_t i = 0; i < count && act_before; i++) {
		if (pollers[i].fd != fd_of_act)
			continue;
		act_before();
		break;
	}
	return __real_poll(pollers, count, timeout_ms);
}
