/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pin_device.h"

#include "model/location.h"
#include "model/pci.h"
#include "model/pin_file.h"

#include <string.h>

static const char *location_text(const struct device *device, struct arena *arena)
{
	char *text = arena_alloc(arena, strlen(device->path) + 1);

	location_write(device->path, text);
	return text;
}

static void list_members(struct pin *pin, const struct group *group, struct arena *arena)
{
	size_t count = group->device_count < PIN_LINES_MAX ? group->device_count : PIN_LINES_MAX;
	const char **members = arena_array(arena, count, sizeof(*members));

	for (size_t i = 0; i < count; i++)
		members[i] = location_text(group->devices[i], arena);
	pin->members = members;
	pin->member_count = count;
}

struct pin pin_of_device(const struct device *device, const char *driver, const char *name,
			 struct arena *arena)
{
	const struct identity *identity = device->identity;
	struct pin pin = {
		.name = name,
		.file = pin_file_path(name, arena),
		.driver = driver,
		.bus = device->bus,
		.location = location_text(device, arena),
		.vendor_id = device->vendor_id,
		.device_id = device->device_id,
		.subsystem_vendor_id = device->subsystem_vendor_id,
		.subsystem_device_id = device->subsystem_device_id,
	};

	if (identity && !device_is_pci(device))
		pin.compatible = identity->compatible;
	if (identity) {
		pin.serials = identity->serials;
		pin.serial_count = identity->serial_count;
	}
	if (device->group)
		list_members(&pin, device->group, arena);
	return pin;
}

static bool has_kind_of_serial(const struct pin *pin, enum serial_kind kind)
{
	for (size_t i = 0; i < pin->serial_count; i++)
		if (pin->serials[i].kind == kind)
			return true;
	return false;
}

void pin_add_serials(struct pin *pin, const struct pin *before, struct arena *arena)
{
	struct serial *serials =
		arena_array(arena, pin->serial_count + before->serial_count, sizeof(*serials));
	size_t count = pin->serial_count;

	for (size_t i = 0; i < count; i++)
		serials[i] = pin->serials[i];
	for (size_t i = 0; i < before->serial_count; i++)
		if (!has_kind_of_serial(pin, before->serials[i].kind))
			serials[count++] = before->serials[i];
	pin->serials = serials;
	pin->serial_count = count;
	pin->unknown = before->unknown;
	pin->unknown_count = before->unknown_count;
}

static bool name_is_taken(const struct system *system, const char *name, const char *const *taken,
			  size_t count)
{
	for (size_t i = 0; i < system->machine.pin_count; i++)
		if (strcmp(system->machine.pins[i].name, name) == 0)
			return true;
	for (size_t i = 0; i < count; i++)
		if (strcmp(taken[i], name) == 0)
			return true;
	return false;
}

const char *pin_name_of(const struct system *system, const struct device *device,
			const char *const *taken, size_t count, struct arena *arena)
{
	const char *base = device->name, *name;

	if (device->vendor_id >= 0 && device->device_id >= 0)
		base = arena_printf(arena, "%04x-%04x", (unsigned)device->vendor_id,
				    (unsigned)device->device_id);
	else if (!pin_name_is_valid(base))
		base = device->bus;
	name = base;
	for (unsigned i = 2; name_is_taken(system, name, taken, count); i++)
		name = arena_printf(arena, "%s-%u", base, i);
	return name;
}
