/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/iommus.h"

#include <inttypes.h>

static struct value get_name(const struct row *row, struct arena *arena)
{
	return value_text(row->iommu->name);
}

static struct value get_identity(const struct row *row, struct arena *arena)
{
	return value_text(row->iommu->identity);
}

static struct value get_kind(const struct row *row, struct arena *arena)
{
	return value_text(iommu_kind_word(row->iommu));
}

static struct value get_device(const struct row *row, struct arena *arena)
{
	return value_text(row->iommu->device);
}

static struct value get_firmware_node(const struct row *row, struct arena *arena)
{
	return value_text(row->iommu->firmware_node);
}

static struct value get_state(const struct row *row, struct arena *arena)
{
	return value_text(iommu_state_name(row->iommu->state));
}

static struct value get_devices(const struct row *row, struct arena *arena)
{
	return value_number((int64_t)row->iommu->device_count);
}

static struct json_object *json_devices(const struct row *row)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < row->iommu->device_count; i++)
		json_object_array_add(array, json_text(row->iommu->devices[i]->label));
	return array;
}

static struct value get_capacity(const struct row *row, struct arena *arena)
{
	const struct iommu *iommu = row->iommu;
	const char *entries = "", *banks = "";

	if (iommu->stream_entries >= 0)
		entries = arena_printf(arena, "%" PRId64 " stream entries", iommu->stream_entries);
	if (iommu->context_banks >= 0)
		banks = arena_printf(arena, "%" PRId64 " context banks", iommu->context_banks);
	if (!*entries && !*banks)
		return value_none();
	return value_text(
		arena_printf(arena, "%s%s%s", entries, *entries && *banks ? ", " : "", banks));
}

static struct json_object *number_or_null(int64_t number)
{
	return number < 0 ? NULL : json_object_new_int64(number);
}

static struct json_object *json_capacity(const struct row *row)
{
	const struct iommu *iommu = row->iommu;
	struct json_object *object;

	if (iommu->stream_entries < 0 && iommu->context_banks < 0)
		return NULL;
	object = json_object_new_object();
	json_object_object_add(object, "stream_entries", number_or_null(iommu->stream_entries));
	json_object_object_add(object, "context_banks", number_or_null(iommu->context_banks));
	return object;
}

static struct value get_groups(const struct row *row, struct arena *arena)
{
	return value_number((int64_t)row->iommu->group_count);
}

const struct column iommu_columns[] = {
	{"name", "NAME", "name of the instance, or firmware's name", 0, get_name},
	{"identity", "IDENTITY", "what stays the same over boots: its address, or its device",
	 FACT_IOMMUS, get_identity},
	{"kind", "KIND", "kind of IOMMU", FACT_IOMMUS, get_kind},
	{"device", "DEVICE", "its own device", FACT_IOMMUS, get_device},
	{"firmware_node", "FIRMWARE-NODE", "where firmware describes it", FACT_IOMMUS,
	 get_firmware_node},
	{"state", "STATE", "ready, deferred, unbound, failed, disabled or unknown",
	 FACT_IOMMUS | FACT_IDS, get_state},
	{"devices", "DEVICES", "devices that it serves", FACT_SERVED, get_devices, json_devices,
	 .right = true, .gives_way = true},
	{"capacity", "CAPACITY", "stream entries and context banks, where known",
	 FACT_IOMMUS | FACT_CAPACITY, get_capacity, json_capacity},
	{NULL},
};

const struct column iommu_text_columns[] = {
	{"groups", "GROUPS", "groups with devices that it serves", FACT_SERVED, get_groups,
	 .right = true, .gives_way = true},
	{NULL},
};
