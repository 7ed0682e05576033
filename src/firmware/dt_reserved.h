/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_reserved - I/O virtual addresses that a devicetree keeps out of use for a device
 *
 * A device names regions in memory-region; a region says in iommu-addresses which addresses of
 * which device it means. Source: drivers/iommu/of_iommu.c: of_iommu_get_resv_regions; only some
 * IOMMU drivers ask for these (the running kernel's reserved_regions file knows).
 */
#pragma once

#include "firmware/tree.h"

/**
 * struct dt_reserved - one range
 * @region: the node with iommu-addresses     @start, @length: bytes, length at least 1
 * @direct: must be mapped 1:1 (the region's reg is the same range); else never mapped at all
 */
struct dt_reserved {
	const struct node *device;
	const struct node *region;
	uint64_t start, length;
	bool direct;
};

/**
 * dt_reserved - all of them, in the order of the tree; what cannot be read is left out, as in the
 * kernel
 * @ret_reserved: array in @arena     Returns: how many
 */
size_t dt_reserved(const struct tree *tree, struct arena *arena,
		   const struct dt_reserved **ret_reserved);
