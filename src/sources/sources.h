/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sources - what every source of facts looks like
 *
 * Each source file turns one kernel or firmware interface into facts of a build, and leaves its
 * state there (build_source) under the name of the interface. read.c runs them in order.
 */
#pragma once

#include "base/root.h"
#include "model/build.h"
#include "sources/read.h"

struct deferred_list;
struct focus_modules;
struct below;

/**
 * struct reading - one snapshot in the making
 * @root: where files are     @facts: what is wanted     @build: what is known so far
 * @focus: the devices that a change is about, or NULL
 * @deferred: the kernel's list, once it has been read, or NULL
 * @modules: what libkmod said of the focus, once it has been asked, or NULL
 * @below: what hangs off each device in focus, @below_count of them (sources/usage/below.h)
 * @exhausted: -EMFILE, -ENFILE or -ENOMEM that opening @exhausted_at ended with, or 0: the command
 * fails, since what it did not read for want of descriptors is no answer
 */
struct reading {
	const struct root *root;
	unsigned facts;
	struct build *build;
	const struct focus *focus;
	struct deferred_list *deferred;
	const struct focus_modules *modules;
	struct below *below;
	size_t below_count;
	int exhausted;
	const char *exhausted_at;
};

/** reading_wants - true where one of @facts is wanted */
static inline bool reading_wants(const struct reading *reading, unsigned facts)
{
	return reading->facts & facts;
}

/**
 * reading_done - write the entry of @source: read, or what the door failed to read since the entry
 * before, with the first file. Facts from such a file are unknown, and the source says so itself.
 */
void reading_done(struct reading *reading, const char *source);

/**
 * reading_report - write an entry of @source only if the door failed to read something since the
 * entry before: for interfaces that have no entry of their own
 */
void reading_report(struct reading *reading, const char *source);

/**
 * reading_failed - write the entry of @source, which could not be read at all
 * @cause: negative errno; for an absence the entry says absent     @file: what could not be read
 */
void reading_failed(struct reading *reading, const char *source, int cause, const char *file);

/**
 * reading_settle - add what the door failed to read to the last entry; for read.c alone
 * @source: name of a new entry where there are no more than @entries
 * Returns: 0; a negative errno where the process has run out of descriptors or memory.
 */
_must_check_ int reading_settle(struct reading *reading, const char *source, size_t entries,
				struct error *e);

/** reading_focus - the device at focus->paths[@index], or NULL where it is not there (any more) */
struct device *reading_focus(const struct reading *reading, size_t index);

/*
 * The sources. Each returns 0, or a negative errno only where no snapshot can be made at all
 * (no process for guarded reads). Where none of its facts is wanted it says "skipped".
 */
int source_iommu_groups(struct reading *reading, struct error *e);
int source_bus_devices(struct reading *reading, struct error *e);
int source_iommu_class(struct reading *reading, struct error *e);
int source_class_links(struct reading *reading, struct error *e);
int source_vfio(struct reading *reading, struct error *e);
int source_below(struct reading *reading, struct error *e);
int source_holders(struct reading *reading, struct error *e);
int source_log(struct reading *reading, struct error *e);
int source_devices_deferred(struct reading *reading, struct error *e);
int source_streams(struct reading *reading, struct error *e);
int source_suppliers(struct reading *reading, struct error *e);
int source_drivers(struct reading *reading, struct error *e);
int source_traits(struct reading *reading, struct error *e);
int source_hwdb(struct reading *reading, struct error *e);
int source_machine(struct reading *reading, struct error *e);

/* Those that are about devices in focus alone; where they are not wanted they say nothing at all.
 */
int source_focus_drivers(struct reading *reading, struct error *e);
int source_vfio_host(struct reading *reading, struct error *e);
int source_rtnetlink(struct reading *reading, struct error *e);
int source_infiniband(struct reading *reading, struct error *e);
int source_block_uses(struct reading *reading, struct error *e);
int source_node_uses(struct reading *reading, struct error *e);
int source_device_uses(struct reading *reading, struct error *e);
int source_provider_uses(struct reading *reading, struct error *e);
