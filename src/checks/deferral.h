/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deferral - why a device has not probed or runs without its IOMMU, down to the root cause
 *
 * Pure: everything comes from a system that was read with FACT_SUPPLIERS. Chains of suppliers are
 * followed to their last link, the root cause; a cycle ends where it closes.
 */
#pragma once

#include "checks/finding.h"
#include "checks/viability.h"
#include "model/supply.h"

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
 * struct cause - the last link, as a finding: the supplier or the device is its subject
 * @kind: "iommu", "clock", "device", …; NULL where the subject is the device itself
 * @finding: its remedy is for the subject alone; one of the root causes of checks/code.h
 */
struct cause {
	const char *kind;
	struct finding finding;
};

/**
 * struct deferral - one device
 * @links: its suppliers that are not ready, suppliers of suppliers below each, in the order of a
 *         tree
 * @reason: the kernel's own words, or NULL
 * @remedy: what to type or change so that this device comes, or NULL where nothing is known
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

/**
 * deferrals_findings - each root cause once, with the devices that it holds up, worst first; in
 * @arena
 * Causes of unknown nature are the same where their messages are.
 */
struct findings deferrals_findings(const struct deferrals *found, struct arena *arena);
