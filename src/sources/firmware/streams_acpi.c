/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams by ACPI: stream IDs through IORT (Arm), endpoint IDs through VIOT (virtio-iommu),
 * requester IDs with the unit that DMAR (Intel) or IVRS (AMD) gives them. Where no table speaks of
 * a PCI device, or the table may not be read, its place on PCI tells its requester ID, and sysfs
 * the IOMMU; on Arm a requester ID is no stream ID, so there the ID is unknown.
 */
#include "base/text.h"
#include "firmware/dmar.h"
#include "firmware/iort.h"
#include "firmware/ivrs.h"
#include "firmware/viot.h"
#include "model/pci.h"
#include "sources/devices/pci.h"
#include "sources/firmware/reservations.h"
#include "sources/firmware/streams.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TABLE_MAX = 4 << 20, NAMED_STREAMS_MAX = 256 };

/* One reading: the tables that are there, and why those are not that could not be read. */
struct tables {
	struct reading *reading;
	struct arena *scratch;
	struct iort iort;
	struct viot viot;
	struct dmar dmar;
	struct ivrs ivrs;
	struct pci_memory memory;
	bool has_iort, has_viot, has_dmar, has_ivrs;
	int iort_cause; /* why the IORT, which is there, says nothing; 0 for none */
};

/* True where the table is there and makes sense; the state of the source says the rest. */
static bool read_table(struct tables *tables, const char *name, const char *source,
		       int (*parse)(struct tables *, const char *, size_t, struct error *),
		       int *ret_cause)
{
	struct build *build = tables->reading->build;
	struct error why = {0};
	char path[PATH_SIZE];
	size_t length;
	char *bytes;
	int result;

	snprintf(path, sizeof(path), "/sys/firmware/acpi/tables/%s", name);
	result = root_read_all(tables->reading->root, tables->scratch, path, TABLE_MAX, &bytes,
			       &length);
	if (result == 0)
		result = parse(tables, bytes, length, &why);
	*ret_cause = result == -ENOENT ? 0 : result;
	if (why.code)
		build_source(build, source, SOURCE_MALFORMED, "%s: %s", path, why.message);
	else if (result < 0)
		reading_failed(tables->reading, source, result, path);
	else
		reading_done(tables->reading, source);
	return result == 0;
}

static int parse_iort(struct tables *tables, const char *bytes, size_t length, struct error *e)
{
	return iort_parse(bytes, length, tables->scratch, &tables->iort, e);
}

static int parse_viot(struct tables *tables, const char *bytes, size_t length, struct error *e)
{
	return viot_parse(bytes, length, tables->scratch, &tables->viot, e);
}

static int parse_dmar(struct tables *tables, const char *bytes, size_t length, struct error *e)
{
	return dmar_parse(bytes, length, tables->scratch, &tables->dmar, e);
}

static int parse_ivrs(struct tables *tables, const char *bytes, size_t length, struct error *e)
{
	return ivrs_parse(bytes, length, tables->scratch, &tables->ivrs, e);
}

static const struct iommu *find_iommu(struct tables *tables, const char *name)
{
	return build_find_iommu(tables->reading->build, name);
}

static const struct iommu *find_by_identity(struct tables *tables, const char *identity)
{
	struct build *build = tables->reading->build;

	for (size_t i = 0; i < build_iommu_count(build); i++)
		if (strcmp(build_iommu_at(build, i)->identity, identity) == 0)
			return build_iommu_at(build, i);
	return NULL;
}

/* AMD's instances are counted, so they are known by the function that they sit on. */
static const struct iommu *find_by_function(struct tables *tables, const char *function)
{
	struct build *build = tables->reading->build;

	for (size_t i = 0; i < build_iommu_count(build); i++) {
		const struct iommu *iommu = build_iommu_at(build, i);

		if (iommu->device && strcmp(text_basename(iommu->device), function) == 0)
			return iommu;
	}
	return NULL;
}

static struct stream *add_stream(struct tables *tables, const struct device *device,
				 enum stream_source source, int64_t id)
{
	struct stream *stream = build_stream(tables->reading->build, device);

	stream->source = source;
	stream->kind = source == STREAM_FROM_IORT || source == STREAM_FROM_VIOT
			       ? STREAM_ID
			       : STREAM_REQUESTER_ID;
	stream->id = id;
	return stream;
}

static void name_smmu(struct tables *tables, struct stream *stream, const struct iort_smmu *smmu)
{
	const char *name = smmu_name(tables->reading->build, smmu);

	stream_iommu(stream, find_iommu(tables, name), name);
}

static struct stream *add_iort_rid(struct tables *tables, const struct device *device,
				   const struct pci_place *place, uint16_t rid)
{
	struct iort_stream found;
	struct stream *stream;

	if (!tables->has_iort || !iort_map_rid(&tables->iort, place->segment, rid, &found))
		return NULL;
	stream = add_stream(tables, device, STREAM_FROM_IORT, found.id);
	name_smmu(tables, stream, &found.smmu->smmu);
	return stream;
}

static struct stream *add_viot_rid(struct tables *tables, const struct device *device,
				   const struct pci_place *place, uint16_t rid)
{
	struct viot_endpoint found;
	struct stream *stream;
	const char *name;

	if (!tables->has_viot || !viot_map_pci(&tables->viot, place->segment, rid, &found))
		return NULL;
	stream = add_stream(tables, device, STREAM_FROM_VIOT, found.id);
	name = found.iommu->pci ? function_name(tables->reading->build, found.iommu->segment,
						found.iommu->bdf)
				: NULL;
	stream_iommu(stream, name ? find_iommu(tables, name) : device->iommu, name);
	return stream;
}

static struct stream *add_dmar_rid(struct tables *tables, const struct device *device,
				   const struct pci_place *place, uint16_t rid)
{
	struct pci_path path = {place->segment, place->hops, place->depth};
	const struct dmar_unit *unit =
		tables->has_dmar ? dmar_find_unit(&tables->dmar, &path) : NULL;
	struct stream *stream;
	const char *name;

	if (!unit)
		return NULL;
	stream = add_stream(tables, device, STREAM_FROM_DMAR, rid);
	name = arena_printf(build_arena(tables->reading->build), "dmar@%" PRIx64, unit->base);
	stream_iommu(stream, find_by_identity(tables, name), name);
	return stream;
}

static struct stream *add_ivrs_rid(struct tables *tables, const struct device *device,
				   const struct pci_place *place, uint16_t rid)
{
	struct ivrs_stream found;
	struct stream *stream;
	const char *name;

	if (!tables->has_ivrs || !ivrs_map(&tables->ivrs, place->segment, rid, &found))
		return NULL;
	stream = add_stream(tables, device, STREAM_FROM_IVRS, found.id);
	if (found.id != rid)
		stream->alias_of = rid;
	name = function_name(tables->reading->build, found.iommu->segment, found.iommu->id);
	stream_iommu(stream, find_by_function(tables, name), name);
	return stream;
}

/* A machine with an SMMU whose IORT says nothing to us: there is an ID, and we do not know it. */
static bool has_own_ids(const struct iommu *iommu)
{
	return iommu && iommu_traits(iommu->kind)->ids_from_firmware;
}

static void add_unknown(struct tables *tables, const struct device *device)
{
	struct stream *stream = add_stream(tables, device, STREAM_FROM_IORT, -1);

	stream_iommu(stream, device->iommu, NULL);
	if (tables->iort_cause == -EACCES || tables->iort_cause == -EPERM)
		stream->error = "only root may read the IORT, which tells the stream ID";
	else
		stream->error = "the IORT does not tell the stream ID";
}

static struct stream *add_pci_rid(struct tables *tables, const struct device *device,
				  const struct pci_place *place, uint16_t rid)
{
	struct stream *stream = add_iort_rid(tables, device, place, rid);

	if (!stream)
		stream = add_viot_rid(tables, device, place, rid);
	if (!stream)
		stream = add_dmar_rid(tables, device, place, rid);
	if (!stream)
		stream = add_ivrs_rid(tables, device, place, rid);
	if (!stream && device->iommu) {
		stream = add_stream(tables, device, STREAM_FROM_TOPOLOGY, rid);
		stream_iommu(stream, device->iommu, NULL);
	}
	if (stream && rid != place->rid)
		stream->alias_of = place->rid;
	return stream;
}

/* A table may say of the device itself what its bridge says too: one stream, told of once. */
static bool is_known(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static void add_pci_streams(struct tables *tables, const struct device *device)
{
	struct pci_place place;
	int64_t ids[PCI_ALIASES_MAX];
	size_t count = 0;

	if (!pci_locate(tables->reading->root, device, &tables->memory, &place))
		return;
	if (!tables->has_iort && has_own_ids(device->iommu)) {
		add_unknown(tables, device);
		return;
	}
	for (size_t i = 0; i < place.rid_count; i++) {
		const struct stream *stream = add_pci_rid(tables, device, &place, place.rids[i]);

		if (!stream)
			continue;
		if (is_known(ids, count, stream->id))
			build_drop_stream(tables->reading->build);
		else
			ids[count++] = stream->id;
	}
}

static void add_named_streams(struct tables *tables, const struct device *device)
{
	struct iort_stream found;

	if (!device->firmware_node || *device->firmware_node != '\\')
		return;
	for (size_t i = 0; tables->has_iort && i < NAMED_STREAMS_MAX &&
			   iort_map_named(&tables->iort, device->firmware_node, i, &found);
	     i++)
		name_smmu(tables, add_stream(tables, device, STREAM_FROM_IORT, found.id),
			  &found.smmu->smmu);
	if (!tables->has_iort && has_own_ids(device->iommu))
		add_unknown(tables, device);
}

int streams_acpi(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct tables tables = {.reading = reading, .scratch = scratch};
	int cause;

	tables.has_iort = read_table(&tables, "IORT", "iort", parse_iort, &tables.iort_cause);
	tables.has_viot = read_table(&tables, "VIOT", "viot", parse_viot, &cause);
	tables.has_dmar = read_table(&tables, "DMAR", "dmar", parse_dmar, &cause);
	tables.has_ivrs = read_table(&tables, "IVRS", "ivrs", parse_ivrs, &cause);
	if (tables.has_iort)
		reservations_iort(reading->build, &tables.iort);
	if (tables.has_dmar)
		reservations_dmar(reading->build, &tables.dmar);
	if (tables.has_ivrs)
		reservations_ivrs(reading->build, &tables.ivrs);
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		const struct device *device = build_device_at(reading->build, i);

		if (device_is_pci(device))
			add_pci_streams(&tables, device);
		else
			add_named_streams(&tables, device);
	}
	return 0;
}
