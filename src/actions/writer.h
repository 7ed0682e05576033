/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer - one write of one step, by a process that can be left behind
 *
 * A write to sysfs can sleep in the kernel until a user of the device ends, and no signal
 * interrupts it. So a child process (base/child.h) makes it, with only the root, the lock and its
 * channel open. A write that takes too long is left behind: its process keeps the lock, so that no
 * other iommuctl writes before it has ended. It is never killed.
 */
#pragma once

#include "actions/lock.h"
#include "actions/transaction.h"

/** struct writing - the write of one step     @action, @file, @value: as in struct step */
struct writing {
	enum action action;
	const char *file, *value;
};

/**
 * writer_run - write, and wait at most host->timeout_ms for the end of the write
 * @locks: LOCK_COUNT descriptors that the child inherits; -1 entries are skipped
 * @sentence: passed to host->tell if the write takes longer than a second
 * Returns: 0; the kernel's negative errno; -EINPROGRESS where the write still hangs, with the
 * child's pid in *ret_pid; -ECONNABORTED where the child died: it may have written or not; -ECHILD
 * where no child could be started, so nothing was written.
 */
int writer_run(const struct host *host, const int *locks, const struct writing *writing,
	       const char *sentence, pid_t *ret_pid);
