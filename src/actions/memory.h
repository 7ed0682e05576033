/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory - what each device had before iommuctl first touched it, in this boot
 *
 * "restore" goes back to it, and a name that the device had ("eth0") goes on selecting it. Bindings
 * end with the boot: what another boot left is forgotten. Only who holds the lock (lock.h) saves.
 */
#pragma once

#include "actions/plan.h"
#include "actions/store.h"

/**
 * struct remembered - one device
 * @path: with the IDs and the inode, what makes it the same device: the caller compares them
 * @driver, @driver_override: before; NULL none, also for an override that sysfs spelt "(null)"
 * @interfaces: separated by commas, or NULL     The rest: as in struct target
 * @left_driver, @left_override: what the last transaction left the device with, where left_known
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
};

/** struct memory - a list, the device taken first in front; all in @arena */
struct memory {
	struct arena *arena;
	struct remembered *first;
};

/**
 * memory_load - what was saved; empty where nothing was, or in another boot
 * Returns: 0; ERROR_MALFORMED where the file is damaged in any way.
 */
int memory_load(const struct store *store, struct arena *arena, struct memory **ret_memory,
		struct error *e);

/** memory_parse - the same of bytes in memory */
int memory_parse(struct span bytes, const char *boot_id, struct arena *arena,
		 struct memory **ret_memory, struct error *e);

/** memory_find - the device at that path below /sys/devices, or NULL */
const struct remembered *memory_find(const struct memory *memory, const char *path);

/** memory_find_interface - the device that had that interface ("eth0"), or NULL */
const struct remembered *memory_find_interface(const struct memory *memory, const char *interface);

/**
 * memory_put - remember @target as it is before the change; where its path is known already,
 * what is known stays
 * Returns: what is remembered of it; valid until it is forgotten.
 */
struct remembered *memory_put(struct memory *memory, const struct target *target);

/** memory_leave - note what a transaction leaves @path with, where that device is remembered */
void memory_leave(struct memory *memory, const char *path, const char *driver,
		  const char *override);

/** memory_forget - false where nothing was known of that path */
bool memory_forget(struct memory *memory, const char *path);

/** memory_save - put all of it in the place of the file; on disk when this returns 0 */
int memory_save(const struct memory *memory, const struct store *store, struct error *e);
