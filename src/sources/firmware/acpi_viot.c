/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VIOT: endpoint IDs of virtio-iommus, for PCI functions and devices with registers. */
#include "firmware/viot.h"
#include "sources/devices/iomem.h"
#include "sources/firmware/acpi_decoder.h"
#include "sources/firmware/streams.h"

#include <inttypes.h>

static int parse_table(const void *data, size_t size, struct arena *arena, void *ret_parsed,
		       struct error *e)
{
	return viot_parse(data, size, arena, ret_parsed, e);
}

/*
 * The driver names an instance after the function or platform device of its transport
 * (virtio_bus_name). The table has only the address of a platform device.
 */
static const char *viot_instance_name(struct acpi_reading *acpi, const struct viot_iommu *iommu)
{
	struct build *build = acpi->reading->build;
	const char *device;

	if (iommu->pci)
		return function_name(build, iommu->segment, iommu->bdf);
	device = iomem_device(iomem_lines(acpi->reading), iommu->base, build_arena(build));
	return device ? device : arena_printf(build_arena(build), "%" PRIx64, iommu->base);
}

static struct stream *add_viot_stream(struct acpi_reading *acpi, struct device *device,
				      const struct viot_endpoint *found)
{
	struct build *build = acpi->reading->build;
	struct stream *stream = acpi_add_stream(build, device, STREAM_FROM_VIOT, found->id);
	const char *name = viot_instance_name(acpi, found->iommu);
	const struct iommu *iommu = build_find_iommu(build, name);

	stream_iommu(stream, iommu || found->iommu->pci ? iommu : device->iommu, name);
	stream->iommu_kind = IOMMU_KIND_VIRTIO;
	return stream;
}

static struct stream *add_rid(struct acpi_reading *acpi, const void *parsed, struct device *device,
			      const struct pci_place *place, uint16_t rid)
{
	struct viot_endpoint found;

	return viot_map_pci(parsed, place->segment, rid, &found)
		       ? add_viot_stream(acpi, device, &found)
		       : NULL;
}

static bool names_devices(const void *parsed)
{
	return ((const struct viot *)parsed)->device_count;
}

static void add_named(struct acpi_reading *acpi, const void *parsed, struct device *device)
{
	const struct viot *viot = parsed;
	struct viot_endpoint found;
	uint64_t base;

	if (viot->device_count && iomem_base(iomem_lines(acpi->reading), device->name, &base) &&
	    viot_map_mmio(viot, base, &found))
		add_viot_stream(acpi, device, &found);
}

static struct iommu *describe_iommu(struct build *build, const struct viot_iommu *found)
{
	const char *name = found->pci ? function_name(build, found->segment, found->bdf)
				      : arena_printf(build_arena(build), "%" PRIx64, found->base);

	return acpi_describe_iommu(build, name, IOMMU_KIND_VIRTIO);
}

static void add_unregistered_iommus(struct acpi_reading *acpi, const void *parsed)
{
	const struct viot *viot = parsed;

	for (size_t i = 0; i < viot->iommu_count; i++) {
		const struct viot_iommu *iommu = &viot->iommus[i];

		if (iommu->pci || !acpi_is_nameless(acpi, iommu->base, IOMMU_KIND_VIRTIO))
			acpi_describe_iommu(acpi->reading->build, viot_instance_name(acpi, iommu),
					    IOMMU_KIND_VIRTIO);
	}
}

static void describe_range(struct build *build, const struct viot_range *range)
{
	unsigned more = (unsigned)(range->segment_last - range->segment_first);
	bool whole = range->bdf_first == 0 && range->bdf_last == UINT16_MAX;

	/* Such a range has no function (viot_pci_dev_iommu_init). */
	if (range->segment_last < range->segment_first || range->bdf_last < range->bdf_first)
		return;
	acpi_describe_range(
		build, STREAM_FROM_VIOT, describe_iommu(build, range->iommu),
		(struct acpi_range){
			.subject = arena_printf(build_arena(build), "PCI segments %u-%u",
						range->segment_first, range->segment_last),
			.input = range->bdf_first,
			.count = ((uint64_t)(whole ? more : 0) << 16) + range->bdf_last -
				 range->bdf_first + 1,
			.output = range->endpoint,
			.error = more && !whole ? "the IDs are those of the first segment; those "
						  "of each further one begin 0x10000 later"
						: NULL,
		});
}

static void describe_table(struct build *build, const void *parsed)
{
	const struct viot *viot = parsed;

	for (size_t i = 0; i < viot->iommu_count; i++)
		describe_iommu(build, &viot->iommus[i]);
	for (size_t i = 0; i < viot->range_count; i++)
		describe_range(build, &viot->ranges[i]);
	for (size_t i = 0; i < viot->device_count; i++)
		acpi_describe_range(
			build, STREAM_FROM_VIOT, describe_iommu(build, viot->devices[i].iommu),
			(struct acpi_range){
				.subject = arena_printf(build_arena(build), "device at 0x%" PRIx64,
							viot->devices[i].base),
				.count = 1,
				.output = viot->devices[i].endpoint,
			});
}

const struct acpi_decoder acpi_viot = {
	.source = STREAM_FROM_VIOT,
	.size = sizeof(struct viot),
	.notes = offsetof(struct viot, notes),
	.parse = parse_table,
	.add_rid = add_rid,
	.names_devices = names_devices,
	.add_named = add_named,
	.add_unregistered_iommus = add_unregistered_iommus,
	.describe = describe_table,
};
