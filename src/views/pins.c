/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/pins.h"

#include "checks/pin_early.h"

static struct value get_pin_name(const struct row *row, struct arena *arena)
{
	return value_text(row->pin->pin->name);
}

static struct value get_pin_driver(const struct row *row, struct arena *arena)
{
	const struct pin *pin = row->pin->pin;

	return value_text(pin->driver || pin->fault ? pin->driver : "none");
}

/* A file that is no pin says nothing of a device. */
static struct value get_match(const struct row *row, struct arena *arena)
{
	const struct pin *pin = row->pin->pin;

	if (pin->fault)
		return value_none();
	if (pin->vendor_id < 0)
		return value_text(pin->location);
	return value_text(arena_printf(arena, "%s [%04x:%04x]", pin->location,
				       (unsigned)pin->vendor_id, (unsigned)pin->device_id));
}

static void add_text_member(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, json_text(text));
}

static void add_id(struct json_object *object, const char *key, int32_t id)
{
	json_object_object_add(object, key, id < 0 ? NULL : json_object_new_int(id));
}

static struct json_object *json_match(const struct row *row)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct pin *pin = row->pin->pin;
	struct json_object *object;

	if (pin->fault)
		return NULL;
	object = json_object_new_object();
	add_text_member(object, "location", pin->location);
	add_id(object, "vendor_id", pin->vendor_id);
	add_id(object, "device_id", pin->device_id);
	add_id(object, "subsystem_vendor_id", pin->subsystem_vendor_id);
	add_id(object, "subsystem_device_id", pin->subsystem_device_id);
	add_text_member(object, "serial",
			serials_join(pin->serials, pin->serial_count, true, arena));
	return object;
}

static struct value get_pin_count(const struct row *row, struct arena *arena)
{
	return row->pin->pin->count ? value_number(row->pin->pin->count) : value_none();
}

static struct value get_pin_type(const struct row *row, struct arena *arena)
{
	return value_text(row->pin->pin->type);
}

static struct value get_pinned_device(const struct row *row, struct arena *arena)
{
	return value_text(row->pin->device ? row->pin->device->label : NULL);
}

static struct value get_pin_state(const struct row *row, struct arena *arena)
{
	struct value value = value_text(pin_state_name(row->pin->state));

	if (row->pin->state != PIN_SATISFIED && row->pin->state != PIN_OFF)
		value.color = "yellow";
	return value;
}

/* A file that is no pin is neither early nor late. */
static struct value get_early(const struct row *row, struct arena *arena)
{
	return row->pin->pin->fault ? value_none() : value_bool(!pin_explain_late(row->pin));
}

static struct value get_detail(const struct row *row, struct arena *arena)
{
	return value_text(row->pin->detail);
}

const struct column pin_columns[] = {
	{"name", "NAME", "name of the pin: its file without .conf", 0, get_pin_name},
	{"driver", "DRIVER", "the driver that the device is to have", 0, get_pin_driver},
	{"count", "COUNT", "how many virtual functions it is to have, each with the driver", 0,
	 get_pin_count},
	{"type", "TYPE", "the type that the domain of its group is to have", 0, get_pin_type},
	{"match", "MATCH", "place and IDs of the device that is meant", 0, get_match, json_match},
	{"device", "DEVICE", "the device that is meant now", 0, get_pinned_device},
	{"state", "STATE", "satisfied, pending, or why the device is left alone", 0, get_pin_state},
	{"early", "EARLY", "whether the initramfs applies it, before native drivers", 0, get_early},
	{"detail", "DETAIL", "the reason, as a clause", 0, get_detail, .gives_way = true},
	{NULL},
};
