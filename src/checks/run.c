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

/* Some checks run once for all moves, or once for each group: on these moves. */
struct speakers {
	const struct handover *handover;
	const struct move *for_all;
	const struct move **for_group; /* by the place of the group in the system */
};

static void propose_speaker(const struct move **speaker, const struct move *move)
{
	if (!*speaker || speaks_rather(move, *speaker))
		*speaker = move;
}

static struct speakers find_speakers(const struct handover *handover, struct arena *arena)
{
	const struct system *system = handover->system;
	struct speakers speakers = {
		.handover = handover,
		.for_group = arena_array(arena, system->group_count + 1, sizeof(struct move *)),
	};

	for (size_t i = 0; i < handover->move_count; i++) {
		const struct move *move = &handover->moves[i];
		const struct group *group = move->device->group;

		if (!move_is_to_vfio(move) || (!move_changes(move) && !move_is_settled(move)))
			continue;
		propose_speaker(&speakers.for_all, move);
		if (group)
			propose_speaker(&speakers.for_group[system_group_place(system, group->id)],
					move);
	}
	return speakers;
}

static bool is_asked_of_vfio(enum check_scope scope, const struct speakers *speakers,
			     const struct move *move)
{
	const struct group *group = move->device->group;

	if (!move_is_to_vfio(move))
		return false;
	if (scope == CHECK_ASK_EACH_TO_VFIO)
		return true;
	if (scope == CHECK_ASK_PER_GROUP_TO_VFIO)
		return group && speakers->for_group[system_group_place(speakers->handover->system,
								       group->id)] == move;
	return scope == CHECK_ASK_ONCE_TO_VFIO && speakers->for_all == move;
}

/* A device that is removed has no new driver: only its uses, and what removal does, matter. */
static bool is_asked_of_removed(enum check_scope scope, const struct handover *handover,
				const struct move *move)
{
	if (scope == CHECK_ASK_REMOVED)
		return true;
	if (scope == CHECK_ASK_ONCE)
		return move == handover->moves;
	return (scope == CHECK_ASK_EACH || scope == CHECK_ASK_TAKEN ||
		scope == CHECK_ASK_TAKEN_OR_TO_VFIO) &&
	       move_takes_away(move);
}

/*
 * The physical function keeps its driver; what its new functions get is asked as of every driver.
 * The functions that it has are removed: only their uses matter.
 */
static bool is_asked_of_functions(enum check_scope scope, const struct handover *handover,
				  const struct move *move)
{
	if (move->device != handover->physical)
		return scope == CHECK_ASK_EACH ||
		       ((scope == CHECK_ASK_TAKEN || scope == CHECK_ASK_TAKEN_OR_TO_VFIO) &&
			move_takes_away(move));
	switch (scope) {
	case CHECK_ASK_PHYSICAL:
	case CHECK_ASK_ONCE:
		return true;
	case CHECK_ASK_PER_DRIVER:
		return handover->function_count && move->driver;
	case CHECK_ASK_ONCE_TO_VFIO:
		return handover->function_count && move_is_to_vfio(move);
	default:
		return false;
	}
}

/* The checks of a change of the type of a group are asked of one of its members. */
static bool is_asked_of_domain(enum check_scope scope, const struct domain_change *domain)
{
	return domain &&
	       (scope == CHECK_ASK_DOMAIN || (scope == CHECK_ASK_RESTORED && domain->restored));
}

/* True for a device that keeps its driver, and gets only another type of its group. */
static bool only_the_type_changes(const struct handover *handover, const struct move *move)
{
	return !move_changes(move) && (move->released || handover_domain_of(handover, move));
}

/* A device that gets the driver back that it has: only its uses matter, and the unbind. */
static bool is_asked_of_released(enum check_scope scope, const struct handover *handover,
				 const struct move *move)
{
	if (scope == CHECK_ASK_RESTORED)
		return move->restored && move_changes_override(move);
	if (!move->released)
		return false;
	if (scope == CHECK_ASK_ONCE)
		return handover_first(handover, move, NULL);
	return scope == CHECK_ASK_EACH || scope == CHECK_ASK_TAKEN ||
	       scope == CHECK_ASK_TAKEN_OR_TO_VFIO;
}

static bool is_asked(enum check_scope scope, const struct speakers *speakers,
		     const struct move *move)
{
	const struct handover *handover = speakers->handover;

	if (is_asked_of_domain(scope, handover_domain_of(handover, move)))
		return true;
	if (handover->removes)
		return is_asked_of_removed(scope, handover, move);
	if (handover->physical)
		return is_asked_of_functions(scope, handover, move);
	if (only_the_type_changes(handover, move))
		return is_asked_of_released(scope, handover, move);
	if (move_is_settled(move))
		return is_asked_of_vfio(scope, speakers, move);
	if (!move_changes(move))
		return scope == CHECK_ASK_RESTORED && move->restored && move_changes_override(move);
	switch (scope) {
	case CHECK_ASK_RESTORED:
		return move->restored;
	case CHECK_ASK_EACH:
		return true;
	case CHECK_ASK_TAKEN:
		return move_takes_away(move);
	case CHECK_ASK_TAKEN_OR_TO_VFIO:
		return move_takes_away(move) || move_is_to_vfio(move);
	case CHECK_ASK_REMOVED:
	case CHECK_ASK_PHYSICAL:
	case CHECK_ASK_DOMAIN:
		return false;
	case CHECK_ASK_EACH_TO_VFIO:
	case CHECK_ASK_PER_GROUP_TO_VFIO:
	case CHECK_ASK_ONCE_TO_VFIO:
		return is_asked_of_vfio(scope, speakers, move);
	case CHECK_ASK_PER_DRIVER:
		return move->driver && handover_first(handover, move, moves_to_same_driver);
	case CHECK_ASK_ONCE:
		return handover_first(handover, move, NULL);
	}
	return true;
}

/*
 * Some checks refuse only moves: for a device that already has its driver their refusals become
 * warnings.
 */
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
	struct speakers speakers = find_speakers(handover, arena);
	bool lenient = settled_only_warns(handover);

	for (size_t i = 0; i < handover->move_count; i++) {
		checking.move = &handover->moves[i];
		checking.only_warns = lenient && !handover->owner &&
				      move_is_settled(checking.move) &&
				      !only_the_type_changes(handover, checking.move);
		for (unsigned id = 0; id < CHECK_ID_COUNT; id++) {
			checking.id = (enum check_id)id;
			if (uses_only && check_kinds[id].ask != check_use)
				continue;
			if (is_asked(check_kinds[id].scope, &speakers, checking.move))
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
