/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IORT: stream IDs of SMMUs, for PCI root complexes and named components (Arm). */
#include "firmware/iort.h"
#include "sources/firmware/acpi_decoder.h"
#include "sources/firmware/reservations.h"
#include "sources/firmware/streams.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NAMED_STREAMS_MAX = 256 };

static int parse_table(const void *data, size_t size, struct arena *arena, void *ret_parsed,
		       struct error *e)
{
	return iort_parse(data, size, arena, ret_parsed, e);
}

enum { RMR_REMAP_PERMITTED = 1 };

static void add_rmr(struct build *build, const struct iort_rmr *rmr,
		    const struct iort_streams *streams)
{
	const char *subject = arena_printf(
		build_arena(build), "streams 0x%" PRIx32 "-0x%" PRIx32 " of the SMMU at 0x%" PRIx64,
		streams->first, streams->last, streams->smmu->smmu.base);

	for (size_t i = 0; i < rmr->range_count; i++)
		if (rmr->ranges[i].length)
			build_reservation(build,
					  (struct reservation){
						  .subject = subject,
						  .source = "RMR of the IORT",
						  .start = rmr->ranges[i].base,
						  .end = reservation_end(rmr->ranges[i].base,
									 rmr->ranges[i].length),
						  .direct = true,
						  .relaxable = rmr->flags & RMR_REMAP_PERMITTED,
					  });
}

static void add_reservations(struct build *build, const void *parsed)
{
	const struct iort *iort = parsed;

	for (size_t i = 0; i < iort->node_count; i++) {
		const struct iort_node *node = &iort->nodes[i];

		for (size_t j = 0; node->type == IORT_RMR && j < node->rmr.stream_count; j++)
			add_rmr(build, &node->rmr, &node->rmr.streams[j]);
	}
}

/* Which devices have the streams of a node is not asked: few machines have such nodes. */
static bool iort_may_map(const void *parsed, const struct device *device)
{
	const struct iort *iort = parsed;
	bool any = false;

	for (size_t i = 0; i < iort->node_count && !any; i++)
		any = iort->nodes[i].type == IORT_RMR &&
		      !(iort->nodes[i].rmr.flags & RMR_REMAP_PERMITTED);
	return any;
}

/* The name that the SMMU's driver gives an SMMU of the IORT, "smmu3.0x…". */
static const char *smmu_name(struct build *build, const struct iort_node *node)
{
	return arena_printf(build_arena(build), "%s0x%016" PRIx64,
			    node->smmu.kind == IORT_SMMU_KIND_V3 ? "smmu3." : "smmu.",
			    node->smmu.base);
}

static struct stream *add_iort_stream(struct build *build, struct device *device,
				      const struct iort_stream *found)
{
	struct stream *stream = acpi_add_stream(build, device, STREAM_FROM_IORT, found->id);
	const char *name;

	if (!found->smmu) {
		stream->id = -1;
		stream->error = "its mapping in the IORT leads to no node";
		return stream;
	}
	name = smmu_name(build, found->smmu);
	stream_iommu(stream, build_find_iommu(build, name), name);
	return stream;
}

static struct stream *add_rid(struct acpi_reading *acpi, const void *parsed, struct device *device,
			      const struct pci_place *place, uint16_t rid)
{
	struct iort_stream found;

	return iort_map_rid(parsed, place->segment, rid, &found)
		       ? add_iort_stream(acpi->reading->build, device, &found)
		       : NULL;
}

static bool names_devices(const void *parsed)
{
	const struct iort *iort = parsed;
	bool any = false;

	for (size_t i = 0; i < iort->node_count && !any; i++)
		any = iort->nodes[i].type == IORT_NAMED_COMPONENT;
	return any;
}

static void add_named(struct acpi_reading *acpi, const void *parsed, struct device *device)
{
	struct iort_stream found;

	for (size_t i = 0;
	     i < NAMED_STREAMS_MAX && iort_map_named(parsed, device->firmware_node, i, &found); i++)
		add_iort_stream(acpi->reading->build, device, &found);
}

/* True where all entries of the named component lead to the SMMU of the first of them. */
static bool is_only_smmu(const struct iort_entry *entries, size_t count, const char *component,
			 const struct iort_entry **ret_first, size_t *ret_found)
{
	bool same = true;

	*ret_first = NULL;
	*ret_found = 0;
	for (size_t i = 0; i < count; i++) {
		const struct iort_node *from = entries[i].from;

		if (from->type != IORT_NAMED_COMPONENT || strcmp(from->path, component) != 0)
			continue;
		if (!(*ret_found)++)
			*ret_first = &entries[i];
		same = same && entries[i].stream.smmu == (*ret_first)->stream.smmu;
	}
	return same;
}

/*
 * Ranges of a named component are for devices of fsl-mc below it (iort_nc_iommu_map_id): the ID
 * is the ICID of the device's container, which no file shows.
 */
static void add_hidden(struct acpi_reading *acpi, const void *parsed, struct device *device,
		       const char *component)
{
	const struct iort_entry *entries, *first;
	size_t found, count = iort_entries(parsed, acpi->scratch, &entries);
	bool same = is_only_smmu(entries, count, component, &first, &found);
	struct stream *stream;
	const char *name;

	if (!first)
		return;
	stream = acpi_add_stream(acpi->reading->build, device, STREAM_FROM_IORT, -1);
	stream->hidden = true;
	stream->error = "no file of the kernel shows the device's ICID";
	if (!same)
		return;
	name = smmu_name(acpi->reading->build, first->stream.smmu);
	stream_iommu(stream, build_find_iommu(acpi->reading->build, name), name);
	if (found == 1)
		acpi_set_map(stream, first->base, first->stream.id, first->count);
}

static struct iommu *describe_smmu(struct build *build, const struct iort_node *node)
{
	return acpi_describe_iommu(build, smmu_name(build, node),
				   node->smmu.kind == IORT_SMMU_KIND_V3 ? IOMMU_KIND_SMMU_V3
									: IOMMU_KIND_SMMU);
}

static void add_unregistered_iommus(struct acpi_reading *acpi, const void *parsed)
{
	const struct iort *iort = parsed;

	for (size_t i = 0; i < iort->node_count; i++)
		if (iort_is_smmu(&iort->nodes[i]))
			describe_smmu(acpi->reading->build, &iort->nodes[i]);
}

static const char *subject_of(struct arena *arena, const struct iort_node *node)
{
	if (node->type == IORT_NAMED_COMPONENT)
		return node->path;
	if (node->type == IORT_ROOT_COMPLEX)
		return arena_printf(arena, "PCI segment %" PRIu32, node->root.segment);
	return arena_printf(arena, "IORT node at 0x%" PRIx32, node->offset);
}

static void describe_table(struct build *build, const void *parsed)
{
	struct arena *arena = build_arena(build);
	const struct iort *iort = parsed;
	const struct iort_entry *entries;
	size_t count = iort_entries(iort, arena, &entries);

	for (size_t i = 0; i < iort->node_count; i++)
		if (iort_is_smmu(&iort->nodes[i]))
			describe_smmu(build, &iort->nodes[i]);
	for (size_t i = 0; i < count; i++)
		acpi_describe_range(build, STREAM_FROM_IORT,
				    describe_smmu(build, entries[i].stream.smmu),
				    (struct acpi_range){
					    .subject = subject_of(arena, entries[i].from),
					    .input = entries[i].base,
					    .count = entries[i].count,
					    .output = entries[i].stream.id,
					    .error = entries[i].unused,
				    });
}

const struct acpi_decoder acpi_iort = {
	.source = STREAM_FROM_IORT,
	.size = sizeof(struct iort),
	.notes = offsetof(struct iort, notes),
	.parse = parse_table,
	.add_reservations = add_reservations,
	.may_map_direct = iort_may_map,
	.add_rid = add_rid,
	.names_devices = names_devices,
	.add_named = add_named,
	.add_hidden = add_hidden,
	.add_unregistered_iommus = add_unregistered_iommus,
	.describe = describe_table,
};
