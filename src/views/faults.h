/* SPDX-License-Identifier: GPL-2.0-or-later */
/* faults - columns about IOMMU faults */
#pragma once

#include "views/column.h"

extern const struct column fault_columns[];
