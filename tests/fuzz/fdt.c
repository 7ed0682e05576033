/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decode a devicetree blob and call every function on the tree. */
#include "firmware/fdt.h"
#include "firmware/dt_reserved.h"
#include "firmware/dt_streams.h"
#include "firmware/dt_suppliers.h"
#include "fuzz/fuzz.h"

#include <libfdt.h>

enum {
	/* number of nodes of a tree for which expensive functions are called */
	NODES_ASKED = 256,
};

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* A node is found by its path and by its phandle: itself, or an earlier one that has the same. */
static void find_node(const struct tree *tree, const struct node *node)
{
	const struct node *found = tree_find(tree, node->path);

	must(found && strcmp(found->path, node->path) == 0 && found->order <= node->order);
	if (node->phandle_state == PHANDLE_GOOD)
		must(tree_by_phandle(tree, node->phandle) == node);
	if (node->phandle_state == PHANDLE_DUPLICATE)
		must(tree_by_phandle(tree, node->phandle)->order < node->order);
	if (node->phandle_state == PHANDLE_INVALID)
		must(!tree_by_phandle(tree, node->phandle));
}

static void map_id(const struct tree *tree, const struct node *node, uint32_t rid)
{
	struct dt_mapping fixed = dt_map_rid(tree, node, rid, DT_STRIDE_FIXED);
	struct dt_mapping target = dt_map_rid(tree, node, rid, DT_STRIDE_TARGET);

	must(fixed.disagree == target.disagree);
	must((fixed.fault == DT_MAP_FINE) == (fixed.iommu != NULL));
	must((target.fault == DT_MAP_FINE) == (target.iommu != NULL));
	must((fixed.fault == DT_MAP_FINE) == (dt_map_fault_text(fixed.fault) == NULL));
}

static void map_borders(const struct tree *tree, const struct node *node, enum dt_stride stride)
{
	struct dt_map_walk walk = dt_map_start(tree, node, stride);
	struct dt_map_entry entry;

	/* Each call walks the whole map: for a long map 16 entries are enough. */
	for (int i = 0; i < 16 && dt_map_next(&walk, &entry); i++) {
		map_id(tree, node, entry.rid_base - 1);
		map_id(tree, node, entry.rid_base);
		map_id(tree, node, entry.rid_base + entry.length - 1);
		map_id(tree, node, entry.rid_base + entry.length);
	}
	map_id(tree, node, 0);
	map_id(tree, node, 0x10000);
	dt_map_disagrees(tree, node);
}

static void map_node(const struct tree *tree, const struct node *node, struct arena *arena)
{
	const struct dt_supplier *suppliers;
	size_t count = dt_suppliers(tree, node, arena, &suppliers);

	for (size_t i = 0; i < count; i++)
		must(!suppliers[i].device || node_above(suppliers[i].device, suppliers[i].node));
	map_borders(tree, node, DT_STRIDE_FIXED);
	map_borders(tree, node, DT_STRIDE_TARGET);
}

static void map_tree(const struct tree *tree, struct arena *arena)
{
	const struct dt_reserved *reserved;
	const struct dt_stream *streams;
	const struct dt_iommu *iommus;
	size_t count = dt_streams(tree, arena, &streams);

	for (size_t i = 0; i < count; i++)
		must(streams[i].device && (streams[i].iommu || streams[i].error));
	count = dt_reserved(tree, arena, &reserved);
	for (size_t i = 0; i < count; i++)
		must(reserved[i].length);
	dt_iommus(tree, arena, &iommus);
	for (const struct node *node = tree->root; node; node = node->next) {
		find_node(tree, node);
		if (node->order < NODES_ASKED)
			map_node(tree, node, arena);
	}
}

/*
 * True where the blob has a NOP at a place that libfdt requires to be free of NOPs, and the kernel
 * does not.
 */
static bool has_nop_behind_root(const uint8_t *data)
{
	int offset = 0, depth = 0;
	bool closed = false;
	uint32_t tag;

	do {
		tag = fdt_next_tag(data, offset, &offset);
		depth += (tag == FDT_BEGIN_NODE) - (tag == FDT_END_NODE);
		closed |= tag == FDT_END_NODE && depth == 0;
		if (closed && tag == FDT_NOP)
			return true;
	} while (tag != FDT_END);
	return false;
}

/*
 * libfdt must accept each blob that fdt_decode accepts, and reject each that is malformed. It is
 * not called for blobs beyond the limits of firmware/tree.h, and before 1.7 fdt_check_full itself
 * reads out of bounds where a property's length wraps.
 */
static void compare(const uint8_t *data, size_t size, const struct error *refusal)
{
	static const char *const breaches[] = {"ends too early", "is no tag", "does not end",
					       "has not begun", "outside of the strings"};

	/* fdt_decode ignores the memory reservations, so these alone may be wrong. */
	if (!refusal)
		must(fdt_check_full(data, size) == 0 || fdt_num_mem_rsv(data) < 0 ||
		     has_nop_behind_root(data));
	for (size_t i = 0; refusal && i < ARRAY_SIZE(breaches); i++)
		if (strstr(refusal->message, breaches[i]))
			must(fdt_check_full(data, size) != 0);
}

static void try_blob(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const struct tree *tree = NULL;
	struct error e = {0};

	if (fdt_decode(arena, data, size, &tree, &e) == 0) {
		compare(data, size, NULL);
		map_tree(tree, arena);
	} else {
		must(e.code == ERROR_MALFORMED && e.message[0]);
		compare(data, size, &e);
	}
	arena_free(arena);
}

/* Decode the input unchanged, and with a header that passes the first checks. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = calloc(1, size ? size : 1);

	must(copy != NULL);
	if (size)
		memcpy(copy, data, size);
	try_blob(copy, size);
	if (size >= sizeof(struct fdt_header)) {
		fdt_set_magic(copy, FDT_MAGIC);
		fdt_set_totalsize(copy, (uint32_t)size);
		fdt_set_version(copy, 17);
		fdt_set_last_comp_version(copy, 16);
		try_blob(copy, size);
	}
	free(copy);
	return 0;
}
