/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/direct_memory.h"

#include "model/kernel_release.h"

const struct region *direct_memory(const struct group *group)
{
	for (size_t i = 0; i < group->region_count; i++)
		if (group->regions[i].kind == REGION_DIRECT)
			return &group->regions[i];
	return NULL;
}

/*
 * Since 6.6 the kernel refuses for every kind of IOMMU (drivers/iommu/iommu.c:
 * __iommu_device_set_domain, require_direct), before only for Intel's (drivers/iommu/intel/iommu.c:
 * intel_iommu_attach_device).
 */
enum answer direct_memory_refused(const struct system *system, const struct group *group)
{
	enum answer by_kernel = kernel_has(system->machine.kernel, KERNEL_DIRECT_REFUSED);
	enum iommu_kind kind = group->iommu_count ? group->iommus[0]->kind : IOMMU_KIND_UNKNOWN;

	if (by_kernel == ANSWER_YES || kind == IOMMU_KIND_INTEL)
		return ANSWER_YES;
	return by_kernel == ANSWER_NO && kind != IOMMU_KIND_UNKNOWN ? ANSWER_NO : ANSWER_UNKNOWN;
}

/* The entry of a firmware table for that memory of many devices, or NULL. */
static const struct reservation *find_wide_reservation(const struct system *system,
						       const struct region *region)
{
	for (size_t i = 0; i < system->reservation_count; i++) {
		const struct reservation *reservation = system->reservations[i];

		if (reservation->direct && reservation->many && reservation->start <= region->end &&
		    reservation->end >= region->start)
			return reservation;
	}
	return NULL;
}

const char *direct_memory_remedy(const struct system *system, const struct region *region,
				 struct arena *arena)
{
	const struct reservation *found = find_wide_reservation(system, region);

	if (found)
		return arena_printf(arena,
				    "Firmware wants it of %s, not of single devices (%s). In "
				    "the firmware setup look for Pre-boot DMA Protection or the "
				    "like, and switch that off.",
				    found->subject, found->source);
	return "Look in the firmware setup for what uses it, such as a management feature of the "
	       "device, and switch that off.";
}
