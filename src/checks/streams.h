/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * streams - which devices an IOMMU cannot tell apart, and what the kernel makes of that
 *
 * SMMUv1/v2 match an ID with some bits ignored: devices that share an entry must share a group, and
 * entries that overlap without one covering the other cannot both be programmed
 * (drivers/iommu/arm/arm-smmu/arm-smmu.c: arm_smmu_find_sme). SMMUv3 has one entry per ID: the
 * second device of an ID is refused and runs without a group (arm-smmu-v3.c:
 * arm_smmu_insert_master).
 */
#pragma once

#include "checks/finding.h"
#include "model/system.h"

enum {
	/** overlapping streams that are kept of each stream */
	OVERLAPS_KEPT = 32,
};

/**
 * struct overlap - the streams, of other devices, that match some transaction of one stream
 * @count: at most OVERLAPS_KEPT; those of devices with a group first
 * @more: there are, or may be, others
 */
struct overlap {
	const struct stream **streams;
	size_t count;
	bool more;
};

/**
 * streams_overlaps - for each stream of the system, by its index, those that it overlaps
 * Only streams of enabled nodes count, and not the device's own. Lives in @arena.
 */
const struct overlap *streams_overlaps(const struct system *system, struct arena *arena);

/**
 * streams_findings - what is wrong or worth knowing; in @arena, in the order of the streams
 * @overlaps: of streams_overlaps
 */
struct findings streams_findings(const struct system *system, const struct overlap *overlaps,
				 struct arena *arena);

/** stream_is_on - true where the IOMMU of @stream is registered and of that kind */
bool stream_is_on(const struct stream *stream, enum iommu_kind kind);

/** stream_covers - true where every ID that @other matches is matched by @stream too */
bool stream_covers(const struct stream *stream, const struct stream *other);

/** streams_blind - the first source that could name more streams and could not be read, or NULL */
const struct source *streams_blind(const struct system *system);
