/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_map - iommu-map: from requester IDs below a host bridge to streams
 *
 * An entry is (rid base, phandle, output cells, length). Kernels read the number of output cells in
 * two ways: always one (drivers/of/base.c: of_map_id, until 2026), or as many as #iommu-cells of
 * the target says ("of: Respect #{iommu,msi}-cells in maps", 2026). Nearly all maps mean the same
 * in both readings; the functions below tell where a map does not.
 */
#pragma once

#include "firmware/dt_iommus.h"
#include "firmware/dt_refs.h"

/** enum dt_stride - how many cells an entry has */
enum dt_stride {
	DT_STRIDE_FIXED, /* an iommu-map's entry always has 4 cells */
	/*
	 * an iommu-map's entry has 3 cells and #iommu-cells of its target, 1 where that is absent
	 */
	DT_STRIDE_TARGET,
};

/** enum dt_map_fault - why an entry, or a map, gives no stream */
enum dt_map_fault {
	DT_MAP_FINE,
	DT_MAP_ABSENT,	  /* fault: the node has no iommu-map */
	DT_MAP_LENGTH,	  /* fault: the map's length is not a whole number of entries */
	DT_MAP_MASK,	  /* fault: the entry's rid base has bits outside of iommu-map-mask */
	DT_MAP_DANGLING,  /* fault: no node has the entry's phandle */
	DT_MAP_CELLS,	  /* fault: #iommu-cells of the target is more than DT_CELLS_MAX */
	DT_MAP_RANGE,	  /* fault: several IDs and several output cells, which is not defined */
	DT_MAP_UNCOVERED, /* no entry covers the ID, so it does not reach an IOMMU */
	DT_MAP_FAULT_COUNT,
};

/** dt_map_fault_text - the sentence of a fault for users; NULL for DT_MAP_FINE */
const char *dt_map_fault_text(enum dt_map_fault fault);

/**
 * dt_map_fault_message - the sentence of a fault for users, in @arena, with the phandle if that is
 * the fault
 * @phandle: of the entry; used only with DT_MAP_DANGLING
 */
const char *dt_map_fault_message(struct arena *arena, enum dt_map_fault fault, uint32_t phandle)
	_nonnull_();

/**
 * struct dt_map_entry - one entry as it stands in the map
 * @iommu: the target, or NULL     @cells: output cells, host order, @cell_count of them
 * @length: how many IDs it covers; may be 0
 * @fault: DT_MAP_FINE, or the fault of this entry. The walk ends after DT_MAP_LENGTH, DT_MAP_CELLS,
 * and with DT_STRIDE_TARGET after DT_MAP_DANGLING: where the next entry starts is unknown.
 */
struct dt_map_entry {
	uint32_t rid_base, phandle, length;
	const struct node *iommu;
	uint32_t cells[DT_CELLS_MAX];
	uint32_t cell_count;
	enum dt_map_fault fault;
};

/** struct dt_map_walk - a place in a map; @mask is its iommu-map-mask, all ones by default */
struct dt_map_walk {
	const struct tree *tree;
	const struct property *map;
	uint32_t mask;
	enum dt_stride stride;
	size_t at;
	bool one_cell;
	bool ended;
};

/** dt_map_start - go to the first entry of @node's iommu-map; a node without one has no entries */
struct dt_map_walk dt_map_start(const struct tree *tree, const struct node *node,
				enum dt_stride stride) _nonnull_();

/** dt_map_next - the next entry of a map; false at the end */
bool dt_map_next(struct dt_map_walk *walk, struct dt_map_entry *ret_entry) _nonnull_();

/** dt_map_disagrees - true where the two strides read different entries in @node's iommu-map */
bool dt_map_disagrees(const struct tree *tree, const struct node *node) _nonnull_();

/**
 * dt_map_stride - the stride that reads @node's iommu-map without faults
 * Returns: DT_STRIDE_TARGET where only that stride reads it without a fault, else DT_STRIDE_FIXED.
 */
enum dt_stride dt_map_stride(const struct tree *tree, const struct node *node) _nonnull_();

/**
 * struct dt_mapping - where transactions with one requester ID arrive
 * @fault: DT_MAP_FINE, or why they reach no IOMMU; @iommu and @id are valid only with DT_MAP_FINE
 * @phandle: of the entry that decided, 0 where none did
 * @iommu: the target; it translates only if iommu->available
 * @id: the stream ID that the IOMMU sees; id.error where its driver refuses the cells
 * @entry: the entry that decided, as it stands in the map, valid only with DT_MAP_FINE
 * @mask: iommu-map-mask
 * @disagree: the other stride gives another answer (always valid)
 */
struct dt_mapping {
	enum dt_map_fault fault;
	uint32_t phandle;
	const struct node *iommu;
	struct dt_id id;
	struct dt_map_entry entry;
	uint32_t mask;
	bool disagree;
};

/**
 * dt_map_rid - where transactions with requester ID @rid arrive
 * @node: holder of the iommu-map: for PCI, the node of the host bridge's parent device
 * @rid: bus << 8 | device << 3 | function, one call per DMA alias
 * The arithmetic is the kernel's: with DT_STRIDE_FIXED an entry whose end passes 2^32 covers no ID
 * (the end wraps), with DT_STRIDE_TARGET it covers its IDs. The first entry that covers the ID
 * counts, and some faults of earlier entries end the search.
 */
struct dt_mapping dt_map_rid(const struct tree *tree, const struct node *node, uint32_t rid,
			     enum dt_stride stride) _nonnull_();
