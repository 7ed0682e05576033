/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/log_journald.h"

#include "base/child.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

enum {
	/* A journal of months on a slow disk takes seconds to its first record. */
	SILENCE_MS = 5000,
	TOTAL_MS = 20000,
	READ_SIZE = 16 * 1024,
};

/* The child: journalctl, with the channel as its output and no signal blocked. */
static void run_journalctl(void *context, int channel)
{
	const char *program = context;
	const char *const arguments[] = {
		"journalctl", "--no-pager",	   "--quiet",
		"--boot",     "--output=export",   "_TRANSPORT=kernel",
		"+",	      "_TRANSPORT=driver", "MESSAGE_ID=" JOURNALD_MISSED,
		NULL};
	const char *const environment[] = {"LC_ALL=C", "PATH=/usr/bin:/bin", NULL};
	sigset_t none;

	sigemptyset(&none);
	if (dup2(channel, STDOUT_FILENO) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return;
	execve(program, (char *const *)arguments, (char *const *)environment);
}

/* Read until the ring's oldest record is reached: the rest is in the ring. */
static int read_export(struct log_export *reader, const struct child *child,
		       const struct journald_answer *answer)
{
	char bytes[READ_SIZE];

	while (!answer->reached) {
		ssize_t length = child_read(child, bytes, sizeof(bytes), SILENCE_MS);

		if (length <= 0)
			return (int)length;
		log_export_bytes(reader, (struct span){bytes, (size_t)length});
	}
	return 0;
}

int log_journald_read(const char *program, uint64_t before_us, struct log_intake *intake,
		      struct journald_answer *ret_answer)
{
	_autologexport_ struct log_export *reader = log_export_new(before_us, intake, ret_answer);
	const struct child_work work = {
		.run = run_journalctl, .context = (void *)program, .total_ms = TOTAL_MS};
	struct child child;
	int result = access(program, X_OK) < 0 ? -errno : 0;

	if (result == 0)
		result = child_start(&child, &work);
	if (result < 0)
		return result;
	result = read_export(reader, &child, ret_answer);
	if (result == -ETIMEDOUT)
		child_leave(&child);
	else
		child_end(&child);
	return result;
}
