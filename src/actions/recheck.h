/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recheck - check uses again directly before each unbind, when data could be lost
 *
 * After the checks, the disks of all devices that lose their driver are held (hold.h), so that no
 * file system on them can be mounted. Directly before each unbind the uses of its device are read
 * again, and the unbind is not made if a check refuses that is not waived. A waiver covers only the
 * answer that was shown.
 */
#pragma once

#include "actions/hold.h"
#include "actions/transaction_parts.h"

/** struct recheck - the holds of one transaction     @holds: one for each target of the plan */
struct recheck {
	struct transaction *transaction;
	struct hold *holds;
};

/**
 * recheck_start - hold the disks of all devices that lose their driver
 * Returns: 0; a negative errno, ERROR_REFUSED and nothing held.
 */
_must_check_ int recheck_start(struct transaction *transaction, struct recheck *ret_recheck,
			       struct error *e);

/** recheck_target - before_unbind of struct execution; @context: struct recheck */
_must_check_ int recheck_target(void *context, size_t target, struct error *e);

/**
 * recheck_release - the function after_unbind of struct execution: release the disks of one target
 */
void recheck_release(void *context, size_t target);

/** recheck_end - release all held disks; may be repeated */
void recheck_end(struct recheck *recheck);
