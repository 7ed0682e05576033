/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer - one write of one step, by a process that may be lost
 *
 * A write to sysfs can sleep in the kernel for as long as a user of the device likes, and no signal
 * ends it. So a child makes it, in a session of its own, with nothing open but the root, the lock
 * and its pipe. Where it takes too long it is left behind: it goes on holding the lock, so that
 * nobody else writes before it has ended.
 */
#pragma once

#include "actions/transaction.h"

/** struct writing - @action, @file, @value: as in struct step */
struct writing {
	enum action action;
	const char *file, *value;
};

/**
 * writer_run - carry it out and wait for its end, for at most host->timeout_ms
 * @lock: the descriptor that the child inherits, or -1
 * @sentence: what host->tell is told where it takes longer than a second
 * Returns: 0; the negative errno that the kernel gave; -EINPROGRESS where it still hangs, with the
 * child's pid in *ret_pid; -ECONNABORTED where the child died: it may have written or not.
 */
int writer_run(const struct host *host, int lock, const struct writing *writing,
	       const char *sentence, pid_t *ret_pid);
