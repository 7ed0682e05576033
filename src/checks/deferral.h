/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deferral - why a device has not probed or runs without its IOMMU, down to the root cause
 *
 * Pure: everything comes from a system that was read with FACT_SUPPLIERS. Chains of suppliers are
 * followed to their last link, the thing to mend; a circle ends where it closes.
 */
#pragma once

#include "checks/viability.h"
#include "model/supply.h"

/** enum cause_code - root causes; the words of cause_code_name are stable */
enum cause_code {
	CAUSE_IOMMU_MODULE_NOT_LOADED,
	CAUSE_IOMMU_MODULE_BLACKLISTED,
	CAUSE_IOMMU_NO_DRIVER,
	CAUSE_IOMMU_DISABLED,
	CAUSE_IOMMU_PROBE_FAILED,
	CAUSE_SUPPLIER_MODULE_NOT_LOADED,
	CAUSE_SUPPLIER_MODULE_BLACKLISTED,
	CAUSE_SUPPLIER_NO_DRIVER,
	CAUSE_SUPPLIER_DISABLED,
	CAUSE_SUPPLIER_PROBE_FAILED,
	CAUSE_SUPPLIER_ABSENT,	   /* nothing of that name exists */
	CAUSE_SUPPLIER_CYCLE,	   /* the chain leads back into itself */
	CAUSE_BOUND_WITHOUT_IOMMU, /* the IOMMU came after the device had bound */
	CAUSE_STREAM_TAKEN,	   /* SMMUv3: the stream ID belongs to another device */
	CAUSE_STREAM_OVERLAP,	   /* SMMUv2: entries that overlap without one covering the other */
	CAUSE_STREAM_SPLIT,	   /* SMMUv2: its streams share entries with two groups */
	CAUSE_STREAM_ENTRIES_FULL, /* SMMUv2: no stream-map entry left */
	CAUSE_STREAM_OUT_OF_RANGE, /* the IOMMU has no such stream */
	CAUSE_MANUAL_BIND_DEFERRED, /* not on the kernel's list: nothing will try again */
	CAUSE_UNKNOWN,
	CAUSE_COUNT,
};

/**
 * struct link - one step of a chain: @consumer waits for @supplier
 * @depth: 0 for what the device itself waits for
 */
struct link {
	const struct device *consumer;
	const struct supplier *supplier;
	enum supplier_state state;
	size_t depth;
};

/**
 * struct cause - the last link
 * @kind: "iommu", "clock", "device", …; NULL where it is the device itself
 * @name: what to mend     @why: a sentence     @evidence: the file that says so, or NULL
 */
struct cause {
	enum cause_code code;
	const char *kind;
	const char *name;
	const char *why;
	const char *evidence;
};

/**
 * struct deferral - one device
 * @links: what it waits for, suppliers of suppliers below each, in the order of a tree
 * @reason: the kernel's own words, or NULL
 * @remedy: what to type or change, or NULL where nothing is known
 */
struct deferral {
	const struct device *device;
	const char *reason;
	const struct link *links;
	size_t link_count;
	struct cause cause;
	enum answer will_probe;
	const char *remedy;
};

/** struct deferrals - in the order of the devices */
struct deferrals {
	struct deferral *items;
	size_t count;
};

/** deferral_of - true, and *ret, where @device has not probed or runs without its IOMMU */
bool deferral_of(const struct system *system, const struct device *device, struct arena *arena,
		 struct deferral *ret);

/**
 * deferrals - all devices that deferral_of has something to say of
 * @chosen: a byte per device of the system, by index; NULL takes all
 */
struct deferrals deferrals(const struct system *system, const bool *chosen, struct arena *arena);

/** deferrals_blind - a source that could tell of more could not be read; NULL: none */
const struct source *deferrals_blind(const struct system *system);

const char *cause_code_name(enum cause_code code);
