/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/writer.h"

#include "base/clock.h"
#include "base/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

enum { TELL_AFTER_MS = 1000 };

/* Signals that we ignore or catch are the parent's matter. */
static void forget_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_DFL);
}

static void keep_only(const struct root *root, int pipe, int lock)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int kept[7] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, pipe, lock};

	/* What libraries print must not land in a file that takes the number of an output. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	root_descriptors(root, kept + 5);
	descriptors_keep_only(kept, ARRAY_SIZE(kept));
}

static _Noreturn void write_in_child(const struct host *host, int lock,
				     const struct writing *writing, int pipe)
{
	const struct kernel *kernel = host->kernel;
	int status;

	setsid();
	forget_signals();
	keep_only(host->root, pipe, lock);
	if (writing->action == ACTION_LOAD)
		status = kernel->load(kernel, host->root, writing->value);
	else
		status = kernel->write(kernel, host->root, writing->file, writing->value);
	/* Where nobody listens any more, who comes next looks at the device itself. */
	if (write(pipe, &status, sizeof(status)) != sizeof(status))
		_exit(1);
	_exit(0);
}

/* 1 the child has said something or ended, 0 it hangs. */
static int wait_for_end(const struct host *host, int pipe, const char *sentence)
{
	int64_t began = clock_ms();
	bool told = !host->tell;

	for (;;) {
		struct pollfd poller = {.fd = pipe, .events = POLLIN};
		int64_t passed = clock_ms() - began;
		int64_t next =
			told || host->timeout_ms < TELL_AFTER_MS ? host->timeout_ms : TELL_AFTER_MS;

		if (passed >= TELL_AFTER_MS && !told) {
			host->tell(sentence);
			told = true;
			continue;
		}
		if (passed >= host->timeout_ms)
			return poll(&poller, 1, 0) > 0;
		if (poll(&poller, 1, (int)(next - passed)) > 0)
			return 1;
	}
}

int writer_run(const struct host *host, int lock, const struct writing *writing,
	       const char *sentence, pid_t *ret_pid)
{
	_autoclose_ int out = -1;
	_autoclose_ int in = -1;
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	out = ends[0];
	in = ends[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		write_in_child(host, lock, writing, in);
	close(steal_fd(&in));
	*ret_pid = pid;
	if (!wait_for_end(host, out, sentence))
		return -EINPROGRESS;
	if (read(out, &status, sizeof(status)) != sizeof(status))
		status = -ECONNABORTED;
	waitpid(pid, NULL, 0);
	return status;
}
