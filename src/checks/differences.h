/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * differences - the facts that are not the same in two inventories
 *
 * Devices are paired by location, and those that no location pairs by their IDs where these are
 * unique; groups by fingerprint, then by the members that they share; IOMMUs by identity, then by
 * firmware node. The effort is n log n.
 *
 * Numbers of groups and PCI buses change with every boot, so a new number is a note. A fact that is
 * unknown on one side is counted, and no difference. Devices outside PCI that have no group and
 * no lost IOMMU are left out when they come or go: most of them do no DMA.
 */
#pragma once

#include "checks/difference_kinds.h"
#include "checks/finding.h"
#include "checks/inventory.h"

/**
 * struct difference - @finding: its subject is a device, "group 12", an IOMMU, or NULL: the machine
 * @before, @after: the fact on either side, NULL none
 */
struct difference {
	struct finding finding;
	enum difference_kind kind;
	const char *before, *after;
};

/**
 * struct differences - in the order of kinds
 * @unknown: for each kind how many facts are known on one side only
 */
struct differences {
	const struct difference *items;
	size_t count;
	size_t unknown[DIFFERENCE_KIND_COUNT];
};

/**
 * differences_between - the differences between two inventories, which must outlive them
 * @arena: owns the list and its texts
 */
struct differences differences_between(const struct inventory *before,
				       const struct inventory *after, struct arena *arena);

/**
 * differences_complete - differences_between, and also what follows from others: groups that come
 * and go, the facts of devices and groups that are new, and each verdict
 * They lead from the facts before to the facts after: those that take a name away (device_gone,
 * address, group_gone, renumbered) apply first, all at once.
 */
struct differences differences_complete(const struct inventory *before,
					const struct inventory *after, struct arena *arena);

/**
 * differences_without - the same without the kinds in @ignored: kernel, command line
 * and firmware first, then the worst
 * @ignored: by enum difference_kind
 */
struct differences differences_without(const struct differences *differences,
				       const bool ignored[static DIFFERENCE_KIND_COUNT],
				       struct arena *arena);

/**
 * differences_findings - one finding for all differences of one kind with one message, in the order
 * of the first of each: with several devices it has no subject and names the devices
 */
struct findings differences_findings(const struct differences *differences, struct arena *arena);
