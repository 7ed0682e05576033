/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_iommus.h"

#include "base/text.h"
#include "firmware/dt_address.h"
#include "firmware/iommu_compatible.h"

#include <string.h>

/* The row of the word by which a driver matches the node, or NULL. */
static const struct iommu_compatible *matched_row(const struct node *node)
{
	const struct property *compatible = node_property(node, "compatible");
	const struct iommu_compatible *row = NULL;
	const char *word;

	for (size_t at = 0; !row && (word = property_string(compatible, at));
	     at += strlen(word) + 1)
		row = iommu_compatible_find(word);
	return row;
}

enum iommu_kind dt_iommu_kind(const struct node *node)
{
	const struct iommu_compatible *row = matched_row(node);

	return row ? row->kind : IOMMU_KIND_UNKNOWN;
}

bool dt_iommu_is_selective(const struct node *node)
{
	const struct iommu_compatible *row = matched_row(node);

	return row && row->selective;
}

/*
 * A driver needs no #iommu-cells to match the node, and a PAMU has none
 * (arch/powerpc/boot/dts/fsl). The name of the node is compared first: comparing the words of every
 * node of a tree is slow.
 */
static bool is_matched_iommu(const struct node *node)
{
	return text_starts(text_basename(node->path), "iommu") && dt_iommu_kind(node);
}

static bool is_iommu_node(const struct node *node)
{
	const struct property *property;

	for (property = node->properties; property; property = property->next)
		if (strcmp(property->name, "#iommu-cells") == 0 ||
		    strcmp(property->name, "mmu-masters") == 0)
			return true;
	return is_matched_iommu(node);
}

static void set_iommu(const struct node *node, struct dt_iommu *iommu)
{
	uint64_t length;
	uint32_t cells;

	iommu->node = node;
	iommu->kind = dt_iommu_kind(node);
	iommu->compatible = property_string(node_property(node, "compatible"), 0);
	iommu->cells = node_cell(node, "#iommu-cells", &cells) ? (int64_t)cells : -1;
	iommu->has_base = dt_address(node, &iommu->base, &length);
}

size_t dt_iommus(const struct tree *tree, struct arena *arena, const struct dt_iommu **ret_iommus)
{
	struct dt_iommu *iommus;
	const struct node *node;
	size_t count = 0;

	for (node = tree->root; node; node = node->next)
		count += is_iommu_node(node);
	iommus = arena_array(arena, count, sizeof(*iommus));
	count = 0;
	for (node = tree->root; node; node = node->next)
		if (is_iommu_node(node))
			set_iommu(node, &iommus[count++]);
	*ret_iommus = iommus;
	return count;
}

/* The SMMUv2 driver packs ID and mask into one 32-bit word, 16 bits each (arm_smmu_of_xlate). */
static struct dt_id smmu_id(const struct node *iommu, const uint32_t *cells, size_t count)
{
	uint32_t id = count > 0 ? cells[0] : 0, mask = 0;

	if (count > 1)
		mask = cells[1];
	else
		node_cell(iommu, "stream-match-mask", &mask);
	return (struct dt_id){.id = id & 0xffff,
			      .mask = mask & 0xffff,
			      .has_id = count > 0,
			      .cut = id > 0xffff || mask > 0xffff};
}

struct dt_id dt_iommu_id(const struct node *iommu, const uint32_t *cells, size_t count)
{
	const struct iommu_traits *traits = iommu_traits(dt_iommu_kind(iommu));
	struct dt_id id = {
		.has_id = count == 1, .whole = count == 0, .id = count == 1 ? cells[0] : 0};

	if (traits->has_masks)
		return smmu_id(iommu, cells, count);
	if (traits->one_cell_only && count != 1) {
		id = (struct dt_id){.has_id = count > 0, .id = count > 0 ? cells[0] : 0};
		id.error = "an SMMUv3 takes one cell: its driver refuses this #iommu-cells";
	}
	return id;
}
