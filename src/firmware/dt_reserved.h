/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_reserved - I/O virtual addresses that a devicetree reserves for a device
 *
 * The memory-region of a device refers to regions; iommu-addresses of a region lists devices and
 * the addresses that are reserved for each. Source: drivers/iommu/of_iommu.c:
 * of_iommu_get_resv_regions; only some IOMMU drivers use them (reserved_regions of a running kernel
 * shows which took effect).
 */
#pragma once

#include "firmware/tree.h"

/**
 * struct dt_reserved - one range
 * @region: the node with iommu-addresses     @start, @length: bytes, length at least 1
 * @direct: must be mapped 1:1, since the region's reg is the same range; else it must not be mapped
 */
struct dt_reserved {
	const struct node *device;
	const struct node *region;
	uint64_t start, length;
	bool direct;
};

/**
 * dt_reserved - all reserved ranges of @tree, in its order; unreadable entries are left out, as in
 * the kernel
 * @ret_reserved: array in @arena     Returns: how many
 */
size_t dt_reserved(const struct tree *tree, struct arena *arena,
		   const struct dt_reserved **ret_reserved) _nonnull_();
