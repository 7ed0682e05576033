/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The searches of ivrs.h, by the rules of drivers/iommu/amd. */
#include "firmware/ivrs.h"

#include <string.h>

static bool is_iommu_function(const struct ivrs *ivrs, uint32_t segment, uint16_t id)
{
	for (size_t i = 0; i < ivrs->iommu_count; i++)
		if (ivrs->iommus[i].segment == segment && ivrs->iommus[i].id == id)
			return true;
	return false;
}

/*
 * In the kernel each entry overwrites the IOMMU of its IDs, but only alias entries overwrite an
 * alias.
 */
bool ivrs_map(const struct ivrs *ivrs, uint32_t segment, uint16_t id,
	      struct ivrs_stream *ret_stream)
{
	struct ivrs_stream stream = {.id = id};

	for (size_t i = 0; i < ivrs->range_count; i++) {
		const struct ivrs_range *range = &ivrs->ranges[i];

		if (range->iommu->segment != segment || id < range->first || id > range->last)
			continue;
		stream.iommu = range->iommu;
		if (range->alias != IVRS_NO_ALIAS)
			stream.id = (uint16_t)range->alias;
	}
	if (!stream.iommu || is_iommu_function(ivrs, segment, id))
		return false;
	*ret_stream = stream;
	return true;
}

bool ivrs_map_named(const struct ivrs *ivrs, const char *hid, const char *uid,
		    struct ivrs_stream *ret_stream)
{
	for (size_t i = 0; i < ivrs->named_count; i++) {
		const struct ivrs_named *named = &ivrs->named[i];

		if (strcmp(named->hid, hid) == 0 &&
		    (!*uid || !*named->uid || strcmp(named->uid, uid) == 0))
			return ivrs_map(ivrs, named->iommu->segment, named->id, ret_stream);
	}
	return false;
}
