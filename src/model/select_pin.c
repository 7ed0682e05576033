/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/select_pin.h"

#include "base/suggest.h"
#include "model/pin_file.h"
#include "model/pin_match.h"

#include <string.h>

static const struct source *find_unread_pins(const struct system *system)
{
	for (size_t i = 0; i < system->source_count; i++)
		if (strcmp(system->sources[i].name, "pins") == 0 &&
		    source_is_unread(&system->sources[i]))
			return &system->sources[i];
	return NULL;
}

static int refuse_unknown_pin(const struct system *system, const char *name, struct error *e)
{
	const struct source *unread = find_unread_pins(system);
	struct suggestion suggestion = {.word = name};
	int result;

	if (unread)
		return error_set(e, unread->lacks_rights ? ERROR_PERMISSION : ERROR_IO, 0,
				 "whether there is a pin %.100s is unknown: %.200s", name,
				 unread->detail);
	result = error_set(e, ERROR_NO_MATCH, 0, "there is no pin %.100s", name);
	for (size_t i = 0; i < system->machine.pin_count; i++)
		suggest_name(&suggestion, system->machine.pins[i].name);
	if (!suggest_remedy(&suggestion, e))
		error_remedy(e, "\"iommuctl pins\" lists all pins.");
	return result;
}

static int refuse_pin_without_device(const struct pin_match *match, struct error *e)
{
	return error_set(e, ERROR_NO_MATCH, 0, "the pin %.100s means no device here: it is %s%s%s",
			 match->pin->name, pin_state_name(match->state), match->detail ? ": " : "",
			 match->detail ? match->detail : "");
}

int select_pinned(struct selection *selection, const char *name, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct system *system = selection->system;
	const struct pin_match *matches = pins_match(system, arena);

	for (size_t i = 0; i < system->machine.pin_count; i++) {
		if (strcmp(matches[i].pin->name, name) != 0)
			continue;
		if (!matches[i].device)
			return refuse_pin_without_device(&matches[i], e);
		selection->chosen[matches[i].device->index] = true;
		return 0;
	}
	return refuse_unknown_pin(system, name, e);
}
