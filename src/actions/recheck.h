/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recheck - between the checks and each unbind: what can be lost is looked at again
 *
 * From the checks on, the disks of all devices that lose their driver are held (hold.h), so that no
 * file system can be mounted from them. Directly before each unbind the uses of its device are read
 * again, and the unbind is not made where a check refuses that is not waived. A waiver covers the
 * answer that was shown and no other.
 */
#pragma once

#include "actions/hold.h"
#include "actions/transaction_parts.h"

/** struct recheck - @holds: one for each target of the plan */
struct recheck {
	struct transaction *transaction;
	struct hold *holds;
};

/**
 * recheck_start - hold the disks of all devices that lose their driver
 * Returns: 0; a negative errno, ERROR_REFUSED and nothing held.
 */
int recheck_start(struct transaction *transaction, struct recheck *ret_recheck, struct error *e);

/** recheck_target - struct execution's before_unbind; @context: struct recheck */
int recheck_target(void *context, size_t target, struct error *e);

/** recheck_release - struct execution's after_unbind */
void recheck_release(void *context, size_t target);

/** recheck_end - let go of all that is held; harmless twice */
void recheck_end(struct recheck *recheck);
