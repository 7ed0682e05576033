/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * streams - devices that an IOMMU cannot distinguish, and how the kernel handles them
 *
 * SMMUv1/v2 match an ID with some bits ignored: devices that share an entry must share a group, and
 * entries that overlap without one covering the other cannot both be programmed
 * (drivers/iommu/arm/arm-smmu/arm-smmu.c: arm_smmu_find_sme). SMMUv3 has one entry per ID: the
 * second device of an ID is rejected and runs without a group (arm-smmu-v3.c:
 * arm_smmu_insert_master).
 */
#pragma once

#include "checks/finding.h"
#include "model/system.h"

enum {
	/** limit of overlapping streams that are kept for each stream */
	OVERLAPS_KEPT = 32,
};

/**
 * struct overlap - the streams of other devices that match an ID of one stream
 * @count: at most OVERLAPS_KEPT; those of devices with a group first
 * @more: there are, or may be, others
 */
struct overlap {
	const struct stream **streams;
	size_t count;
	bool more;
};

/**
 * streams_overlaps - for each stream of the system, by its index, the streams that it overlaps
 * Only streams of enabled nodes count, and not the device's own. Lives in @arena.
 */
const struct overlap *streams_overlaps(const struct system *system, struct arena *arena);

/**
 * streams_findings - mistakes and notes about streams; in @arena, in the order of the streams
 * @overlaps: of streams_overlaps
 * @chosen: by index of the device; NULL: all findings. Else those that concern a chosen device: its
 * own, those of IOMMUs that serve it, those of devices that share a stream with it, and those about
 * a range of addresses, which may contain it.
 */
struct findings streams_findings(const struct system *system, const struct overlap *overlaps,
				 const bool *chosen, struct arena *arena);

/** stream_is_on - true where the IOMMU of @stream is of that kind, registered or not */
bool stream_is_on(const struct stream *stream, enum iommu_kind kind);

/**
 * streams_blind - the first source that could not be read and might describe more streams, or NULL
 */
const struct source *streams_blind(const struct system *system);
