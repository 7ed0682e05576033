/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysfs_folder - the folders of sysfs that a walk down from a device leaves out */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>

/**
 * sysfs_folder_may_have_nodes - false for the name of a folder that never contains nodes or
 * interfaces, such as "power": there are many
 */
_must_check_ bool sysfs_folder_may_have_nodes(const char *name) _nonnull_();
