/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IVRS: device IDs and the IOMMU that sees them (AMD). */
#include "firmware/ivrs.h"
#include "model/pasted.h"
#include "model/pci.h"
#include "sources/firmware/acpi_decoder.h"
#include "sources/firmware/reservations.h"
#include "sources/firmware/streams.h"

#include <string.h>

static int parse_table(const void *data, size_t size, struct arena *arena, void *ret_parsed,
		       struct error *e)
{
	return ivrs_parse(data, size, arena, ret_parsed, e);
}

/* Linux ignores other IVMD blocks, and maps exclusion ranges 1:1 as well. */
static bool is_mapped_direct(const struct ivrs_memory *memory)
{
	return memory->flags & (IVRS_MEMORY_UNITY | IVRS_MEMORY_EXCLUSION);
}

static void add_reservations(struct build *build, const void *parsed)
{
	const struct ivrs *ivrs = parsed;

	for (size_t i = 0; i < ivrs->memory_count; i++) {
		const struct ivrs_memory *memory = &ivrs->memory[i];

		if (!is_mapped_direct(memory) || !memory->length)
			continue;
		build_reservation(
			build,
			(struct reservation){
				.subject = arena_printf(
					build_arena(build), "devices 0x%x-0x%x of PCI segment %u",
					memory->first, memory->last, memory->segment),
				.source = "IVMD of the IVRS",
				.start = memory->start,
				.end = reservation_end(memory->start, memory->length),
				.direct = true,
				.many = memory->first != memory->last,
			});
	}
}

/*
 * A PCI device's own ID counts, whatever the ID of its transactions (drivers/iommu/amd/iommu.c:
 * get_device_sbdf_id). Kernels up to 5.18 compare no segment.
 */
static bool ivrs_may_map(const void *parsed, const struct device *device)
{
	const struct ivrs *ivrs = parsed;
	struct pci_name name;
	bool named =
		device_is_pci(device) && pci_name_parse(device->name, strlen(device->name), &name);
	bool any = false;

	for (size_t i = 0; i < ivrs->memory_count && !any; i++)
		any = is_mapped_direct(&ivrs->memory[i]) &&
		      (!named || (pasted_rid(name) >= ivrs->memory[i].first &&
				  pasted_rid(name) <= ivrs->memory[i].last));
	return any;
}

/* The kernel numbers AMD's instances, so an instance is found by its PCI function. */
static struct stream *add_ivrs_stream(struct build *build, struct device *device,
				      const struct ivrs_stream *found)
{
	struct stream *stream = acpi_add_stream(build, device, STREAM_FROM_IVRS, found->id);
	const char *name = function_name(build, found->iommu->segment, found->iommu->id);

	stream_iommu(stream, acpi_find_function(build, name), name);
	return stream;
}

static struct stream *add_rid(struct acpi_reading *acpi, const void *parsed, struct device *device,
			      const struct pci_place *place, uint16_t rid)
{
	struct ivrs_stream found;
	struct stream *stream;

	if (!ivrs_map(parsed, place->segment, rid, &found))
		return NULL;
	stream = add_ivrs_stream(acpi->reading->build, device, &found);
	if (found.id != rid)
		stream->alias_of = rid;
	return stream;
}

static bool names_devices(const void *parsed)
{
	return ((const struct ivrs *)parsed)->named_count;
}

/* Match by hardware and unique ID as drivers/iommu/amd/iommu.c: get_acpihid_device_id does. */
static void add_named(struct acpi_reading *acpi, const void *parsed, struct device *device)
{
	const struct ivrs *ivrs = parsed;
	char hid[ATTRIBUTE_MAX], uid[ATTRIBUTE_MAX];
	struct ivrs_stream found;

	if (!ivrs->named_count || root_readf_text(acpi->reading->root, hid, sizeof(hid),
						  "%s/firmware_node/hid", device->path) <= 0)
		return;
	if (root_readf_text(acpi->reading->root, uid, sizeof(uid), "%s/firmware_node/uid",
			    device->path) < 0)
		*uid = '\0';
	if (ivrs_map_named(ivrs, hid, uid, &found))
		add_ivrs_stream(acpi->reading->build, device, &found);
}

static struct iommu *describe_ivhd(struct build *build, const struct ivrs_iommu *found)
{
	return acpi_describe_iommu(build, function_name(build, found->segment, found->id),
				   IOMMU_KIND_AMD);
}

static void describe_ivhd_range(struct build *build, const struct ivrs_range *range)
{
	bool aliased = range->alias != IVRS_NO_ALIAS;
	uint32_t length = (uint32_t)range->last - range->first + 1;

	/* With an alias the whole range of device IDs has one ID. */
	acpi_describe_range(build, STREAM_FROM_IVRS, describe_ivhd(build, range->iommu),
			    (struct acpi_range){
				    .subject = arena_printf(build_arena(build), "PCI segment %u",
							    range->iommu->segment),
				    .input = range->first,
				    .count = aliased ? 1 : length,
				    .output = aliased ? (uint32_t)range->alias : range->first,
			    })
		->map.length = length;
}

static void add_unregistered_iommus(struct acpi_reading *acpi, const void *parsed)
{
	struct build *build = acpi->reading->build;
	const struct ivrs *ivrs = parsed;

	for (size_t i = 0; i < ivrs->iommu_count; i++)
		if (!acpi_find_function(build, function_name(build, ivrs->iommus[i].segment,
							     ivrs->iommus[i].id)))
			describe_ivhd(build, &ivrs->iommus[i]);
}

static void describe_table(struct build *build, const void *parsed)
{
	const struct ivrs *ivrs = parsed;

	for (size_t i = 0; i < ivrs->iommu_count; i++)
		describe_ivhd(build, &ivrs->iommus[i]);
	for (size_t i = 0; i < ivrs->range_count; i++)
		describe_ivhd_range(build, &ivrs->ranges[i]);
	for (size_t i = 0; i < ivrs->named_count; i++)
		acpi_describe_range(build, STREAM_FROM_IVRS,
				    describe_ivhd(build, ivrs->named[i].iommu),
				    (struct acpi_range){.subject = ivrs->named[i].hid,
							.count = 1,
							.output = ivrs->named[i].id})
			->has_map = false;
}

const struct acpi_decoder acpi_ivrs = {
	.source = STREAM_FROM_IVRS,
	.size = sizeof(struct ivrs),
	.notes = offsetof(struct ivrs, notes),
	.parse = parse_table,
	.add_reservations = add_reservations,
	.may_map_direct = ivrs_may_map,
	.add_rid = add_rid,
	.names_devices = names_devices,
	.add_named = add_named,
	.add_unregistered_iommus = add_unregistered_iommus,
	.describe = describe_table,
};
