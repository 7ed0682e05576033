/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DMAR: requester IDs and the remapping unit that sees them (Intel). */
#include "firmware/dmar.h"
#include "model/pci.h"
#include "sources/firmware/acpi_decoder.h"
#include "sources/firmware/streams.h"

#include <inttypes.h>
#include <string.h>

static int parse_table(const void *data, size_t size, struct arena *arena, void *ret_parsed,
		       struct error *e)
{
	return dmar_parse(data, size, arena, ret_parsed, e);
}

/* A scope's path from a root bus down, such as "0000:00:1c.0/00.0". */
static const char *scope_name(struct arena *arena, uint16_t segment, const struct dmar_scope *scope)
{
	const char *name = arena_printf(arena, "%04x:%02x", segment, scope->bus);

	for (size_t i = 0; i < scope->depth; i++)
		name = arena_printf(arena, "%s%c%02x.%x", name, i ? '/' : ':',
				    scope->path[i].device, scope->path[i].function);
	return name;
}

static void add_reservations(struct build *build, const void *parsed)
{
	const struct dmar *dmar = parsed;

	for (size_t i = 0; i < dmar->memory_count; i++) {
		const struct dmar_memory *memory = &dmar->memory[i];

		for (size_t j = 0; j < memory->scopes.count; j++)
			build_reservation(
				build,
				(struct reservation){
					.subject = scope_name(build_arena(build), memory->segment,
							      &memory->scopes.list[j]),
					.source = "RMRR of the DMAR",
					.start = memory->base,
					.end = memory->limit,
					.direct = true,
				});
	}
}

/* Up to 5.4 the kernel also maps the first 16 MB for an ISA bridge (CONFIG_INTEL_IOMMU_FLOPPY_WA).
 */
static bool dmar_may_map(const void *parsed, const struct device *device)
{
	const struct dmar *dmar = parsed;
	struct pci_place place;

	if (device_class(device) == PCI_CLASS_BRIDGE_ISA)
		return true;
	if (!dmar->memory_count)
		return false;
	if (!pci_hops(device, &place))
		return true;
	return dmar_may_map_direct(dmar,
				   &(struct pci_path){place.segment, place.hops, place.depth});
}

static void describe_machine(struct machine *machine, const void *parsed)
{
	const struct dmar *dmar = parsed;

	machine->remaps_interrupts = dmar->interrupt_remapping ? ANSWER_YES : ANSWER_NO;
}

static const char *unit_name(struct build *build, const struct dmar_unit *unit)
{
	return arena_printf(build_arena(build), "dmar@%" PRIx64, unit->base);
}

static struct stream *add_dmar_stream(struct reading *reading, struct device *device,
				      const struct dmar_unit *unit, uint16_t rid)
{
	struct build *build = reading->build;
	struct stream *stream = acpi_add_stream(build, device, STREAM_FROM_DMAR, rid);
	const char *name = unit_name(build, unit);
	/* The kernel numbers units in the order of discovery, so a unit is found by its address. */
	const struct iommu *iommu = build_identified_iommu(build, name);

	if (!iommu && reading->lacks_identities)
		reading->exceeds_scope = true;
	stream_iommu(stream, iommu, name);
	return stream;
}

static struct stream *add_rid(struct acpi_reading *acpi, const void *parsed, struct device *device,
			      const struct pci_place *place, uint16_t rid)
{
	struct pci_path path = {place->segment, place->hops, place->depth};
	const struct dmar_unit *unit = dmar_find_unit(parsed, &path);

	return unit ? add_dmar_stream(acpi->reading, device, unit, rid) : NULL;
}

static bool names_devices(const void *parsed)
{
	return ((const struct dmar *)parsed)->named_count;
}

static void add_named(struct acpi_reading *acpi, const void *parsed, struct device *device)
{
	uint16_t source = 0;
	const struct dmar_unit *unit = dmar_find_named(parsed, device->firmware_node, &source);

	if (unit)
		add_dmar_stream(acpi->reading, device, unit, source);
}

/*
 * Bus numbers below a bridge are unknown before boot: only scopes of one step have a full address.
 */
static void describe_scope(struct build *build, const struct iommu *iommu,
			   const struct dmar_unit *unit, const struct dmar_scope *scope)
{
	struct stream *stream;
	unsigned rid;

	if (!scope->depth)
		return;
	rid = (unsigned)(scope->bus << 8 | scope->path[0].device << 3 | scope->path[0].function);
	stream = acpi_describe_range(
		build, STREAM_FROM_DMAR, iommu,
		(struct acpi_range){
			.subject = scope_name(build_arena(build), unit->segment, scope),
			.input = rid,
			.count = 1,
			.output = rid,
		});
	stream->has_map = false;
	if (scope->depth == 1 && scope->type == DMAR_SCOPE_ENDPOINT)
		return;
	stream->id = -1;
	stream->error = scope->type == DMAR_SCOPE_BRIDGE
				? "a bridge and all below it"
				: "its bus number is known only on the machine";
}

static void describe_rest(struct build *build, const struct iommu *iommu,
			  const struct dmar_unit *unit)
{
	struct stream *stream = acpi_describe_range(
		build, STREAM_FROM_DMAR, iommu,
		(struct acpi_range){
			.subject =
				arena_printf(build_arena(build), "PCI segment %u", unit->segment),
			.count = 1,
		});

	stream->has_map = false;
	stream->id = -1;
	stream->error = "all devices of the segment that no other unit names";
}

static void add_unregistered_iommus(struct acpi_reading *acpi, const void *parsed)
{
	struct build *build = acpi->reading->build;
	const struct dmar *dmar = parsed;

	for (size_t i = 0; i < dmar->unit_count; i++) {
		const char *name = unit_name(build, dmar->units[i]);

		if (!build_identified_iommu(build, name))
			acpi_describe_iommu(build, name, IOMMU_KIND_INTEL);
	}
}

static void describe_table(struct build *build, const void *parsed)
{
	const struct dmar *dmar = parsed;

	for (size_t i = 0; i < dmar->unit_count; i++) {
		const struct dmar_unit *unit = dmar->units[i];
		struct iommu *iommu =
			acpi_describe_iommu(build, unit_name(build, unit), IOMMU_KIND_INTEL);

		for (size_t j = 0; j < unit->scopes.count; j++)
			describe_scope(build, iommu, unit, &unit->scopes.list[j]);
		if (unit->include_all)
			describe_rest(build, iommu, unit);
	}
}

const struct acpi_decoder acpi_dmar = {
	.source = STREAM_FROM_DMAR,
	.size = sizeof(struct dmar),
	.notes = offsetof(struct dmar, notes),
	.parse = parse_table,
	.add_reservations = add_reservations,
	.may_map_direct = dmar_may_map,
	.describe_machine = describe_machine,
	.add_rid = add_rid,
	.names_devices = names_devices,
	.add_named = add_named,
	.add_unregistered_iommus = add_unregistered_iommus,
	.describe = describe_table,
};
