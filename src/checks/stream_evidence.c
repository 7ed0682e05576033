/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/stream_evidence.h"

#include "model/firmware_table.h"
#include "model/pci.h"

/* A property of the devicetree: as a file of this machine, or as a place in the blob that was read.
 */
static const char *property_of(const struct machine *machine, const char *node,
			       const char *property, struct arena *arena)
{
	return arena_printf(arena, "%s%s/%s",
			    machine->firmware_file
				    ? arena_concat(arena, machine->firmware_file, ": ", "")
				    : "/sys/firmware/devicetree/base",
			    node ? node : "", property);
}

const char *stream_evidence(const struct machine *machine, const struct stream *stream,
			    struct arena *arena)
{
	const char *node = stream->device ? stream->device->firmware_node : stream->device_name;
	const struct firmware_table *table = firmware_table_of(stream->source);

	switch (stream->source) {
	case STREAM_FROM_IOMMUS:
		return property_of(machine, node, "iommus", arena);
	case STREAM_FROM_IOMMU_MAP:
		if (stream->device)
			return device_is_pci(stream->device)
				       ? "iommu-map of the host bridge"
				       : "iommu-map of the device that has the bus";
		return property_of(machine, node, "iommu-map", arena);
	case STREAM_FROM_MMU_MASTERS:
		return property_of(machine, stream->iommu_name, "mmu-masters", arena);
	case STREAM_FROM_LIODN:
		if (stream->device && device_is_pci(stream->device))
			return "fsl,liodn of the host bridge";
		return property_of(machine, node, "fsl,liodn", arena);
	default:
		break;
	}
	if (table && machine->firmware_file)
		return arena_concat(arena, machine->firmware_file, ": ", table->signature);
	if (table)
		return table->file;
	return stream->device ? stream->device->path : NULL;
}
