/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_kernel - a machine whose kernel reacts to writes as Linux does, and fails on request
 *
 * Its state is in the files of a tree (tree.h), so that all processes see every write. The injected
 * faults, and a log of all writes, are in memory that all processes forked afterwards share: the
 * tool, its writing child, and the test that watches both.
 *
 * As in Linux (drivers/base/bus.c, dd.c; drivers/vfio):
 * - drivers/D/unbind: ENODEV where the device is not bound to D. The links are removed first, the
 * rest later.
 * - drivers/D/bind: ENODEV where D does not match or driver_override names another driver; EBUSY
 * where a driver is bound, or a VFIO user holds the group; EAGAIN where the probe is deferred;
 * EINVAL where a VFIO driver finds no group.
 * - drivers_probe: success whether or not a driver was bound; EINVAL where deferred or held.
 * - driver_override: a lone newline clears it, a write of no bytes does nothing, and no name is
 * checked.
 * - remove of a PCI device: it and all below it lose driver, override and group. rescan of its bus:
 * they are new devices, and bound to drivers unless drivers_autoprobe is 0 (Linux 7.3).
 * - sriov_numvfs of a device with a driver: ERANGE, EBUSY from one number to another, 0 removes
 * all; virtual functions (8086:10CA) get the lowest free groups. While sriov_drivers_autoprobe is
 * 0, only the driver that driver_override names is bound to one.
 * - the file type of a group: EINVAL for an unknown word; EPERM while a driver of the host has a
 * member or a VFIO user has the group, but for DMA to DMA-FQ. Up to Linux 6.3, as the tree's
 * osrelease says: EINVAL with several members, EBUSY while the one has any driver.
 * - a rule of udev about the owner of nodes is written to /run/udev/rules.d, or removed. All nodes
 * belong to the user who runs the test.
 * - a module registers its drivers, and these bind every driverless device that they match.
 */
#pragma once

#include "actions/kernel.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fake_kernel;

/**
 * fake_new - a machine made of @tree (tree.h) with the drivers of its buses
 * It has e1000e, igbvf, nvme, pcieport, pci-stub, vfio-pci, virtio-mmio and vfio-platform. Those
 * that are built in are registered; the others are registered if the tree has a device of theirs,
 * or else are modules.
 */
struct fake_kernel *fake_new(const char *tree);

/** fake_free - free the fake kernel and its machine; accepts NULL */
void fake_free(struct fake_kernel *fake);

/** fake_dir - the folder of the machine; lives as long as @fake */
const char *fake_dir(const struct fake_kernel *fake);

/** fake_kernel - the struct kernel for a transaction */
const struct kernel *fake_kernel(const struct fake_kernel *fake);

/** fake_dump - the state of the machine in words (machine_dump); to be freed */
char *fake_dump(const struct fake_kernel *fake);

/** fake_write - a write(2) by another process, of @length bytes, also 0; not counted */
int fake_write(const struct fake_kernel *fake, const char *file, const char *bytes, size_t length);

/** fake_has_module - mark a module as loaded at boot */
void fake_has_module(const struct fake_kernel *fake, const char *module);

/**
 * fake_group_forms_late - let a device join that group when a driver is first bound to it: as with
 * IOMMUs that firmware describes, on kernels up to 6.14
 */
void fake_group_forms_late(struct fake_kernel *fake, const char *device, int group);

/** fake_group_forms_now - let the late group of the device form, as after a failed bind */
void fake_group_forms_now(const struct fake_kernel *fake, const char *device);

/* Faults of the machine, until fake_heals. */

/** fake_bind_fails_with - let the probe of every device by @driver fail */
void fake_bind_fails_with(struct fake_kernel *fake, const char *driver, int error);

/** fake_probe_defers - let every probe of @device be deferred */
void fake_probe_defers(struct fake_kernel *fake, const char *device);

/**
 * fake_group_is_held - let a VFIO user hold the group: native drivers cannot be bound, and an
 * unbind hangs
 */
void fake_group_is_held(struct fake_kernel *fake, int group);

/** fake_vfio_makes_no_nodes - let VFIO drivers bind devices without making nodes */
void fake_vfio_makes_no_nodes(struct fake_kernel *fake);

/** fake_probes_always - another process writes every device to drivers_probe in an endless loop */
void fake_probes_always(struct fake_kernel *fake);

/** fake_claims_fail_with - let every claim of a disk fail: EBUSY in use, or another errno */
void fake_claims_fail_with(struct fake_kernel *fake, int error);

/**
 * fake_finds_instead - let a search of the bus find another device in place of @device, a line of a
 * tree; "": nothing
 */
void fake_finds_instead(struct fake_kernel *fake, const char *device, const char *line);

/** fake_binds_at_once - bind devices that a search finds whatever drivers_autoprobe is: Linux 6.12
 */
void fake_binds_at_once(struct fake_kernel *fake);

/** fake_renumbers_groups - give groups of devices that are found again a number that is larger */
void fake_renumbers_groups(struct fake_kernel *fake, int by);

/** fake_boots_with_type - the type that a group gets by "auto"; "DMA" unless it is set */
void fake_boots_with_type(struct fake_kernel *fake, const char *type);

/** enum fake_fault_kind - the fault of one write */
enum fake_fault_kind {
	FAKE_FAILS,	   /* fails with the errno @detail, without effect */
	FAKE_FAILS_AFTER,  /* fails with the errno @detail, after it had its effect */
	FAKE_LIES,	   /* success without effect */
	FAKE_HANGS,	   /* no effect until fake_heals */
	FAKE_HANGS_MIDWAY, /* hangs until fake_heals, between a driver's links and the rest */
	FAKE_KILLS_BEFORE, /* tool and writer die before it has an effect */
	FAKE_KILLS_AFTER,  /* tool and writer die after it had its effect */
	/* the tool dies; its writer hangs until fake_heals, and then finishes */
	FAKE_ORPHANS,
	FAKE_LOSES_WRITER, /* the writer alone dies, before it has an effect */
	FAKE_SIGNALS,	   /* the tool gets the signal @detail, and the write goes on */
	FAKE_SIGNALS_ALL,  /* the tool gets every signal that a transaction has to ignore */
};

/**
 * struct fake_fault - one fault
 * @write: number of the write or load, from 1, counted from fake_new
 * @persists: every later write of the same text to the same file fails too, until fake_heals
 */
struct fake_fault {
	enum fake_fault_kind kind;
	unsigned write;
	int detail;
	bool persists;
};

/** fake_inject - add a fault; at most four */
void fake_inject(struct fake_kernel *fake, struct fake_fault fault);

/** fake_heals - remove all faults, and let every hanging write go on */
void fake_heals(struct fake_kernel *fake);

/**
 * fake_tool_is - set the process that is killed and signalled; by default the parent of the writing
 * process
 */
void fake_tool_is(struct fake_kernel *fake, pid_t tool);

/*
 * Acts of another process right after write number @write, counted from now; only
 * one at a time.
 */

/** fake_unplugs_after - remove @device */
void fake_unplugs_after(struct fake_kernel *fake, unsigned write, const char *device);

/** fake_replaces_after - replace @device by another, a line of a tree */
void fake_replaces_after(struct fake_kernel *fake, unsigned write, const char *device,
			 const char *line);

/** fake_regroups_after - move @device to another group */
void fake_regroups_after(struct fake_kernel *fake, unsigned write, const char *device, int group);

/** fake_file_after - write a file of the machine, a line of a tree */
void fake_file_after(struct fake_kernel *fake, unsigned write, const char *line);

/** fake_writes_after - make a write, which is not counted, of @text to @file */
void fake_writes_after(struct fake_kernel *fake, unsigned write, const char *file,
		       const char *text);

/** fake_unplug, fake_plug, fake_regroup - the same acts at once */
void fake_unplug(const struct fake_kernel *fake, const char *bus, const char *name);
void fake_plug(const struct fake_kernel *fake, const char *line);
void fake_regroup(const struct fake_kernel *fake, const char *bus, const char *name, int group);

/** FAKE_CUT_OFF - the result of a write whose process was killed, or has not finished */
enum { FAKE_CUT_OFF = 1 };

/**
 * struct fake_entry - a write or load in the log     @result: 0, a negative errno, or FAKE_CUT_OFF
 * @file: "" for a load     @faulty: a fault met it     @writer: the process that wrote
 */
struct fake_entry {
	char file[192];
	char text[128];
	int result;
	bool faulty;
	pid_t writer;
};

/** fake_count - the number of writes and loads */
unsigned fake_count(const struct fake_kernel *fake);

/** fake_entry - write number @write, from 1; NULL where there were fewer */
const struct fake_entry *fake_entry(const struct fake_kernel *fake, unsigned write);
