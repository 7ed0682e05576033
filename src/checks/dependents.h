/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dependents - what exists, or does DMA, only through another device */
#pragma once

#include "model/system.h"

/**
 * iommus_are_known - true where /sys/class/iommu was read; a machine without IOMMUs does not have
 * it
 */
bool iommus_are_known(const struct system *system);
