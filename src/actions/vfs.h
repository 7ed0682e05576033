/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfs - from a physical function and a count to the moves, and from the moves to the plan
 *
 * Pure functions of a snapshot. A physical function has all of its virtual functions or none: the
 * kernel refuses to go from one count to another (drivers/pci/iov.c: sriov_numvfs_store), so that
 * another count removes those that there are. They are unbound before that, one by one, each with
 * its last check; so every one can be put back.
 */
#pragma once

#include "actions/memory.h"
#include "actions/transaction.h"

/**
 * vfs_moves - the moves of @request for the physical function that it names
 * Another count: a handover with @physical, with a move for it and for each virtual function that
 * it has. The same count: moves of the virtual functions to the driver, if one is named, else none.
 * @named: a flag for each device, by index     Returns: in @arena.
 */
struct handover vfs_moves(const struct request *request, const struct system *system,
			  const struct memory *memory, const bool *named, struct arena *arena);

/** vfs_plan - the steps for a handover with @physical, in @arena with their own texts */
struct plan vfs_plan(const struct request *request, const struct handover *handover,
		     struct arena *arena);
