/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer - the writes of a transaction, by a process that can be left behind
 *
 * A write to sysfs can sleep in the kernel until a user of the device ends, and no signal
 * interrupts it. So a child process (base/child.h) makes it, with only the root, the lock and its
 * channel open. One child makes all writes of a transaction, one after the other, and waits for the
 * next in between. A write that takes too long is left behind: its process keeps the lock, so that
 * no other iommuctl writes before it has ended. It is never killed, makes no other write, and the
 * next write has another child. When this process ends, an idle child ends too.
 */
#pragma once

#include "actions/lock.h"
#include "actions/transaction.h"
#include "base/child.h"

/** struct writing - the write of one step     @action, @file, @value: as in struct step */
struct writing {
	enum action action;
	const char *file, *value;
};

/**
 * struct writer - the writer of a transaction; writer_end releases it
 * @locks: LOCK_COUNT descriptors that the child inherits; -1 entries are skipped
 * @running: @child exists, and waits for a write
 * @asked: number of writes that were sent to it
 */
struct writer {
	const struct host *host;
	const int *locks;
	bool running;
	struct child child;
	size_t asked;
};

/**
 * writer_write - write, and wait at most host->timeout_ms for the end of the write
 * @sentence: passed to host->tell if the write takes longer than a second
 * Returns: 0; the kernel's negative errno; -EINPROGRESS where the write still hangs, with the
 * child's pid in *ret_pid; -ECONNABORTED where the child died: it may have written or not; -ECHILD
 * where no child could be started, so nothing was written.
 */
int writer_write(struct writer *writer, const struct writing *writing, const char *sentence,
		 pid_t *ret_pid);

/**
 * writer_end - end the child, which gives up its copy of the lock; accepts a writer that was not
 * started
 */
void writer_end(struct writer *writer);

#define _autowriter_ _cleanup_(writer_end)
