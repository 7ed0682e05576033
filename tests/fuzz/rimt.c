/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decode a RIMT and map IDs around the borders of its mappings. */
#include "firmware/rimt.h"
#include "fuzz/fuzz.h"

static void map_borders(const struct rimt *rimt, const struct rimt_device *device,
			const struct rimt_mapping *mapping)
{
	const uint32_t ids[] = {mapping->input - 1, mapping->input, mapping->input + mapping->more,
				mapping->input + mapping->more + 1};
	struct rimt_stream stream;

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (rimt_map_rid(rimt, device->segment, ids[i], &stream) && !stream.iommu)
			abort();
}

static void attempt(const uint8_t *data, size_t size)
{
	_autoarena_ struct arena *arena = arena_new();
	struct rimt_stream stream;
	struct error error = {0};
	struct rimt rimt;

	if (rimt_parse(data, size, arena, &rimt, &error) < 0) {
		if (error.code != ERROR_MALFORMED || !*error.message)
			abort();
		return;
	}
	for (size_t i = 0; i < rimt.device_count; i++) {
		const struct rimt_device *device = &rimt.devices[i];

		for (size_t j = 0; j < device->mapping_count && j < 16; j++)
			map_borders(&rimt, device, &device->mappings[j]);
		if (device->path && rimt_map_named(&rimt, device->path, 0, &stream) &&
		    !stream.iommu)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_try(data, size, "RIMT", attempt);
	return 0;
}
