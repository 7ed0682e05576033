/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decode an IVRS and map device IDs around the borders of its ranges. */
#include "firmware/ivrs.h"
#include "fuzz/fuzz.h"

static void map_id(const struct ivrs *ivrs, uint16_t segment, uint16_t id)
{
	struct ivrs_stream stream;

	if (ivrs_map(ivrs, segment, id, &stream) && stream.iommu->segment != segment)
		abort();
}

static void attempt(const uint8_t *data, size_t size)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error error = {0};
	struct ivrs_stream stream;
	struct ivrs ivrs;

	if (ivrs_parse(data, size, arena, &ivrs, &error) < 0) {
		if (error.code != ERROR_MALFORMED || !*error.message)
			abort();
		return;
	}
	for (size_t i = 0; i < ivrs.range_count && i < 64; i++) {
		const struct ivrs_range *range = &ivrs.ranges[i];

		if (range->first > range->last)
			abort();
		map_id(&ivrs, range->iommu->segment, (uint16_t)(range->first - 1));
		map_id(&ivrs, range->iommu->segment, range->first);
		map_id(&ivrs, range->iommu->segment, range->last);
		map_id(&ivrs, range->iommu->segment, (uint16_t)(range->last + 1));
	}
	for (size_t i = 0; i < ivrs.special_count && i < 64; i++)
		map_id(&ivrs, ivrs.specials[i].iommu->segment, ivrs.specials[i].id);
	for (size_t i = 0; i < ivrs.named_count && i < 64; i++)
		ivrs_map_named(&ivrs, ivrs.named[i].hid, ivrs.named[i].uid, &stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_try(data, size, "IVRS", attempt);
	return 0;
}
