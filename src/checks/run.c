/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selects the checks that run for each move. */
#include "checks/check_functions.h"

/*
 * A question that is asked once is asked about a move that changes
 * something, so that its answer refuses; then about a device that the user named, so that a bare
 * --waive covers it.
 */
static bool speaks_rather(const struct move *one, const struct move *other)
{
	if (move_is_settled(one) != move_is_settled(other))
		return move_is_settled(other);
	return !one->taken_along && other->taken_along;
}

/* True for the one move to a VFIO driver, of all or of those of a @group, that is asked. */
static bool speaks_for(const struct handover *handover, const struct move *asked,
		       const struct group *group)
{
	const struct move *speaker = NULL;

	for (size_t i = 0; i < handover->move_count; i++) {
		const struct move *move = &handover->moves[i];

		if (!move_is_to_vfio(move) || (group && move->device->group != group))
			continue;
		if (!move_changes(move) && !move_is_settled(move))
			continue;
		if (!speaker || speaks_rather(move, speaker))
			speaker = move;
	}
	return speaker == asked;
}

static bool is_asked_of_vfio(enum check_scope scope, const struct handover *handover,
			     const struct move *move)
{
	if (!move_is_to_vfio(move))
		return false;
	if (scope == CHECK_ASK_EACH_TO_VFIO)
		return true;
	if (scope == CHECK_ASK_PER_GROUP_TO_VFIO)
		return move->device->group && speaks_for(handover, move, move->device->group);
	return scope == CHECK_ASK_ONCE_TO_VFIO && speaks_for(handover, move, NULL);
}

static bool is_asked(enum check_scope scope, const struct handover *handover,
		     const struct move *move)
{
	if (move_is_settled(move))
		return is_asked_of_vfio(scope, handover, move);
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
	case CHECK_ASK_PER_GROUP_TO_VFIO:
	case CHECK_ASK_ONCE_TO_VFIO:
		return is_asked_of_vfio(scope, handover, move);
	case CHECK_ASK_PER_DRIVER:
		return move->driver && handover_first(handover, move, moves_to_same_driver);
	case CHECK_ASK_ONCE:
		return handover_first(handover, move, NULL);
	}
	return true;
}

/* A change goes on whatever stands in the way of a device that is already where it should be. */
static bool settled_only_warns(const struct handover *handover)
{
	for (size_t i = 0; i < handover->move_count; i++)
		if (move_changes(&handover->moves[i]))
			return true;
	return !handover->dry_run;
}

static struct checks run_checks(const struct handover *handover, bool uses_only,
				struct arena *arena)
{
	struct checks checks = {0};
	struct checking checking = {.handover = handover, .arena = arena, .checks = &checks};
	bool lenient = settled_only_warns(handover);

	for (size_t i = 0; i < handover->move_count; i++) {
		checking.move = &handover->moves[i];
		checking.only_warns = lenient && move_is_settled(checking.move);
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
