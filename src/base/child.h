/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child - a process for work that may never end
 *
 * Some system calls cannot be interrupted: reading an attribute of sysfs whose device is locked, or
 * a file of a FUSE server that does not respond. A child process makes them, and its parent can
 * give it up. The rules are the same for every child:
 *
 * - It has its own session: keys of a terminal do not reach it.
 * - It blocks all signals. Only SIGKILL and its own faults end it.
 * - It has only the named descriptors and its channel. Its outputs are /dev/null, so that text from
 *   a library is not written into a file, and no $(...) waits for the child.
 * - The parent never waits for it without a deadline. The deadline counts from the last progress
 *   of the child; a child that reports none has one deadline for all of its work.
 * - A child that misses its deadline is left behind. It ends when the system call returns.
 *
 * Source: clone(2), prctl(2), pidfd_open(2), close_range(2), unix(7).
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct child_work - the work of a child
 * @run: called in the child; the process ends when it returns. @channel: the child's end of the
 * channel, a blocking stream socket; a write after the end of the parent fails with EPIPE
 * @context: for @run; a copy, as is all memory of the child, unless it @shares_memory
 * @kept: up to 16 descriptors that stay open in the child; -1 entries are skipped. They are never
 * 0, 1 or 2: main.c opens those
 * @total_ms: limit for all of the work, with or without progress; 0: no limit
 * @outlives_parent: true for work that must not be cut off, such as a write to sysfs: the child
 * goes on when its parent ends, and child_end does not kill it. false: it dies with its parent
 * @shares_memory: the child is no copy: it works in the memory of its parent, on a stack of its
 * own. To start and to end it takes a fifth of the time of a fork, and nothing has to be sent. Both
 * have one errno, so the child writes a byte before it waits for the parent, also when it starts,
 * and the parent calls nothing but child_send and child_wait from its start, or from the byte that
 * it sends, until that byte. A child that is left behind is killed, and never goes on: @context and
 * all that it works on stay allocated, because the kernel may still write there. It allocates
 * nothing.
 * @progress: of a child that shares memory: its counter of progress
 */
struct child_work {
	void (*run)(void *context, int channel);
	void *context;
	const int *kept;
	size_t kept_count;
	int total_ms;
	volatile size_t *progress;
	bool outlives_parent;
	bool shares_memory;
};

/**
 * struct child - a running child, in its parent
 * @channel: the parent's end     @pidfd: -1 where the kernel has none
 * @parent: the process that started it
 * @progress: the child's counter of progress
 * @last_ms: time of base/clock.h at which all of its work must be done, or 0
 * @stack: of a child that shares memory, else NULL
 */
struct child {
	pid_t pid, parent;
	int pidfd, channel;
	volatile size_t *progress;
	int64_t last_ms;
	void *stack;
	bool outlives_parent;
};

/**
 * child_start - start a child that does @work
 * Returns: 0; a negative errno where no process could be started.
 */
_must_check_ int child_start(struct child *ret_child, const struct child_work *work);

/**
 * child_progress - called in the child: report that @steps of its work are done, which restarts the
 * deadline
 */
void child_progress(size_t steps);

/**
 * child_wait - wait until the child has sent data or closed its channel
 * @silence_ms: deadline without progress
 * Returns: 0; -ETIMEDOUT where it made no progress; another negative errno.
 */
_must_check_ int child_wait(const struct child *child, int silence_ms);

/**
 * child_read - up to @size bytes from the child
 * Returns: their number; 0 where the child has ended or closed its channel; -ETIMEDOUT.
 */
_must_check_ ssize_t child_read(const struct child *child, void *bytes, size_t size,
				int silence_ms);

/**
 * child_read_all - everything that the child sends until its end, at most @most bytes
 * @silence_ms: deadline without progress
 * @ret_text: to be freed, NUL-terminated; on failure the data received so far
 * Returns: 0; -ETIMEDOUT; -EFBIG; another negative errno.
 */
_must_check_ int child_read_all(const struct child *child, size_t most, int silence_ms,
				char **ret_text, size_t *ret_length);

/**
 * child_send - send all @size bytes to the child
 * Returns: 0; -ETIMEDOUT where the child reads nothing and makes no progress for @silence_ms;
 * -EPIPE where it has ended.
 */
_must_check_ int child_send(const struct child *child, const void *bytes, size_t size,
			    int silence_ms);

/**
 * child_is_ours - false in a process that was forked from the parent: there a struct child can only
 * be freed, without any effect on the child
 */
bool child_is_ours(const struct child *child);

/**
 * child_cpu_ms - processor time that the child has used: high in an endless loop, near 0 while it
 * waits
 */
int64_t child_cpu_ms(const struct child *child);

/**
 * child_end - close the channel of a child that is no longer needed, and kill it unless it outlives
 * its parent
 * Waits a quarter of a second at most; a child that has not ended by then is left behind. A child
 * that shares memory can end by itself in this time.
 * Returns: whether it has ended.
 */
bool child_end(struct child *child);

/**
 * child_finish - close the channel of a child that ends by itself then, and wait for its end
 * Returns: its exit status; -ECONNABORTED where a signal ended it; -ETIMEDOUT where it did not end
 * within @timeout_ms: it is ended then.
 */
_must_check_ int child_finish(struct child *child, int timeout_ms);

/**
 * child_leave - child_end for a child that hangs: it is left behind at once
 * child_start collects children that were left behind and have ended since.
 */
void child_leave(struct child *child);
