/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/new_pins.h"

#include "base/text.h"
#include "model/pin_device.h"
#include "model/pin_match.h"

#include <errno.h>
#include <string.h>

/* The pins while they are made. @matches: of the pins that are there     @names: of the new ones */
struct making {
	const struct system *system;
	const struct pin_match *matches;
	const struct pin_wish *wish;
	const char *name;
	const char **names;
	struct arena *arena;
	struct new_pins pins;
};

/* The name of the pin that means the device already, or NULL. */
static const char *find_present(const struct making *making, const struct device *device)
{
	for (size_t i = 0; i < making->system->machine.pin_count; i++)
		if (making->matches[i].device == device)
			return making->matches[i].pin->name;
	return NULL;
}

static const char *choose_pin_name(const struct making *making, const struct device *device)
{
	const char *present = find_present(making, device);

	if (making->name)
		return making->name;
	return present ? present
		       : pin_name_of(making->system, device, making->names, making->pins.count,
				     making->arena);
}

/* The pin of that name that is there, or NULL. */
static const struct pin *find_by_name(const struct system *system, const char *name)
{
	for (size_t i = 0; i < system->machine.pin_count; i++)
		if (strcmp(system->machine.pins[i].name, name) == 0)
			return &system->machine.pins[i];
	return NULL;
}

/* An older pin of the device may have serials that cannot be read now. */
static void add_new_pin(struct making *making, const struct device *device)
{
	struct arena *arena = making->arena;
	const char *name = choose_pin_name(making, device);
	const struct pin *present = find_by_name(making->system, name);
	struct new_pin *item = &making->pins.items[making->pins.count];

	*item = (struct new_pin){device, pin_of_device(device, making->wish->driver, name, arena),
				 true};
	item->pin.count = making->wish->count;
	item->pin.type = making->wish->type;
	/* Virtual functions may be members of its group. */
	if (item->pin.count)
		item->pin.member_count = 0;
	if (present) {
		pin_add_serials(&item->pin, present, arena);
		item->changed = strcmp(pin_write(&item->pin, arena).start,
				       pin_write(present, arena).start) != 0;
	}
	making->names[making->pins.count++] = name;
}

/* The name that the user gave is that of a file already. */
static int refuse_name(const struct pin *pin, struct error *e)
{
	if (pin->fault)
		error_set(e, ERROR_USAGE, 0, "%.100s exists, and is no pin: %.200s", pin->file,
			  pin->fault);
	else
		error_set(e, ERROR_USAGE, 0, "the pin %.100s is for another device", pin->name);
	error_remedy(e, "iommuctl unpin %.100s", pin->name);
	return -EINVAL;
}

/* Two pins for one device would both be invalid, and a name is that of one pin. */
static int check_owner(const struct making *making, const struct device *device, struct error *e)
{
	const char *present = find_present(making, device);
	const struct pin *other = find_by_name(making->system, making->name);

	if (present && strcmp(present, making->name) != 0) {
		error_set(e, ERROR_USAGE, 0, "%.100s is pinned already, as %.100s", device->label,
			  present);
		error_remedy(e, "iommuctl unpin %.100s", present);
		return -EINVAL;
	}
	return present || !other ? 0 : refuse_name(other, e);
}

static int check_pin_name(const char *name, size_t count, struct error *e)
{
	if (!pin_name_is_valid(name))
		return error_set(e, ERROR_USAGE, 0, "%.100s is no name for a pin", name);
	if (count > 1)
		return error_set(e, ERROR_USAGE, 0, "--name is for one device, and these are %zu",
				 count);
	return 0;
}

static int add_pin_of(struct making *making, const struct device *pinned, struct error *e)
{
	const struct device *device = system_device(making->system, pinned->path);
	int result = 0;

	if (!device)
		return error_set(e, ERROR_NO_MATCH, 0, "%.100s is gone", pinned->label);
	if (making->name)
		result = check_owner(making, device, e);
	if (result == 0)
		add_new_pin(making, device);
	return result;
}

int new_pins_make(const struct system *system, const struct handover *handover,
		  const struct pin_wish *wish, struct arena *arena, struct new_pins *pins,
		  struct error *e)
{
	const struct device *physical = wish->count ? handover->asked_physical : NULL;
	size_t count = physical ? 1 : handover->move_count, before = pins->count;
	struct making making = {
		.system = system,
		.matches = pins_match(system, arena),
		.wish = wish,
		.name = wish->name,
		.names = arena_array(arena, before + count, sizeof(*making.names)),
		.arena = arena,
		.pins.items = arena_array(arena, before + count, sizeof(*making.pins.items)),
	};
	int result = wish->name && count ? check_pin_name(wish->name, count, e) : 0;

	for (size_t i = 0; i < before; i++) {
		making.pins.items[making.pins.count] = pins->items[i];
		making.names[making.pins.count++] = pins->items[i].pin.name;
	}
	for (size_t i = 0; i < count && result == 0; i++)
		result = add_pin_of(&making, physical ? physical : handover->moves[i].device, e);
	if (result == 0)
		*pins = making.pins;
	return result;
}
