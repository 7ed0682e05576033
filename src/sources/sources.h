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
};

/** reading_wants - true where one of @facts is wanted */
static inline bool reading_wants(const struct reading *reading, unsigned facts)
{
	return reading->facts & facts;
}

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
