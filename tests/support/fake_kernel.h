/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_kernel - a machine whose kernel reacts to writes as Linux does, and fails where it is told
 *
 * State lies in the files of a tree (tree.h), so that whichever process writes, all see the same.
 * The faults that a test asks for, and a log of all writes, lie in memory that is shared by all
 * processes forked afterwards: the tool, its writing child, and the test that watches both.
 *
 * As in Linux (drivers/base/bus.c, dd.c; drivers/vfio):
 * - drivers/D/unbind: ENODEV where the device is not D's. The links go first, the rest later.
 * - drivers/D/bind: ENODEV where D does not match or driver_override says another; EBUSY where
 * there is a driver, or the group is held by a VFIO user; EAGAIN where the probe is deferred;
 * EINVAL where a VFIO driver finds no group.
 * - drivers_probe: says success whether or not anything was bound; EINVAL where deferred or held.
 * - driver_override: a lone newline clears it, no bytes at all do nothing, and no name is checked.
 * - a module registers its drivers, and these take every driverless device that they match.
 */
#pragma once

#include "actions/kernel.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fake_kernel;

/**
 * fake_new - a machine made of @tree (tree.h) with the drivers of its buses
 * It knows e1000e, nvme, pcieport, pci-stub, vfio-pci, virtio-mmio and vfio-platform. Those that
 * are built in are registered; the others where the tree has a device of theirs, or are modules.
 */
struct fake_kernel *fake_new(const char *tree);

/** fake_free - and its machine; accepts NULL */
void fake_free(struct fake_kernel *fake);

/** fake_dir - the folder of the machine; lives as long as @fake */
const char *fake_dir(const struct fake_kernel *fake);

/** fake_kernel - what a transaction is given as its kernel */
const struct kernel *fake_kernel(const struct fake_kernel *fake);

/** fake_dump - the state of the machine in words (machine_dump); to be freed */
char *fake_dump(const struct fake_kernel *fake);

/** fake_write - @length bytes, which may be none, as a write(2) of somebody else; not counted */
int fake_write(const struct fake_kernel *fake, const char *file, const char *bytes, size_t length);

/** fake_has_module - it was loaded at boot */
void fake_has_module(const struct fake_kernel *fake, const char *module);

/** fake_group_forms_late - a device gets that group when a driver is first bound to it: IOMMUs that
 * firmware describes, on kernels up to 6.14 */
void fake_group_forms_late(struct fake_kernel *fake, const char *device, int group);

/** fake_group_forms_now - the same as if somebody had tried to bind a driver to it */
void fake_group_forms_now(const struct fake_kernel *fake, const char *device);

/* Faults of the machine, until fake_heals. */

/** fake_bind_fails_with - the probe of every device by @driver does */
void fake_bind_fails_with(struct fake_kernel *fake, const char *driver, int error);

/** fake_probe_defers - no driver can be bound to @device yet */
void fake_probe_defers(struct fake_kernel *fake, const char *device);

/** fake_group_is_held - by a VFIO user: native drivers are kept off it, an unbind hangs */
void fake_group_is_held(struct fake_kernel *fake, int group);

/** fake_vfio_makes_no_nodes - a VFIO driver takes devices, and no process can open them */
void fake_vfio_makes_no_nodes(struct fake_kernel *fake);

/** fake_probes_always - somebody writes every device to drivers_probe, in a loop that never rests
 */
void fake_probes_always(struct fake_kernel *fake);

/** fake_claims_fail_with - every disk is in use (EBUSY), or cannot be opened */
void fake_claims_fail_with(struct fake_kernel *fake, int error);

/** enum fake_fault_kind - what goes wrong with one write */
enum fake_fault_kind {
	FAKE_FAILS,	   /* with @detail, an errno; nothing happened */
	FAKE_FAILS_AFTER,  /* the same, and yet it happened */
	FAKE_LIES,	   /* success, and nothing happened */
	FAKE_HANGS,	   /* nothing happens, until fake_heals */
	FAKE_HANGS_MIDWAY, /* the same between a driver's links and the rest */
	FAKE_KILLS_BEFORE, /* tool and writer die, and nothing happened */
	FAKE_KILLS_AFTER,  /* tool and writer die, and it happened */
	FAKE_ORPHANS,	   /* the tool dies; its writer hangs until fake_heals, and then finishes */
	FAKE_LOSES_WRITER, /* it alone dies, and nothing happened */
	FAKE_SIGNALS,	   /* the tool gets @detail, a signal, and the write goes on */
	FAKE_SIGNALS_ALL,  /* the same with every signal that a transaction has to ignore */
};

/**
 * struct fake_fault
 * @write: number of the write or load, from 1 on, through the whole life of the machine
 * @persists: every later write of the same text to the same file fails too, until fake_heals
 */
struct fake_fault {
	enum fake_fault_kind kind;
	unsigned write;
	int detail;
	bool persists;
};

/** fake_inject - one more fault; at most four */
void fake_inject(struct fake_kernel *fake, struct fake_fault fault);

/** fake_heals - nothing is wrong any more, and whatever hangs goes on */
void fake_heals(struct fake_kernel *fake);

/** fake_tool_is - the process that is killed and signalled; without it, the parent of the writing
 * process */
void fake_tool_is(struct fake_kernel *fake, pid_t tool);

/*
 * The act of another process on PCI devices right after write number @write from now on; one such
 * thing at a time.
 */

/** fake_unplugs_after - @device goes */
void fake_unplugs_after(struct fake_kernel *fake, unsigned write, const char *device);

/** fake_replaces_after - and another comes to its place, as a line of a tree */
void fake_replaces_after(struct fake_kernel *fake, unsigned write, const char *device,
			 const char *line);

/** fake_regroups_after - it is in another group */
void fake_regroups_after(struct fake_kernel *fake, unsigned write, const char *device, int group);

/** fake_file_after - a file of the machine says this: a line of a tree */
void fake_file_after(struct fake_kernel *fake, unsigned write, const char *line);

/** fake_unplug, fake_plug, fake_regroup - the same at once */
void fake_unplug(const struct fake_kernel *fake, const char *bus, const char *name);
void fake_plug(const struct fake_kernel *fake, const char *line);
void fake_regroup(const struct fake_kernel *fake, const char *bus, const char *name, int group);

/** FAKE_CUT_OFF - no write gave this result: its process was killed, or is still at it */
enum { FAKE_CUT_OFF = 1 };

/** struct fake_entry - a write or load @result: 0, a negative errno, or FAKE_CUT_OFF
 * @file: "" for a load     @faulty: a fault met it     @writer: the process that wrote */
struct fake_entry {
	char file[192];
	char text[128];
	int result;
	bool faulty;
	pid_t writer;
};

/** fake_count - how many writes and loads there were */
unsigned fake_count(const struct fake_kernel *fake);

/** fake_entry - number @write, from 1 on; NULL where there were not so many */
const struct fake_entry *fake_entry(const struct fake_kernel *fake, unsigned write);
