/* SPDX-License-Identifier: GPL-2.0-or-later */
/* groups - the columns of groups, in the order of the JSON contract */
#pragma once

#include "views/column.h"

/** group_columns - the columns for groups[] in JSON documents; the last has no key */
extern const struct column group_columns[];

/** group_text_columns - more columns of groups, for tables only */
extern const struct column group_text_columns[];

/** text_holders - the processes that have VFIO nodes of the group open: "812(qemu),9(vfio)"; or
 * NULL */
const char *text_holders(const struct group *group, struct arena *arena);

/** json_holders - the same as a list; NULL (null) where they are not known */
struct json_object *json_holders(const struct group *group);
