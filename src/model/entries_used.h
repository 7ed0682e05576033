/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entries_used - the stream mapping entries of SMMUs that devices with a group use */
#pragma once

#include "model/build.h"

/**
 * entries_used_count - set entries_used of each IOMMU of @system, whose parts @build still owns
 * A stream that an earlier stream covers uses no entry of its own
 * (drivers/iommu/arm/arm-smmu/arm-smmu.c: arm_smmu_find_sme). Takes one pass over the streams.
 */
void entries_used_count(struct build *build, const struct system *system) _nonnull_();
