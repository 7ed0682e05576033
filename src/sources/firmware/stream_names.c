/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/firmware/streams.h"

void stream_iommu(struct stream *stream, const struct iommu *iommu, const char *name)
{
	stream->iommu = iommu;
	stream->iommu_name = iommu ? iommu->name : name;
	stream->iommu_kind = name ? iommu_kind_of_instance(name) : IOMMU_KIND_UNKNOWN;
}

void stream_fault(struct build *build, struct stream *stream, const char *text)
{
	stream->error = arena_strdup(build_arena(build), text);
}

const char *function_name(struct build *build, unsigned segment, unsigned rid)
{
	return arena_printf(build_arena(build), "%04x:%02x:%02x.%x", segment, rid >> 8,
			    rid >> 3 & 0x1f, rid & 7);
}

void streams_doubt(struct build *build, const struct device *device, const char *why)
{
	size_t count;
	struct stream *const *streams = build_streams_of(build, device, &count);

	for (size_t i = 0; i < count; i++) {
		streams[i]->id = -1;
		streams[i]->error = why;
	}
}
