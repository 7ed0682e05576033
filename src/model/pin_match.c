/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pin_match.h"

#include "base/text.h"
#include "model/command_line.h"
#include "model/domain_type.h"
#include "model/location.h"
#include "model/pci.h"
#include "model/sriov.h"
#include "model/vfio_driver.h"

#include <string.h>
#include <strings.h>

const char *pin_state_name(enum pin_state state)
{
	static const char *const names[PIN_STATE_COUNT] = {
		[PIN_SATISFIED] = "satisfied",
		[PIN_PENDING] = "pending",
		[PIN_MISMATCH] = "mismatch",
		[PIN_MOVED] = "moved",
		[PIN_AMBIGUOUS] = "ambiguous",
		[PIN_ABSENT] = "absent",
		[PIN_GROUP_CHANGED] = "group_changed",
		[PIN_REFUSED] = "refused",
		[PIN_INVALID] = "invalid",
		[PIN_FAILED] = "failed",
		[PIN_OFF] = "off",
	};

	return names[state];
}

/* "break=POINT" stops initramfs-tools, "rd.break=POINT" dracut. */
static bool is_break_point(struct span word)
{
	const char *equals = memchr(word.start, '=', word.length);
	struct span key = {word.start, equals ? (size_t)(equals - word.start) : 0};

	return span_is(key, "break") || span_is(key, "rd.break");
}

const char *pins_are_off(const char *line, struct arena *arena)
{
	static const char *const words[] = {"iommuctl.pins=off",
					    "s",
					    "rescue",
					    "emergency",
					    "single",
					    "break",
					    "S",
					    "1",
					    "systemd.unit=rescue.target",
					    "systemd.unit=emergency.target",
					    "rd.systemd.unit=rescue.target",
					    "rd.systemd.unit=emergency.target",
					    "rd.break"};
	struct span word;

	while (command_line_next(&line, &word)) {
		if (is_break_point(word))
			return arena_text(arena, word.start, word.length);
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (span_is(word, words[i]))
				return words[i];
	}
	return NULL;
}

/* The pins while they are matched. @locations: of each device, by index */
struct matching {
	const struct system *system;
	struct arena *arena;
	const char **locations;
};

static const char **list_locations(const struct system *system, struct arena *arena)
{
	const char **list = arena_array(arena, system->device_count, sizeof(*list));

	for (size_t i = 0; i < system->device_count; i++) {
		const char *path = system->devices[i]->path;
		char *text = arena_alloc(arena, strlen(path) + 1);

		location_write(path, text);
		list[i] = text;
	}
	return list;
}

static bool has_pinned_ids(const struct pin *pin, const struct device *device)
{
	if (!device_is_pci(device))
		return device->identity && same_text(device->identity->compatible, pin->compatible);
	return device->vendor_id == pin->vendor_id && device->device_id == pin->device_id &&
	       (pin->subsystem_vendor_id < 0 ||
		device->subsystem_vendor_id == pin->subsystem_vendor_id) &&
	       (pin->subsystem_device_id < 0 ||
		device->subsystem_device_id == pin->subsystem_device_id);
}

/* Whether the device has that serial: unknown where no serial of that kind can be read now. */
static enum answer has_serial(const struct device *device, const struct serial *serial)
{
	const struct identity *identity = device->identity;
	enum answer answer = ANSWER_UNKNOWN;

	for (size_t i = 0; identity && i < identity->serial_count; i++) {
		if (identity->serials[i].kind != serial->kind)
			continue;
		if (strcasecmp(identity->serials[i].value, serial->value) == 0)
			return ANSWER_YES;
		answer = ANSWER_NO;
	}
	return answer;
}

/* Whether the serials of the card are those of the pin: no where one differs; unknown: none is
 * readable. */
static enum answer has_serials(const struct pin *pin, const struct device *device)
{
	enum answer all = ANSWER_UNKNOWN;

	for (size_t i = 0; i < pin->serial_count; i++) {
		enum answer one = has_serial(device, &pin->serials[i]);

		if (one == ANSWER_NO)
			return ANSWER_NO;
		if (one == ANSWER_YES)
			all = ANSWER_YES;
	}
	return all;
}

/* The functions of one card may share a serial, so the number of the function counts. */
static bool same_function(const struct pin *pin, const char *location)
{
	const char *one = strrchr(pin->location, '.'), *other = strrchr(location, '.');

	return one && other && strcmp(one, other) == 0;
}

/* Search for the card at another place than @except; *ret_count candidates. */
static const struct device *find_elsewhere(const struct matching *matching, const struct pin *pin,
					   const struct device *except, size_t *ret_count)
{
	const struct device *found = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < matching->system->device_count; i++) {
		const struct device *device = matching->system->devices[i];

		if (device == except || !device_is_pci(device) || !has_pinned_ids(pin, device) ||
		    has_serials(pin, device) != ANSWER_YES ||
		    !same_function(pin, matching->locations[i]))
			continue;
		found = device;
		(*ret_count)++;
	}
	return found;
}

static const struct device *find_at_place(const struct matching *matching, const struct pin *pin)
{
	for (size_t i = 0; i < matching->system->device_count; i++) {
		const struct device *device = matching->system->devices[i];

		if (strcmp(device->bus, pin->bus) == 0 &&
		    strcmp(matching->locations[i], pin->location) == 0)
			return device;
	}
	return NULL;
}

static bool was_member(const struct pin *pin, const char *location)
{
	for (size_t i = 0; i < pin->member_count; i++)
		if (strcmp(pin->members[i], location) == 0)
			return true;
	return false;
}

/* A member of the device's group that was not in it when the pin was made, or NULL. */
static const struct device *find_new_member(const struct matching *matching, const struct pin *pin,
					    const struct device *device)
{
	for (size_t i = 0; device->group && pin->member_count && i < device->group->device_count;
	     i++) {
		const struct device *member = device->group->devices[i];

		if (member != device && !was_member(pin, matching->locations[member->index]))
			return member;
	}
	return NULL;
}

static bool has_driver_of(const struct pin *pin, const struct device *device)
{
	if (!pin->driver || !device->driver)
		return !pin->driver && !device->driver && device->driver_known;
	return strcmp(vfio_driver_spelling(pin->driver), vfio_driver_spelling(device->driver)) == 0;
}

/* The reason why its virtual functions are not as pinned, as a clause, or NULL. */
static const char *find_functions_amiss(const struct matching *matching, const struct pin *pin,
					const struct device *device)
{
	const struct sriov *sriov = device->sriov;

	if (!sriov || sriov->count < 0)
		return "it is unknown how many virtual functions it has";
	if (sriov->count != pin->count)
		return arena_printf(matching->arena, "it has %d virtual function%s",
				    (int)sriov->count, sriov->count == 1 ? "" : "s");
	for (size_t i = 0; i < sriov->function_count; i++) {
		const struct device *function =
			system_device(matching->system, sriov->functions[i].path);

		if (function && !has_driver_of(pin, function))
			return arena_printf(matching->arena, "%s has %s", function->label,
					    function->driver ? function->driver : "no driver");
	}
	return NULL;
}

/* The reason why the type of its group is not as pinned, as a clause, or NULL. */
static const char *find_type_amiss(const struct matching *matching, const struct pin *pin,
				   const struct device *device)
{
	if (!pin->type || (device->group && domain_type_is_set(device->group->type, pin->type)))
		return NULL;
	if (!device->group)
		return "it is in no group that could have a type";
	return arena_printf(matching->arena, "group %d has the type %s", device->group->id,
			    device->group->type ? device->group->type : "unknown");
}

/* Whether the device is as the pin keeps it. *ret_amiss: what else it lacks than a driver, or NULL
 */
static bool is_as_pinned(const struct matching *matching, const struct pin *pin,
			 const struct device *device, const char **ret_amiss)
{
	*ret_amiss = NULL;
	if (pin->count)
		*ret_amiss = find_functions_amiss(matching, pin, device);
	else if (!has_driver_of(pin, device))
		return false;
	else
		*ret_amiss = find_type_amiss(matching, pin, device);
	return !*ret_amiss;
}

/* @state: where the driver is not bound yet */
static void match_device(const struct matching *matching, struct pin_match *match,
			 const struct device *device, enum pin_state state)
{
	const struct device *member = find_new_member(matching, match->pin, device);
	const char *amiss;

	match->device = device;
	if (is_as_pinned(matching, match->pin, device, &amiss))
		match->state = PIN_SATISFIED;
	else if (state == PIN_PENDING && member)
		match->state = PIN_GROUP_CHANGED;
	else
		match->state = state;
	if (match->state == PIN_GROUP_CHANGED)
		match->detail =
			arena_printf(matching->arena, "%s is new in its group", member->label);
	else if (state == PIN_MOVED)
		match->detail = arena_concat(matching->arena, "it is now at ",
					     matching->locations[device->index], "");
	else
		match->detail = amiss;
}

static const char *explain_mismatch(const struct matching *matching, const struct pin *pin,
				    const struct device *device)
{
	return arena_concat(matching->arena, "at its place is ", device->label,
			    has_pinned_ids(pin, device) ? ", a card with another serial"
							: ", a card with other IDs");
}

static void match_pin(const struct matching *matching, struct pin_match *match)
{
	const struct pin *pin = match->pin;
	const struct device *at = find_at_place(matching, pin), *elsewhere;
	enum answer serials = at ? has_serials(pin, at) : ANSWER_UNKNOWN;
	bool fits = at && has_pinned_ids(pin, at) && serials != ANSWER_NO;
	size_t count;

	elsewhere = find_elsewhere(matching, pin, at, &count);
	if (fits && (serials == ANSWER_YES || !count)) {
		match_device(matching, match, at, PIN_PENDING);
	} else if (count + fits > 1) {
		match->state = PIN_AMBIGUOUS;
		match->detail = arena_printf(matching->arena, "%zu devices fit", count + fits);
	} else if (count) {
		match_device(matching, match, elsewhere, PIN_MOVED);
	} else if (at) {
		match->state = PIN_MISMATCH;
		match->detail = explain_mismatch(matching, pin, at);
	} else {
		match->state = PIN_ABSENT;
	}
}

/* Of two pins for one device none counts. */
static void refuse_doubles(struct pin_match *matches, size_t count, struct arena *arena)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; matches[i].device && j < count; j++) {
			if (j == i || matches[j].device != matches[i].device)
				continue;
			matches[i].state = PIN_INVALID;
			matches[i].detail = arena_concat(arena, "the pin ", matches[j].pin->name,
							 " is for the same device");
			break;
		}
}

/* The pin applies without them: its state stays. */
static void note_unknown_keys(struct pin_match *match, struct arena *arena)
{
	if (!match->detail && match->pin->unknown_count)
		match->detail = arena_concat(arena, "this version does not know the line \"",
					     match->pin->unknown[0], "\"");
}

static void switch_off(struct pin_match *match, const char *word, struct arena *arena)
{
	if (match->state == PIN_INVALID)
		return;
	match->state = PIN_OFF;
	match->detail = arena_concat(arena, word, " is on the kernel's command line", "");
}

struct pin_match *pins_match_on(const struct system *system, struct arena *arena)
{
	const struct machine *machine = &system->machine;
	struct pin_match *matches = arena_array(arena, machine->pin_count, sizeof(*matches));
	struct matching matching = {
		.system = system, .arena = arena, .locations = list_locations(system, arena)};

	for (size_t i = 0; i < machine->pin_count; i++) {
		matches[i] = (struct pin_match){.pin = &machine->pins[i],
						.state = PIN_INVALID,
						.detail = machine->pins[i].fault};
		if (!machine->pins[i].fault)
			match_pin(&matching, &matches[i]);
	}
	refuse_doubles(matches, machine->pin_count, arena);
	for (size_t i = 0; i < machine->pin_count; i++)
		note_unknown_keys(&matches[i], arena);
	return matches;
}

struct pin_match *pins_match(const struct system *system, struct arena *arena)
{
	const struct machine *machine = &system->machine;
	struct pin_match *matches = pins_match_on(system, arena);
	const char *off = pins_are_off(machine->command_line, arena);

	for (size_t i = 0; off && i < machine->pin_count; i++)
		switch_off(&matches[i], off, arena);
	return matches;
}
