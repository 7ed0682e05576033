/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/execute.h"

#include "actions/sight.h"
#include "actions/signals.h"
#include "actions/writer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

static const struct target *target_of(const struct journal *journal, const struct step *step)
{
	return step->target < 0 ? NULL : &journal->plan.targets[step->target];
}

/* "unbind 0000:01:00.0 from nvme": what a step is about, for messages. */
static void describe(const struct journal *journal, const struct step *step, bool undo, char *out,
		     size_t size)
{
	const struct target *target = target_of(journal, step);
	const char *label = target ? target->label : "";
	const char *value = undo ? step->undo_value : step->value;
	const char *driver = undo ? step->undo_driver : step->expect_driver;

	if (step->action == ACTION_LOAD)
		snprintf(out, size, "load the module %s", value);
	else if (step->action == ACTION_OVERRIDE && !*value)
		snprintf(out, size, "clear driver_override of %s", label);
	else if (step->action == ACTION_OVERRIDE)
		snprintf(out, size, "set driver_override of %s to %s", label, value);
	else if (driver)
		snprintf(out, size, "bind %s to %s", label, driver);
	else
		snprintf(out, size, "unbind %s from %s", label,
			 undo ? step->expect_driver : step->undo_driver);
}

static int fail(struct execution *execution, const struct step *step, bool undo, int cause,
		struct error *e)
{
	const struct target *target = target_of(execution->journal, step);
	const char *file = undo ? step->undo_file : step->file;
	char what[512];

	describe(execution->journal, step, undo, what, sizeof(what));
	error_set(e, undo ? ERROR_UNFINISHED : ERROR_ROLLED_BACK, cause == -EPROTO ? 0 : cause,
		  "cannot %s%s", what,
		  cause == -EPROTO ? ": the kernel reports success, and it is not so" : "");
	if (target)
		snprintf(e->device, sizeof(e->device), "%s", target->label);
	if (file)
		snprintf(e->evidence, sizeof(e->evidence), "%s", file);
	if (!undo && cause == -EAGAIN)
		error_remedy(e, "Its probe is deferred: \"iommuctl deferred %s\" says for what",
			     target ? target->label : "");
	return cause;
}

static int write_step(struct execution *execution, size_t index, bool undo, struct error *e)
{
	enum { RESET_MS = 200 };
	const struct step *step = &execution->journal->plan.steps[index];
	struct writing writing = {step->action, undo ? step->undo_file : step->file,
				  undo ? step->undo_value : step->value};
	char what[512], sentence[600];
	pid_t pid = 0;
	int status;

	describe(execution->journal, step, undo, what, sizeof(what));
	snprintf(sentence, sizeof(sentence), "still waiting for the kernel to %s", what);
	status = writer_run(execution->host, execution->lock, &writing, sentence, &pid);
	/* A group that is being reset takes no driver for a moment (iommu.c: resetting_domain). */
	if (status == -EBUSY && step->action == (undo ? ACTION_UNBIND : ACTION_BIND)) {
		poll(NULL, 0, RESET_MS);
		status = writer_run(execution->host, execution->lock, &writing, sentence, &pid);
	}
	if (status != -EINPROGRESS)
		return status;
	journal_note(execution->journal, index, undo ? STEP_UNDO_PENDING : STEP_PENDING, pid, e);
	error_set(e, ERROR_UNFINISHED, 0,
		  "the kernel has not come back from the attempt to %s; process %d waits for it",
		  what, pid);
	if (writing.file)
		snprintf(e->evidence, sizeof(e->evidence), "%s", writing.file);
	error_remedy(e, "End whoever uses the device, then run \"iommuctl recover\"");
	return status;
}

/* What must be so after a step, or after its undoing. */
static bool is_as_wanted(const struct sight *sight, const struct step *step, bool undo)
{
	if (sight->state != SIGHT_CLEAR)
		return false;
	if (step->action == ACTION_OVERRIDE)
		return same_text(sight->driver_override,
				 text_override(undo ? step->undo_value : step->value));
	return same_text(sight->driver, undo ? step->undo_driver : step->expect_driver);
}

static bool module_is_there(const struct root *root, const char *module)
{
	char path[PATH_SIZE], name[256];

	snprintf(name, sizeof(name), "%s", module);
	for (char *dash = name; (dash = strchr(dash, '-'));)
		*dash = '_';
	return text_join("/sys/module", name, path, sizeof(path)) && root_has(root, path) > 0;
}

/*
 * 0, or a negative errno where the step did not bring what it should; -EPROTO where the kernel said
 * yes and did nothing, or something else.
 */
static int verify(struct execution *execution, const struct step *step, int status)
{
	const struct root *root = execution->host->root;
	_autoarena_ struct arena *arena = arena_new();
	struct sight sight;

	if (step->action == ACTION_LOAD)
		return module_is_there(root, step->value) ? 0 : status < 0 ? status : -ENOENT;
	sight = sight_target(root, target_of(execution->journal, step), arena);
	if (is_as_wanted(&sight, step, false))
		return 0;
	if (status < 0)
		return status;
	if (sight.state != SIGHT_CLEAR)
		return sight.state == SIGHT_BUSY || sight.state == SIGHT_MOVING ? -EBUSY : -ENODEV;
	return -EPROTO;
}

/* A device that is not the one the plan was made for is never written to. */
static int check_identity(struct execution *execution, const struct step *step)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct target *target = target_of(execution->journal, step);
	struct sight sight;

	if (!target)
		return 0;
	sight = sight_target(execution->host->root, target, arena);
	if (sight.state == SIGHT_GONE || sight.state == SIGHT_OTHER)
		return -ENODEV;
	return sight.state == SIGHT_CLEAR ? 0 : -EBUSY;
}

static int do_step(struct execution *execution, size_t index, struct error *e)
{
	struct journal *journal = execution->journal;
	const struct step *step = &journal->plan.steps[index];
	int result = check_identity(execution, step);

	if (result < 0)
		return fail(execution, step, false, result, e);
	result = journal_note(journal, index, STEP_BEGUN, 0, e);
	if (result < 0)
		return result;
	result = write_step(execution, index, false, e);
	if (result == -EINPROGRESS)
		return result;
	result = verify(execution, step, result);
	if (result < 0) {
		struct error ignored;

		journal_note(journal, index, STEP_FAILED, result, &ignored);
		return fail(execution, step, false, result, e);
	}
	return journal_note(journal, index, STEP_DONE, 0, e);
}

static int stop_if_interrupted(struct error *e)
{
	int number = signals_caught();

	if (!number)
		return 0;
	error_set(e, ERROR_ROLLED_BACK, 0, "interrupted by %s", strsignal(number));
	return -EINTR;
}

int execute_forward(struct execution *execution, struct error *e)
{
	int result = stop_if_interrupted(e);

	for (size_t i = 0; i < execution->journal->plan.step_count && result == 0; i++) {
		result = do_step(execution, i, e);
		if (result == 0)
			result = stop_if_interrupted(e);
	}
	return result;
}

/* Nothing to do: the step's write never came, or somebody has taken it back. */
static bool needs_no_undo(const struct sight *sight, const struct step *step)
{
	if (sight->state == SIGHT_GONE || sight->state == SIGHT_OTHER ||
	    is_as_wanted(sight, step, true))
		return true;
	/* Only what this step bound is unbound. */
	return sight->state == SIGHT_CLEAR && step->action == ACTION_BIND &&
	       !same_text(sight->driver, step->expect_driver);
}

static int undo_write(struct execution *execution, size_t index, struct error *e)
{
	const struct step *step = &execution->journal->plan.steps[index];
	const struct target *target = target_of(execution->journal, step);
	_autoarena_ struct arena *arena = arena_new();
	struct sight sight = sight_target(execution->host->root, target, arena);
	int status;

	if (needs_no_undo(&sight, step))
		return 0;
	status = write_step(execution, index, true, e);
	if (status == -EINPROGRESS)
		return status;
	sight = sight_target(execution->host->root, target, arena);
	if (needs_no_undo(&sight, step))
		return 0;
	return fail(execution, step, true, status < 0 ? status : -EPROTO, e);
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
	result = undo_write(execution, index, e);
	if (result == 0)
		return journal_note(journal, index, STEP_UNDONE, 0, e);
	if (result != -EINPROGRESS)
		journal_note(journal, index, STEP_UNDO_FAILED, result, &ignored);
	return result;
}

int execute_undo(struct execution *execution, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	int result = 0, stuck = -1;

	for (size_t i = plan->step_count; i-- > 0;) {
		struct error why;
		int undone;

		/* Steps of one device stand together, and each needs those behind it undone. */
		if (plan->steps[i].target == stuck && stuck >= 0)
			continue;
		undone = undo_step(execution, i, &why);
		if (undone == 0)
			continue;
		if (result == 0)
			*e = why;
		result = undone;
		stuck = plan->steps[i].target;
		/* While a write hangs, nobody writes. */
		if (undone == -EINPROGRESS)
			break;
	}
	return result;
}

static bool all_are(const struct execution *execution, bool end)
{
	const struct plan *plan = &execution->journal->plan;
	_autoarena_ struct arena *arena = arena_new();

	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];
		struct sight sight = sight_target(execution->host->root, target, arena);

		if (!end && (sight.state == SIGHT_GONE || sight.state == SIGHT_OTHER))
			continue;
		if (sight.state != SIGHT_CLEAR ||
		    !same_text(sight.driver, end ? target->new_driver : target->driver) ||
		    !same_text(sight.driver_override,
			       end ? target->new_override : target->driver_override))
			return false;
	}
	return true;
}

bool execute_at_start(const struct execution *execution)
{
	return all_are(execution, false);
}

bool execute_at_end(const struct execution *execution)
{
	return all_are(execution, true);
}
