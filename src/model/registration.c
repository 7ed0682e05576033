/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/registration.h"

#include "model/build_parts.h"
#include "model/kernel_release.h"

static bool lacks_group(const struct device *device)
{
	return !device->group && !device->group_unknown && device->driver_known && !device->driver;
}

/* True where the registration has given one of the devices behind @iommu a group. */
static bool serves_devices(const struct build *build, const struct iommu *iommu)
{
	if (iommu->device_count)
		return true;
	for (size_t i = 0; i < build->streams.count; i++) {
		const struct stream *stream = build->streams.items[i];

		if (stream->iommu == iommu && stream->device &&
		    (stream->device->group || stream->device->group_unknown))
			return true;
	}
	return false;
}

void registration_find_failed(struct build *build)
{
	const char *kernel = build->machine.kernel;

	if (kernel_has(kernel, KERNEL_PROBE_AT_REGISTRATION) != ANSWER_YES)
		return;
	for (size_t i = 0; i < build->streams.count; i++) {
		const struct stream *stream = build->streams.items[i];
		struct iommu *iommu =
			stream->iommu ? build_iommu_at(build, stream->iommu->index) : NULL;

		if (iommu && iommu->state == IOMMU_READY && stream->device &&
		    lacks_group(stream->device) && !serves_devices(build, iommu))
			iommu->state = IOMMU_FAILED;
	}
}
