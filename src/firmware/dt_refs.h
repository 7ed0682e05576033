/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_refs - lists of references: phandle, cells, phandle, cells…
 *
 * A property of the node that a phandle means, such as #iommu-cells, says how many cells follow. So
 * a list can be read only in order, and only up to the first faulty reference.
 * Source: drivers/of/base.c: of_phandle_iterator_next.
 */
#pragma once

#include "firmware/tree.h"

enum {
	/** the most cells a reference may carry (the kernel's MAX_PHANDLE_ARGS) */
	DT_CELLS_MAX = 16,
};

/** enum dt_ref_fault - the fault of a reference */
enum dt_ref_fault {
	DT_REF_FINE,
	DT_REF_HOLE,	 /* phandle 0, an empty reference; the list goes on after it */
	DT_REF_DANGLING, /* fault: no node has the phandle of the reference */
	DT_REF_UNSIZED,	 /* the node that the phandle means does not say how many cells follow */
	DT_REF_SIZE,	 /* fault: the referenced node asks for too many cells */
	DT_REF_SHORT,	 /* fault: fewer cells follow than the referenced node asks for */
	DT_REF_STRAY,	 /* fault: the property is empty, or has a part of a cell at its end */
	DT_REF_FAULT_COUNT,
};

/** dt_ref_fault_text - the sentence of a fault for users; NULL for DT_REF_FINE */
const char *dt_ref_fault_text(enum dt_ref_fault fault);

/**
 * struct dt_ref - one reference
 * @node: the node with that phandle, or NULL
 * @at: index of its first cell in the property; @cell_count cells belong to it
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
 * @cells_name: the property that says how many cells follow a phandle, such as "#iommu-cells"; NULL
 * where none follow
 * @optional: no cells follow where the node lacks that property; else that is DT_REF_UNSIZED
 * @most: a node that asks for more cells is the fault DT_REF_SIZE
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

/** dt_refs_start - the place of the first reference in @list */
struct dt_refs dt_refs_start(const struct tree *tree, const struct property *list,
			     const char *cells_name) _nonnull_(1, 2);

/**
 * dt_refs_next - the next reference; false at the end. The list ends after any fault but
 * DT_REF_HOLE.
 */
bool dt_refs_next(struct dt_refs *refs, struct dt_ref *ret_ref) _nonnull_();
