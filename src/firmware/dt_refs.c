/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_refs.h"

static const char *const texts[DT_REF_FAULT_COUNT] = {
	[DT_REF_HOLE] = "the reference is empty (phandle 0)",
	[DT_REF_DANGLING] = "no node has the phandle that is named",
	[DT_REF_UNSIZED] = "the node that is named does not say how many cells follow",
	[DT_REF_SIZE] = "the node that is named asks for too many cells",
	[DT_REF_SHORT] = "fewer cells follow than the node that is named asks for",
	[DT_REF_STRAY] = "the property is no whole number of cells, or empty",
};

const char *dt_ref_fault_text(enum dt_ref_fault fault)
{
	return texts[fault];
}

struct dt_refs dt_refs_start(const struct tree *tree, const struct property *list,
			     const char *cells_name)
{
	return (struct dt_refs){
		.tree = tree, .list = list, .cells_name = cells_name, .most = DT_CELLS_MAX};
}

/* Find the node that the reference means and how many cells belong to it. */
static enum dt_ref_fault resolve_ref(const struct dt_refs *refs, struct dt_ref *ref)
{
	ref->node = tree_by_phandle(refs->tree, ref->phandle);
	if (ref->phandle == 0)
		return DT_REF_HOLE;
	if (!ref->node)
		return DT_REF_DANGLING;
	if (refs->cells_name && !node_cell(ref->node, refs->cells_name, &ref->cell_count) &&
	    !refs->optional)
		return DT_REF_UNSIZED;
	if (ref->cell_count > refs->most)
		return DT_REF_SIZE;
	if (ref->cell_count > property_cells(refs->list) - ref->at)
		return DT_REF_SHORT;
	return DT_REF_FINE;
}

bool dt_refs_next(struct dt_refs *refs, struct dt_ref *ret_ref)
{
	bool stray = refs->list->length == 0 || refs->list->length % 4;
	bool at_end = refs->at == property_cells(refs->list);

	if (refs->ended || (at_end && !stray))
		return false;
	if (at_end) {
		*ret_ref = (struct dt_ref){.fault = DT_REF_STRAY};
		refs->ended = true;
		return true;
	}
	*ret_ref =
		(struct dt_ref){.phandle = property_cell(refs->list, refs->at), .at = refs->at + 1};
	ret_ref->fault = resolve_ref(refs, ret_ref);
	refs->ended = ret_ref->fault != DT_REF_FINE && ret_ref->fault != DT_REF_HOLE;
	refs->at = ret_ref->at + (refs->ended ? 0 : ret_ref->cell_count);
	return true;
}
