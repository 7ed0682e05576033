/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rebind - from the devices that somebody names to the moves, and from the moves to the plan
 *
 * Pure functions of a snapshot, of what is remembered, and of what the checks said. What a driver
 * override is afterwards: for a VFIO driver its name and for none the word "none", so that no
 * rescan hands the device to another driver; for a native driver what it was before iommuctl.
 */
#pragma once

#include "actions/memory.h"
#include "actions/transaction.h"

/** driver_name_check - ERROR_USAGE for a word that no driver can be called ("../x", 5,000 bytes) */
int driver_name_check(const char *name, struct error *e);

/**
 * rebind_moves - where each device goes: the named ones and, with --group, those of their groups
 * that stand in the way
 * @named: a byte for each device, by index
 * Returns: moves in the order of the devices, in @arena.
 */
struct handover rebind_moves(const struct request *request, const struct system *system,
			     const struct memory *memory, const bool *named, struct arena *arena);

/**
 * restore_moves - back to what each named device had before iommuctl first touched it
 * Devices of which nothing is remembered, or that are not the same any more, are not moved.
 */
struct handover restore_moves(const struct system *system, const struct memory *memory,
			      const bool *named, struct arena *arena);

/** rebind_plan - the steps; none where everything is so already. In @arena, with its own texts. */
struct plan rebind_plan(const struct handover *handover, const struct checks *checks,
			struct arena *arena);

/** remembered_is - true where @device is the one that was remembered, and not its successor */
bool remembered_is(const struct remembered *known, const struct device *device);
