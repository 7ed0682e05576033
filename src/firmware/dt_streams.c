/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_streams.h"

#include <string.h>

enum {
	/* the most stream IDs that the kernel accepts for one master (MAX_MASTER_STREAMIDS) */
	MASTER_STREAMS_MAX = 128,
	/* the LIODNs of the table of all PAMUs (PAACE_NUMBER_ENTRIES) */
	LIODN_COUNT = 0x500,
};

static const char LIODN[] = "fsl,liodn";

static const char *const source_names[DT_STREAM_SOURCE_COUNT] = {
	[DT_STREAM_IOMMUS] = "iommus",
	[DT_STREAM_IOMMU_MAP] = "iommu-map",
	[DT_STREAM_MMU_MASTERS] = "mmu-masters",
	[DT_STREAM_LIODN] = LIODN,
};

const char *dt_stream_source_name(enum dt_stream_source source)
{
	return source_names[source];
}

struct listing {
	const struct tree *tree;
	struct arena *arena;
	struct dt_stream *streams;
	size_t count, room;
	const struct node *pamu;
};

static bool is_full(const struct listing *listing)
{
	return listing->count == DT_STREAMS_MAX;
}

/* Returns an empty stream; the pointer is valid until the next stream is added. */
static struct dt_stream *add_dt_stream(struct listing *listing, const struct node *device,
				       enum dt_stream_source source)
{
	struct dt_stream *stream;

	if (listing->count == listing->room) {
		listing->room = listing->room ? listing->room * 2 : 64;
		listing->streams =
			realloc(listing->streams, listing->room * sizeof(*listing->streams));
		if (!listing->streams)
			memory_exhausted();
	}
	stream = memset(&listing->streams[listing->count], 0, sizeof(*stream));
	/* Streams beyond the limit share the place after the last one; it is never returned. */
	if (!is_full(listing))
		listing->count++;
	stream->device = device;
	stream->source = source;
	stream->available = device->available;
	stream->count = 1;
	return stream;
}

/* Copy the @count cells of a reference, which begin at index @at. */
static void copy_cells(struct listing *listing, struct dt_stream *stream,
		       const struct property *property, size_t at, uint32_t count)
{
	uint32_t *cells = arena_array(listing->arena, count, sizeof(*cells));

	for (uint32_t i = 0; i < count; i++)
		cells[i] = property_cell(property, at + i);
	stream->spec = cells;
	stream->spec_count = count;
}

static void set_fault(struct listing *listing, struct dt_stream *stream, const struct dt_ref *ref)
{
	stream->error = dt_ref_fault_text(ref->fault);
	stream->dangling = ref->fault == DT_REF_DANGLING;
	if (stream->dangling)
		stream->error =
			arena_printf(listing->arena, "%s (0x%x)", stream->error, ref->phandle);
}

static void list_iommus(struct listing *listing, const struct node *device,
			const struct property *property)
{
	struct dt_refs refs = dt_refs_start(listing->tree, property, "#iommu-cells");
	struct dt_stream *stream;
	struct dt_ref ref;

	while (!is_full(listing) && dt_refs_next(&refs, &ref)) {
		stream = add_dt_stream(listing, device, DT_STREAM_IOMMUS);
		stream->iommu = ref.node;
		if (ref.fault) {
			set_fault(listing, stream, &ref);
			/* The kernel stops at an empty reference too (of_iommu_configure_dev). */
			return;
		}
		copy_cells(listing, stream, property, ref.at, ref.cell_count);
		stream->id = dt_iommu_id(ref.node, stream->spec, stream->spec_count);
		stream->error = stream->id.error;
	}
}

static void set_entry(struct listing *listing, struct dt_stream *stream,
		      const struct dt_map_entry *entry)
{
	uint32_t *cells = arena_array(listing->arena, entry->cell_count, sizeof(*cells));

	memcpy(cells, entry->cells, entry->cell_count * sizeof(*cells));
	stream->spec = cells;
	stream->spec_count = entry->cell_count;
	stream->iommu = entry->iommu;
	stream->count = entry->length;
	stream->map.rid_base = entry->rid_base;
	stream->map.length = entry->length;
	stream->map.stream_base = entry->cell_count ? cells[0] : 0;
	if (entry->iommu)
		stream->id = dt_iommu_id(entry->iommu, cells, entry->cell_count);
	stream->error = entry->fault
				? dt_map_fault_message(listing->arena, entry->fault, entry->phandle)
				: stream->id.error;
	stream->dangling = entry->fault == DT_MAP_DANGLING;
}

/*
 * Without the target of an entry its length is unknown: in a tree that was read in part, a map may
 * then seem to have a wrong length.
 */
static bool lacks_target(const struct tree *tree, const struct node *bridge)
{
	struct dt_map_walk walk = dt_map_start(tree, bridge, DT_STRIDE_TARGET);
	struct dt_map_entry entry;

	while (dt_map_next(&walk, &entry))
		if (entry.fault == DT_MAP_DANGLING)
			return true;
	return false;
}

static void list_iommu_map(struct listing *listing, const struct node *bridge)
{
	struct dt_map_walk walk =
		dt_map_start(listing->tree, bridge, dt_map_stride(listing->tree, bridge));
	bool disagree = dt_map_disagrees(listing->tree, bridge);
	bool lacks = lacks_target(listing->tree, bridge);
	struct dt_map_entry entry;
	struct dt_stream *stream;

	while (!is_full(listing) && dt_map_next(&walk, &entry)) {
		stream = add_dt_stream(listing, bridge, DT_STREAM_IOMMU_MAP);
		stream->map.mask = walk.mask;
		stream->disagree = disagree;
		stream->stride = walk.stride;
		set_entry(listing, stream, &entry);
		stream->dangling = stream->dangling || lacks;
	}
}

/* The kernel writes legacy IDs into a 32-bit register unchanged: the upper half is the mask. */
static void list_master(struct listing *listing, const struct node *smmu,
			const struct property *property, const struct dt_ref *master)
{
	for (uint32_t i = 0; i < master->cell_count; i++) {
		struct dt_stream *stream =
			add_dt_stream(listing, master->node, DT_STREAM_MMU_MASTERS);

		stream->iommu = smmu;
		copy_cells(listing, stream, property, master->at + i, 1);
		stream->id = (struct dt_id){.id = stream->spec[0] & 0xffff,
					    .mask = stream->spec[0] >> 16,
					    .has_id = true};
	}
}

static void list_masters(struct listing *listing, const struct node *smmu,
			 const struct property *property)
{
	struct dt_refs refs = dt_refs_start(listing->tree, property, "#stream-id-cells");
	struct dt_stream *stream;
	struct dt_ref ref;

	refs.most = MASTER_STREAMS_MAX;
	while (!is_full(listing) && dt_refs_next(&refs, &ref)) {
		if (!ref.fault) {
			list_master(listing, smmu, property, &ref);
			continue;
		}
		/* Without a node the stream's device is not known: list the SMMU in its place. */
		stream = add_dt_stream(listing, ref.node ? ref.node : smmu, DT_STREAM_MMU_MASTERS);
		stream->iommu = smmu;
		set_fault(listing, stream, &ref);
	}
}

static const struct node *find_pamu(const struct tree *tree)
{
	const struct node *node = tree->root;

	while (node && dt_iommu_kind(node) != IOMMU_KIND_PAMU)
		node = node->next;
	return node;
}

/* Firmware writes the LIODNs into the tree; the kernel uses all of a device as one. */
static void list_liodns(struct listing *listing, const struct node *device,
			const struct property *property)
{
	if (!listing->pamu)
		listing->pamu = find_pamu(listing->tree);
	for (size_t i = 0; listing->pamu && i < property_cells(property); i++) {
		struct dt_stream *stream = add_dt_stream(listing, device, DT_STREAM_LIODN);

		stream->iommu = listing->pamu;
		copy_cells(listing, stream, property, i, 1);
		stream->id = dt_iommu_id(listing->pamu, stream->spec, 1);
		if (stream->spec[0] >= LIODN_COUNT)
			stream->error = "a PAMU has 1280 LIODNs";
	}
}

/*
 * The first property of each name counts. One pass over the properties is cheaper than four
 * look-ups.
 */
static void list_node(struct listing *listing, const struct node *node)
{
	const struct property *property, *iommus = NULL, *map = NULL, *masters = NULL,
					 *liodns = NULL;

	for (property = node->properties; property; property = property->next) {
		/* Fast path: the first letter excludes most properties. */
		if (!strchr("imf", property->name[0]))
			continue;
		if (!iommus && strcmp(property->name, "iommus") == 0)
			iommus = property;
		else if (!map && strcmp(property->name, "iommu-map") == 0)
			map = property;
		else if (!masters && strcmp(property->name, "mmu-masters") == 0)
			masters = property;
		else if (!liodns && strcmp(property->name, LIODN) == 0)
			liodns = property;
	}
	if (iommus)
		list_iommus(listing, node, iommus);
	if (map)
		list_iommu_map(listing, node);
	if (masters)
		list_masters(listing, node, masters);
	if (liodns)
		list_liodns(listing, node, liodns);
}

size_t dt_streams(const struct tree *tree, struct arena *arena,
		  const struct dt_stream **ret_streams)
{
	struct listing listing = {.tree = tree, .arena = arena};
	struct dt_stream *streams;

	for (const struct node *node = tree->root; node && !is_full(&listing); node = node->next)
		list_node(&listing, node);
	streams = arena_array(arena, listing.count, sizeof(*streams));
	if (listing.count)
		memcpy(streams, listing.streams, listing.count * sizeof(*streams));
	free(listing.streams);
	if (is_full(&listing))
		streams[DT_STREAMS_MAX - 1].error =
			"the tree describes more streams than are looked at";
	*ret_streams = streams;
	return listing.count;
}

bool dt_lacks_pamu(const struct tree *tree)
{
	for (const struct node *node = tree->root; node; node = node->next)
		if (node_property(node, LIODN))
			return !find_pamu(tree);
	return false;
}
