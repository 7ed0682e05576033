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

/*
 * By index of the IOMMU: true where the registration has given one of the devices behind it a
 * group, or may have.
 */
static bool *find_serving(const struct build *build)
{
	bool *serves = arena_array(build->arena, build->iommus.count, sizeof(*serves));

	for (size_t i = 0; i < build->iommus.count; i++) {
		const struct iommu *iommu = build_iommu_at(build, i);

		serves[i] = iommu->device_count || iommu->devices_unknown;
	}
	for (size_t i = 0; i < build->streams.count; i++) {
		const struct stream *stream = build->streams.items[i];

		if (stream->iommu && stream->device &&
		    (stream->device->group || stream->device->group_unknown))
			serves[stream->iommu->index] = true;
	}
	return serves;
}

void registration_find_failed(struct build *build)
{
	const char *kernel = build->machine.kernel;
	const bool *serves;

	if (kernel_has(kernel, KERNEL_PROBE_AT_REGISTRATION) != ANSWER_YES)
		return;
	serves = find_serving(build);
	for (size_t i = 0; i < build->streams.count; i++) {
		const struct stream *stream = build->streams.items[i];
		struct iommu *iommu =
			stream->iommu ? build_iommu_at(build, stream->iommu->index) : NULL;

		if (iommu && iommu->state == IOMMU_READY && stream->device &&
		    lacks_group(build, stream->device) && !serves[iommu->index])
			iommu->state = IOMMU_FAILED;
	}
}
