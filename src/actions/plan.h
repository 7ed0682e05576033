/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan - a change as a value: steps in order, each with its undo and its expected result
 *
 * A plan is made from a snapshot (rebind.h, restore.h) and changes nothing by itself. It contains
 * texts and no pointers into the snapshot, so that the journal can store it and a later process can
 * finish or undo it. Everything lives in one arena.
 *
 * The order for each device is override, unbind, bind: between the unbind and the bind the override
 * keeps every other driver off, even if another process writes to drivers_probe. To undo a bind or
 * an unbind, execute.c first sets the override to the old driver, for the same reason.
 *
 * The order of vfs is autoprobe of virtual functions off, unbind of those that there are, count 0,
 * the new count, overrides and binds, autoprobe on (vfs_plan.c).
 *
 * Where the type of a group changes, all its members are unbound before the step of the type, and
 * bound after it. The steps of one group stand together.
 *
 * The order of a rescan is autoprobe off, remove, rescan, override, autoprobe on, probe; the first
 * and the last three only where a device has an override (rescan_steps.h).
 */
#pragma once

#include "base/arena.h"
#include "model/driver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** enum action - the kind of a step */
enum action {
	ACTION_LOAD,	 /* step: load the module @value; it has no file */
	ACTION_OVERRIDE, /* step: write the device's driver_override */
	ACTION_UNBIND,	 /* step: write to a driver's file unbind */
	ACTION_BIND,	 /* step: write to a driver's file bind */
	/* step: write 0 or 1 to drivers_autoprobe of a bus; with 0 it is the first step of a rescan
	 */
	ACTION_AUTOPROBE,
	ACTION_REMOVE, /* step: write to the file remove of a PCI device */
	ACTION_RESCAN, /* step: write to the file rescan of a PCI bus; it has no device */
	ACTION_PROBE,  /* step: write the device's name to drivers_probe of its bus */
	/* step: write 0 or 1 to sriov_drivers_autoprobe of a physical function */
	ACTION_VF_AUTOPROBE,
	ACTION_VF_COUNT, /* step: write to sriov_numvfs of a physical function */
	/* step: write to the file type of the group of a device; the text may be "auto" */
	ACTION_DOMAIN,
	/* step: write a rule of udev that gives the VFIO nodes of a device to a user; "" removes
	 * it (owner_rule.h) */
	ACTION_OWNER,
	ACTION_COUNT,
};

/**
 * struct target - one device of a plan, as it was when the plan was made
 * @label: its name in messages
 * @path: below /sys/devices; identifies it together with the IDs and the inode
 * @vendor_id, @device_id: PCI, or -1     @inode: as in struct traits
 * @driver, @driver_override: before; NULL none     @group: number before, or -1
 * @new_driver: after; NULL none     @new_override: after; NULL none
 * @interfaces: names that it had ("eth0"), separated by commas, or NULL: they still select it
 * @network: commands that set the addresses and routes of its interfaces again, one a line, or
 * NULL; not in the journal
 * @taken_along: the user named another member of its group
 *
 * A virtual function that vfs makes or unmakes is a target by its number (vf_target.h).
 */
struct target {
	const char *label, *bus, *name, *path;
	int32_t vendor_id, device_id;
	const char *driver, *driver_override;
	int group;
	const char *new_driver, *new_override;
	const char *interfaces;
	const char *network;
	bool taken_along;
	uint64_t inode;
};

/**
 * struct step - one write of one text to one file
 * @target: index, or -1 for a step without a device
 * @file: absolute path     @value: the text, without newline; "" clears an override
 * @undo_file, @undo_value: the write that undoes it; @undo_file is NULL if none is needed
 * @expect_driver: the driver that is bound after it, NULL none; no meaning for ACTION_LOAD
 * @undo_driver: the driver that is bound after its undo, NULL none
 */
struct step {
	enum action action;
	int target;
	const char *file, *value;
	const char *undo_file, *undo_value;
	const char *expect_driver, *undo_driver;
};

/**
 * struct plan - the steps of one transaction
 * @verb: "rebind", "unbind", "restore", "rescan", "vfs" or "domain"
 */
struct plan {
	const char *verb;
	const struct target *targets;
	size_t target_count;
	const struct step *steps;
	size_t step_count;
};

/** action_is_switch - true for a step whose file reads as the text that was written */
bool action_is_switch(enum action action);

/** plan_rescans - true for the plan of "rescan", whose targets are removed and found again */
bool plan_rescans(const struct plan *plan);

/** action_name - the word in JSON documents: "load_module", "override", "unbind", "bind", … */
const char *action_name(enum action action);

/** action_from_name - the action of that word; false for an unknown word */
bool action_from_name(const char *name, enum action *ret_action);
