/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rescan_steps - carry out the steps of a rescan's plan
 *
 * Nothing undoes a removal but the search of the bus, so that the way back is the way on: after a
 * failure, a signal or a crash the steps after the removals are carried out. Each of them looks
 * before it writes, and may be repeated. A device that is found is the same one where its location
 * (model/location.h) and its IDs are the same; another one is never written to.
 */
#pragma once

#include "actions/execute.h"

/**
 * struct found_again - the targets of a rescan after it
 * @targets: as in the plan, with address and inode of now; one that is not back is unchanged
 * @removed: at least one target was, or may have been, removed
 * @lost: targets that are not back     @changed: targets with another driver or override
 * @unwritten: a write failed that recover can repeat
 */
struct found_again {
	struct target *targets;
	bool removed;
	size_t lost, changed;
	bool unwritten;
};

/**
 * rescan_remove - switch autoprobe off, if the plan says so, and remove the targets
 * Returns: 0; -EINPROGRESS; another negative errno at the first failure, or a signal. In each case
 * but -EINPROGRESS rescan_find has to follow.
 */
_must_check_ int rescan_remove(struct execution *execution, struct error *e);

/**
 * rescan_find - find the targets again, set their overrides, switch autoprobe on, bind drivers
 * Returns: 0 where all targets are back with driver and override; -EINPROGRESS a write hangs;
 * another negative errno, with the first problem in @e.
 */
_must_check_ int rescan_find(struct execution *execution, struct arena *arena,
			     struct found_again *ret_found, struct error *e);
