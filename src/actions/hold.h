/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hold - exclusive claims on the disks of a device while its driver is unbound
 *
 * While a process has a disk open with O_EXCL, no file system on it can be mounted, no swap turned
 * on, and it cannot be added to LVM or md (block/bdev.c: bd_may_claim); a claim of the whole disk
 * covers its partitions. A child process opens the disks, as opening a dead disk can hang, and
 * keeps them open until it is ended. It opens them read-only, so that udev sees no change, and with
 * O_NONBLOCK, which waits for no medium and closes no tray. A removable disk is locked in its drive
 * while it is open.
 */
#pragma once

#include "actions/transaction.h"
#include "base/child.h"

/** struct hold - @started: a child exists; else nothing is held */
struct hold {
	struct child child;
	bool started;
};

/**
 * hold_disks - claim the disks of @device, if it has any
 * Returns: 0; -EBUSY where a disk is in use; -ETIMEDOUT where a disk does not respond; another
 * negative errno. On failure nothing is held, and @e names the disk.
 */
_must_check_ int hold_disks(const struct host *host, const struct device *device,
			    struct hold *ret_hold, struct error *e);

/**
 * hold_other_disks - claim the disks of @device that are not claimed yet
 * For a device with a use of a disk that was waived: a waiver of one disk is none of the others.
 * Where a disk fails or does not respond, nothing is held: the waived one may be dead.
 */
void hold_other_disks(const struct host *host, const struct device *device, struct hold *ret_hold);

/** hold_pid - the process that has the disks open, or 0 */
int hold_pid(const struct hold *hold);

/**
 * hold_end_soon - make the child release the disks half a second from now
 * For an unbind: a driver whose remove waits for the last close can then go on.
 */
void hold_end_soon(const struct hold *hold);

/** hold_end - release the disks now; accepts a hold that was not started */
void hold_end(struct hold *hold);
