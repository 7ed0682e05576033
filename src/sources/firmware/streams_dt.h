/* SPDX-License-Identifier: GPL-2.0-or-later */
/* streams_dt - what the files that read streams from the running kernel's devicetree share */
#pragma once

#include "firmware/dt_map.h"
#include "firmware/dt_streams.h"
#include "sources/devices/pci.h"
#include "sources/firmware/streams.h"

/**
 * struct devicetree - one reading of streams
 * @paths: of the nodes to read, @path_count of them; room for two per device and one per IOMMU
 * @tree: those nodes, and the nodes that they refer to     @streams: all of @tree
 * @bridge: the folder whose node was looked up last, @bridge_length bytes; @bridge_node: its node,
 * or NULL
 * @map_cells: KERNEL_MAP_CELLS of the running kernel
 * @has_liodns: one of @streams is a LIODN
 */
struct devicetree {
	struct reading *reading;
	struct arena *scratch;
	const char **paths;
	size_t path_count;
	const struct tree *tree;
	const struct dt_stream *streams;
	size_t stream_count;
	char bridge[PATH_SIZE];
	size_t bridge_length;
	const char *bridge_node;
	struct pci_memory memory;
	enum answer map_cells;
	bool has_liodns;
};

/**
 * streams_dt_node - the node of the folder that is the first @length bytes of the device's path
 * Returns: its path in the scratch arena; NULL where the folder has no node. Devices below the same
 * folder follow each other, so the last answer is remembered.
 */
const char *streams_dt_node(struct devicetree *devicetree, const struct device *device,
			    size_t length) _nonnull_();

/** streams_dt_registered - the IOMMU of that node, or NULL where it is not registered */
const struct iommu *streams_dt_registered(struct build *build, const struct node *node)
	_nonnull_(1);

/** streams_dt_set_id - name the IOMMU of @stream, and its ID there */
void streams_dt_set_id(struct devicetree *devicetree, struct stream *stream,
		       const struct node *iommu, const struct dt_id *id) _nonnull_(1, 2, 4);

/** streams_dt_source - the origin of a stream that a devicetree has in that property */
enum stream_source streams_dt_source(enum dt_stream_source source);

/** streams_dt_stride - how the running kernel reads the iommu-map of @holder */
enum dt_stride streams_dt_stride(const struct devicetree *devicetree, const struct node *holder)
	_nonnull_();

/**
 * streams_dt_add_mapped - add the stream of @device to which the iommu-map of @holder leads its ID
 * Returns: the stream, or NULL where @holder has no iommu-map.
 */
struct stream *streams_dt_add_mapped(struct devicetree *devicetree, struct device *device,
				     const struct node *holder, uint32_t id) _nonnull_();

/**
 * streams_dt_holder_length - for a device of a bus of model/mapped_bus.h, how much of its path is
 * the device that has the iommu-map; 0 for devices of other buses
 */
size_t streams_dt_holder_length(struct devicetree *devicetree, const struct device *device)
	_nonnull_();

/** streams_dt_add_bus - add the streams of a device of a bus of model/mapped_bus.h */
void streams_dt_add_bus(struct devicetree *devicetree, struct device *device) _nonnull_();
