/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deferral - why a device has not probed or runs without its IOMMU, down to the root cause
 *
 * Pure functions of a system that was read with FACT_SUPPLIERS. Chains of suppliers are followed to
 * their last link, the root cause; a cycle is followed once.
 */
#pragma once

#include "checks/deferral_outcome.h"
#include "checks/finding.h"
#include "checks/viability.h"
#include "model/supply.h"

/**
 * struct link - one step of a chain: @consumer waits for @supplier
 * @depth: 0 for the suppliers of the device itself
 */
struct link {
	const struct device *consumer;
	const struct supplier *supplier;
	enum supplier_state state;
	size_t depth;
};

/**
 * struct cause - the root cause, as a finding whose subject is the supplier or the device
 * @kind: "iommu", "clock", "device", …; NULL where the subject is the device itself
 * @finding: its remedy is for the subject alone; one of the root causes of checks/code.h
 */
struct cause {
	const char *kind;
	struct finding finding;
};

/**
 * struct deferral - one device that has not probed, or runs without its IOMMU
 * @links: its suppliers that are not ready, suppliers of suppliers below each, in the order of a
 *         tree
 * @culprit: the link whose supplier the cause is about; NULL: the cause is about the device itself
 * @reason: the kernel's own text, or NULL
 * @remedy: a command or change after which the device probes, or NULL where none is known
 */
struct deferral {
	const struct device *device;
	const char *reason;
	const struct link *links;
	size_t link_count;
	const struct link *culprit;
	struct cause cause;
	struct deferral_outcome outcome;
	const char *remedy;
};

/** struct deferrals - a list of deferrals in the order of the devices */
struct deferrals {
	struct deferral *items;
	size_t count;
};

/** deferral_of - true, and sets *ret, where @device has not probed or runs without its IOMMU */
bool deferral_of(const struct system *system, const struct device *device, struct arena *arena,
		 struct deferral *ret);

/**
 * deferrals - the deferrals of all devices that have one, and the devices whose probe failed
 * @chosen: a flag for each device of the system, by index; NULL chooses all
 */
struct deferrals deferrals(const struct system *system, const bool *chosen, struct arena *arena);

/**
 * deferrals_blind - the first source that could not be read and might show more deferrals; NULL:
 * none
 */
const struct source *deferrals_blind(const struct system *system);

/**
 * deferrals_findings - each root cause once, with the devices that wait for it, worst first; in
 * @arena
 * Unknown causes are merged if their messages are equal.
 */
struct findings deferrals_findings(const struct deferrals *found, struct arena *arena);

/** struct deferral_group - deferrals with the same root cause, in the order of the devices */
struct deferral_group {
	const struct deferral *const *items;
	size_t count;
	enum severity severity; /* the worst of them */
};

/**
 * deferral_groups - @found by root cause, in the order of deferrals_findings; in @arena
 * Returns: *ret_count groups.
 */
const struct deferral_group *deferral_groups(const struct deferrals *found, struct arena *arena,
					     size_t *ret_count);
