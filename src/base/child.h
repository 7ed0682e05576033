/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child - a process for work that may never end
 *
 * Some system calls cannot be ended from outside: an attribute of sysfs whose device is locked, a
 * file of a FUSE server that does not answer. A child process makes them, and its parent can give
 * it up. The rules are the same for every child:
 *
 * - It has a session of its own: no key of a terminal reaches it.
 * - It blocks all signals. SIGKILL and its own faults end it.
 * - It has the descriptors that are named and its channel. The outputs are /dev/null, so that
 *   nothing that a library prints lands in a file, and no $(...) waits for the child.
 * - The parent never waits for it without a deadline. The deadline counts from the last progress
 *   of the child; a child that reports none has one deadline for all of its work.
 * - A child that misses its deadline is left behind. The kernel ends it when it lets go of it.
 *
 * Source: prctl(2), pidfd_open(2), close_range(2), unix(7).
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct child_work - what a child does
 * @run: called in the child; the process ends when it returns. @channel: its end of the channel, a
 * blocking stream socket, on which a write after the end of the parent fails with EPIPE
 * @context: for @run; a copy, as all memory of the child is
 * @kept: up to 16 descriptors that stay open in the child; -1 entries are passed over. None is 0, 1
 * or 2: main.c sees to it that those are open
 * @total_ms: how long all of the work may take, progress or not; 0: there is no such limit
 * @outlives_parent: true for work that must not be cut off, such as a write to sysfs: the child
 * goes on when its parent ends, and child_end does not kill it. false: it dies with its parent
 */
struct child_work {
	void (*run)(void *context, int channel);
	void *context;
	const int *kept;
	size_t kept_count;
	int total_ms;
	bool outlives_parent;
};

/**
 * struct child - a running child, as its parent sees it
 * @channel: the parent's end     @pidfd: -1 where the kernel gave none
 * @parent: the process that started it
 * @progress: a number in shared memory that the child counts up
 * @last_ms: the moment of base/clock.h when all of its work must be done, or 0
 */
struct child {
	pid_t pid, parent;
	int pidfd, channel;
	volatile size_t *progress;
	int64_t last_ms;
	bool outlives_parent;
};

/**
 * child_start - fork a child that does @work
 * Returns: 0; a negative errno where there can be no child.
 */
_must_check_ int child_start(struct child *ret_child, const struct child_work *work);

/** child_progress - called in the child: @steps of its work are done, so the deadline starts again
 */
void child_progress(size_t steps);

/**
 * child_wait - wait until the child has sent something or closed its channel
 * @silence_ms: how long it may make no progress
 * Returns: 0; -ETIMEDOUT where it made none; another negative errno.
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
 * @silence_ms: how long it may make no progress
 * @ret_text: to be freed, NUL-terminated, also where this fails: what came until then
 * Returns: 0; -ETIMEDOUT; -EFBIG; another negative errno.
 */
_must_check_ int child_read_all(const struct child *child, size_t most, int silence_ms,
				char **ret_text, size_t *ret_length);

/**
 * child_send - all @size bytes to the child
 * Returns: 0; -ETIMEDOUT where the child takes nothing and makes no progress for @silence_ms;
 * -EPIPE where it has ended.
 */
_must_check_ int child_send(const struct child *child, const void *bytes, size_t size,
			    int silence_ms);

/** child_is_ours - false in a process that was forked from the parent: there a struct child can
 * only be given up, which does nothing to the child */
bool child_is_ours(const struct child *child);

/** child_cpu_ms - processor time that the child has used: much for a loop, next to none for a wait
 */
int64_t child_cpu_ms(const struct child *child);

/**
 * child_end - close the channel of a child whose work is done or of no more use, and kill it unless
 * it outlives its parent
 * Waits a quarter of a second at most; a child that has not ended by then is left behind.
 */
void child_end(struct child *child);

/**
 * child_leave - the same for a child that hangs: it is left behind at once
 * Children that were left behind and have ended since are collected by child_start.
 */
void child_leave(struct child *child);
