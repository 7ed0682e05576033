/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/devices.h"

#include "base/text.h"
#include "model/details.h"
#include "model/location.h"
#include "model/pci_class.h"
#include "model/vfio_driver.h"
#include "views/hand_over.h"
#include "views/streams.h"

#include <stdlib.h>
#include <string.h>

/* A row about a group that has no known member has no device: cells about a device are empty. */

static struct value get_name(const struct row *row, struct arena *arena)
{
	return value_text(row->device ? row->device->label : NULL);
}

static struct value get_bus(const struct row *row, struct arena *arena)
{
	return value_text(row->device ? row->device->bus : NULL);
}

static struct value get_path(const struct row *row, struct arena *arena)
{
	return value_text(row->device ? row->device->path : NULL);
}

static struct value get_location(const struct row *row, struct arena *arena)
{
	char *text;

	if (!row->device)
		return value_none();
	text = arena_alloc(arena, strlen(row->device->path) + 1);
	location_write(row->device->path, text);
	return value_text(text);
}

static struct json_object *json_location(const struct row *row)
{
	_autofree_ char *text = malloc(strlen(row->device->path) + 1);

	if (!text)
		memory_exhausted();
	location_write(row->device->path, text);
	return json_text(text);
}

static struct value get_group(const struct row *row, struct arena *arena)
{
	return value_number(row->group ? row->group->id : -1);
}

static struct value get_iommu(const struct row *row, struct arena *arena)
{
	return value_text(row->device && row->device->iommu ? row->device->iommu->name : NULL);
}

static struct value get_driver(const struct row *row, struct arena *arena)
{
	struct value value = value_text(row->device ? row->device->driver : NULL);

	if (row->device && !row->device->driver_known)
		return value_unknown();
	if (row->device && driver_is_vfio(row->device))
		value.color = "green";
	return value;
}

static struct value get_driver_override(const struct row *row, struct arena *arena)
{
	return value_text(row->device ? row->device->driver_override : NULL);
}

static struct value get_state(const struct row *row, struct arena *arena)
{
	struct value value = value_text(row->device ? device_state_name(row->device->state) : NULL);

	if (row->device && row->device->state == DEVICE_DEFERRED)
		value.color = "yellow";
	return value;
}

static struct value get_dma(const struct row *row, struct arena *arena)
{
	struct value value = value_text(row->device ? device_dma_name(row->device->dma) : NULL);

	if (row->device && row->device->dma == DMA_IDENTITY)
		value.color = "yellow";
	return value;
}

static struct value get_streams(const struct row *row, struct arena *arena)
{
	const char *text = NULL;

	for (size_t i = 0; row->device && i < row->device->stream_count; i++) {
		const char *id = stream_text(&row->device->streams[i], arena);

		text = arena_printf(arena, "%s%s%s", text ? text : "", text ? "," : "",
				    id ? id : "?");
	}
	return value_text(text);
}

static struct json_object *json_streams(const struct row *row)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < row->device->stream_count; i++) {
		const struct stream *stream = &row->device->streams[i];
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "iommu", json_text(stream->iommu_name));
		json_object_object_add(object, "kind", json_text(stream_kind_name(stream->kind)));
		json_object_object_add(object, "id",
				       stream->id < 0 ? NULL : json_object_new_int64(stream->id));
		json_object_object_add(object, "mask", json_object_new_int64(stream->mask));
		json_object_object_add(object, "count", json_object_new_int64(stream->count));
		json_object_object_add(object, "source",
				       json_text(stream_source_name(stream->source)));
		json_object_array_add(array, object);
	}
	return array;
}

static struct value get_vendor_id(const struct row *row, struct arena *arena)
{
	return value_hex(row->device ? row->device->vendor_id : -1, 4);
}

static struct value get_device_id(const struct row *row, struct arena *arena)
{
	return value_hex(row->device ? row->device->device_id : -1, 4);
}

static struct value get_subsystem_vendor_id(const struct row *row, struct arena *arena)
{
	return value_hex(row->device ? row->device->subsystem_vendor_id : -1, 4);
}

static struct value get_subsystem_device_id(const struct row *row, struct arena *arena)
{
	return value_hex(row->device ? row->device->subsystem_device_id : -1, 4);
}

static struct value get_class(const struct row *row, struct arena *arena)
{
	return value_hex(row->device ? row->device->class : -1, 6);
}

static struct value get_class_name(const struct row *row, struct arena *arena)
{
	return value_text(row->device ? device_class_name(row->device) : NULL);
}

static struct value get_vendor_name(const struct row *row, struct arena *arena)
{
	return value_text(row->device ? row->device->vendor_name : NULL);
}

static struct value get_device_name(const struct row *row, struct arena *arena)
{
	return value_text(row->device ? row->device->device_name : NULL);
}

static struct value get_interfaces(const struct row *row, struct arena *arena)
{
	const struct device *device = row->device;

	if (!device)
		return value_none();
	return value_text(arena_join(arena, device->interfaces, device->interface_count, ","));
}

static struct json_object *json_interfaces(const struct row *row)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < row->device->interface_count; i++)
		json_object_array_add(array, json_text(row->device->interfaces[i]));
	return array;
}

/* The device's own node is in a folder beside the nodes of groups. */
#define CDEV_FOLDER "/dev/vfio/devices/"

static bool has_cdev(const struct device *device)
{
	return device->vfio_cdev && device->vfio_dev;
}

static struct value get_vfio_cdev(const struct row *row, struct arena *arena)
{
	if (!row->device || !has_cdev(row->device))
		return value_none();
	return value_text(arena_concat(arena, CDEV_FOLDER, row->device->vfio_dev, ""));
}

static struct json_object *json_vfio_cdev(const struct row *row)
{
	_autoarena_ struct arena *scratch = NULL;

	if (!has_cdev(row->device))
		return NULL;
	scratch = arena_new();
	return json_text(arena_concat(scratch, CDEV_FOLDER, row->device->vfio_dev, ""));
}

static struct value get_numa_node(const struct row *row, struct arena *arena)
{
	return value_number(row->device ? row->device->numa_node : -1);
}

static struct value get_firmware_node(const struct row *row, struct arena *arena)
{
	return value_text(row->device ? row->device->firmware_node : NULL);
}

static const char *join_words(struct arena *arena, const char *text, const char *separator,
			      const char *word)
{
	if (!word || !*word)
		return text;
	return *text ? arena_concat(arena, text, separator, word) : word;
}

static struct value get_modalias(const struct row *row, struct arena *arena)
{
	const struct details *details = row->device ? row->device->details : NULL;

	return value_text(details ? details->modalias : NULL);
}

/* Addresses of interfaces tell a card too, but are no serial numbers of it. */
static struct value get_serial(const struct row *row, struct arena *arena)
{
	const struct identity *identity = row->device ? row->device->identity : NULL;
	const char *text;

	if (!identity)
		return value_none();
	text = serials_join(identity->serials, identity->serial_count, false, arena);
	if (!text && (identity->gaps[SERIAL_PCIE] || identity->gaps[SERIAL_NVME]))
		return value_unknown();
	return value_text(text);
}

static struct json_object *json_serial(const struct row *row)
{
	_autoarena_ struct arena *scratch = arena_new();

	return json_text(get_serial(row, scratch).text);
}

static struct value get_revision(const struct row *row, struct arena *arena)
{
	const struct details *details = row->device ? row->device->details : NULL;

	return value_hex(details ? details->revision : -1, 2);
}

/* The label of the device at a path; its name where it is no device of the system. */
static const char *label_at(const struct system *system, const char *path)
{
	const struct device *device = path ? system_device(system, path) : NULL;

	return device ? device->label : path ? text_basename(path) : NULL;
}

static struct value get_physical_function(const struct row *row, struct arena *arena)
{
	const struct details *details = row->device ? row->device->details : NULL;

	return value_text(details ? label_at(row->system, details->physical_function) : NULL);
}

static struct value get_virtual_functions(const struct row *row, struct arena *arena)
{
	const struct details *details = row->device ? row->device->details : NULL;
	const char *text = "";

	for (size_t i = 0; details && i < details->virtual_function_count; i++)
		text = join_words(arena, text, ",",
				  label_at(row->system, details->virtual_functions[i]));
	return value_text(*text ? text : NULL);
}

static struct json_object *json_virtual_functions(const struct row *row)
{
	const struct details *details = row->device->details;
	struct json_object *array = details ? json_object_new_array() : NULL;

	for (size_t i = 0; details && i < details->virtual_function_count; i++)
		json_object_array_add(
			array, json_text(label_at(row->system, details->virtual_functions[i])));
	return array;
}

static struct value get_reset_methods(const struct row *row, struct arena *arena)
{
	const struct details *details = row->device ? row->device->details : NULL;
	const char *methods = details ? details->reset_methods : NULL;

	return value_text(methods && *methods ? methods : NULL);
}

static struct json_object *json_reset_methods(const struct row *row)
{
	const struct details *details = row->device->details;
	const char *at = details ? details->reset_methods : NULL;
	struct json_object *array = at ? json_object_new_array() : NULL;

	while (at && *(at += strspn(at, " "))) {
		size_t length = strcspn(at, " ");

		json_object_array_add(array, json_word(at, length));
		at += length;
	}
	return array;
}

enum { IDS_SIZE = 2 * TEXT_NUMBER_SIZE + 4, PARTS_MAX = 10 };

/* "[8086:10d3]"; "" where they are unknown */
static void write_ids(const struct device *device, char ids[static IDS_SIZE])
{
	char *at = ids;

	*at = '\0';
	if (device->vendor_id < 0)
		return;
	*at++ = '[';
	at += text_from_number(device->vendor_id, 16, 4, at);
	*at++ = ':';
	at += text_from_number(device->device_id, 16, 4, at);
	memcpy(at, "]", sizeof("]"));
}

/* Parts of a text, which is made in one step: ten thousand rows have one. */
struct parts {
	const char *texts[PARTS_MAX];
	size_t count;
};

/* Add @word, and @separator before it if it is not the first. Returns false if it is empty. */
static bool add_part(struct parts *parts, const char *separator, const char *word)
{
	if (!word || !*word)
		return false;
	if (parts->count)
		parts->texts[parts->count++] = separator;
	parts->texts[parts->count++] = word;
	return true;
}

/*
 * "eth0, Ethernet controller: Intel Corporation 82574L [8086:10d3]", without unknown parts.
 */
static struct value get_description(const struct row *row, struct arena *arena)
{
	const struct device *device = row->device;
	struct value interfaces = get_interfaces(row, arena);
	struct parts parts = {0};
	char ids[IDS_SIZE];
	const char *names = ", ";
	bool known;

	if (!device)
		return value_none();
	write_ids(device, ids);
	add_part(&parts, "", interfaces.kind == VALUE_TEXT ? interfaces.text : NULL);
	known = add_part(&parts, ", ", device_class_name(device));
	if (known)
		names = ": ";
	if (add_part(&parts, names, device->vendor_name)) {
		known = true;
		names = " ";
	}
	known = add_part(&parts, names, device->device_name) || known;
	add_part(&parts, known ? " " : ", ", ids);
	return value_text(arena_join(arena, parts.texts, parts.count, ""));
}

const struct column device_columns[] = {
	{"name", "DEVICE", "device", 0, get_name},
	{"bus", "BUS", "bus that the device is on", 0, get_bus},
	{"path", "PATH", "path below /sys/devices", 0, get_path},
	{"location", "LOCATION", "place of the device, without numbers of PCI buses", 0,
	 get_location, json_location},
	{"group", "GROUP", "number of the IOMMU group", 0, get_group, .right = true},
	{"iommu", "IOMMU", "IOMMU that serves the device", FACT_IOMMUS, get_iommu},
	{"driver", "DRIVER", "driver that is bound", FACT_IDS, get_driver},
	{"driver_override", "OVERRIDE", "the only driver that may bind", FACT_OVERRIDE,
	 get_driver_override},
	{"state", "STATE", "bound, unbound, deferred, waiting or unknown", FACT_DEFERRAL,
	 get_state},
	{"dma", "DMA", "whether the device's DMA is translated", FACT_DMA, get_dma},
	{"hand_over", "HAND-OVER",
	 "whether it can be given to a VFIO user, and what comes along; not whether it is in use",
	 FACTS_HAND_OVER, get_hand_over, json_hand_over},
	{"streams", "STREAMS", "stream or requester IDs", FACT_STREAMS, get_streams, json_streams},
	{"vendor_id", "VENDOR-ID", "PCI vendor", FACT_IDS, get_vendor_id},
	{"device_id", "DEVICE-ID", "PCI device", FACT_IDS, get_device_id},
	{"subsystem_vendor_id", "SUBSYSTEM-VENDOR-ID", "PCI vendor of the card", FACT_IDS,
	 get_subsystem_vendor_id},
	{"subsystem_device_id", "SUBSYSTEM-DEVICE-ID", "PCI device of the card", FACT_IDS,
	 get_subsystem_device_id},
	{"revision", "REVISION", "PCI revision", FACT_DETAILS, get_revision},
	{"class", "CLASS", "PCI class", FACT_IDS, get_class},
	{"class_name", "CLASS-NAME", "name of the PCI class", FACT_IDS, get_class_name},
	{"vendor_name", "VENDOR-NAME", "name of the vendor", FACT_NAMES, get_vendor_name},
	{"device_name", "DEVICE-NAME", "name of the device", FACT_NAMES, get_device_name},
	{"modalias", "MODALIAS", "name of its kind, by which drivers claim it", FACT_DETAILS,
	 get_modalias},
	{"serial", "SERIAL", "serial numbers, each with its source", FACT_SERIALS, get_serial,
	 json_serial, .gives_way = true},
	{"interfaces", "INTERFACES", "its interfaces and disks: eth0, nvme0n1", FACT_INTERFACES,
	 get_interfaces, json_interfaces},
	{"physical_function", "PHYSICAL-FUNCTION",
	 "of a virtual function: the device it is part of", FACT_DETAILS, get_physical_function},
	{"virtual_functions", "VIRTUAL-FUNCTIONS", "its virtual functions", FACT_DETAILS,
	 get_virtual_functions, json_virtual_functions, .gives_way = true},
	{"reset_methods", "RESET-METHODS", "how the kernel can reset it", FACT_DETAILS,
	 get_reset_methods, json_reset_methods},
	{"vfio_cdev", "VFIO-CDEV", "the device's own node for VFIO users", FACT_VFIO, get_vfio_cdev,
	 json_vfio_cdev},
	{"numa_node", "NUMA", "NUMA node", FACT_NUMA, get_numa_node, .right = true},
	{"firmware_node", "FIRMWARE-NODE", "devicetree or ACPI path", FACT_IDS | FACT_FIRMWARE_NODE,
	 get_firmware_node},
	{NULL},
};

const struct column device_text_columns[] = {
	{"description", "DESCRIPTION", "interfaces, class, names and IDs of the device",
	 FACT_IDS | FACT_NAMES | FACT_INTERFACES, get_description, .gives_way = true},
	{NULL},
};
