/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handover - which devices are to go to which driver: what checks judge and planners turn into
 * steps
 */
#pragma once

#include "model/system.h"

/**
 * struct move - one device
 * @device: as it is now     @driver: where it is to go; NULL none
 * @override: driver_override afterwards; NULL none
 * @taken_along: the user named a member of its group, not itself
 * @restored: it goes back to what it had before iommuctl first touched it
 * @left_driver, @left_override: where it is restored, what iommuctl left it with; NULL none. Of no
 * meaning without @left_known
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
 * struct handover - borrowed: lives as long as the system
 * @verb: "rebind", "unbind", "restore"     @with_group: --group was given
 */
struct handover {
	const struct system *system;
	const char *verb;
	const struct move *moves;
	size_t move_count;
	bool with_group;
};

/**
 * move_changes - true where the device has another driver now than it is to have, or where the one
 * it has could not be read
 */
bool move_changes(const struct move *move);

/** move_changes_override - true where driver_override is to be another one than it is now */
bool move_changes_override(const struct move *move);

/** move_takes_away - true where the device loses a driver, or may lose one that could not be read
 */
bool move_takes_away(const struct move *move);

/** move_is_to_vfio - true where it goes to a driver that serves VFIO users */
bool move_is_to_vfio(const struct move *move);

/** handover_move - the move of @device, or NULL */
const struct move *handover_move(const struct handover *handover, const struct device *device);

/**
 * device_is_independent - true for a device that firmware or PCI describes, false for a function
 * that the driver of the device above made of that one: a virtio device, a cell of an MFD
 */
bool device_is_independent(const struct device *device);

/** moves_alike - whether an answer about one of the two is one about the other as well */
typedef bool moves_alike(const struct move *one, const struct move *other);

/** Two of them: moves to the same driver of the same bus; moves to any driver that serves VFIO. */
moves_alike moves_to_same_driver, moves_to_vfio;

/**
 * handover_first - true where @move is the first, of those that change something, that is @alike
 * What is true of several moves is asked about once. NULL: all moves are alike.
 */
bool handover_first(const struct handover *handover, const struct move *move, moves_alike *alike);
