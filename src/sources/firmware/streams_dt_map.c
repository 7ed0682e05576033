/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The iommu-map of a running machine, read as its kernel reads it. */
#include "sources/firmware/streams_dt.h"

/* The stride by which the running kernel reads iommu-map; else the one that reads it well. */
enum dt_stride streams_dt_stride(const struct devicetree *devicetree, const struct node *holder)
{
	switch (devicetree->map_cells) {
	case ANSWER_YES:
		return DT_STRIDE_TARGET;
	case ANSWER_NO:
		return DT_STRIDE_FIXED;
	default:
		return dt_map_stride(devicetree->tree, holder);
	}
}

/*
 * Distributions carry newer code under older numbers: a device's group proves that the kernel found
 * its ID.
 */
static struct dt_mapping map_as_kernel(const struct devicetree *devicetree,
				       const struct device *device, const struct node *holder,
				       uint32_t id, struct dt_mapping *ret_other)
{
	enum dt_stride stride = streams_dt_stride(devicetree, holder);
	struct dt_mapping mapping = dt_map_rid(devicetree->tree, holder, id, stride);

	*ret_other = dt_map_rid(devicetree->tree, holder, id,
				stride == DT_STRIDE_FIXED ? DT_STRIDE_TARGET : DT_STRIDE_FIXED);
	return mapping.fault && device->group && !ret_other->fault ? *ret_other : mapping;
}

/* The sentence of a faulty map; where kernels of another version read it well, with that. */
static const char *map_error(struct devicetree *devicetree, const struct dt_mapping *mapping,
			     const struct dt_mapping *other)
{
	struct arena *arena = build_arena(devicetree->reading->build);
	const char *text = dt_map_fault_message(arena, mapping->fault, mapping->phandle);

	if (other->fault)
		return text;
	return arena_printf(arena, "%s; %s", text,
			    devicetree->map_cells == ANSWER_YES
				    ? "this kernel takes as many cells as #iommu-cells says, and "
				      "older ones, which take one, read it well"
				    : "this kernel takes one cell for each entry, and newer ones, "
				      "which take as many as #iommu-cells says, read it well");
}

/*
 * An ID that no entry covers passes by the IOMMU. The kernel takes it for an error where another ID
 * of the device is covered, and leaves the device without its IOMMU (of_iommu.c:
 * of_iommu_configure).
 */
static void set_uncovered(struct devicetree *devicetree, struct stream *stream, uint32_t id)
{
	stream->uncovered = true;
	stream->kind = STREAM_ID;
	stream->error =
		arena_printf(build_arena(devicetree->reading->build),
			     "no entry of iommu-map covers the ID 0x%x, so the kernel gives the "
			     "device no IOMMU",
			     id);
}

static void set_map(struct stream *stream, const struct dt_mapping *mapping)
{
	const struct dt_map_entry *entry = &mapping->entry;

	stream->has_map = true;
	stream->map.rid_base = entry->rid_base;
	stream->map.stream_base = entry->cell_count ? entry->cells[0] : 0;
	stream->map.length = entry->length;
	stream->map.mask = mapping->mask;
}

struct stream *streams_dt_add_mapped(struct devicetree *devicetree, struct device *device,
				     const struct node *holder, uint32_t id)
{
	struct dt_mapping other;
	struct dt_mapping mapping = map_as_kernel(devicetree, device, holder, id, &other);
	struct stream *stream;

	if (mapping.fault == DT_MAP_ABSENT)
		return NULL;
	stream = build_stream(devicetree->reading->build, device);
	stream->source = STREAM_FROM_IOMMU_MAP;
	stream->available = holder->available;
	if (mapping.fault == DT_MAP_UNCOVERED)
		set_uncovered(devicetree, stream, id);
	else if (mapping.fault)
		stream->error = map_error(devicetree, &mapping, &other);
	if (mapping.fault)
		return stream;
	streams_dt_set_id(devicetree, stream, mapping.iommu, &mapping.id);
	set_map(stream, &mapping);
	return stream;
}
