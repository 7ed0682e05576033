/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_iommus - the IOMMUs that a devicetree describes, and the meaning of the cells in references to
 * them
 */
#pragma once

#include "firmware/tree.h"
#include "model/iommu_kind.h"

/**
 * struct dt_iommu - a node with #iommu-cells, or with the legacy mmu-masters, or called iommu@… and
 * matched by a driver
 * @kind: by the first word of compatible that a driver matches; IOMMU_KIND_UNKNOWN where no driver
 * of Linux 7.3 matches the node
 * @compatible: the first string of its compatible, or NULL
 * @cells: its #iommu-cells, -1 where it has none
 * @base: where the CPU sees its registers, valid where has_base
 */
struct dt_iommu {
	const struct node *node;
	enum iommu_kind kind;
	const char *compatible;
	int64_t cells;
	uint64_t base;
	bool has_base;
};

/**
 * dt_iommus - all IOMMUs of @tree, disabled ones too, in the order of the tree
 * @ret_iommus: array in @arena     Returns: how many
 */
size_t dt_iommus(const struct tree *tree, struct arena *arena, const struct dt_iommu **ret_iommus)
	_nonnull_();

/** dt_iommu_kind - the kind of one node, or IOMMU_KIND_UNKNOWN */
enum iommu_kind dt_iommu_kind(const struct node *node) _nonnull_(1);

/** dt_iommu_is_selective - true for a node whose driver serves some devices alone (struct
 * iommu_compatible) */
bool dt_iommu_is_selective(const struct node *node) _nonnull_();

/**
 * struct dt_id - the stream ID that an IOMMU's driver reads from the cells of a reference
 * @mask: bits of @id that are ignored in matching (SMMUv2), else 0
 * @has_id: false where the reference has no cells, or several whose meaning is not known
 * @whole: the reference has no cells: the IOMMU sees all its devices as one
 * @cut: ID or mask has more than the 16 bits of an SMMUv2; the driver drops the upper bits
 * @error: why the driver refuses the reference, or NULL; static text
 */
struct dt_id {
	uint32_t id, mask;
	bool has_id, whole, cut;
	const char *error;
};

/**
 * dt_iommu_id - the stream ID in the cells of a reference to @iommu
 * Source: the of_xlate functions of drivers/iommu; for SMMUv2 one cell takes its mask from the
 * node's stream-match-mask.
 */
struct dt_id dt_iommu_id(const struct node *iommu, const uint32_t *cells, size_t count) _nonnull_();
