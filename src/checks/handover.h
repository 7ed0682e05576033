/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handover - the devices to move and their new drivers: checks judge it, and planners turn it into
 * steps
 */
#pragma once

#include "model/system.h"

/**
 * struct move - one device
 * @device: its present state     @driver: its new driver; NULL none
 * @override: its new driver_override; NULL none
 * @taken_along: the user named another member of its group
 * @restored: it returns to the state before iommuctl first changed it
 * @left_driver, @left_override: for a restored device, the state in which iommuctl left it; NULL
 * none. Valid only where @left_known
 */
struct move {
	const struct device *device;
	const char *driver;
	const char *override;
	bool taken_along;
	bool restored;
	bool left_known;
	const char *left_driver, *left_override;
};

/**
 * struct handover - a list of moves; borrowed: lives as long as the system
 * @verb: "rebind", "unbind", "restore", "rescan", "vfs"     @with_group: --group was given
 * @dry_run: nothing is to be written: check, --dry-run
 * @in_order: the moves are in the order of the devices in the system
 * @removes: the devices are removed and found again: each loses its driver, if only for a moment
 * @physical: the device that gets another number of virtual functions, or NULL. It stays as it is:
 * the driver of its move is that of each new function. All other moves are of its virtual
 * functions, which are removed
 * @function_count: the new number
 */
struct handover {
	const struct system *system;
	const char *verb;
	const struct move *moves;
	size_t move_count;
	bool with_group, dry_run, in_order, removes;
	const struct device *physical;
	int function_count;
};

/**
 * move_changes - true where the new driver differs from the present one, or the present one could
 * not be read
 */
bool move_changes(const struct move *move);

/**
 * move_is_settled - true where the device has the VFIO driver that it is to have, and is not
 * restored. Nothing has to be written for it, but whether VFIO opens it is still a question.
 */
bool move_is_settled(const struct move *move);

/** move_changes_override - true where the new driver_override differs from the present one */
bool move_changes_override(const struct move *move);

/** move_takes_away - true where the device loses a driver, or may lose one that could not be read
 */
bool move_takes_away(const struct move *move);

/** move_is_to_vfio - true where the new driver serves VFIO users */
bool move_is_to_vfio(const struct move *move);

/** handover_move - the move of @device, or NULL */
const struct move *handover_move(const struct handover *handover, const struct device *device);

/**
 * device_is_independent - true for a device that firmware or PCI describes; false for a function
 * that the driver of its parent made: a virtio device, a cell of an MFD
 */
bool device_is_independent(const struct device *device);

/** moves_alike - the type of functions that tell whether an answer about one move covers another */
typedef bool moves_alike(const struct move *one, const struct move *other);

/** moves_to_same_driver - both go to the same driver of the same bus */
moves_alike moves_to_same_driver;

/**
 * handover_first - true where @move is the first, among moves that change something, for which
 * @alike is true
 * Answers that cover several moves are given once, for the first. @alike NULL: all moves are alike.
 */
bool handover_first(const struct handover *handover, const struct move *move, moves_alike *alike);
