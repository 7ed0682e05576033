/* SPDX-License-Identifier: GPL-2.0-or-later */
/* groups - the columns of groups, in the order of the JSON contract */
#pragma once

#include "views/column.h"

/** group_columns - keys of groups[]; the last has no key */
extern const struct column group_columns[];

/** group_text_columns - for tables only */
extern const struct column group_text_columns[];
