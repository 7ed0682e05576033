/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VIOT: endpoint IDs of virtio-iommus, for PCI functions and devices with registers. */
#include "base/text.h"
#include "firmware/viot.h"
#include "sources/firmware/acpi_decoder.h"
#include "sources/firmware/streams.h"

#include <inttypes.h>
#include <string.h>

static int parse_table(const void *data, size_t size, struct arena *arena, void *ret_parsed,
		       struct error *e)
{
	return viot_parse(data, size, arena, ret_parsed, e);
}

static struct stream *add_viot_stream(struct build *build, struct device *device,
				      const struct viot_endpoint *found)
{
	struct stream *stream = acpi_add_stream(build, device, STREAM_FROM_VIOT, found->id);
	const char *name = found->iommu->pci
				   ? function_name(build, found->iommu->segment, found->iommu->bdf)
				   : NULL;

	stream_iommu(stream, name ? build_find_iommu(build, name) : device->iommu, name);
	stream->iommu_kind = IOMMU_KIND_VIRTIO;
	return stream;
}

static struct stream *add_rid(struct build *build, const void *parsed, struct device *device,
			      const struct pci_place *place, uint16_t rid)
{
	struct viot_endpoint found;

	return viot_map_pci(parsed, place->segment, rid, &found)
		       ? add_viot_stream(build, device, &found)
		       : NULL;
}

/*
 * "0a000000-0a0001ff : LNRO0005:00": the kernel claims a platform device's memory under its name
 * (drivers/base/platform.c: platform_device_add). Without privilege all numbers are 0.
 */
static bool find_registers(const char *lines, const char *name, uint64_t *ret_base)
{
	size_t length = strlen(name);

	for (const char *line = lines; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *start = line + strspn(line, " ");
		const char *colon = strstr(start, " : ");
		char number[TEXT_NUMBER_SIZE];
		size_t digits = strcspn(start, "-");

		if (!colon || strncmp(colon + 3, name, length) != 0 ||
		    (colon[3 + length] != '\n' && colon[3 + length]) || digits >= sizeof(number))
			continue;
		memcpy(number, start, digits);
		number[digits] = '\0';
		return text_number(number, 16, ret_base) && *ret_base;
	}
	return false;
}

static const char *read_iomem(struct acpi_reading *acpi)
{
	enum { IOMEM_MAX = 1 << 20 };
	size_t length;
	char *lines;

	if (!acpi->iomem)
		acpi->iomem = root_read_all(acpi->reading->root, acpi->scratch, "/proc/iomem",
					    IOMEM_MAX, &lines, &length) == 0
				      ? lines
				      : "";
	return acpi->iomem;
}

static void add_named(struct acpi_reading *acpi, const void *parsed, struct device *device)
{
	const struct viot *viot = parsed;
	struct viot_endpoint found;
	uint64_t base;

	if (viot->device_count && find_registers(read_iomem(acpi), device->name, &base) &&
	    viot_map_mmio(viot, base, &found))
		add_viot_stream(acpi->reading->build, device, &found);
}

static struct iommu *describe_iommu(struct build *build, const struct viot_iommu *found)
{
	const char *name = found->pci ? function_name(build, found->segment, found->bdf)
				      : arena_printf(build_arena(build), "%" PRIx64, found->base);

	return acpi_describe_iommu(build, name, IOMMU_KIND_VIRTIO);
}

static void describe_range(struct build *build, const struct viot_range *range)
{
	uint64_t segments = (uint64_t)range->segment_last - range->segment_first;

	acpi_describe_range(
		build, STREAM_FROM_VIOT, describe_iommu(build, range->iommu),
		(struct acpi_range){
			.subject = arena_printf(build_arena(build), "PCI segments %u-%u",
						range->segment_first, range->segment_last),
			.input = range->bdf_first,
			.count = (segments << 16) + range->bdf_last - range->bdf_first + 1,
			.output = range->endpoint,
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
	.add_named = add_named,
	.describe = describe_table,
};
