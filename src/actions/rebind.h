/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rebind - from the chosen devices to the moves, and from the moves to the plan
 *
 * Pure functions of a snapshot, of the memory, and of the answers of the checks. The driver
 * override afterwards: for a VFIO driver its name, and without a driver the word "none", so that no
 * rescan binds another driver; for a native driver the override before iommuctl's first change.
 */
#pragma once

#include "actions/memory.h"
#include "actions/transaction.h"

/**
 * driver_name_check - ERROR_USAGE for a text that cannot be a driver's name ("../x", 5,000 bytes)
 */
_must_check_ int driver_name_check(const char *name, struct error *e);

/**
 * rebind_moves - the moves of the named devices and, with --group, of members of their groups that
 * prevent VFIO from serving these, or that iommuctl has moved to that driver before
 * @named: a flag for each device, by index
 * Returns: moves in the order of the devices, in @arena.
 */
struct handover rebind_moves(const struct request *request, const struct system *system,
			     const struct memory *memory, const bool *named, struct arena *arena);

/**
 * restore_moves - moves that return each named device to its state before iommuctl's first change
 * Devices that are not remembered, or were replaced since, are not moved.
 */
struct handover restore_moves(const struct system *system, const struct memory *memory,
			      const bool *named, struct arena *arena);

/**
 * rebind_plan - the steps; none where every device already is in its new state. In @arena, with its
 * own texts.
 */
struct plan rebind_plan(const struct handover *handover, const struct checks *checks,
			struct arena *arena);

/** target_of_move - the device of @move as a target of a plan; in @arena, with its own texts */
struct target target_of_move(const struct move *move, struct arena *arena);

/** remembered_is - true where @device is the remembered device, and not another in its place */
bool remembered_is(const struct remembered *known, const struct device *device);

/** remembered_owner - the rule about the owner of its nodes that iommuctl has made, or NULL */
const char *remembered_owner(const struct memory *memory, const struct device *device);
