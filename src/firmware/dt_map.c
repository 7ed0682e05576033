/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_map.h"

#include <string.h>

static const char *const texts[DT_MAP_FAULT_COUNT] = {
	[DT_MAP_ABSENT] = "the node has no iommu-map",
	[DT_MAP_LENGTH] = "iommu-map is no whole number of entries",
	[DT_MAP_MASK] = "the entry's ID base has bits outside of iommu-map-mask: the kernel "
			"refuses every ID that it compares with it",
	[DT_MAP_DANGLING] = "no node has the phandle that the entry names",
	[DT_MAP_CELLS] = "#iommu-cells of the entry's target is too large",
	[DT_MAP_RANGE] = "the entry maps several IDs to several cells each, which nothing defines",
	[DT_MAP_UNCOVERED] = "no entry of iommu-map covers the ID",
};

const char *dt_map_fault_text(enum dt_map_fault fault)
{
	return texts[fault];
}

const char *dt_map_fault_message(struct arena *arena, enum dt_map_fault fault, uint32_t phandle)
{
	if (fault != DT_MAP_DANGLING)
		return texts[fault];
	return arena_printf(arena, "%s (0x%x)", texts[fault], phandle);
}

/*
 * Old trees write one output cell per entry although the target has #iommu-cells of 2. The kernel
 * recognises these maps: all entries have four cells and the same target, and cover one ID each.
 */
static bool has_old_shape(const struct property *map)
{
	size_t cells = property_cells(map);

	if (cells % 4)
		return false;
	for (size_t i = 0; i < cells; i += 4)
		if (property_cell(map, i + 1) != property_cell(map, 1) ||
		    property_cell(map, i + 3) != 1)
			return false;
	return true;
}

static bool first_target_has_two_cells(const struct dt_map_walk *walk)
{
	const struct node *target = NULL;
	uint32_t cells;

	if (property_cells(walk->map) >= 2)
		target = tree_by_phandle(walk->tree, property_cell(walk->map, 1));
	return target && node_cell(target, "#iommu-cells", &cells) && cells == 2;
}

struct dt_map_walk dt_map_start(const struct tree *tree, const struct node *node,
				enum dt_stride stride)
{
	struct dt_map_walk walk = {.tree = tree, .stride = stride, .mask = UINT32_MAX};

	walk.map = node_property(node, "iommu-map");
	walk.ended = !walk.map;
	node_cell(node, "iommu-map-mask", &walk.mask);
	walk.one_cell = stride == DT_STRIDE_FIXED ||
			(walk.map && first_target_has_two_cells(&walk) && has_old_shape(walk.map));
	return walk;
}

/* Report a fault of an iommu-map that hides where the next entry starts: the walk ends. */
static bool stop_at(struct dt_map_walk *walk, struct dt_map_entry *entry, enum dt_map_fault fault)
{
	entry->fault = fault;
	walk->ended = true;
	return true;
}

static bool is_whole(const struct dt_map_walk *walk)
{
	uint32_t unit = walk->stride == DT_STRIDE_FIXED ? 16 : 4;

	return walk->map->length && walk->map->length % unit == 0;
}

static uint32_t cells_of(const struct dt_map_walk *walk, const struct node *target)
{
	uint32_t cells = 1;

	if (!walk->one_cell)
		node_cell(target, "#iommu-cells", &cells);
	return cells;
}

static enum dt_map_fault fault_of(const struct dt_map_walk *walk, const struct dt_map_entry *entry)
{
	if (entry->rid_base & ~walk->mask)
		return DT_MAP_MASK;
	if (!entry->iommu)
		return DT_MAP_DANGLING;
	if (entry->cell_count > 1 && entry->length > 1)
		return DT_MAP_RANGE;
	return DT_MAP_FINE;
}

bool dt_map_next(struct dt_map_walk *walk, struct dt_map_entry *ret_entry)
{
	struct dt_map_entry *entry = ret_entry;
	size_t left = walk->ended ? 0 : property_cells(walk->map) - walk->at;

	memset(entry, 0, sizeof(*entry));
	if (walk->ended || (is_whole(walk) && left == 0))
		return false;
	if (!is_whole(walk) || left < 3)
		return stop_at(walk, entry, DT_MAP_LENGTH);
	entry->rid_base = property_cell(walk->map, walk->at);
	entry->phandle = property_cell(walk->map, walk->at + 1);
	entry->iommu = tree_by_phandle(walk->tree, entry->phandle);
	if (!entry->iommu && walk->stride == DT_STRIDE_TARGET)
		return stop_at(walk, entry, fault_of(walk, entry));
	entry->cell_count = cells_of(walk, entry->iommu);
	if (entry->cell_count > DT_CELLS_MAX)
		return stop_at(walk, entry, DT_MAP_CELLS);
	if (left < 3 + entry->cell_count)
		return stop_at(walk, entry, DT_MAP_LENGTH);
	for (uint32_t i = 0; i < entry->cell_count; i++)
		entry->cells[i] = property_cell(walk->map, walk->at + 2 + i);
	entry->length = property_cell(walk->map, walk->at + 2 + entry->cell_count);
	entry->fault = fault_of(walk, entry);
	walk->at += 3 + entry->cell_count;
	return true;
}

static bool same_entry(const struct dt_map_entry *a, const struct dt_map_entry *b)
{
	return a->rid_base == b->rid_base && a->phandle == b->phandle && a->length == b->length &&
	       a->cell_count == b->cell_count &&
	       memcmp(a->cells, b->cells, sizeof(a->cells)) == 0 && a->fault == b->fault;
}

bool dt_map_disagrees(const struct tree *tree, const struct node *node)
{
	struct dt_map_walk fixed = dt_map_start(tree, node, DT_STRIDE_FIXED);
	struct dt_map_walk target = dt_map_start(tree, node, DT_STRIDE_TARGET);
	struct dt_map_entry a, b;
	bool more_a, more_b;

	for (;;) {
		more_a = dt_map_next(&fixed, &a);
		more_b = dt_map_next(&target, &b);
		if (!more_a || !more_b)
			return more_a != more_b;
		/*
		 * An entry of an iommu-map that is faulty in both readings does not count as a
		 * disagreement.
		 */
		if (!same_entry(&a, &b))
			return !a.fault || !b.fault;
	}
}

static bool reads_well(const struct tree *tree, const struct node *node, enum dt_stride stride)
{
	struct dt_map_walk walk = dt_map_start(tree, node, stride);
	struct dt_map_entry entry;

	while (dt_map_next(&walk, &entry))
		if (entry.fault)
			return false;
	return true;
}

enum dt_stride dt_map_stride(const struct tree *tree, const struct node *node)
{
	if (!reads_well(tree, node, DT_STRIDE_FIXED) && reads_well(tree, node, DT_STRIDE_TARGET))
		return DT_STRIDE_TARGET;
	return DT_STRIDE_FIXED;
}

/* The kernel checks for these faults before it checks whether the entry covers the ID. */
static bool ends_search(enum dt_map_fault fault, enum dt_stride stride)
{
	return fault == DT_MAP_LENGTH || fault == DT_MAP_MASK || fault == DT_MAP_CELLS ||
	       (fault == DT_MAP_DANGLING && stride == DT_STRIDE_TARGET);
}

static bool entry_covers(const struct dt_map_entry *entry, uint32_t id, enum dt_stride stride)
{
	uint32_t end = entry->rid_base + entry->length;

	if (id < entry->rid_base)
		return false;
	return stride == DT_STRIDE_FIXED ? id < end : id - entry->rid_base < entry->length;
}

static struct dt_mapping mapping_of(const struct dt_map_walk *walk,
				    const struct dt_map_entry *entry, uint32_t id)
{
	uint32_t cells[DT_CELLS_MAX] = {0};

	for (uint32_t i = 0; i < entry->cell_count; i++)
		cells[i] = entry->cells[i] + (id - entry->rid_base);
	return (struct dt_mapping){
		.phandle = entry->phandle,
		.iommu = entry->iommu,
		.id = dt_iommu_id(entry->iommu, cells, entry->cell_count),
		.entry = *entry,
		.mask = walk->mask,
	};
}

static struct dt_mapping map_one(const struct tree *tree, const struct node *node, uint32_t rid,
				 enum dt_stride stride)
{
	struct dt_map_walk walk = dt_map_start(tree, node, stride);
	struct dt_map_entry entry;

	if (!walk.map)
		return (struct dt_mapping){.fault = DT_MAP_ABSENT};
	while (dt_map_next(&walk, &entry)) {
		bool covered = entry_covers(&entry, rid & walk.mask, stride);

		if (ends_search(entry.fault, stride) || (covered && entry.fault))
			return (struct dt_mapping){.fault = entry.fault, .phandle = entry.phandle};
		if (covered)
			return mapping_of(&walk, &entry, rid & walk.mask);
	}
	return (struct dt_mapping){.fault = DT_MAP_UNCOVERED};
}

struct dt_mapping dt_map_rid(const struct tree *tree, const struct node *node, uint32_t rid,
			     enum dt_stride stride)
{
	enum dt_stride other = stride == DT_STRIDE_FIXED ? DT_STRIDE_TARGET : DT_STRIDE_FIXED;
	struct dt_mapping mapping = map_one(tree, node, rid, stride);
	struct dt_mapping check = map_one(tree, node, rid, other);

	mapping.disagree = mapping.iommu != check.iommu || mapping.id.id != check.id.id ||
			   mapping.id.mask != check.id.mask || mapping.id.has_id != check.id.has_id;
	return mapping;
}
