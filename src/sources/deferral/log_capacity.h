/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_capacity - the capacity of an SMMUv1 or v2 as its driver logged it at its probe
 *
 * Source: drivers/iommu/arm/arm-smmu/arm-smmu.c (arm_smmu_device_cfg_probe), the same texts in
 * Linux 5.10 to 7.3. The driver of the SMMUv3 logs neither number.
 */
#pragma once

#include "base/text.h"
#include "model/iommu_kind.h"

#include <stdint.h>

/** struct log_capacity - the numbers of an SMMU; -1 for a number that the log does not contain */
struct log_capacity {
	int64_t stream_entries, context_banks;
};

/**
 * log_capacity - the newest numbers in @log about the device @name of an IOMMU of @kind
 * A line counts only if it begins with the driver's name and @name and the rest is the driver's
 * text.
 */
struct log_capacity log_capacity(const char *log, enum iommu_kind kind, const char *name);

/** log_is_capacity - true where the message of a line has one of the numbers, of any device */
bool log_is_capacity(struct span line);
