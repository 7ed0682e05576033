/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory - the state of each device before iommuctl first changed it, in this boot
 *
 * "restore" returns to it, and the name of an interface that the device had ("eth0") still selects
 * it. Bindings end with the boot, so the memory of another boot is dropped. Only the process that
 * holds the lock (lock.h) saves.
 */
#pragma once

#include "actions/plan.h"
#include "actions/store.h"

/**
 * struct remembered - one device
 * @path: identifies it together with the IDs and the inode, which the caller compares
 * @driver, @driver_override: before the change; NULL none, also for an override that sysfs spelt
 * "(null)"
 * @interfaces: separated by commas, or NULL     The rest: as in struct target
 * @left_driver, @left_override: the state in which the last transaction left the device, valid
 * where left_known
 * @domain_type: the type of its group before iommuctl first changed that; NULL where it did not, or
 * where another member has it     @left_domain_type: the type in which iommuctl left it, or NULL
 * @owner: the rule that gives its VFIO nodes to a user (owner_rule.h), or NULL
 * @network: commands that set the addresses and routes again that it had, one a line, or NULL
 */
struct remembered {
	struct remembered *next;
	const char *label, *bus, *name, *path;
	int vendor_id, device_id;
	const char *driver, *driver_override;
	const char *interfaces;
	uint64_t inode;
	bool left_known;
	const char *left_driver, *left_override;
	const char *network;
	const char *domain_type, *left_domain_type;
	const char *owner;
};

/** struct memory - a list, the last device added first; all in @arena */
struct memory {
	struct arena *arena;
	struct remembered *first;
};

/**
 * memory_load - read the saved memory; empty where nothing was saved in this boot
 * Returns: 0; ERROR_MALFORMED where the file is damaged in any way.
 */
_must_check_ int memory_load(const struct store *store, struct arena *arena,
			     struct memory **ret_memory, struct error *e);

/** memory_parse - memory_load for bytes in memory */
_must_check_ int memory_parse(struct span bytes, const char *boot_id, struct arena *arena,
			      struct memory **ret_memory, struct error *e);

/** memory_find - the device at that path below /sys/devices, or NULL */
const struct remembered *memory_find(const struct memory *memory, const char *path);

/** memory_find_interface - the device that had that interface ("eth0"), or NULL */
const struct remembered *memory_find_interface(const struct memory *memory, const char *interface);

/**
 * memory_put - remember @target in its present state; if its path is already known, the older state
 * is kept
 * Returns: the remembered device; valid until memory_forget.
 */
struct remembered *memory_put(struct memory *memory, const struct target *target);

/**
 * memory_leave - record the state in which a transaction leaves the device @path, if it is
 * remembered
 */
void memory_leave(struct memory *memory, const char *path, const char *driver,
		  const char *override);

/**
 * memory_put_type - record the type that the group of the device @path had, if it is remembered and
 * has none recorded
 */
void memory_put_type(struct memory *memory, const char *path, const char *type);

/** memory_leave_type - record the type in which a transaction leaves that group; NULL unknown */
void memory_leave_type(struct memory *memory, const char *path, const char *type);

/** memory_forget_type - drop the type of the group of that device */
void memory_forget_type(struct memory *memory, const char *path);

/** memory_put_owner - record the rule about the owner of its VFIO nodes; NULL or "": there is none
 */
void memory_put_owner(struct memory *memory, const char *path, const char *rule);

/**
 * memory_follow - let the remembered device @before have the address and the inode of @now
 * Returns: true where that changed something; false also where it is not remembered, or another
 * device was at that place.
 */
bool memory_follow(struct memory *memory, const struct target *before, const struct target *now);

/** memory_forget - drop the device at that path; false where it was not known */
bool memory_forget(struct memory *memory, const char *path);

/** memory_save - replace the memory's file; on disk when this returns 0 */
_must_check_ int memory_save(const struct memory *memory, const struct store *store,
			     struct error *e);
