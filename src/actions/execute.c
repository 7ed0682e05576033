/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/execute_parts.h"

#include "actions/signals.h"
#include "actions/vf_target.h"
#include "base/text.h"
#include "model/domain_type.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * True where a step was to take its driver from a virtual function that is removed next, and that
 * another process has removed already.
 */
static bool is_removed_early(const struct target_look *look, const struct step *step,
			     const struct target *target)
{
	return look->state == LOOK_GONE && target && vf_target_is(target) &&
	       (step->action == ACTION_UNBIND ||
		(step->action == ACTION_OVERRIDE && strcmp(step->value, OVERRIDE_NONE) == 0));
}

/*
 * Whether a device is as the step should leave it. After an unbind it has no driver, or already the
 * new one: with the override set, any probe binds the new driver.
 */
static bool is_step_done(const struct target_look *look, const struct step *step,
			 const struct target *target)
{
	if (look->state != LOOK_CLEAR)
		return is_removed_early(look, step, target);
	if (step->action == ACTION_OVERRIDE)
		return same_text(look->driver_override, text_override(step->value));
	return same_text(look->driver, step->expect_driver) ||
	       (step->action == ACTION_UNBIND && same_text(look->driver, target->new_driver) &&
		!same_text(look->driver, step->undo_driver));
}

static bool module_is_there(const struct root *root, const char *module)
{
	char path[PATH_SIZE];

	if (root_path(root, path, "/sys/module/%s", module) < 0)
		return false;
	for (char *dash = path; (dash = strchr(dash, '-'));)
		*dash = '_';
	return root_has(root, path) > 0;
}

/*
 * The look that verified the last step. Where the next step is about the same device, nothing was
 * written since, and that look is also the check before the write.  @target: NULL none
 */
struct last_look {
	struct arena *arena;
	const struct target *target;
	struct target_look look;
};

static void look_at_step(struct execution *execution, const struct step *step,
			 struct last_look *last)
{
	last->target = step_target(execution->journal, step);
	last->look = look_target(execution->host->root, last->target, last->arena);
}

static int verify_switch(struct execution *execution, const struct step *step, int status)
{
	int read = step->action == ACTION_DOMAIN
			   ? step_type_is_set(execution->host->root, step, step->value)
			   : look_switch(execution->host->root, step->file, step->value);

	if (read > 0 && (status == 0 || strcmp(step->value, DOMAIN_TYPE_AUTO) != 0))
		return 0;
	return status < 0 ? status : read < 0 ? read : -EPROTO;
}

static int verify_owner(struct execution *execution, const struct step *step, int status)
{
	int holds = step_owner_is_set(execution->host->root, &execution->journal->plan, step,
				      step->value);

	if (holds > 0)
		return 0;
	return status < 0 ? status : holds < 0 ? holds : -EPROTO;
}

/*
 * Compare the device with the step's expectation. Returns 0, or a negative errno where it differs;
 * -EPROTO where the kernel reported success.
 */
static int verify(struct execution *execution, const struct step *step, int status,
		  struct last_look *last)
{
	enum look_state state;

	if (step->action == ACTION_LOAD) {
		/* A module that is loaded binds devices. */
		last->target = NULL;
		return module_is_there(execution->host->root, step->value) ? 0
		       : status < 0					   ? status
									   : -ENOENT;
	}
	if (step->action == ACTION_OWNER) {
		/* udev handles events of the device meanwhile. */
		last->target = NULL;
		return verify_owner(execution, step, status);
	}
	if (action_is_switch(step->action)) {
		/* Virtual functions have come or gone, or the group has another domain. */
		last->target = NULL;
		return verify_switch(execution, step, status);
	}
	look_at_step(execution, step, last);
	if (is_step_done(&last->look, step, last->target))
		return 0;
	if (status < 0)
		return status;
	state = last->look.state;
	if (state != LOOK_CLEAR)
		return state == LOOK_BUSY || state == LOOK_MOVING ? -EBUSY : -ENODEV;
	return -EPROTO;
}

/*
 * Check that there are as many virtual functions as before, or already as many as the step makes;
 * of any other number it is unknown whether they are in use.
 */
static int check_count(struct execution *execution, const struct step *step, bool *ret_done)
{
	const struct root *root = execution->host->root;
	int before = look_switch(root, step->undo_file, step->undo_value), after;

	if (before)
		return before < 0 ? before : 0;
	after = look_switch(root, step->file, step->value);
	*ret_done = after > 0;
	return after < 0 ? after : after ? 0 : -ESTALE;
}

/*
 * Check that the device is the one for which the plan was made: no other is ever written to.
 * @ret_done: the write is not needed: a probe by another process has already bound the new driver
 */
static int check_identity(struct execution *execution, const struct step *step,
			  struct last_look *last, bool *ret_done)
{
	const struct target *target = step_target(execution->journal, step);
	const struct target_look *look = &last->look;

	*ret_done = false;
	if (!target)
		return 0;
	if (last->target != target)
		look_at_step(execution, step, last);
	*ret_done = is_removed_early(look, step, target);
	if (*ret_done)
		return 0;
	if (look->state == LOOK_GONE || look->state == LOOK_OTHER)
		return -ENODEV;
	*ret_done = step->action == ACTION_BIND && is_step_done(look, step, target);
	if (look->state != LOOK_CLEAR)
		return -EBUSY;
	return step->action == ACTION_VF_COUNT ? check_count(execution, step, ret_done) : 0;
}

static int write_and_verify(struct execution *execution, size_t index, struct last_look *last,
			    struct error *e)
{
	struct journal *journal = execution->journal;
	const struct step *step = &journal->plan.steps[index];
	int result = step_write(execution, index, false, e);
	struct error ignored;

	if (result == -EINPROGRESS)
		return result;
	result = verify(execution, step, result, last);
	if (result == 0)
		return 0;
	/* A step that is begun and has no end is undone like one that failed. */
	error_ignore(journal_note(journal, index, STEP_FAILED, result, &ignored));
	return step_failed(execution, step, false, result, e);
}

/* The last look comes after "begin" in the journal, so that only the write follows it. */
static int unbind_and_verify(struct execution *execution, size_t index, struct last_look *last,
			     struct error *e)
{
	size_t target = (size_t)execution->journal->plan.steps[index].target;
	struct error ignored;
	int result = execution->before_unbind(execution->context, target, e);

	/* A step that is begun and has no end is undone like one that failed. */
	if (result < 0)
		error_ignore(
			journal_note(execution->journal, index, STEP_FAILED, result, &ignored));
	else
		result = write_and_verify(execution, index, last, e);
	execution->after_unbind(execution->context, target);
	return result;
}

static int do_step(struct execution *execution, size_t index, struct last_look *last,
		   struct error *e)
{
	struct journal *journal = execution->journal;
	const struct step *step = &journal->plan.steps[index];
	bool done;
	int result = check_identity(execution, step, last, &done);

	if (result < 0)
		return step_failed(execution, step, false, result, e);
	result = journal_note(journal, index, STEP_BEGUN, 0, e);
	if (result == 0 && step->action == ACTION_UNBIND && !done)
		result = unbind_and_verify(execution, index, last, e);
	else if (result == 0 && !done)
		result = write_and_verify(execution, index, last, e);
	return result < 0 ? result : journal_note(journal, index, STEP_DONE, 0, e);
}

int execute_interrupted(struct error *e)
{
	int number = signals_caught();

	if (!number)
		return 0;
	error_set(e, ERROR_ROLLED_BACK, 0, "interrupted by %s", strsignal(number));
	return -EINTR;
}

int execute_forward(struct execution *execution, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	struct last_look last = {.arena = arena};
	int result = execute_interrupted(e);

	for (size_t i = 0; i < execution->journal->plan.step_count && result == 0; i++) {
		const struct step *step = &execution->journal->plan.steps[i];
		bool ends = i + 1 == execution->journal->plan.step_count &&
			    step_is_lasting(&execution->journal->plan, step);

		result = do_step(execution, i, &last, e);
		/* All is done then, and could not be undone. */
		if (result == 0 && !ends)
			result = execute_interrupted(e);
	}
	return result;
}

static bool is_at(const struct target_look *look, const struct target *target, bool end)
{
	if (!end && (look->state == LOOK_GONE || look->state == LOOK_OTHER))
		return true;
	/* A function that is gone, or made without a driver to bind, is as the kernel wants. */
	if (end && vf_target_is(target) && !target->new_driver && !target->new_override)
		return look->state != LOOK_CLEAR || !look->driver_override;
	return look->state == LOOK_CLEAR &&
	       same_text(look->driver, end ? target->new_driver : target->driver) &&
	       same_text(look->driver_override,
			 end ? target->new_override : target->driver_override);
}

/*
 * Whether the type or the owner that a step sets is that of the plan's end or start; a type that
 * lasts may be either at the start.
 */
static bool setting_is_at(const struct execution *execution, const struct step *step, bool end)
{
	const struct plan *plan = &execution->journal->plan;
	const struct root *root = execution->host->root;
	const char *value = end ? step->value : step->undo_value;

	if (step->action == ACTION_OWNER)
		return step_owner_is_set(root, plan, step, value) > 0;
	return step->action != ACTION_DOMAIN || step_type_is_set(root, step, value) > 0 ||
	       (!end && step_is_lasting(plan, step));
}

static void describe_setting(const struct target *target, const struct step *step, bool end,
			     char *ret_words, size_t size)
{
	if (step->action == ACTION_OWNER)
		snprintf(ret_words, size, "the VFIO nodes of %s have another owner", target->label);
	else
		snprintf(ret_words, size, "group %d has not the type %s", target->group,
			 end ? step->value : step->undo_value);
}

static bool all_settings_are_at(const struct execution *execution, bool end, char *ret_words,
				size_t size)
{
	const struct plan *plan = &execution->journal->plan;

	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = &plan->steps[i];

		if (setting_is_at(execution, step, end))
			continue;
		if (ret_words)
			describe_setting(&plan->targets[step->target], step, end, ret_words, size);
		return false;
	}
	return true;
}

static bool all_are_at(const struct execution *execution, bool end, char *ret_words, size_t size)
{
	const struct plan *plan = &execution->journal->plan;
	_autoarena_ struct arena *arena = arena_new();

	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];
		struct target_look look = look_target(execution->host->root, target, arena);

		if (is_at(&look, target, end))
			continue;
		if (ret_words)
			look_describe(target, &look, ret_words, size);
		return false;
	}
	return all_settings_are_at(execution, end, ret_words, size);
}

bool execute_at_start(const struct execution *execution, char *ret_words, size_t size)
{
	return all_are_at(execution, false, ret_words, size);
}

bool execute_at_end(const struct execution *execution, char *ret_words, size_t size)
{
	return all_are_at(execution, true, ret_words, size);
}

bool execute_looks_at_end(const struct plan *plan, const struct target_look *looks, char *ret_words,
			  size_t size)
{
	for (size_t i = 0; i < plan->target_count; i++) {
		if (is_at(&looks[i], &plan->targets[i], true))
			continue;
		look_describe(&plan->targets[i], &looks[i], ret_words, size);
		return false;
	}
	return true;
}
