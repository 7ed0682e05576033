/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/notice.h"

#include "base/child.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 100 };

struct notice {
	int fd;
	const char *text;
};

static void print_in_child(void *context, int channel)
{
	const struct notice *notice = context;
	const char *at = notice->text;
	size_t left = strlen(at);

	while (left) {
		ssize_t step = write(notice->fd, at, left);

		if (step < 0)
			return;
		at += step;
		left -= (size_t)step;
	}
}

void notice_print(int fd, const char *text)
{
	/* Use a copy of the descriptor, as the child's own outputs are /dev/null. */
	_autoclose_ int copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	struct notice notice = {copy, text};
	const struct child_work work = {
		.run = print_in_child, .context = &notice, .kept = &copy, .kept_count = 1};
	struct child child;

	if (copy < 0 || child_start(&child, &work) < 0)
		return;
	if (child_wait(&child, PATIENCE_MS) == 0)
		child_end(&child);
	else
		child_leave(&child);
}
