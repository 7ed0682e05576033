/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selects the checks that run for each move. */
#include "checks/check_functions.h"

/*
 * True for the move whose answer covers its group: the first move to VFIO in the group, preferably
 * of a device that the user named, so that a bare --waive covers it.
 */
static bool speaks_for_group(const struct handover *handover, const struct move *asked)
{
	const struct group *group = asked->device->group;
	const struct move *speaker = NULL;

	if (!group || !move_is_to_vfio(asked))
		return false;
	for (size_t i = 0; i < handover->move_count; i++) {
		const struct move *move = &handover->moves[i];

		if (move->device->group != group || !move_changes(move) || !move_is_to_vfio(move))
			continue;
		if (!speaker || (speaker->taken_along && !move->taken_along))
			speaker = move;
	}
	return speaker == asked;
}

static bool is_asked(enum check_scope scope, const struct handover *handover,
		     const struct move *move)
{
	if (!move_changes(move))
		return scope == CHECK_ASK_RESTORED && move->restored && move_changes_override(move);
	switch (scope) {
	case CHECK_ASK_RESTORED:
		return move->restored;
	case CHECK_ASK_EACH:
		return true;
	case CHECK_ASK_TAKEN:
		return move_takes_away(move);
	case CHECK_ASK_EACH_TO_VFIO:
		return move_is_to_vfio(move);
	case CHECK_ASK_PER_GROUP_TO_VFIO:
		return speaks_for_group(handover, move);
	case CHECK_ASK_PER_DRIVER:
		return move->driver && handover_first(handover, move, moves_to_same_driver);
	case CHECK_ASK_ONCE_TO_VFIO:
		return move_is_to_vfio(move) && handover_first(handover, move, moves_to_vfio);
	case CHECK_ASK_ONCE:
		return handover_first(handover, move, NULL);
	}
	return true;
}

static struct checks run_checks(const struct handover *handover, bool uses_only,
				struct arena *arena)
{
	struct checks checks = {0};
	struct checking checking = {.handover = handover, .arena = arena, .checks = &checks};

	for (size_t i = 0; i < handover->move_count; i++) {
		checking.move = &handover->moves[i];
		for (unsigned id = 0; id < CHECK_ID_COUNT; id++) {
			checking.id = (enum check_id)id;
			if (uses_only && check_kinds[id].ask != check_use)
				continue;
			if (is_asked(check_kinds[id].scope, handover, checking.move))
				check_kinds[id].ask(&checking);
		}
	}
	return checks;
}

struct checks checks_run(const struct handover *handover, struct arena *arena)
{
	return run_checks(handover, false, arena);
}

struct checks checks_run_uses(const struct handover *handover, struct arena *arena)
{
	return run_checks(handover, true, arena);
}
