/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pins - columns about bindings that are kept over reboots */
#pragma once

#include "views/column.h"

extern const struct column pin_columns[];
