/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/faults.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>

static const char *text_or_none(const char *text)
{
	return *text ? text : NULL;
}

static struct value get_time(const struct row *row, struct arena *arena)
{
	return value_text(text_or_none(row->fault->fault->time));
}

static struct value get_first_time(const struct row *row, struct arena *arena)
{
	return value_text(text_or_none(row->fault->fault->first_time));
}

/* The kernel's 64-bit counters fit, but for those that a log makes up. */
static int64_t signed_count(const struct row *row)
{
	uint64_t count = row->fault->fault->count;

	return count > INT64_MAX ? INT64_MAX : (int64_t)count;
}

static struct value get_count(const struct row *row, struct arena *arena)
{
	return value_number(signed_count(row));
}

static struct value get_device(const struct row *row, struct arena *arena)
{
	struct value value = value_text(row->fault->subject);

	value.color = row->fault->device ? NULL : "yellow";
	return value;
}

static struct json_object *json_device(const struct row *row)
{
	return row->fault->device ? json_text(row->fault->device->label) : NULL;
}

static struct value get_devices(const struct row *row, struct arena *arena)
{
	size_t count = row->fault->device_count;
	const char **labels = arena_array(arena, count, sizeof(*labels));

	for (size_t i = 0; i < count; i++)
		labels[i] = row->fault->devices[i]->label;
	return value_text(arena_join(arena, labels, count, ","));
}

static struct json_object *json_devices(const struct row *row)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < row->fault->device_count; i++)
		json_object_array_add(array, json_text(row->fault->devices[i]->label));
	return array;
}

static struct value get_group(const struct row *row, struct arena *arena)
{
	return row->fault->group ? value_number(row->fault->group->id) : value_none();
}

static struct value get_driver(const struct row *row, struct arena *arena)
{
	const struct device *device = row->fault->device;

	if (!device || (device->driver_known && !device->driver))
		return value_none();
	return device->driver_known ? value_text(device->driver) : value_unknown();
}

static struct value get_iommu(const struct row *row, struct arena *arena)
{
	return value_text(row->fault->iommu_name);
}

static struct value get_stream(const struct row *row, struct arena *arena)
{
	return value_id(row->fault->fault->stream);
}

static struct value get_kind(const struct row *row, struct arena *arena)
{
	return value_text(fault_kind_name(row->fault->fault->kind));
}

static struct value get_access(const struct row *row, struct arena *arena)
{
	return value_text(fault_access_name(row->fault->fault->access));
}

static struct json_object *json_hex(bool known, uint64_t number)
{
	char text[2 + TEXT_NUMBER_SIZE];

	snprintf(text, sizeof(text), "0x%" PRIx64, number);
	return known ? json_text(text) : NULL;
}

static struct value hex_cell(bool known, uint64_t number, struct arena *arena)
{
	return value_text(known ? arena_printf(arena, "0x%" PRIx64, number) : NULL);
}

static struct value get_address(const struct row *row, struct arena *arena)
{
	return hex_cell(row->fault->fault->has_address, row->fault->fault->address, arena);
}

static struct json_object *json_address(const struct row *row)
{
	return json_hex(row->fault->fault->has_address, row->fault->fault->address);
}

static struct value get_lowest(const struct row *row, struct arena *arena)
{
	return hex_cell(row->fault->fault->has_address, row->fault->fault->low, arena);
}

static struct json_object *json_lowest(const struct row *row)
{
	return json_hex(row->fault->fault->has_address, row->fault->fault->low);
}

static struct value get_highest(const struct row *row, struct arena *arena)
{
	return hex_cell(row->fault->fault->has_address, row->fault->fault->high, arena);
}

static struct json_object *json_highest(const struct row *row)
{
	return json_hex(row->fault->fault->has_address, row->fault->fault->high);
}

static struct value get_pasid(const struct row *row, struct arena *arena)
{
	return value_id(row->fault->fault->pasid);
}

static struct value get_reason(const struct row *row, struct arena *arena)
{
	return value_text(text_or_none(row->fault->fault->reason));
}

static struct value get_place(const struct row *row, struct arena *arena)
{
	return value_text(row->fault->place);
}

static struct value get_meaning(const struct row *row, struct arena *arena)
{
	return value_text(row->fault->meaning);
}

static struct value get_remedy(const struct row *row, struct arena *arena)
{
	return value_text(row->fault->remedy);
}

static struct value get_line(const struct row *row, struct arena *arena)
{
	return value_text(row->fault->fault->line);
}

/* The sentences before the table judge device and address whatever the columns are. */
enum { FACTS = FACT_FAULTS | FACT_IDS | FACT_REGIONS | FACT_DMA_MASKS };

const struct column fault_columns[] = {
	{"time", "TIME", "of the last of them, as the log has it", FACTS, get_time},
	{"first_time", "FIRST", "of the first of them", FACTS, get_first_time},
	{"count", "COUNT", "how many the log has; of not_logged: how many it lacks", FACTS,
	 get_count, .right = true},
	{"device", "DEVICE", "the device, else what the line says of it", FACTS, get_device,
	 json_device},
	{"devices", "DEVICES", "all devices that it may be", FACTS, get_devices, json_devices,
	 .gives_way = true},
	{"group", "GROUP", "the group of the device", FACTS, get_group, .right = true},
	{"driver", "DRIVER", "the driver that has the device", FACTS, get_driver},
	{"iommu", "IOMMU", "the IOMMU that reports it", FACTS | FACT_IOMMUS, get_iommu},
	{"stream", "STREAM", "the stream ID; requester IDs are the device's name", FACTS,
	 get_stream},
	{"kind", "KIND", "why the IOMMU refused it", FACTS, get_kind},
	{"access", "ACCESS", "read, write, execute or unknown", FACTS, get_access},
	{"address", "ADDRESS", "the address, of the last of them", FACTS, get_address,
	 json_address},
	{"lowest", "LOWEST", "the lowest address of them", FACTS, get_lowest, json_lowest},
	{"highest", "HIGHEST", "the highest address of them", FACTS, get_highest, json_highest},
	{"pasid", "PASID", "the PASID or substream ID", FACTS, get_pasid},
	{"reason", "REASON", "the kernel's or the specification's word", FACTS, get_reason,
	 .gives_way = true},
	{"place", "PLACE", "what is known of the address", FACTS, get_place, .gives_way = true},
	{"meaning", "MEANING", "what usually causes it", FACTS, get_meaning, .gives_way = true},
	{"remedy", "REMEDY", "what to try", FACTS, get_remedy, .gives_way = true},
	{"line", "LINE", "the line of the last of them", FACTS, get_line, .gives_way = true},
	{NULL},
};
