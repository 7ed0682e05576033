/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lock - one writer at a time
 *
 * The lock is a flock(2), which belongs to the open file description: every process with a copy of
 * the descriptor holds it. A child that writes to sysfs inherits a copy: if it hangs in the kernel
 * after its parent has ended, still no other process writes. The lock ends when every copy is
 * closed; LOCK_UN would end it for all copies at once and is never used.
 */
#pragma once

#include "actions/store.h"

/** enum holder_state - the state of the process that took the lock */
enum holder_state {
	HOLDER_UNKNOWN, /* the lock file does not name the process, or not yet */
	HOLDER_ALIVE,
	/* the process that took the lock ended while a write of it is pending in the kernel */
	HOLDER_DEAD,
};

/**
 * struct lock_holder - the process that took the lock last
 * @command: its name in the kernel, not escaped     @start_time: see process_start_time
 * (base/process.h)
 */
struct lock_holder {
	enum holder_state state;
	int pid;
	char command[64];
	uint64_t start_time;
};

/**
 * LOCK_COUNT - the number of files that are locked: one in /run; LOCK_INODE, for mount namespaces
 * with another /run; and the root of debugfs (debugfs.h), for network namespaces with another /sys.
 * Only root can open them, so no other user can hold the lock.
 */
enum { LOCK_COUNT = 3 };

/** NO_LOCKS - initial value of an array of descriptors for lock_take */
#define NO_LOCKS           \
	{                  \
		-1, -1, -1 \
	}

/**
 * LOCK_INODE - the file in /sys that is locked. It is the same inode in all mounts of /sys of one
 * network namespace (fs/kernfs/mount.c: kernfs_super_ns).
 */
#define LOCK_INODE "/sys/bus/platform/drivers_probe"

/**
 * lock_take - become the only writer
 * @timeout_ms: how long to wait for another; 0 tries once
 * @ret_locks: descriptors; a negative errno for a file of the kernel that this machine does not
 * have, or that this process may not open; closing them ends the lock
 * @ret_holder: the process that has it, set for -EWOULDBLOCK only
 * Returns: 0; -EWOULDBLOCK (ERROR_LOCKED, naming the holder); -EINTR after a signal.
 */
_must_check_ int lock_take(const struct store *store, int timeout_ms,
			   int ret_locks[static LOCK_COUNT], struct lock_holder *ret_holder,
			   struct error *e);

/**
 * lock_has_gap - true where a process of another network namespace could take the lock as well
 * @locks: of lock_take     @out: a sentence about that, which names the cause
 */
bool lock_has_gap(const int locks[static LOCK_COUNT], char *out, size_t size);

/** lock_read_holder - the process that took the lock last, whether or not it still holds it */
void lock_read_holder(const struct store *store, struct lock_holder *ret_holder);
