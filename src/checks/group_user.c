/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/group_user.h"

#include "model/use.h"
#include "model/vfio_driver.h"

const char *group_user(const struct group *group, struct arena *arena, const char **ret_evidence)
{
	if (group->holder_count) {
		const struct holder *holder = &group->holders[0];

		*ret_evidence = arena_printf(arena, "/proc/%d/fd", holder->pid);
		return arena_printf(arena, "group %d is open in %d (%.100s)", group->id,
				    holder->pid, holder->command ? holder->command : "?");
	}
	for (size_t i = 0; i < group->device_count; i++) {
		const struct uses *uses = group->devices[i]->uses;

		for (size_t j = 0; uses && j < uses->count; j++) {
			if (uses->items[j].kind != USE_VFIO)
				continue;
			*ret_evidence = uses->items[j].evidence;
			return arena_printf(arena, "%.100s is open in %.200s",
					    uses->items[j].node ? uses->items[j].node : "VFIO",
					    uses->items[j].user ? uses->items[j].user : "?");
		}
	}
	return NULL;
}

static bool is_blind(const struct uses *uses)
{
	for (size_t i = 0; uses && i < uses->blind_count; i++)
		if (uses->blind[i].kind == USE_VFIO)
			return true;
	return !uses;
}

bool group_user_is_known(const struct group *group)
{
	if (group->holders_known)
		return true;
	for (size_t i = 0; i < group->device_count; i++)
		if (driver_is_vfio(group->devices[i]) && is_blind(group->devices[i]->uses))
			return false;
	return true;
}
