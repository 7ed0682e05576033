/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream_entries - the stream match entries that an SMMUv1 or v2 needs for its devices */
#pragma once

#include "model/system.h"

/**
 * stream_entries_needed - the number of entries that firmware asks for at @iommu
 * Streams that another stream covers need none (drivers/iommu/arm/arm-smmu/arm-smmu.c:
 * arm_smmu_find_sme).
 */
int64_t stream_entries_needed(const struct system *system, const struct iommu *iommu) _nonnull_();
