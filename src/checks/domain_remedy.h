/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain_remedy - the command that gives a group another type, where this kernel allows it */
#pragma once

#include "model/system.h"

/**
 * domain_remedy - "iommuctl domain group:7 DMA", in @arena
 * Returns: NULL where @group is NULL, or where its type cannot be changed: before 5.11, before 6.4
 * that of a group with several members, and a type that is not the kernel's own. Where the version
 * is unknown the command tells.
 */
const char *domain_remedy(const struct system *system, const struct group *group,
			  struct arena *arena) _nonnull_(1, 3);
