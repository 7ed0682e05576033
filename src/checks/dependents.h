/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dependents - what exists, or does DMA, only through another device */
#pragma once

#include "model/system.h"

/** iommu_is_at - true where the IOMMU's device is @device or, as a virtio device is, below it */
bool iommu_is_at(const struct iommu *iommu, const struct device *device);

/**
 * iommus_are_known - true where /sys/class/iommu was read; a machine without IOMMUs does not have
 * it
 */
bool iommus_are_known(const struct system *system);
