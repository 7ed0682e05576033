/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/functions.h"

#include "base/text.h"
#include "model/pci.h"
#include "views/groups.h"

#include <string.h>

static bool is_virtual_row(const struct row *row)
{
	return row->function;
}

/* The device of a virtual function, which may be missing from the system. */
static const struct device *device_of_function(const struct row *row,
					       const struct virtual_function *function)
{
	return system_device(row->system, function->path);
}

static const char *label_of_function(const struct row *row, const struct virtual_function *function)
{
	const struct device *device = device_of_function(row, function);

	return device ? device->label : text_basename(function->path);
}

static struct value get_function_device(const struct row *row, struct arena *arena)
{
	return value_text(is_virtual_row(row) ? label_of_function(row, row->function)
					      : row->device->label);
}

/* A number of a physical function: a row of a virtual function has none. */
static struct value value_of_physical(const struct row *row, int32_t number)
{
	if (is_virtual_row(row))
		return value_none();
	return number < 0 ? value_unknown() : value_number(number);
}

static struct value get_total(const struct row *row, struct arena *arena)
{
	return value_of_physical(row, row->device->sriov->total);
}

static struct value get_count(const struct row *row, struct arena *arena)
{
	return value_of_physical(row, row->device->sriov->count);
}

static struct value get_autoprobe(const struct row *row, struct arena *arena)
{
	enum answer autoprobe = row->device->sriov->autoprobe;

	if (is_virtual_row(row))
		return value_none();
	return autoprobe == ANSWER_UNKNOWN ? value_unknown() : value_bool(autoprobe == ANSWER_YES);
}

static struct value get_functions(const struct row *row, struct arena *arena)
{
	const struct sriov *sriov = row->device->sriov;
	const char *text = NULL;

	for (size_t i = 0; !is_virtual_row(row) && i < sriov->function_count; i++)
		text = arena_printf(arena, "%s%s%s", text ? text : "", text ? "," : "",
				    label_of_function(row, &sriov->functions[i]));
	return value_text(text);
}

static struct json_object *json_function(const struct row *row,
					 const struct virtual_function *function)
{
	const struct device *device = device_of_function(row, function);
	const struct group *group = device ? device->group : NULL;
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "device", json_text(label_of_function(row, function)));
	json_object_object_add(object, "driver", json_text(device ? device->driver : NULL));
	json_object_object_add(object, "group", group ? json_object_new_int(group->id) : NULL);
	json_object_object_add(object, "opened_by", group ? json_holders(group) : NULL);
	json_object_object_add(object, "mac", json_text(function->mac));
	return object;
}

static struct json_object *json_functions(const struct row *row)
{
	const struct sriov *sriov = row->device->sriov;
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < sriov->function_count; i++)
		json_object_array_add(array, json_function(row, &sriov->functions[i]));
	return array;
}

/* The device that the row is about: that of the virtual function, or the physical one. */
static const struct device *device_of_row(const struct row *row)
{
	return is_virtual_row(row) ? device_of_function(row, row->function) : row->device;
}

static struct value get_function_driver(const struct row *row, struct arena *arena)
{
	const struct device *device = device_of_row(row);

	return device && device->driver_known ? value_text(device->driver) : value_unknown();
}

static struct value get_function_group(const struct row *row, struct arena *arena)
{
	const struct device *device = device_of_row(row);

	if (!device || device->group_unknown)
		return value_unknown();
	return device->group ? value_number(device->group->id) : value_none();
}

static struct value get_function_holders(const struct row *row, struct arena *arena)
{
	const struct device *device = device_of_row(row);

	if (!device || (device->group && !device->group->holders_known))
		return value_unknown();
	return device->group ? value_text(text_holders(device->group, arena)) : value_none();
}

static struct value get_mac(const struct row *row, struct arena *arena)
{
	return value_text(is_virtual_row(row) ? row->function->mac : NULL);
}

const struct column function_columns[] = {
	{"device", "DEVICE", "the physical function, and each of its virtual functions", 0,
	 get_function_device},
	{"total", "TOTAL", "how many virtual functions it can have", FACT_SRIOV, get_total,
	 .right = true},
	{"count", "COUNT", "how many virtual functions it has", FACT_SRIOV, get_count,
	 .right = true},
	{"autoprobe", "AUTOPROBE", "the kernel binds drivers to its virtual functions by itself",
	 FACT_SRIOV, get_autoprobe},
	{"functions", "FUNCTIONS", "its virtual functions", FACT_SRIOV | FACT_HOLDERS,
	 get_functions, json_functions, .gives_way = true},
	{NULL},
};

const struct column function_text_columns[] = {
	{"driver", "DRIVER", "driver of the function", 0, get_function_driver},
	{"group", "GROUP", "its IOMMU group", 0, get_function_group, .right = true},
	{"opened_by", "OPENED-BY", "processes that have VFIO nodes of its group open", FACT_HOLDERS,
	 get_function_holders},
	{"mac", "MAC", "address of the network interface that the host has of a virtual function",
	 FACT_SRIOV, get_mac},
	{NULL},
};
