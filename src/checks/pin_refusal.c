/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/pin_refusal.h"

bool pin_wants_change(const struct pin_match *match)
{
	return match->state == PIN_PENDING || match->state == PIN_MOVED ||
	       match->state == PIN_GROUP_CHANGED;
}

bool pin_is_refused_by(const struct check *check)
{
	return check->level == CHECK_REFUSE &&
	       (check->id == CHECK_SYSTEM_DISK || check->id == CHECK_SWAP ||
		check->id == CHECK_CONSOLE || check->id == CHECK_DISPLAY);
}

/* Uses that could not be read refuse as well: the device may be the boot disk. */
static void judge_match(const struct system *system, struct pin_match *match, struct arena *arena)
{
	const struct device *device = system_device(system, match->device->path);
	struct move move = {.device = device, .driver = match->pin->driver};
	const struct handover handover = {.system = system,
					  .verb = "rebind",
					  .moves = &move,
					  .move_count = 1,
					  .dry_run = true};
	struct checks checks;

	/* The device has gone since the first reading. One with virtual functions stays as it is.
	 */
	if (!device || match->pin->count)
		return;
	checks = checks_run_uses(&handover, arena);
	for (size_t i = 0; i < checks.count; i++) {
		if (!pin_is_refused_by(&checks.items[i]))
			continue;
		match->state = PIN_REFUSED;
		match->detail = arena_strdup(arena, checks.items[i].finding.message);
		return;
	}
}

void pins_refuse(const struct system *system, struct pin_match *matches, size_t count,
		 struct arena *arena)
{
	for (size_t i = 0; i < count; i++)
		if (pin_wants_change(&matches[i]))
			judge_match(system, &matches[i], arena);
}
