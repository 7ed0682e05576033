/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of execute.h that undoes steps, newest first */
#include "actions/execute_parts.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>

/* True where step @index comes before the step that binds its target. */
static bool is_before_bind(const struct plan *plan, size_t index)
{
	for (size_t i = index + 1; i < plan->step_count; i++)
		if (plan->steps[i].target == plan->steps[index].target &&
		    plan->steps[i].action == ACTION_BIND)
			return true;
	return false;
}

/*
 * True where another process's probe bound the new driver, under the plan's override, before the
 * bind step began.
 */
static bool is_bound_early(const struct plan *plan, size_t index, const struct target_look *look)
{
	const struct target *target = &plan->targets[plan->steps[index].target];

	return look->state == LOOK_CLEAR && look->driver &&
	       same_text(look->driver, target->new_driver) &&
	       !same_text(look->driver, target->driver) && is_before_bind(plan, index);
}

/* Whether the device is as the undo of step @index should leave it. */
static bool is_step_undone(const struct plan *plan, size_t index, const struct target_look *look)
{
	const struct step *step = &plan->steps[index];

	if (look->state != LOOK_CLEAR || is_bound_early(plan, index, look))
		return false;
	if (step->action == ACTION_OVERRIDE)
		return same_text(look->driver_override, text_override(step->undo_value));
	return same_text(look->driver, step->undo_driver);
}

static bool is_at_start(const struct target_look *look, const struct target *target)
{
	return look->state == LOOK_CLEAR && same_text(look->driver, target->driver) &&
	       same_text(look->driver_override, target->driver_override);
}

/*
 * True where nothing has to be undone: the step's write was never made, or was reverted by another
 * process.
 */
static bool needs_no_undo(const struct plan *plan, size_t index, const struct target_look *look)
{
	const struct step *step = &plan->steps[index];

	if (look->state == LOOK_GONE || look->state == LOOK_OTHER ||
	    is_step_undone(plan, index, look) || is_at_start(look, &plan->targets[step->target]))
		return true;
	/* Undo a bind only if this step bound the driver. */
	return look->state == LOOK_CLEAR && step->action == ACTION_BIND &&
	       !same_text(look->driver, step->expect_driver);
}

const char *override_file(const struct plan *plan, int target)
{
	for (size_t i = 0; i < plan->step_count; i++)
		if (plan->steps[i].target == target && plan->steps[i].action == ACTION_OVERRIDE)
			return plan->steps[i].file;
	return NULL;
}

/*
 * Before a bind or an unbind is undone, set the override to the old driver's name, or to "none".
 * While the override names another driver the old one cannot be bound, and with its name no other
 * driver can.
 */
static int undo_override_first(struct execution *execution, size_t index,
			       const struct target_look *look, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	const struct step *step = &plan->steps[index];
	const struct target *target = step_target(execution->journal, step);
	const char *name = target->driver ? target->driver : OVERRIDE_NONE;
	const char *file = override_file(plan, step->target);
	const struct writing writing = {ACTION_OVERRIDE, file, name};
	_autoarena_ struct arena *arena = arena_new();
	struct target_look now;
	char what[512];
	int status;

	if (!file || look->state != LOOK_CLEAR || same_text(look->driver_override, name))
		return 0;
	snprintf(what, sizeof(what), "set driver_override of %s to %s", target->label, name);
	status = step_write_other(execution, index, true, &writing, what, e);
	if (status == -EINPROGRESS)
		return status;
	now = look_target(execution->host->root, target, arena);
	if (now.state == LOOK_CLEAR && !same_text(now.driver_override, name))
		return step_failed(execution, step, true, status < 0 ? status : -EPROTO, e);
	return 0;
}

int may_release(struct execution *execution, const struct target *target, struct error *e)
{
	return execution->before_undo ? execution->before_undo(execution->context, target, e) : 0;
}

static int undo_early_bind(struct execution *execution, size_t index,
			   const struct target_look *look, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	const struct target *target = &plan->targets[plan->steps[index].target];
	_autoarena_ struct arena *arena = arena_new();
	struct writing writing = {.action = ACTION_UNBIND, .value = target->name};
	char what[512];
	int status;

	if (!is_bound_early(plan, index, look))
		return 0;
	status = may_release(execution, target, e);
	if (status < 0)
		return status;
	writing.file = arena_printf(arena, "/sys/bus/%s/drivers/%s/unbind", target->bus,
				    target->new_driver);
	snprintf(what, sizeof(what), "unbind %s from %s", target->label, target->new_driver);
	status = step_write_other(execution, index, true, &writing, what, e);
	return status == -EINPROGRESS ? status : 0;
}

/* Make all writes that undo step @index; the caller checks the result. */
static int undo_writes(struct execution *execution, size_t index, const struct target_look *look,
		       struct arena *arena, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	const struct step *step = &plan->steps[index];
	struct target_look now = *look;
	int result = 0;

	if (step->action != ACTION_OVERRIDE || is_bound_early(plan, index, look))
		result = undo_override_first(execution, index, look, e);
	if (result == 0)
		now = look_target(execution->host->root, step_target(execution->journal, step),
				  arena);
	if (result == 0 && !needs_no_undo(plan, index, &now))
		result = undo_early_bind(execution, index, &now, e);
	else if (result == 0)
		return 0;
	if (result == 0 && step->action == ACTION_BIND)
		result = may_release(execution, step_target(execution->journal, step), e);
	return result < 0 ? result : step_write(execution, index, true, e);
}

static int undo_write(struct execution *execution, size_t index, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	const struct step *step = &plan->steps[index];
	const struct target *target = step_target(execution->journal, step);
	_autoarena_ struct arena *arena = arena_new();
	struct target_look look = look_target(execution->host->root, target, arena);
	int status;

	if (needs_no_undo(plan, index, &look))
		return 0;
	status = undo_writes(execution, index, &look, arena, e);
	if (status == -EINPROGRESS || status == -EUSERS)
		return status;
	look = look_target(execution->host->root, target, arena);
	if (needs_no_undo(plan, index, &look))
		return 0;
	return step_failed(execution, step, true, status < 0 ? status : -EPROTO, e);
}

/* True where the device of a step has gone, or another is in its place: that is never written to.
 */
static bool is_target_gone(struct execution *execution, const struct step *step)
{
	_autoarena_ struct arena *arena = arena_new();
	struct target_look look =
		look_target(execution->host->root, step_target(execution->journal, step), arena);

	return look.state == LOOK_GONE || look.state == LOOK_OTHER;
}

static int undo_switch(struct execution *execution, size_t index, struct error *e)
{
	const struct step *step = &execution->journal->plan.steps[index];
	const struct root *root = execution->host->root;
	int status = 0, read;

	if (is_target_gone(execution, step))
		return 0;
	read = look_switch(root, step->undo_file, step->undo_value);
	if (read == 0 && step->action == ACTION_DOMAIN)
		status = release_group(execution, index, e);
	if (read == 0 && status == 0)
		status = step_write(execution, index, true, e);
	if (status == -EINPROGRESS || status == -EUSERS)
		return status;
	if (read == 0)
		read = look_switch(root, step->undo_file, step->undo_value);
	if (read > 0 || step_stays(&execution->journal->plan, step, status))
		return 0;
	return step_failed(execution, step, true,
			   read < 0	? read
			   : status < 0 ? status
					: -EPROTO,
			   e);
}

/* A rule goes also where its device is gone: it must not give another device away. */
static int undo_owner(struct execution *execution, size_t index, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	const struct step *step = &plan->steps[index];
	const struct root *root = execution->host->root;
	int status = 0, holds = step_owner_is_set(root, plan, step, step->undo_value);

	if (holds > 0)
		return 0;
	status = step_write(execution, index, true, e);
	if (status == -EINPROGRESS)
		return status;
	holds = step_owner_is_set(root, plan, step, step->undo_value);
	if (holds > 0)
		return 0;
	return step_failed(execution, step, true,
			   holds < 0	? holds
			   : status < 0 ? status
					: -EPROTO,
			   e);
}

static int undo_step(struct execution *execution, size_t index, struct error *e)
{
	struct journal *journal = execution->journal;
	struct error ignored;
	int result;

	if (journal->steps[index].state == STEP_NONE || !journal->plan.steps[index].undo_file)
		return 0;
	result = journal_note(journal, index, STEP_UNDO_BEGUN, 0, e);
	if (result < 0)
		return result;
	if (journal->plan.steps[index].action == ACTION_OWNER)
		result = undo_owner(execution, index, e);
	else
		result = action_is_switch(journal->plan.steps[index].action)
				 ? undo_switch(execution, index, e)
				 : undo_write(execution, index, e);
	if (result == 0)
		return journal_note(journal, index, STEP_UNDONE, 0, e);
	/* An undo that is begun and has no end is repeated by recover like one that failed. */
	if (result != -EINPROGRESS)
		error_ignore(journal_note(journal, index, STEP_UNDO_FAILED, result, &ignored));
	return result;
}

int execute_undo(struct execution *execution, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	int result = 0, stuck = -1;

	for (size_t i = plan->step_count; i-- > 0;) {
		struct error why;
		int undone;

		/*
		 * Steps of one device follow each other, and a step can be undone only after all
		 * later ones.
		 */
		if (plan->steps[i].target == stuck && stuck >= 0)
			continue;
		undone = undo_step(execution, i, &why);
		if (undone == 0)
			continue;
		if (result == 0)
			*e = why;
		result = undone;
		/* Members are bound again also where the type of their group is not put back. */
		stuck = plan->steps[i].action == ACTION_DOMAIN ? -1 : plan->steps[i].target;
		/* While a write hangs, no other write is made. */
		if (undone == -EINPROGRESS)
			break;
	}
	return result;
}
