/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deferrals - columns about devices that have not probed or run without their IOMMU
 */
#pragma once

#include "views/column.h"

extern const struct column deferral_columns[];

/** deferral_text_columns - more columns for tables, which are not in the JSON document */
extern const struct column deferral_text_columns[];
