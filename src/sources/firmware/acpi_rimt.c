/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RIMT: device IDs of RISC-V IOMMUs, for PCI root complexes and platform devices. */
#include "firmware/rimt.h"
#include "sources/devices/iomem.h"
#include "sources/firmware/acpi_decoder.h"
#include "sources/firmware/streams.h"

#include <inttypes.h>

enum { NAMED_STREAMS_MAX = 256 };

static int parse_table(const void *data, size_t size, struct arena *arena, void *ret_parsed,
		       struct error *e)
{
	return rimt_parse(data, size, arena, ret_parsed, e);
}

/* The driver's name for an IOMMU on PCI; for other IOMMUs the table has only an address. */
static const char *iommu_name(struct build *build, const struct rimt_iommu *iommu)
{
	const char *prefix = iommu_traits(IOMMU_KIND_RISCV)->class_prefix;

	return iommu->pci ? arena_concat(build_arena(build), prefix,
					 function_name(build, iommu->segment, iommu->bdf), "")
			  : arena_printf(build_arena(build), "%s0x%" PRIx64, prefix, iommu->base);
}

/* The same on the running machine, where the name of a device's registers is known. */
static const char *rimt_instance_name(struct acpi_reading *acpi, const struct rimt_iommu *iommu)
{
	struct build *build = acpi->reading->build;
	struct arena *arena = build_arena(build);
	const char *device =
		iommu->pci ? NULL : iomem_device(iomem_lines(acpi->reading), iommu->base, arena);

	return device ? arena_concat(arena, iommu_traits(IOMMU_KIND_RISCV)->class_prefix, device,
				     "")
		      : iommu_name(build, iommu);
}

static struct stream *add_rimt_stream(struct acpi_reading *acpi, struct device *device,
				      const struct rimt_stream *found)
{
	struct build *build = acpi->reading->build;
	struct stream *stream = acpi_add_stream(build, device, STREAM_FROM_RIMT, found->id);
	const char *name = rimt_instance_name(acpi, found->iommu);
	const struct iommu *iommu = build_find_iommu(build, name);

	stream_iommu(stream, iommu || found->iommu->pci ? iommu : device->iommu, name);
	return stream;
}

static struct stream *add_rid(struct acpi_reading *acpi, const void *parsed, struct device *device,
			      const struct pci_place *place, uint16_t rid)
{
	struct rimt_stream found;

	return rimt_map_rid(parsed, place->segment, rid, &found)
		       ? add_rimt_stream(acpi, device, &found)
		       : NULL;
}

static bool names_devices(const void *parsed)
{
	const struct rimt *rimt = parsed;
	bool any = false;

	for (size_t i = 0; i < rimt->device_count && !any; i++)
		any = rimt->devices[i].path;
	return any;
}

static void add_named(struct acpi_reading *acpi, const void *parsed, struct device *device)
{
	struct rimt_stream found;

	for (size_t i = 0;
	     i < NAMED_STREAMS_MAX && rimt_map_named(parsed, device->firmware_node, i, &found); i++)
		add_rimt_stream(acpi, device, &found);
}

static void add_unregistered_iommus(struct acpi_reading *acpi, const void *parsed)
{
	const struct rimt *rimt = parsed;

	for (size_t i = 0; i < rimt->iommu_count; i++) {
		const struct rimt_iommu *iommu = &rimt->iommus[i];

		if (iommu->pci || !acpi_is_nameless(acpi, iommu->base, IOMMU_KIND_RISCV))
			acpi_describe_iommu(acpi->reading->build, rimt_instance_name(acpi, iommu),
					    IOMMU_KIND_RISCV);
	}
}

static void describe_device(struct build *build, const struct rimt_device *device)
{
	for (size_t i = 0; i < device->mapping_count; i++) {
		const struct rimt_mapping *mapping = &device->mappings[i];

		/* A range of a root complex that wraps has no ID (rimt_id_map). */
		if (!mapping->iommu ||
		    (!device->path && mapping->input + mapping->more < mapping->input))
			continue;
		acpi_describe_range(build, STREAM_FROM_RIMT,
				    acpi_describe_iommu(build, iommu_name(build, mapping->iommu),
							IOMMU_KIND_RISCV),
				    (struct acpi_range){
					    .subject = device->path
							       ? device->path
							       : arena_printf(build_arena(build),
									      "PCI segment %u",
									      device->segment),
					    .input = device->path ? 0 : mapping->input,
					    .count = device->path ? 1 : (uint64_t)mapping->more + 1,
					    .output = mapping->output,
				    });
	}
}

static void describe_table(struct build *build, const void *parsed)
{
	const struct rimt *rimt = parsed;

	for (size_t i = 0; i < rimt->iommu_count; i++)
		acpi_describe_iommu(build, iommu_name(build, &rimt->iommus[i]), IOMMU_KIND_RISCV);
	for (size_t i = 0; i < rimt->device_count; i++)
		describe_device(build, &rimt->devices[i]);
}

const struct acpi_decoder acpi_rimt = {
	.source = STREAM_FROM_RIMT,
	.size = sizeof(struct rimt),
	.notes = offsetof(struct rimt, notes),
	.parse = parse_table,
	.add_rid = add_rid,
	.names_devices = names_devices,
	.add_named = add_named,
	.add_unregistered_iommus = add_unregistered_iommus,
	.describe = describe_table,
};
