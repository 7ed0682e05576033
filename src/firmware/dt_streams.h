/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_streams - every stream that a devicetree describes
 *
 * Pure: a function of the tree. What the kernel would not use is listed too, and says so: streams
 * of disabled nodes (available), of disabled IOMMUs (iommu->available), and what cannot be read
 * (error). Sources: drivers/iommu/of_iommu.c; drivers/of/base.c; for mmu-masters
 * drivers/iommu/arm/arm-smmu/arm-smmu.c (legacy bindings).
 */
#pragma once

#include "firmware/dt_map.h"

enum {
	/** streams of one tree; real ones have below a thousand */
	DT_STREAMS_MAX = 65536,
};

/** enum dt_stream_source - the property that a stream stands in */
enum dt_stream_source {
	DT_STREAM_IOMMUS,      /* iommus of a device: one stream per reference */
	DT_STREAM_IOMMU_MAP,   /* iommu-map of a host bridge: one stream per entry */
	DT_STREAM_MMU_MASTERS, /* mmu-masters of an SMMU: one stream per stream ID */
	DT_STREAM_SOURCE_COUNT,
};

/** dt_stream_source_name - the property's name */
const char *dt_stream_source_name(enum dt_stream_source source);

/**
 * struct dt_stream - one stream, or one range of streams of an iommu-map
 * @device: the node that has them: holder of iommus or iommu-map, or named by mmu-masters
 * @iommu: the node that sees them, NULL where error says that there is none
 * @spec: the cells as they stand there, host order; for an iommu-map the output cells
 * @id: what the IOMMU sees, valid where id.has_id     @count: so many IDs from there on
 * @map: where source is DT_STREAM_IOMMU_MAP: requester IDs [rid_base, rid_base + length) become
 * [stream_base, …), after masking with mask
 * @available: the device's node and all above it are enabled
 * @disagree: the two readings of this node's iommu-map differ (firmware/dt_map.h); this entry is
 * in the one that dt_map_stride names
 * @dangling: a phandle leads nowhere; of a tree read in part, it may lead to what was not read
 * @error: why the kernel cannot use it, or NULL. Where the place of the next reference is lost,
 * as in the kernel, this is the last stream of its property.
 */
struct dt_stream {
	const struct node *device;
	const struct node *iommu;
	enum dt_stream_source source;
	const uint32_t *spec;
	size_t spec_count;
	struct dt_id id;
	uint32_t count;
	struct {
		uint32_t rid_base, stream_base, length, mask;
	} map;
	bool available, disagree, dangling;
	const char *error;
};

/**
 * dt_streams - all of them, in the order of the tree
 * @ret_streams: array; it and all it holds live in @arena and the tree
 * Returns: how many. Beyond DT_STREAMS_MAX the last one's error says that there are more.
 */
size_t dt_streams(const struct tree *tree, struct arena *arena,
		  const struct dt_stream **ret_streams);
