/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scope - the devices that a reading is limited to
 *
 * A command about one device does not need the others: most facts about a device with a group
 * depend on its group, the members of the group and their IOMMU alone (facts.h: FACTS_SCOPED). A
 * scope holds the selected devices and all members of their groups; with FACT_TRAITS also the PCI
 * bridges above these and the physical functions of virtual ones, each with its group. Where that
 * cannot be known from their own files there is no scope, and the whole machine is read: the answer
 * is the same. So it is where a source finds that it needs another device (exceeds_scope).
 *
 * Sources: /sys/bus/BUS/devices/NAME, PATH/iommu_group, /sys/kernel/iommu_groups/N/devices,
 * PATH/physfn; for names of interfaces and disks /sys/class/CLASS/NAME.
 */
#pragma once

#include "sources/sources.h"

/** struct scope_device - one device of a scope, as its bus names it */
struct scope_device {
	const char *bus, *name, *path;
};

struct scope_bus;

/**
 * struct scope - the devices, and the buses by which they are told from others
 * @groups: their numbers     @counts_nodes: device_counts_nodes of the reading
 */
struct scope {
	struct reading *reading;
	const struct scope_device *devices;
	size_t count, room;
	const int *groups;
	size_t group_count, group_room;
	struct scope_bus *buses;
	size_t bus_count, bus_room;
	bool counts_nodes;
};

/**
 * scope_find - the scope of devices
 * @selectors: NULL-terminated; names, paths below /sys/devices or "group:N" (model/select.h)
 * Returns: NULL where the whole machine has to be read: another kind of selector, nothing of that
 * name, a device without a group, or a file that could not be read (failures are not noted then).
 * The scope is in the arena of the build.
 */
struct scope *scope_find(struct reading *reading, const char *const *selectors) _nonnull_();

/**
 * scope_owner - build_find_above for any reading: a limited reading lacks devices that may be
 * nearer to @path, so they are searched for
 */
struct device *scope_owner(const struct reading *reading, const char *path) _nonnull_();

/**
 * scope_may_suffice - the part of scope_suffices that can be asked once the devices are read,
 * before all other sources: false where the driver of a device cannot be read, and where it has
 * none on a machine with a devicetree
 */
bool scope_may_suffice(const struct reading *reading) _nonnull_();

/**
 * scope_suffices - whether the FACTS_EXAMINED that were read of a scope are all that findings about
 * its devices need
 * False where another device may be in such a finding: a device of the scope has no driver, and has
 * suppliers or is on the list of deferred devices, or the list could not be read; its IOMMU may
 * give its stream to others (SMMUs); it is a physical function of VFIO's, with virtual functions;
 * its DMA is not translated, for a reason that depends on the types of other groups; there are
 * faults, which other devices may have sent, or pins, which may mean other devices. @reading: after
 * all sources
 */
bool scope_suffices(const struct reading *reading) _nonnull_();

/** scope_names_other - whether a device that is not in the scope has that name on its bus */
bool scope_names_other(struct scope *scope, const char *name) _nonnull_();

/** scope_may_lack - false where a reading without the scope has no device at @path, either */
bool scope_may_lack(struct scope *scope, const char *path) _nonnull_();

/** scope_device_at - the device of the scope at @path, or NULL */
const struct scope_device *scope_device_at(const struct scope *scope, const char *path) _nonnull_();
