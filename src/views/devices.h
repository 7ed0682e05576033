/* SPDX-License-Identifier: GPL-2.0-or-later */
/* devices - the columns of devices, in the order of the JSON contract */
#pragma once

#include "views/column.h"

/** device_columns - the columns for devices[] in JSON documents; the last has no key */
extern const struct column device_columns[];

/** device_text_columns - more columns of devices, for tables only */
extern const struct column device_text_columns[];
