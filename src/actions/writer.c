/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/writer.h"

#include "base/child.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { TELL_AFTER_MS = 1000 };

/* The arguments of the child that makes the write. */
struct order {
	const struct host *host;
	const struct writing *writing;
};

static void write_in_child(void *context, int channel)
{
	const struct order *order = context;
	const struct writing *writing = order->writing;
	const struct host *host = order->host;
	const struct kernel *kernel = host->kernel;
	int status;

	if (writing->action == ACTION_LOAD)
		status = kernel->load(kernel, host->root, writing->value);
	else
		status = kernel->write(kernel, host->root, writing->file, writing->value);
	/*
	 * The parent has ended before the result of the write: the next iommuctl reads the device
	 * itself.
	 */
	if (write(channel, &status, sizeof(status)) != sizeof(status))
		_exit(1);
}

/*
 * Read @status from the child. Returns the number of bytes: 0 where the child died; -ETIMEDOUT
 * where it hangs.
 */
static ssize_t read_status(const struct host *host, const struct child *child, const char *sentence,
			   int *status)
{
	int timeout_ms = host->timeout_ms;
	ssize_t got;

	if (!host->tell || timeout_ms <= TELL_AFTER_MS)
		return child_read(child, status, sizeof(*status), timeout_ms);
	got = child_read(child, status, sizeof(*status), TELL_AFTER_MS);
	if (got != -ETIMEDOUT)
		return got;
	host->tell(sentence);
	return child_read(child, status, sizeof(*status), timeout_ms - TELL_AFTER_MS);
}

int writer_run(const struct host *host, const int *locks, const struct writing *writing,
	       const char *sentence, pid_t *ret_pid)
{
	struct order order = {host, writing};
	int kept[LOCK_COUNT + 2], status, result;
	const struct child_work work = {
		.run = write_in_child,
		.context = &order,
		.kept = kept,
		.kept_count = ARRAY_SIZE(kept),
		.outlives_parent = true,
	};
	struct child child;
	ssize_t got;

	memcpy(kept, locks, LOCK_COUNT * sizeof(*kept));
	root_descriptors(host->root, kept + LOCK_COUNT);
	result = child_start(&child, &work);
	/* Not fork's own EAGAIN: the kernel's answer to a bind can be the same. */
	if (result < 0)
		return -ECHILD;
	*ret_pid = child.pid;
	got = read_status(host, &child, sentence, &status);
	if (got < 0) {
		/* Waiting for the child failed, but it may still make the write. */
		child_leave(&child);
		return -EINPROGRESS;
	}
	child_end(&child);
	return got == sizeof(status) ? status : -ECONNABORTED;
}
