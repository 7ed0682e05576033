/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decode a VIOT and map functions around the borders of its ranges. */
#include "firmware/viot.h"
#include "fuzz/fuzz.h"

static void map_borders(const struct viot *viot, const struct viot_range *range)
{
	struct viot_endpoint endpoint;

	viot_map_pci(viot, range->segment_first - 1U, range->bdf_first, &endpoint);
	viot_map_pci(viot, range->segment_first, (uint16_t)(range->bdf_first - 1), &endpoint);
	viot_map_pci(viot, range->segment_first, range->bdf_first, &endpoint);
	viot_map_pci(viot, range->segment_last, range->bdf_last, &endpoint);
	viot_map_pci(viot, range->segment_last, (uint16_t)(range->bdf_last + 1), &endpoint);
	viot_map_pci(viot, range->segment_last + 1U, range->bdf_last, &endpoint);
}

static void attempt(const uint8_t *data, size_t size)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error error = {0};
	struct viot_endpoint endpoint;
	struct viot viot;

	if (viot_parse(data, size, arena, &viot, &error) < 0) {
		if (error.code != ERROR_MALFORMED || !*error.message)
			abort();
		return;
	}
	for (size_t i = 0; i < viot.range_count; i++) {
		if (!viot.ranges[i].iommu)
			abort();
		map_borders(&viot, &viot.ranges[i]);
	}
	for (size_t i = 0; i < viot.device_count; i++)
		if (viot_map_mmio(&viot, viot.devices[i].base, &endpoint) && !endpoint.iommu)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_try(data, size, "VIOT", attempt);
	return 0;
}
