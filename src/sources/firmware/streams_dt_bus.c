/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams of devices whose ID their bus gives them: the iommu-map is that of the nearest device
 * above that is on another bus (drivers/bus/fsl-mc/fsl-mc-bus.c: fsl_mc_dma_configure,
 * drivers/cdx/cdx.c: cdx_dma_configure, drivers/gpu/host1x/context.c).
 */
#include "base/text.h"
#include "model/mapped_bus.h"
#include "sources/firmware/streams_dt.h"

#include <inttypes.h>
#include <string.h>

size_t streams_dt_holder_length(struct devicetree *devicetree, const struct device *device)
{
	const struct device *above = device;
	const char *parent = NULL;

	if (!mapped_bus_find(device->bus))
		return 0;
	while (above && strcmp(above->bus, device->bus) == 0) {
		const char *slash = strrchr(above->path, '/');

		parent =
			arena_text(devicetree->scratch, above->path, (size_t)(slash - above->path));
		above = build_find_above(devicetree->reading->build, parent);
	}
	return strlen(parent);
}

/**
 * struct candidates - the entries of a map that an unknown ID may have
 * @first: one of them     @count: how many cover IDs     @same_iommu: all lead to one IOMMU
 */
struct candidates {
	struct dt_map_entry first;
	size_t count;
	bool same_iommu;
};

static struct candidates find_candidates(const struct devicetree *devicetree,
					 const struct node *holder)
{
	struct dt_map_walk walk =
		dt_map_start(devicetree->tree, holder, streams_dt_stride(devicetree, holder));
	struct candidates candidates = {.same_iommu = true};
	struct dt_map_entry entry;

	while (dt_map_next(&walk, &entry)) {
		if (entry.fault || !entry.length)
			continue;
		if (!candidates.count++)
			candidates.first = entry;
		candidates.same_iommu =
			candidates.same_iommu && entry.iommu == candidates.first.iommu;
	}
	return candidates;
}

static void set_candidates(struct devicetree *devicetree, struct stream *stream,
			   const struct mapped_bus *bus, const struct candidates *candidates)
{
	const struct dt_map_entry *entry = &candidates->first;
	struct arena *arena = build_arena(devicetree->reading->build);
	struct dt_id id = {.has_id = false};

	stream->error = arena_printf(arena, "no file of the kernel shows the device's %s", bus->id);
	if (candidates->same_iommu)
		streams_dt_set_id(devicetree, stream, entry->iommu, &id);
	if (candidates->count > 1 || entry->cell_count != 1)
		return;
	stream->has_map = true;
	stream->map.rid_base = entry->rid_base;
	stream->map.stream_base = entry->cells[0];
	stream->map.length = entry->length;
	stream->map.mask = UINT32_MAX;
	stream->error =
		arena_printf(arena, "%s: it is one of 0x%" PRIx32 "-0x%" PRIx64, stream->error,
			     entry->cells[0], (uint64_t)entry->cells[0] + entry->length - 1);
}

static void add_unshown_id(struct devicetree *devicetree, struct device *device,
			   const struct mapped_bus *bus, const struct node *holder)
{
	struct candidates candidates = find_candidates(devicetree, holder);
	struct build *build = devicetree->reading->build;
	struct stream *stream = build_stream(build, device);

	stream->source = STREAM_FROM_IOMMU_MAP;
	stream->available = holder->available;
	stream->kind = STREAM_ID;
	stream->hidden = candidates.count > 0;
	stream->uncovered = candidates.count == 0;
	if (stream->hidden)
		set_candidates(devicetree, stream, bus, &candidates);
	else
		stream->error = arena_printf(build_arena(build),
					     "no entry of iommu-map covers an ID, so the kernel "
					     "gives the device no IOMMU");
}

void streams_dt_add_bus(struct devicetree *devicetree, struct device *device)
{
	const struct mapped_bus *bus = mapped_bus_find(device->bus);
	size_t length = streams_dt_holder_length(devicetree, device);
	const char *path = length ? streams_dt_node(devicetree, device, length) : NULL;
	const struct node *holder = path ? tree_find(devicetree->tree, path) : NULL;
	uint32_t id;

	if (!holder || !node_property(holder, "iommu-map"))
		return;
	if (mapped_bus_id(bus, device->name, &id))
		streams_dt_add_mapped(devicetree, device, holder, id);
	else
		add_unshown_id(devicetree, device, bus, holder);
}
