/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handover - the devices to move and their new drivers: checks judge it, and planners turn it into
 * steps
 */
#pragma once

#include "model/owner.h"
#include "model/system.h"

/**
 * struct move - one device
 * @device: its present state     @driver: its new driver; NULL none
 * @override: its new driver_override; NULL none
 * @taken_along: the user named another member of its group
 * @restored: it returns to the state before iommuctl first changed it
 * @left_driver, @left_override: for a restored device, the state in which iommuctl left it; NULL
 * none. Valid only where @left_known
 * @released: the type of its group changes, which the kernel allows only while its driver is
 * unbound
 * @first_type: the type that its group had before iommuctl first changed that, or NULL
 * @owner, @owner_before: the rule that gives its VFIO nodes to a user, after and before
 * (actions/owner_rule.h); NULL none
 */
struct move {
	const struct device *device;
	const char *driver;
	const char *override;
	bool taken_along;
	bool restored, released;
	bool left_known;
	const char *left_driver, *left_override;
	const char *owner, *owner_before;
	const char *first_type;
};

/**
 * struct domain_change - the new type of a group's default domain
 * @device: the member that the checks and the step are about; its move is in the handover
 * @group: of it; NULL none     @type: the word to write (model/domain_type.h)
 * @restored: it returns to the type before iommuctl first changed it
 * @left_type: then the type in which iommuctl left it, or NULL
 */
struct domain_change {
	const struct device *device;
	const struct group *group;
	const char *type;
	bool restored;
	const char *left_type;
};

/**
 * struct handover - a list of moves; borrowed: lives as long as the system
 * @verb: "rebind", "unbind", "restore", "rescan", "vfs", "domain"     @with_group: --group was
 * given
 * @dry_run: nothing is to be written: check, --dry-run
 * @in_order: the moves are in the order of the devices in the system
 * @removes: the devices are removed and found again: each loses its driver, if only for a moment
 * @physical: the device that gets another number of virtual functions, or NULL. It stays as it is:
 * the driver of its move is that of each new function. All other moves are of its virtual
 * functions, which are removed
 * @function_count: the new number
 * @asked_physical: for vfs, the device of which a number was asked, also where it has that number
 * @domains: groups of which the type changes, @domain_count of them, in the order of
 * domain_changes_sort
 * @owner: the user that gets the VFIO nodes, or NULL
 */
struct handover {
	const struct system *system;
	const char *verb;
	const struct move *moves;
	size_t move_count;
	bool with_group, dry_run, in_order, removes;
	const struct device *physical, *asked_physical;
	int function_count;
	const struct domain_change *domains;
	size_t domain_count;
	const struct owner *owner;
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

/**
 * move_takes_away - true where the device loses a driver, if only for a moment, or may lose one
 * that could not be read
 */
bool move_takes_away(const struct move *move);

/** move_is_to_vfio - true where the new driver serves VFIO users */
bool move_is_to_vfio(const struct move *move);

/** domain_changes_sort - put changes into the order in which handover_domain finds them */
void domain_changes_sort(struct domain_change *domains, size_t count);

/** handover_domain - the change of the type of @group, or NULL; NULL is no group */
const struct domain_change *handover_domain(const struct handover *handover,
					    const struct group *group);

/** handover_domain_of - the change of a type that the checks ask about this move, or NULL */
const struct domain_change *handover_domain_of(const struct handover *handover,
					       const struct move *move);

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
 * handover_first - true where @move is the first, among moves that unbind or bind a driver, for
 * which
 * @alike is true
 * Answers that cover several moves are given once, for the first. @alike NULL: all moves are alike.
 */
bool handover_first(const struct handover *handover, const struct move *move, moves_alike *alike);
