/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_refs - lists of references: phandle, cells, phandle, cells…
 *
 * How many cells follow a phandle is what the node says that it means ("#iommu-cells"), so the
 * list can be read only in order, and no further than the first reference that is broken.
 * Source: drivers/of/base.c: of_phandle_iterator_next.
 */
#pragma once

#include "firmware/tree.h"

enum {
	/** the most cells a reference may carry (the kernel's MAX_PHANDLE_ARGS) */
	DT_CELLS_MAX = 16,
};

/** enum dt_ref_fault - what is wrong with a reference */
enum dt_ref_fault {
	DT_REF_FINE,
	DT_REF_HOLE,	 /* phandle 0: a place left empty; the list goes on */
	DT_REF_DANGLING, /* no node has that phandle */
	DT_REF_UNSIZED,	 /* the node that it means does not say how many cells follow */
	DT_REF_SIZE,	 /* it says too many */
	DT_REF_SHORT,	 /* fewer cells follow */
	DT_REF_STRAY,	 /* bytes that are no whole cell stand at the end, or nothing at all */
	DT_REF_FAULT_COUNT,
};

/** dt_ref_fault_text - a sentence for users; NULL for DT_REF_FINE */
const char *dt_ref_fault_text(enum dt_ref_fault fault);

/**
 * struct dt_ref - one reference
 * @node: what it means, or NULL     @at: index of its first cell in the property, @cell_count long
 */
struct dt_ref {
	uint32_t phandle;
	const struct node *node;
	size_t at;
	uint32_t cell_count;
	enum dt_ref_fault fault;
};

/**
 * struct dt_refs - a place in a list
 * @cells_name: such as "#iommu-cells"; NULL where no cells follow a phandle
 * @optional: a node that does not say how many cells follow means none
 * @most: more cells than that are DT_REF_SIZE
 */
struct dt_refs {
	const struct tree *tree;
	const struct property *list;
	const char *cells_name;
	bool optional;
	uint32_t most;
	size_t at;
	bool ended;
};

/** dt_refs_start - go to the first reference of @list */
struct dt_refs dt_refs_start(const struct tree *tree, const struct property *list,
			     const char *cells_name);

/** dt_refs_next - the next reference; false at the end. After a fault (but a hole) it ends. */
bool dt_refs_next(struct dt_refs *refs, struct dt_ref *ret_ref);
