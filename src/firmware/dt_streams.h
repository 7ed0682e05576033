/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_streams - every stream that a devicetree describes
 *
 * The result depends on the tree alone. Streams that the kernel does not use are listed and marked:
 * streams of disabled nodes (available), of disabled IOMMUs (iommu->available), and entries that
 * cannot be read (error). Sources: drivers/iommu/of_iommu.c; drivers/of/base.c; for mmu-masters
 * drivers/iommu/arm/arm-smmu/arm-smmu.c (legacy bindings); for fsl,liodn
 * drivers/iommu/fsl_pamu_domain.c: all PAMUs of a chip share one table of LIODNs, and the driver
 * takes the first node. A tree without a PAMU has none of these streams.
 */
#pragma once

#include "firmware/dt_map.h"

enum {
	/** the most streams of one tree; real trees have less than a thousand */
	DT_STREAMS_MAX = 65536,
};

/** enum dt_stream_source - the property that describes a stream */
enum dt_stream_source {
	DT_STREAM_IOMMUS,      /* the property iommus of a device: one stream per reference */
	DT_STREAM_IOMMU_MAP,   /* the property iommu-map of a host bridge: one stream per entry */
	DT_STREAM_MMU_MASTERS, /* the property mmu-masters of an SMMU: one stream per stream ID */
	DT_STREAM_LIODN,       /* the property fsl,liodn of a device: one stream per LIODN */
	DT_STREAM_SOURCE_COUNT,
};

/** dt_stream_source_name - the name of the property */
const char *dt_stream_source_name(enum dt_stream_source source);

/**
 * struct dt_stream - one stream, or one range of streams of an iommu-map
 * @device: the node with the property iommus, iommu-map or fsl,liodn, or the node that mmu-masters
 * refers to
 * @iommu: the IOMMU's node; NULL where @error says that there is none
 * @spec: the cells of the reference, host order; for an iommu-map the output cells of the entry
 * @id: the first ID that the IOMMU sees, valid where id.has_id     @count: how many successive IDs
 * @map: where source is DT_STREAM_IOMMU_MAP: requester IDs [rid_base, rid_base + length) become
 * [stream_base, …), after masking with mask
 * @available: the device's node and all above it are enabled
 * @disagree: the two readings of this node's iommu-map differ (firmware/dt_map.h); this entry is
 * from the reading that dt_map_stride chooses, @stride
 * @dangling: no node of the tree has the phandle; in a tree that was read in part, the node may be
 * in the part that was not read
 * @error: why the kernel cannot use the stream, or NULL. After an error that hides where the next
 * reference starts, no more streams of that property follow, as in the kernel.
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
	enum dt_stride stride;
	bool available, disagree, dangling;
	const char *error;
};

/**
 * dt_streams - all streams of @tree, in its order
 * @ret_streams: array in @arena; it points into @arena and @tree
 * Returns: how many. Beyond DT_STREAMS_MAX the last one's error says that there are more.
 */
size_t dt_streams(const struct tree *tree, struct arena *arena,
		  const struct dt_stream **ret_streams) _nonnull_();

/** dt_lacks_pamu - true where a node has LIODNs and no node is a PAMU: it may be in a part of the
 * tree that was not read */
bool dt_lacks_pamu(const struct tree *tree) _nonnull_();
