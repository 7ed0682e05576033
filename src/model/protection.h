/* SPDX-License-Identifier: GPL-2.0-or-later */
/* protection - settings of the whole machine that decide what DMA its IOMMUs let through */
#pragma once

#include "base/answer.h"

/**
 * struct protection - read with FACT_PROTECTION, with the members of struct vfio_host
 * @passes_unclaimed: an SMMUv1 or v2 passes streams that belong to no device: the parameter
 * disable_bypass of its driver is off (drivers/iommu/arm/arm-smmu/arm-smmu.c)
 * @passes_evidence: the file that shows it, or NULL
 * @before_boot: firmware protects memory from DMA until the kernel does: iommu_dma_protection of
 * every Thunderbolt domain (drivers/thunderbolt/domain.c); unknown without such a domain
 * @before_evidence: the file that denies it, or NULL
 */
struct protection {
	enum answer passes_unclaimed, before_boot;
	const char *passes_evidence, *before_evidence;
};
