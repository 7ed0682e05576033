/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommus - the columns of IOMMUs, in the order of the JSON contract */
#pragma once

#include "views/column.h"

/** iommu_columns - the columns for iommus[] in JSON documents; the last has no key */
extern const struct column iommu_columns[];

/** iommu_text_columns - more columns of IOMMUs, for tables only */
extern const struct column iommu_text_columns[];
