/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lock - one writer at a time
 *
 * The lock is a flock(2), which belongs to the open file description: whoever has a copy of the
 * descriptor holds it. A child that writes to sysfs inherits one, so that where it hangs in the
 * kernel and its parent is gone, still nobody else writes. Closing every copy gives the lock up;
 * LOCK_UN would do so for all of them at once and is never used.
 */
#pragma once

#include "actions/store.h"

/** enum holder_state - of the process that took the lock */
enum holder_state {
	HOLDER_UNKNOWN, /* it has not said, or not yet, who it is */
	HOLDER_ALIVE,
	HOLDER_DEAD, /* so a write of it is still pending in the kernel */
};

/**
 * struct lock_holder - who took the lock last
 * @command: its name as the kernel has it, not escaped     @start_time: see process_start_time
 * (base/process.h)
 */
struct lock_holder {
	enum holder_state state;
	int pid;
	char command[64];
	uint64_t start_time;
};

enum { LOCK_COUNT = 2 };

/**
 * LOCK_INODE - a file in /sys that is locked beside the one in /run: two mount namespaces may have
 * a /run each, and see the same /sys. Only root can open it, so no other user can hold the lock. It
 * is the same inode in all mounts of /sys of one network namespace (fs/kernfs/mount.c:
 * kernfs_super_ns).
 */
#define LOCK_INODE "/sys/bus/platform/drivers_probe"

/**
 * lock_take - be the only writer
 * @timeout_ms: how long to wait for another; 0 tries once
 * @ret_locks: descriptors, -1 for one that this machine does not have; closing them gives the lock
 * up
 * @ret_holder: who has it, filled in for -EWOULDBLOCK only
 * Returns: 0; -EWOULDBLOCK (ERROR_LOCKED, naming the holder); -EINTR after a signal.
 */
int lock_take(const struct store *store, int timeout_ms, int ret_locks[static LOCK_COUNT],
	      struct lock_holder *ret_holder, struct error *e);

/** lock_read_holder - who took the lock last, whether or not it is still held */
void lock_read_holder(const struct store *store, struct lock_holder *ret_holder);
