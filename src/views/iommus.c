/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/iommus.h"

static struct value get_name(const struct row *row, struct arena *arena)
{
	return value_text(row->iommu->name);
}

static struct value get_kind(const struct row *row, struct arena *arena)
{
	return value_text(row->iommu->kind);
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
	return value_none();
}

const struct column iommu_columns[] = {
	{"name", "NAME", "name of the instance", 0, get_name},
	{"kind", "KIND", "kind of IOMMU", FACT_IOMMUS, get_kind},
	{"device", "DEVICE", "its own device", FACT_IOMMUS, get_device},
	{"firmware_node", "FIRMWARE-NODE", "where firmware describes it", FACT_IOMMUS,
	 get_firmware_node},
	{"state", "STATE", "ready, deferred, unbound, disabled or unknown", FACT_IOMMUS, get_state},
	{"devices", "DEVICES", "devices that it serves", FACT_IOMMUS, get_devices, json_devices,
	 .right = true},
	{"capacity", "CAPACITY", "stream entries and context banks, where known", FACT_IOMMUS,
	 get_capacity},
	{NULL},
};
