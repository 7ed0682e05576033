/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { TELL_AFTER_MS = 1000 };

/* The head of an order to the child; the file and the value follow, each with its NUL. */
struct order {
	enum action action;
	uint32_t file_size, value_size;
};

/* Read exactly @size bytes from the parent; without a parent the process ends. */
static void read_order(int channel, void *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t got = read(channel, (char *)bytes + done, size - done);

		if (got <= 0)
			_exit(0);
		done += (size_t)got;
	}
}

static char *read_word(int channel, uint32_t size)
{
	char *word = malloc(size);

	if (!word)
		memory_exhausted();
	read_order(channel, word, size);
	return word;
}

static int carry_out_order(const struct host *host, const struct order *order, const char *file,
			   const char *value)
{
	const struct kernel *kernel = host->kernel;

	if (order->action == ACTION_LOAD)
		return kernel->load(kernel, host->root, value);
	if (order->action == ACTION_OWNER)
		return kernel->give(kernel, host->root, file, value);
	return kernel->write(kernel, host->root, file, value);
}

static void write_in_child(void *context, int channel)
{
	for (size_t begun = 1;; begun++) {
		struct order order;
		_autofree_ char *file = NULL;
		_autofree_ char *value = NULL;
		int status;

		read_order(channel, &order, sizeof(order));
		file = read_word(channel, order.file_size);
		value = read_word(channel, order.value_size);
		/* A parent that loses this child knows by the counter that the write was begun. */
		child_progress(begun);
		status = carry_out_order(context, &order, file, value);
		/*
		 * The parent has ended before the result of the write: the next iommuctl reads the
		 * device itself.
		 */
		if (write(channel, &status, sizeof(status)) != sizeof(status))
			_exit(1);
	}
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

static int need_child(struct writer *writer)
{
	int kept[LOCK_COUNT + 2], result;
	const struct child_work work = {
		.run = write_in_child,
		.context = (void *)writer->host,
		.kept = kept,
		.kept_count = ARRAY_SIZE(kept),
		.outlives_parent = true,
	};

	if (writer->running)
		return 0;
	memcpy(kept, writer->locks, LOCK_COUNT * sizeof(*kept));
	root_descriptors(writer->host->root, kept + LOCK_COUNT);
	result = child_start(&writer->child, &work);
	writer->running = result == 0;
	writer->asked = 0;
	return result;
}

static int send_order(struct writer *writer, const struct writing *writing)
{
	const char *file = writing->file ? writing->file : "";
	const struct order order = {writing->action, (uint32_t)strlen(file) + 1,
				    (uint32_t)strlen(writing->value) + 1};
	const struct child *child = &writer->child;
	int timeout_ms = writer->host->timeout_ms;
	int result = child_send(child, &order, sizeof(order), timeout_ms);

	if (result == 0)
		result = child_send(child, file, order.file_size, timeout_ms);
	if (result == 0)
		result = child_send(child, writing->value, order.value_size, timeout_ms);
	writer->asked++;
	return result;
}

/* True where the child has read the last order: it may have made the write. */
static bool has_begun(const struct writer *writer)
{
	return *writer->child.progress >= writer->asked;
}

/*
 * One attempt, by the child that runs or a new one.  @ret_begun: false where the child died before
 * the write
 */
static int write_by_child(struct writer *writer, const struct writing *writing,
			  const char *sentence, pid_t *ret_pid, bool *ret_begun)
{
	int status = 0, result = need_child(writer);
	ssize_t got;

	*ret_begun = true;
	/* Not fork's own EAGAIN: the kernel's answer to a bind can be the same. */
	if (result < 0)
		return -ECHILD;
	*ret_pid = writer->child.pid;
	result = send_order(writer, writing);
	got = result == -EPIPE ? 0 : result;
	if (result == 0)
		got = read_status(writer->host, &writer->child, sentence, &status);
	if (got == sizeof(status))
		return status;
	*ret_begun = has_begun(writer);
	writer->running = false;
	if (got < 0) {
		/* Waiting for the child failed, but it may still make the write. */
		child_leave(&writer->child);
		*ret_begun = true;
		return -EINPROGRESS;
	}
	child_end(&writer->child);
	return -ECONNABORTED;
}

int writer_write(struct writer *writer, const struct writing *writing, const char *sentence,
		 pid_t *ret_pid)
{
	bool was_running = writer->running, begun;
	int status = write_by_child(writer, writing, sentence, ret_pid, &begun);

	/* A child that waited for this write may have been killed meanwhile: nothing was written.
	 */
	if (status == -ECONNABORTED && was_running && !begun)
		status = write_by_child(writer, writing, sentence, ret_pid, &begun);
	return status;
}

void writer_end(struct writer *writer)
{
	if (writer->running)
		child_end(&writer->child);
	writer->running = false;
}
