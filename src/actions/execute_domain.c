/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The type of a group: whether it is set, and what its undo needs more than that of other switches
 */
#include "actions/execute_parts.h"

#include "base/text.h"
#include "model/domain_type.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int step_type_is_set(const struct root *root, const struct step *step, const char *type)
{
	/* Any type may be the one that the kernel chose. */
	if (strcmp(type, DOMAIN_TYPE_AUTO) == 0)
		return 1;
	return look_switch(root, step->file, type);
}

/* The step before @index that unbinds the target, or NULL. */
static const struct step *unbind_before(const struct plan *plan, size_t target, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (plan->steps[i].target == (int)target && plan->steps[i].action == ACTION_UNBIND)
			return &plan->steps[i];
	return NULL;
}

static bool is_of_group(const struct plan *plan, const struct step *step, size_t target)
{
	return plan->targets[target].group == plan->targets[step->target].group;
}

bool step_is_lasting(const struct plan *plan, const struct step *step)
{
	if (step->action != ACTION_DOMAIN ||
	    !domain_type_needs_no_unbind(step->undo_value, step->value))
		return false;
	for (size_t i = 0; i < plan->target_count; i++)
		if (is_of_group(plan, step, i) && unbind_before(plan, i, plan->step_count))
			return false;
	return true;
}

static int write_for_undo(struct execution *execution, size_t index, enum action action,
			  const char *file, const char *value, const char *what, struct error *e)
{
	const struct writing writing = {action, file, value};

	return step_write_other(execution, index, true, &writing, what, e);
}

/* Unbind a target that a driver has again; with the override "none" no other is bound then. */
static int release_target(struct execution *execution, size_t index, size_t target, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	const struct target *member = &plan->targets[target];
	_autoarena_ struct arena *arena = arena_new();
	struct target_look look = look_target(execution->host->root, member, arena);
	const char *override = override_file(plan, (int)target);
	char what[512];
	int result = 0;

	if (look.state != LOOK_CLEAR || !look.driver)
		return 0;
	result = may_release(execution, member, e);
	if (result < 0)
		return result;
	snprintf(what, sizeof(what), "set driver_override of %s to %s", member->label,
		 OVERRIDE_NONE);
	if (override)
		result = write_for_undo(execution, index, ACTION_OVERRIDE, override, OVERRIDE_NONE,
					what, e);
	if (result == -EINPROGRESS)
		return result;
	snprintf(what, sizeof(what), "unbind %s from %s", member->label, look.driver);
	result = write_for_undo(
		execution, index, ACTION_UNBIND,
		arena_printf(arena, "/sys/bus/%s/drivers/%s/unbind", member->bus, look.driver),
		member->name, what, e);
	return result == -EINPROGRESS ? result : 0;
}

int release_group(struct execution *execution, size_t index, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	int result = 0;

	for (size_t i = 0; i < plan->target_count && result == 0; i++)
		if (is_of_group(plan, &plan->steps[index], i) && unbind_before(plan, i, index))
			result = release_target(execution, index, i, e);
	return result;
}

bool step_stays(const struct plan *plan, const struct step *step, int status)
{
	return (status == -EPERM || status == -EBUSY) && step_is_lasting(plan, step);
}
