/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/registration.h"

#include "model/build_parts.h"
#include "model/kernel_release.h"

/*
 * True where the kernel can make nothing of one of the device's streams: it then puts the device
 * behind no IOMMU, and that is no fault of the IOMMU.
 */
static bool has_unusable_stream(struct build *build, const struct device *device)
{
	size_t count;
	struct stream *const *streams = build_streams_of(build, device, &count);

	for (size_t i = 0; i < count; i++)
		if (streams[i]->error && !streams[i]->hidden)
			return true;
	return false;
}

static bool lacks_group(struct build *build, const struct device *device)
{
	return !device->group && !device->group_unknown && device->driver_known &&
	       !device->driver && !has_unusable_stream(build, device);
}

/* True where the registration has given one of the devices behind @iommu a group, or may have. */
static bool serves_devices(const struct build *build, const struct iommu *iommu)
{
	if (iommu->device_count || iommu->devices_unknown)
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
		    lacks_group(build, stream->device) && !serves_devices(build, iommu))
			iommu->state = IOMMU_FAILED;
	}
}
