/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hold - the disks of a device, claimed exclusively while its driver is about to go
 *
 * A file system cannot be mounted, nor swap switched on, nor a disk be put below LVM or md, while
 * another process has the disk open with O_EXCL (block/bdev.c: bd_may_claim); a claim of the whole
 * disk covers its partitions. A child process opens the disks, as opening a dead disk can hang, and
 * keeps them until it is ended. The open is read-only, so that udev sees no change, and with
 * O_NONBLOCK, which waits for no medium and closes no tray. A removable disk is locked in its drive
 * while it is open.
 */
#pragma once

#include "actions/transaction.h"
#include "base/child.h"

/** struct hold - @started: there is a child; else nothing is held */
struct hold {
	struct child child;
	bool started;
};

/**
 * hold_disks - claim the disks of @device, where it has any
 * Returns: 0; -EBUSY where one of them came into use; -ETIMEDOUT where one does not answer; another
 * negative errno. Where this fails nothing is held. @e names the disk.
 */
int hold_disks(const struct host *host, const struct device *device, struct hold *ret_hold,
	       struct error *e);

/** hold_pid - the process that has the disks open, or 0 */
int hold_pid(const struct hold *hold);

/**
 * hold_end_soon - the child lets go half a second from now
 * For an unbind: a driver whose remove waits for the last close then goes on.
 */
void hold_end_soon(const struct hold *hold);

/** hold_end - let go now; accepts a hold that is not started */
void hold_end(struct hold *hold);
