/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_reserved.h"

#include "firmware/dt_address.h"
#include "firmware/dt_refs.h"

#include <string.h>

enum {
	/*
	 * the most reserved ranges of one tree; real trees have one or two for a display controller
	 */
	RESERVED_MAX = 4096,
};

struct listing {
	const struct tree *tree;
	struct dt_reserved *ranges;
	size_t count;
};

static bool is_direct(const struct dt_reserved *range)
{
	uint64_t start, length;

	return dt_address(range->region, &start, &length) && start == range->start &&
	       length == range->length;
}

/* Add one entry (device, start, length) of iommu-addresses; its start is at cell @at. */
static void add_reserved(struct listing *listing, const struct node *device,
			 const struct node *region, const struct property *addresses, size_t at)
{
	struct dt_reserved *range = &listing->ranges[listing->count];

	*range = (struct dt_reserved){.device = device, .region = region};
	if (!dt_dma_range(device, addresses, at, &range->start, &range->length) || !range->length)
		return;
	range->direct = is_direct(range);
	listing->count++;
}

static void list_region(struct listing *listing, const struct node *device,
			const struct node *region)
{
	const struct property *addresses = node_property(region, "iommu-addresses");
	size_t cells = addresses ? property_cells(addresses) : 0;
	uint32_t start_cells, length_cells;
	const struct node *master;

	/* The bus of an entry's device says how many cells start and length have. */
	for (size_t at = 0; at < cells; at += 1 + start_cells + length_cells) {
		master = tree_by_phandle(listing->tree, property_cell(addresses, at));
		if (!master || !dt_dma_cells(master, &start_cells, &length_cells) ||
		    cells - at < 1 + start_cells + length_cells)
			return;
		if (master == device && listing->count < RESERVED_MAX)
			add_reserved(listing, device, region, addresses, at + 1);
	}
}

static void list_device(struct listing *listing, const struct node *device)
{
	const struct property *regions = node_property(device, "memory-region");
	struct dt_refs refs;
	struct dt_ref ref;

	if (!regions)
		return;
	refs = dt_refs_start(listing->tree, regions, NULL);
	while (listing->count < RESERVED_MAX && dt_refs_next(&refs, &ref))
		if (!ref.fault)
			list_region(listing, device, ref.node);
}

size_t dt_reserved(const struct tree *tree, struct arena *arena,
		   const struct dt_reserved **ret_reserved)
{
	_autofree_ struct dt_reserved *found = calloc(RESERVED_MAX, sizeof(*found));
	struct listing listing = {.tree = tree, .ranges = found};
	struct dt_reserved *ranges;

	if (!found)
		memory_exhausted();
	for (const struct node *node = tree->root; node; node = node->next)
		list_device(&listing, node);
	ranges = arena_array(arena, listing.count, sizeof(*ranges));
	memcpy(ranges, found, listing.count * sizeof(*ranges));
	*ret_reserved = ranges;
	return listing.count;
}
