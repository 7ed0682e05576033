/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/rescan_steps.h"

#include "actions/execute_parts.h"
#include "actions/find_again.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int note_failed_step(struct execution *execution, size_t index, int cause, struct error *e)
{
	struct error ignored;

	/* A step that is begun and has no end is treated like one that failed. */
	error_ignore(journal_note(execution->journal, index, STEP_FAILED, cause, &ignored));
	return step_failed(execution, &execution->journal->plan.steps[index], false, cause, e);
}

/* Write the switch of a step, unless it has that value. */
static int write_switch(struct execution *execution, size_t index, struct error *e)
{
	const struct step *step = &execution->journal->plan.steps[index];
	int result = look_switch(execution->host->root, step->file, step->value);

	if (result > 0)
		return 0;
	if (result < 0)
		return step_failed(execution, step, false, result, e);
	result = journal_note(execution->journal, index, STEP_BEGUN, 0, e);
	if (result < 0)
		return result;
	result = step_write(execution, index, false, e);
	if (result == -EINPROGRESS)
		return result;
	if (look_switch(execution->host->root, step->file, step->value) <= 0)
		return note_failed_step(execution, index, result < 0 ? result : -EPROTO, e);
	return journal_note(execution->journal, index, STEP_DONE, 0, e);
}

static bool goes_with(const struct plan *plan, size_t target, const struct step *step)
{
	return text_is_within(plan->targets[target].path, plan->targets[step->target].path);
}

/* The removed device comes last: its check lets go of the disks, also of those below it. */
static int check_users(struct execution *execution, const struct step *step, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	int result = 0;

	if (!execution->before_unbind)
		return 0;
	for (size_t i = 0; i < plan->target_count && result == 0; i++)
		if ((int)i != step->target && plan->targets[i].driver && goes_with(plan, i, step))
			result = execution->before_unbind(execution->context, i, e);
	return result < 0 ? result
			  : execution->before_unbind(execution->context, (size_t)step->target, e);
}

static void release_users(struct execution *execution, const struct step *step)
{
	const struct plan *plan = &execution->journal->plan;

	for (size_t i = 0; i < plan->target_count; i++)
		if (execution->after_unbind && goes_with(plan, i, step))
			execution->after_unbind(execution->context, i);
}

static int write_removal(struct execution *execution, size_t index, struct error *e)
{
	const struct step *step = &execution->journal->plan.steps[index];
	int result = step_write(execution, index, false, e);
	int there;

	if (result == -EINPROGRESS)
		return result;
	there = root_has(execution->host->root, step_target(execution->journal, step)->path);
	if (there == 0)
		return 0;
	return note_failed_step(execution, index,
				there < 0    ? there
				: result < 0 ? result
					     : -EPROTO,
				e);
}

static int check_is_target(const struct execution *execution, const struct target *target)
{
	_autoarena_ struct arena *arena = arena_new();
	struct target_look look = look_target(execution->host->root, target, arena);

	if (look.state == LOOK_GONE || look.state == LOOK_OTHER)
		return -ENODEV;
	return look.state == LOOK_CLEAR ? 0 : -EBUSY;
}

static int remove_target(struct execution *execution, size_t index, struct error *e)
{
	struct journal *journal = execution->journal;
	const struct step *step = &journal->plan.steps[index];
	struct error ignored;
	int result = check_is_target(execution, step_target(journal, step));

	if (result < 0)
		return step_failed(execution, step, false, result, e);
	/* The last look comes after "begin" in the journal, so that only the write follows it. */
	result = journal_note(journal, index, STEP_BEGUN, 0, e);
	if (result < 0)
		return result;
	result = check_users(execution, step, e);
	if (result < 0)
		error_ignore(journal_note(journal, index, STEP_FAILED, result, &ignored));
	else
		result = write_removal(execution, index, e);
	release_users(execution, step);
	return result < 0 ? result : journal_note(journal, index, STEP_DONE, 0, e);
}

int rescan_remove(struct execution *execution, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	int result = execute_interrupted(e);

	for (size_t i = 0; i < plan->step_count && result == 0; i++) {
		if (plan->steps[i].action == ACTION_RESCAN)
			break;
		result = plan->steps[i].action == ACTION_REMOVE ? remove_target(execution, i, e)
								: write_switch(execution, i, e);
		if (result == 0)
			result = execute_interrupted(e);
	}
	return result;
}

/* True where a step of that kind was begun, now or by the process that was killed. */
static bool was_begun(const struct journal *journal, enum action action, const char *value)
{
	for (size_t i = 0; i < journal->plan.step_count; i++)
		if (journal->plan.steps[i].action == action &&
		    strcmp(journal->plan.steps[i].value, value) == 0 &&
		    journal->steps[i].state != STEP_NONE)
			return true;
	return false;
}

static bool any_is_missing(const struct execution *execution)
{
	const struct plan *plan = &execution->journal->plan;
	_autoarena_ struct arena *arena = arena_new();

	for (size_t i = 0; i < plan->target_count; i++) {
		struct target now;
		struct target_look look =
			find_again(execution->host->root, &plan->targets[i], arena, &now);

		if (look.state == LOOK_GONE || look.state == LOOK_OTHER)
			return true;
	}
	return false;
}

/* The result of the write tells nothing: which devices were found, a look at each tells. */
static int search_bus(struct execution *execution, size_t index, struct error *e)
{
	int result;

	if (!any_is_missing(execution))
		return 0;
	result = journal_note(execution->journal, index, STEP_BEGUN, 0, e);
	if (result < 0)
		return result;
	result = step_write(execution, index, false, e);
	if (result < 0)
		return result == -EINPROGRESS ? result
					      : note_failed_step(execution, index, result, e);
	return journal_note(execution->journal, index, STEP_DONE, 0, e);
}

/* Write a step's value to its file at the present address of the target. */
static int write_at(struct execution *execution, size_t index, const struct writing *writing,
		    const struct target *now, struct error *e)
{
	char what[512];

	if (writing->action == ACTION_PROBE)
		snprintf(what, sizeof(what), "bind a driver to %s", now->label);
	else
		snprintf(what, sizeof(what), "set driver_override of %s to %s", now->label,
			 writing->value);
	return step_write_other(execution, index, false, writing, what, e);
}

static int set_override(struct execution *execution, size_t index, struct error *e)
{
	struct journal *journal = execution->journal;
	const struct step *step = &journal->plan.steps[index];
	_autoarena_ struct arena *arena = arena_new();
	struct target now;
	struct target_look look =
		find_again(execution->host->root, step_target(journal, step), arena, &now);
	const struct writing writing = {ACTION_OVERRIDE,
					arena_concat(arena, now.path, "/", "driver_override"),
					step->value};
	int result;

	if (look.state == LOOK_GONE || look.state == LOOK_OTHER ||
	    (look.state == LOOK_CLEAR && same_text(look.driver_override, step->value)))
		return 0;
	result = journal_note(journal, index, STEP_BEGUN, 0, e);
	if (result < 0)
		return result;
	result = write_at(execution, index, &writing, &now, e);
	if (result == -EINPROGRESS)
		return result;
	look = look_target(execution->host->root, &now, arena);
	if (look.state != LOOK_CLEAR || !same_text(look.driver_override, step->value))
		return note_failed_step(execution, index, result < 0 ? result : -EPROTO, e);
	return journal_note(journal, index, STEP_DONE, 0, e);
}

/* drivers_probe reports success where no driver was bound: a look at the end tells. */
static int bind_driver(struct execution *execution, size_t index, struct error *e)
{
	struct journal *journal = execution->journal;
	const struct step *step = &journal->plan.steps[index];
	const struct target *target = step_target(journal, step);
	_autoarena_ struct arena *arena = arena_new();
	struct target now;
	struct target_look look = find_again(execution->host->root, target, arena, &now);
	const struct writing writing = {ACTION_PROBE, step->file, now.name};
	int result;

	/* Without its override the device would be bound to another driver. */
	if (look.state != LOOK_CLEAR || look.driver ||
	    !same_text(look.driver_override, target->driver_override))
		return 0;
	result = journal_note(journal, index, STEP_BEGUN, 0, e);
	if (result < 0)
		return result;
	result = write_at(execution, index, &writing, &now, e);
	if (result == -EINPROGRESS)
		return result;
	if (result < 0 && target->driver)
		return note_failed_step(execution, index, result, e);
	return journal_note(journal, index, STEP_DONE, 0, e);
}

/*
 * Carry out a step after the removals. Autoprobe is switched off again while a device is missing,
 * and is switched on only if the plan's first step switched it off.
 */
static int go_on_with(struct execution *execution, size_t index, struct error *e)
{
	const struct journal *journal = execution->journal;
	const struct step *step = &journal->plan.steps[index];
	bool removed = was_begun(journal, ACTION_REMOVE, "1");
	bool held = was_begun(journal, ACTION_AUTOPROBE, "0");

	switch (step->action) {
	case ACTION_AUTOPROBE:
		if (!held ||
		    (strcmp(step->value, "0") == 0 && (!removed || !any_is_missing(execution))))
			return 0;
		return write_switch(execution, index, e);
	case ACTION_RESCAN:
		return removed ? search_bus(execution, index, e) : 0;
	case ACTION_OVERRIDE:
		return removed ? set_override(execution, index, e) : 0;
	case ACTION_PROBE:
		return removed ? bind_driver(execution, index, e) : 0;
	default:
		return 0;
	}
}

/* The device is back, with the driver that it had; one that had none may have any. */
static bool is_back(const struct target *target, const struct target_look *look)
{
	return look->state == LOOK_CLEAR &&
	       same_text(look->driver_override, target->driver_override) &&
	       (!target->driver || same_text(look->driver, target->driver));
}

static int say_missing(const struct target *target, const struct target_look *look, struct error *e)
{
	char words[400];

	look_describe(target, look, words, sizeof(words));
	if (look->state == LOOK_GONE)
		error_set(e, ERROR_UNFINISHED, 0, "%s did not come back", target->label);
	else if (look->state == LOOK_CLEAR)
		error_set(e, ERROR_UNFINISHED, 0, "%s; before, it had %s%s and %s%s", words,
			  target->driver ? "the driver " : "no driver",
			  target->driver ? target->driver : "",
			  target->driver_override ? "the override " : "no override",
			  target->driver_override ? target->driver_override : "");
	else
		error_set(e, ERROR_UNFINISHED, 0, "%s", words);
	snprintf(e->device, sizeof(e->device), "%s", target->label);
	snprintf(e->evidence, sizeof(e->evidence), "%s", target->path);
	return -ENODEV;
}

static int judge_targets(const struct execution *execution, struct arena *arena,
			 struct found_again *found, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	int result = 0;

	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];
		struct target_look look =
			find_again(execution->host->root, target, arena, &found->targets[i]);
		bool lost = look.state == LOOK_GONE || look.state == LOOK_OTHER;

		if (is_back(target, &look))
			continue;
		found->lost += lost;
		found->changed += !lost;
		if (result == 0)
			result = say_missing(&found->targets[i], &look, e);
	}
	return result;
}

/*
 * True for a failed write that recover can repeat: not where the bus is gone, or where a probe is
 * deferred (EINVAL), which would keep the transaction open without end.
 */
static bool is_worth_repeating(enum action action, int cause)
{
	if (action == ACTION_RESCAN)
		return cause != -ENOENT;
	return action != ACTION_PROBE || cause != -EINVAL;
}

int rescan_find(struct execution *execution, struct arena *arena, struct found_again *ret_found,
		struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	struct found_again found = {
		.targets = arena_array(arena, plan->target_count, sizeof(*found.targets)),
		.removed = was_begun(execution->journal, ACTION_REMOVE, "1"),
	};
	struct error why;
	int result = 0;

	for (size_t i = 0; i < plan->step_count; i++) {
		int step = go_on_with(execution, i, &why);

		if (step == 0)
			continue;
		if (result == 0)
			*e = why;
		result = step;
		found.unwritten |= is_worth_repeating(plan->steps[i].action, step);
		/* While a write hangs, no other write is made. */
		if (step == -EINPROGRESS)
			break;
	}
	if (result != -EINPROGRESS) {
		int judged = judge_targets(execution, arena, &found, result < 0 ? &why : e);

		result = result < 0 ? result : judged;
	}
	if (result < 0)
		e->code = ERROR_UNFINISHED;
	*ret_found = found;
	return result;
}
