/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams by ACPI: the first table that names an IOMMU for a device counts. Where no table does or
 * the table cannot be read, a PCI device's requester ID comes from its place on the bus, and its
 * IOMMU from sysfs. An IOMMU with stream IDs of its own needs the table: without it the ID is
 * unknown.
 */
#include "model/mapped_bus.h"
#include "model/pci.h"
#include "sources/devices/acpi_tables.h"
#include "sources/devices/device_group.h"
#include "sources/firmware/acpi_decoder.h"
#include "sources/firmware/streams.h"

#include <errno.h>
#include <string.h>

enum { TABLES_MAX = 16 };

/*
 * The decoded tables. @parsed: by decoder, NULL where the table is missing or malformed
 * @unread: the first table that exists but could not be decoded; @cause is the negative errno
 * @names_devices: one of them names devices of buses other than PCI
 */
struct tables {
	struct acpi_reading acpi;
	const struct acpi_decoder *const *decoders;
	size_t count;
	void *parsed[TABLES_MAX];
	const struct firmware_table *unread;
	int cause;
	bool names_devices;
	struct pci_memory memory;
};

/* FNV-1a with 64 bits, to tell tables apart that only differ in contents. */
static uint64_t sum_of_bytes(const char *bytes, size_t length)
{
	uint64_t sum = 0xcbf29ce484222325;

	for (size_t i = 0; i < length; i++)
		sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001b3;
	return sum;
}

static void note_sum(struct tables *tables, size_t index, struct span bytes)
{
	struct machine *machine = build_machine(tables->acpi.reading->build);
	struct arena *arena = build_arena(tables->acpi.reading->build);
	struct table_sum *sums =
		arena_room(arena, machine->table_sums, machine->table_sum_count, sizeof(*sums));

	sums[machine->table_sum_count++] = (struct table_sum){
		.name = firmware_table_of(tables->decoders[index]->source)->signature,
		.size = (uint32_t)bytes.length,
		.sum = sum_of_bytes(bytes.start, bytes.length),
	};
	machine->table_sums = sums;
}

static int parse_system_table(struct tables *tables, size_t index, struct error *why)
{
	struct span bytes = {0};
	int result = acpi_load(tables->acpi.reading->root, tables->decoders[index],
			       tables->acpi.scratch, &bytes, &tables->parsed[index], why);

	if (bytes.start)
		note_sum(tables, index, bytes);
	return result;
}

/* Read and decode an ACPI table; the state of its source tells why it is missing. */
static void read_system_table(struct tables *tables, size_t index)
{
	const struct firmware_table *table = firmware_table_of(tables->decoders[index]->source);
	struct build *build = tables->acpi.reading->build;
	struct error why = {0};
	int result = parse_system_table(tables, index, &why);

	if (why.code)
		build_source(build, table->source, SOURCE_MALFORMED, "%s: %s", table->file,
			     why.message);
	else if (result < 0)
		reading_failed(tables->acpi.reading, table->source, result, table->file);
	else
		reading_done(tables->acpi.reading, table->source);
	if (result < 0 && result != -ENOENT && !tables->unread) {
		tables->unread = table;
		tables->cause = result;
	}
}

/* Report an unknown ACPI table, which may describe IOMMUs, if no known table does. */
static void report_unknown(const struct tables *tables)
{
	struct build *build = tables->acpi.reading->build;
	const struct acpi_tables found = acpi_tables_list(
		tables->acpi.reading->root, build_machine(build)->hypervisor, build_arena(build));
	bool any = false;

	for (size_t i = 0; i < tables->count; i++)
		any = any || tables->parsed[i];
	if (found.result < 0)
		build_source_errno(build, "acpi_tables", found.result, "/sys/firmware/acpi/tables");
	else if (found.unknown && !any)
		build_source(build, "acpi_tables", SOURCE_MALFORMED,
			     "/sys/firmware/acpi/tables/%s: an unknown table, which may describe "
			     "IOMMUs",
			     found.unknown);
	else
		reading_done(tables->acpi.reading, "acpi_tables");
}

static struct stream *add_table_rid(struct tables *tables, struct device *device,
				    const struct pci_place *place, uint16_t rid)
{
	struct stream *stream = NULL;

	for (size_t i = 0; i < tables->count && !stream; i++)
		if (tables->parsed[i])
			stream = tables->decoders[i]->add_rid(&tables->acpi, tables->parsed[i],
							      device, place, rid);
	return stream;
}

static struct stream *add_pci_rid(struct tables *tables, struct device *device,
				  const struct pci_place *place, uint16_t rid)
{
	struct stream *stream = add_table_rid(tables, device, place, rid);

	if (!stream && device->iommu) {
		stream = build_stream(tables->acpi.reading->build, device);
		stream->source = STREAM_FROM_TOPOLOGY;
		stream->kind = STREAM_REQUESTER_ID;
		stream->id = rid;
		stream_iommu(stream, device->iommu, NULL);
	}
	if (stream && rid != place->rid)
		stream->alias_of = place->rid;
	return stream;
}

/*
 * True where only a table tells the stream IDs of the device's IOMMU, and no such table was read.
 */
static bool lacks_table(const struct tables *tables, const struct device *device)
{
	bool own_ids = device->iommu && iommu_traits(device->iommu->kind)->ids_from_firmware;

	for (size_t i = 0; i < tables->count; i++)
		if (tables->parsed[i] && firmware_table_of(tables->decoders[i]->source)->waits)
			return false;
	return own_ids;
}

static void add_unknown_stream(struct tables *tables, struct device *device)
{
	struct build *build = tables->acpi.reading->build;
	const char *table = tables->unread ? tables->unread->signature : "firmware";
	struct stream *stream = build_stream(build, device);

	stream->source = tables->unread ? tables->unread->stream_source : STREAM_FROM_IORT;
	stream->kind = STREAM_ID;
	stream_iommu(stream, device->iommu, NULL);
	if (tables->cause == -EACCES || tables->cause == -EPERM)
		stream->error =
			arena_printf(build_arena(build),
				     "only root may read the %s, which tells the stream ID", table);
	else
		stream->error = arena_printf(build_arena(build),
					     "the %s does not tell the stream ID", table);
}

/* True where a stream with that ID was added: a device and its bridge may map to the same ID. */
static bool has_id(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static void add_pci_streams_acpi(struct tables *tables, struct device *device)
{
	struct pci_place place;
	int64_t ids[PCI_ALIASES_MAX];
	size_t count = 0;

	if (!pci_locate(tables->acpi.reading->root, device, &tables->memory, &place))
		return;
	if (lacks_table(tables, device)) {
		add_unknown_stream(tables, device);
		return;
	}
	for (size_t i = 0; i < place.rid_count; i++) {
		const struct stream *stream = add_pci_rid(tables, device, &place, place.rids[i]);

		if (!stream)
			continue;
		if (has_id(ids, count, stream->id))
			build_drop_stream(tables->acpi.reading->build);
		else
			ids[count++] = stream->id;
	}
	if (place.unknown)
		streams_doubt(tables->acpi.reading->build, device, place.unknown);
}

static bool any_names_devices(const struct tables *tables)
{
	bool any = false;

	for (size_t i = 0; i < tables->count && !any; i++)
		any = tables->parsed[i] && tables->decoders[i]->names_devices(tables->parsed[i]);
	return any;
}

/*
 * Firmware names devices of other buses by their path in the ACPI namespace. A machine has a
 * hundred of them, and most tables name none.
 */
static void add_named_streams(struct tables *tables, struct device *device)
{
	if (tables->names_devices || device->iommu || !tables->acpi.reading->groupless_only)
		device_read_acpi_path(tables->acpi.reading, device);
	if (!device->firmware_node || *device->firmware_node != '\\')
		return;
	for (size_t i = 0; i < tables->count && !device->stream_count; i++)
		if (tables->parsed[i])
			tables->decoders[i]->add_named(&tables->acpi, tables->parsed[i], device);
	if (lacks_table(tables, device))
		add_unknown_stream(tables, device);
}

/* The ACPI path of the nearest device above @device that has one; false without one. */
static bool find_component(const struct root *root, const struct device *device,
			   char component[static ATTRIBUTE_MAX])
{
	size_t length = strlen(device->path);

	for (;;) {
		const char *slash = memrchr(device->path, '/', length);

		length = slash ? (size_t)(slash - device->path) : 0;
		if (length <= strlen("/sys/devices"))
			return false;
		if (root_readf_text(root, component, ATTRIBUTE_MAX, "%.*s/firmware_node/path",
				    (int)length, device->path) > 0)
			return true;
	}
}

static void add_hidden_stream(struct tables *tables, struct device *device)
{
	char component[ATTRIBUTE_MAX];
	bool found = find_component(tables->acpi.reading->root, device, component);

	for (size_t i = 0; found && i < tables->count && !device->stream_count; i++)
		if (tables->parsed[i] && tables->decoders[i]->add_hidden)
			tables->decoders[i]->add_hidden(&tables->acpi, tables->parsed[i], device,
							component);
	if (lacks_table(tables, device))
		add_unknown_stream(tables, device);
}

/*
 * Add the facts of a table that are about no single device: reservations, and traits of the
 * machine.
 */
static void add_whole(struct tables *tables, size_t index)
{
	const struct acpi_decoder *decoder = tables->decoders[index];
	struct build *build = tables->acpi.reading->build;

	acpi_add_notes(build, decoder, tables->parsed[index],
		       firmware_table_of(decoder->source)->file);
	if (decoder->add_reservations)
		decoder->add_reservations(build, tables->parsed[index]);
	if (decoder->describe_machine)
		decoder->describe_machine(build_machine(build), tables->parsed[index]);
}

/* Add the streams of the devices that have a group, or of those that have none. */
static void add_streams_of(struct tables *tables, bool with_group)
{
	struct build *build = tables->acpi.reading->build;

	for (size_t i = 0; i < build_device_count(build); i++) {
		struct device *device = build_device_at(build, i);

		if (!device->group == with_group)
			continue;
		if (device_is_pci(device))
			add_pci_streams_acpi(tables, device);
		else if (mapped_bus_find(device->bus))
			add_hidden_stream(tables, device);
		else
			add_named_streams(tables, device);
	}
}

int streams_acpi(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct tables tables = {.acpi = {.reading = reading, .scratch = scratch}};

	pci_memory_start(&tables.memory, reading->root);
	tables.decoders = acpi_decoders(&tables.count);
	for (size_t i = 0; i < tables.count; i++)
		read_system_table(&tables, i);
	report_unknown(&tables);
	for (size_t i = 0; i < tables.count; i++)
		if (tables.parsed[i])
			add_whole(&tables, i);
	tables.names_devices = any_names_devices(&tables);
	add_streams_of(&tables, false);
	if (!reading->groupless_only || build_stream_any(reading->build))
		add_streams_of(&tables, true);
	/* Streams refer to registered IOMMUs only, so the others are added after them. */
	for (size_t i = 0; i < tables.count && reading_wants(reading, FACT_ALL_IOMMUS); i++)
		if (tables.parsed[i])
			tables.decoders[i]->add_unregistered_iommus(&tables.acpi, tables.parsed[i]);
	return 0;
}
