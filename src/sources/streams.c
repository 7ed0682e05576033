/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/streams.h"

void stream_iommu(struct stream *stream, const struct iommu *iommu, const char *name)
{
	stream->iommu = iommu;
	stream->iommu_name = iommu ? iommu->name : name;
}

int source_streams(struct reading *reading, struct error *e)
{
	if (!reading_wants(reading, FACT_STREAMS)) {
		build_source(reading->build, "streams", SOURCE_SKIPPED, NULL);
		return 0;
	}
	/* The blob /sys/firmware/fdt is there on ACPI boots too: only the unpacked tree counts. */
	if (root_has(reading->root, "/sys/firmware/devicetree/base"))
		return streams_devicetree(reading, e);
	return streams_acpi(reading, e);
}
