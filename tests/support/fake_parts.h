/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_parts - declarations that the files of the fake kernel share; only for these */
#pragma once

#include "support/fake_kernel.h"
#include "support/fake_machine.h"

#include <stdatomic.h>

enum {
	FAKE_FAULTS_MAX = 4,
	FAKE_WRITES_MAX = 256,
	FAKE_LATE_MAX = 4,
	FAKE_REMOVED_MAX = 8,
	FAKE_DEFERRED = 517, /* EPROBE_DEFER, which user space never sees */
};

/**
 * struct fake_driver - one driver     @claims: pattern of modaliases, NULL: matches only by
 * driver_override
 * @module: NULL built in     @vfio: it makes VFIO nodes and needs a group
 */
struct fake_driver {
	const char *bus, *name;
	const char *claims;
	const char *module;
	bool vfio;
};

/** struct fake_late - a group that forms when a driver is first bound to the device */
struct fake_late {
	char device[FAKE_NAME_SIZE];
	int group;
};

/**
 * struct fake_hotplug - an act after a write     @write: its number; 0 never     @group: the new
 * group; -1: the device is removed, and the device in @line added; "" none
 * @file, @text: a write; "" none
 */
struct fake_hotplug {
	unsigned write;
	char device[FAKE_NAME_SIZE];
	int group;
	char line[512];
	char file[192], text[128];
};

/**
 * struct fake_removed - a PCI device that a write to its file remove took out     @name: "" none
 * @parent: the folder that it was in, below the root     @number: of the folder that its files are
 * in
 */
struct fake_removed {
	char name[FAKE_NAME_SIZE], parent[512];
	unsigned number;
	int group;
};

/**
 * struct fake_shared - memory that all processes share
 * @heals: number of calls of fake_heals     @ill_since: @heals when a fault struck last; a process
 * that hangs waits until @heals is larger, which may already be true
 * @unplugged: number of removed devices
 * @failing_driver, @failing_error: fake_bind_fails_with; "" none
 * @deferred: fake_probe_defers; "" none     @held: fake_group_is_held; -1 none
 * @nodeless: fake_vfio_makes_no_nodes     @probing: fake_probes_always
 * @claim_error: fake_claims_fail_with; 0 none     @removed: devices that a search can find again
 * @changeling, @instead: fake_finds_instead     @binds_at_once: fake_binds_at_once
 * @renumbered_by: fake_renumbers_groups     @boot_type: fake_boots_with_type
 */
struct fake_shared {
	atomic_uint writes;
	atomic_uint heals, unplugged;
	unsigned ill_since;
	pid_t tool;
	struct fake_fault faults[FAKE_FAULTS_MAX];
	unsigned fault_count;
	char failing_driver[FAKE_NAME_SIZE];
	int failing_error;
	char deferred[FAKE_NAME_SIZE];
	int held;
	bool nodeless, probing;
	int claim_error;
	struct fake_hotplug hotplug;
	struct fake_removed removed[FAKE_REMOVED_MAX];
	char changeling[FAKE_NAME_SIZE], instead[512];
	bool binds_at_once;
	int renumbered_by;
	char boot_type[16];
	struct fake_entry log[FAKE_WRITES_MAX];
};

struct fake_kernel {
	struct kernel kernel; /* first, so that a pointer to it is also a pointer to the whole */
	char *dir;
	struct fake_shared *shared;
	struct fake_late late[FAKE_LATE_MAX];
	size_t late_count;
};

/** fake_shared_new - memory that processes share over a fork */
struct fake_shared *fake_shared_new(void);
void fake_shared_free(struct fake_shared *shared);

/** fake_log - log a write before it has an effect; returns its number */
unsigned fake_log(struct fake_shared *shared, const char *file, const char *text);

/** fake_log_result - log its result; returns @result */
int fake_log_result(struct fake_shared *shared, unsigned write, int result);

/** fake_fault_of - the fault of that write, or NULL */
const struct fake_fault *fake_fault_of(struct fake_shared *shared, unsigned write);

/** fake_strikes_before, _midway, _after - let @fault strike if this is its moment; NULL is none */
void fake_strikes_before(struct fake_shared *shared, const struct fake_fault *fault);
void fake_strikes_midway(struct fake_shared *shared, const struct fake_fault *fault);
void fake_strikes_after(struct fake_shared *shared, const struct fake_fault *fault);

/** fake_pci_remove - remove the PCI device in @folder, and all below it; 0 or a negative errno */
int fake_pci_remove(const struct fake_kernel *fake, const char *folder);

/**
 * fake_pci_search - find removed devices again that were in the folder @parent, and those below
 * them
 * @found: called with the name of each, the upper ones first
 */
void fake_pci_search(const struct fake_kernel *fake, const char *parent,
		     void (*found)(void *context, const char *name), void *context);

/**
 * fake_sriov_count - a write to sriov_numvfs of the device in @folder, below the root
 * Returns: 0 or a negative errno.
 */
int fake_sriov_count(const struct fake_kernel *fake, const char *folder, const char *text);

/**
 * fake_domain_type - a write to the file type of the group of the device in @folder, below the root
 * Returns: 0 or a negative errno.
 */
int fake_domain_type(const struct fake_kernel *fake, const char *folder, const char *text);

/** fake_sriov_holds_off - true for a virtual function that no driver may be bound to by itself */
bool fake_sriov_holds_off(const char *device);

/** fake_wait - wait for a fake_heals after the last fault */
void fake_wait(struct fake_shared *shared);

/** fake_hotplugs - carry out the act that was set for the last write */
void fake_hotplugs(const struct fake_kernel *fake);

/**
 * fake_boot - complete the machine: files that tree_unpack does not make, and the built-in drivers
 */
void fake_boot(const struct fake_kernel *fake);

/** fake_driver_named - the driver of that name; NULL for an unknown one */
const struct fake_driver *fake_driver_named(const char *bus, const char *name);

/** fake_driver_at - driver number @index, or NULL */
const struct fake_driver *fake_driver_at(size_t index);

/** fake_module_known - true where the fake kernel has that module */
bool fake_module_known(const char *module);

/** fake_driver_matches - true where the driver may be bound to the device in the folder @device */
bool fake_driver_matches(const struct fake_driver *driver, const char *device);

/**
 * fake_attach - bind the driver to a device that has none
 * @fault: strikes midway; or NULL     @ret_probed: the driver's own probe was called
 * Returns: 0 or a negative errno, -FAKE_DEFERRED for a deferred probe.
 */
int fake_attach(const struct fake_kernel *fake, const struct fake_fault *fault,
		const struct fake_driver *driver, const char *device, bool *ret_probed);

/**
 * fake_attach_any - try the first registered driver that matches; the result of its own probe is
 * ignored
 */
int fake_attach_any(const struct fake_kernel *fake, const struct fake_fault *fault, const char *bus,
		    const char *device);

/** fake_form_group - form the group that was set for the device in the folder @device, if any */
void fake_form_group(const struct fake_kernel *fake, const char *device);
