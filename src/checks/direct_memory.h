/* SPDX-License-Identifier: GPL-2.0-or-later */
/* direct_memory - memory that firmware wants mapped 1:1 for a group, so that VFIO refuses it */
#pragma once

#include "model/system.h"

/** direct_memory - the first such region of @group that may not be dropped, or NULL */
const struct region *direct_memory(const struct group *group) _nonnull_();

/**
 * direct_memory_refused - whether this kernel refuses VFIO a group with such memory
 * Unknown where the kernel's release is, or on an older kernel the kind of the IOMMU.
 */
enum answer direct_memory_refused(const struct system *system, const struct group *group)
	_nonnull_();

/** direct_memory_remedy - where to switch off, in the firmware setup, what uses @region */
const char *direct_memory_remedy(const struct system *system, const struct region *region,
				 struct arena *arena) _nonnull_();
