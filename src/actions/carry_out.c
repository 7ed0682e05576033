/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/transaction_parts.h"

#include "actions/audit.h"
#include "actions/execute_parts.h"
#include "actions/recheck.h"
#include "actions/signals.h"
#include "actions/vf_target.h"
#include "checks/viability.h"
#include "model/vfio_driver.h"

#include <errno.h>
#include <stdio.h>

/*
 * Check for the node that a guest opens: the group's node or, on kernels without those, the
 * device's own.
 */
static int check_vfio_nodes(const struct transaction *transaction, struct error *e)
{
	const struct plan *plan = &transaction->report->plan;

	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];
		const struct device *now = system_device(transaction->report->after, target->path);

		if (!target->new_driver || !driver_name_is_vfio(target->new_driver))
			continue;
		if (now && ((now->group && now->group->vfio_node) || now->vfio_cdev))
			continue;
		error_set(e, ERROR_ROLLED_BACK, 0,
			  "%s is bound to %s, but there is no VFIO node for it", target->label,
			  target->new_driver);
		snprintf(e->device, sizeof(e->device), "%s", target->label);
		return -ENODEV;
	}
	return 0;
}

/*
 * The checks before a move ask whether VFIO will open the group; of a virtual function that did not
 * exist only now the group is known.
 */
static int check_new_groups(const struct transaction *transaction, struct error *e)
{
	const struct plan *plan = &transaction->report->plan;
	const struct system *after = transaction->report->after;

	for (size_t i = 0; i < plan->target_count && transaction->handover.physical; i++) {
		const struct target *target = &plan->targets[i];
		const struct device *now = system_device(after, target->path);

		if (!target->new_driver || !driver_name_is_vfio(target->new_driver) || !now ||
		    !now->group || group_viable(viability_rule(after), now->group) != ANSWER_NO)
			continue;
		error_set(e, ERROR_ROLLED_BACK, 0,
			  "%s is in group %d, of which other members keep VFIO from opening it",
			  target->label, now->group->id);
		snprintf(e->device, sizeof(e->device), "%s", target->label);
		return -EPERM;
	}
	return 0;
}

/* Check that each group has the type that its step gave it. */
static int check_types(const struct transaction *transaction, struct error *e)
{
	const struct plan *plan = &transaction->report->plan;

	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = &plan->steps[i];
		int group = step->target < 0 ? -1 : plan->targets[step->target].group;

		if (step->action != ACTION_DOMAIN ||
		    step_type_is_set(transaction->host->root, step, step->value) > 0)
			continue;
		return error_set(e, ERROR_ROLLED_BACK, 0, "group %d lost the type that was set: %s",
				 group, step->value);
	}
	return 0;
}

/*
 * After the last step, check that every device is as its steps left it, that the nodes exist, and
 * that the groups did not change. A device may have been removed or replaced while others were
 * moved.
 */
static int look_again(struct transaction *transaction, const struct plan *plan, struct error *e)
{
	const struct change *change;
	char words[512];
	int result = report_after(transaction, plan, 0, e);

	change = result == 0 ? changes_judged(&transaction->report->changes) : NULL;
	if (change)
		return error_set(e, ERROR_ROLLED_BACK, 0, "%s", change->finding.message);
	if (result == 0 && !execute_looks_at_end(plan, transaction->looks, words, sizeof(words)))
		result = error_set(e, ERROR_ROLLED_BACK, 0,
				   "a device lost the driver or override that was set: %s", words);
	if (result == 0)
		result = check_types(transaction, e);
	if (result == 0)
		result = check_vfio_nodes(transaction, e);
	return result < 0 ? result : check_new_groups(transaction, e);
}

static bool has_failed(const struct journal *journal, enum action action)
{
	for (size_t i = 0; i < journal->plan.step_count; i++)
		if (journal->plan.steps[i].action == action &&
		    journal->steps[i].state == STEP_FAILED)
			return true;
	return false;
}

/*
 * True where the kernel refused the first write that would have changed the machine: the user may
 * not make it.
 */
static bool was_forbidden(const struct journal *journal, const struct error *e)
{
	if (e->cause != -EPERM && e->cause != -EACCES && e->cause != -EROFS)
		return false;
	/* The kernel says so of a group that a driver or a user of VFIO has (iommu.c). */
	if (e->cause == -EPERM && has_failed(journal, ACTION_DOMAIN))
		return false;
	for (size_t i = 0; i < journal->plan.step_count; i++)
		if (journal->steps[i].state == STEP_DONE && journal->plan.steps[i].undo_file)
			return false;
	return true;
}

/*
 * True where the journal file ends as @done asks: the end could neither be written nor cut off, and
 * the next iommuctl reads the file.  @done: the transaction is done; else recover has no work
 */
static bool journal_file_says(const struct transaction *transaction, bool done)
{
	_autoarena_ struct arena *arena = arena_new();
	struct journal *journal;
	struct error ignored;

	if (journal_load(transaction->store, arena, &journal, &ignored) < 0 || journal->torn)
		return false;
	return done ? journal->outcome == JOURNAL_DONE
		    : !journal_unfinished(journal, store_boot_id(transaction->store));
}

int leave_unfinished(struct execution *execution, struct error *e)
{
	struct error ignored;

	e->code = ERROR_UNFINISHED;
	if (!*e->remedy)
		error_remedy(e, "See to that, then run \"iommuctl recover\"");
	/*
	 * If the end of the journal cannot be written, a journal without an end has the same
	 * meaning.
	 */
	error_ignore(journal_end(execution->journal, JOURNAL_UNFINISHED, &ignored));
	return e->cause ? e->cause : -EIO;
}

/* Number of targets that existed, and did not exist any more in the last look. */
static size_t count_gone(const struct report *report, size_t count)
{
	size_t gone = 0;

	for (size_t i = 0; i < count; i++)
		gone += !vf_target_is_new(&report->plan.targets[i]) &&
			(report->moved[i].state == LOOK_GONE ||
			 report->moved[i].state == LOOK_OTHER);
	return gone;
}

/*
 * Set the message after an undo, from the look of report_after: it must not claim more than that
 * look showed.
 */
static void say_rolled_back(const struct report *report, size_t targets, struct error *e)
{
	const struct change *change = changes_judged(&report->changes);
	size_t gone = count_gone(report, targets);

	if (gone)
		error_add(e, "%zu of %zu devices could not be put back, as %s gone%s", gone,
			  targets, gone == 1 ? "it is" : "they are",
			  gone == targets ? ""
					  : "; the others have their former drivers and overrides");
	else if (change)
		error_add(
			e,
			"the devices have the drivers and overrides that they had before, but: %s",
			change->finding.message);
	else if (report->groups_stable == ANSWER_YES && report->network_count)
		error_add(e, "drivers, overrides and groups are as they were before; addresses and "
			     "routes of the interfaces may be missing");
	else if (report->groups_stable == ANSWER_YES)
		error_add(e, "everything is as it was before");
	else
		error_add(e, "the devices have the drivers and overrides that they had before; the "
			     "groups could not be compared");
}

int carry_back(struct transaction *transaction, struct execution *execution, struct error *e)
{
	const struct plan *plan = &execution->journal->plan;
	bool forbidden = was_forbidden(execution->journal, e);
	struct error why = {0}, ignored;
	char words[512];
	int result = execute_undo(execution, &why);
	bool hangs = result == -EINPROGRESS;

	if (result == 0 && !execute_at_start(execution, words, sizeof(words)))
		result = error_set(&why, ERROR_UNFINISHED, 0, "not everything is as it was: %s",
				   words);
	transaction->report->outcome = result < 0 ? OUTCOME_UNFINISHED : OUTCOME_ROLLED_BACK;
	transaction->undone = true;
	/* The report then lacks the machine afterwards; the outcome stands. */
	error_ignore(report_after(transaction, plan, hangs ? FACT_HOLDERS : 0, &ignored));
	if (result == -EAGAIN)
		report_deferral(transaction, &why);
	if (result < 0) {
		/*
		 * The error of a rollback that failed: the first failure stands first, the remedy
		 * is that of the second.
		 */
		error_wrap(&why, "%s; and it could not be undone", e->message);
		*e = why;
		if (hangs)
			report_holders(transaction, e);
		return leave_unfinished(execution, e);
	}
	/*
	 * If this cannot be saved, the file still has the state before the transaction; restore
	 * then
	 * takes the difference for a change by another tool, and refuses until that is waived.
	 */
	error_ignore(remember_left(transaction, plan, true, &ignored));
	error_ignore(remember_functions(transaction, plan, true, &ignored));
	e->code = forbidden ? ERROR_PERMISSION : ERROR_ROLLED_BACK;
	report_networks(transaction, execution->journal);
	say_rolled_back(transaction->report, plan->target_count, e);
	result = journal_end(execution->journal, JOURNAL_ROLLED_BACK, &why);
	if (result < 0 && !journal_file_says(transaction, false)) {
		*e = why;
		return leave_unfinished(execution, e);
	}
	forget_settled(transaction, plan);
	return e->cause ? e->cause : -EIO;
}

static int finish_transaction(struct transaction *transaction, struct execution *execution,
			      struct error *e)
{
	int result = remember_left(transaction, &execution->journal->plan, false, e);

	if (result == 0)
		result = remember_functions(transaction, &execution->journal->plan, false, e);
	if (result == 0)
		result = journal_end(execution->journal, JOURNAL_DONE, e);
	if (result < 0 && journal_file_says(transaction, true)) {
		*e = (struct error){0};
		result = 0;
	}
	if (result < 0)
		return result;
	transaction->report->outcome = OUTCOME_DONE;
	report_networks(transaction, execution->journal);
	forget_settled(transaction, &execution->journal->plan);
	return 0;
}

int leave_pending(struct transaction *transaction, struct execution *execution, struct error *e)
{
	struct error ignored;

	transaction->report->outcome = OUTCOME_UNFINISHED;
	/* If this look fails, the report shows no device afterwards; the outcome stands. */
	error_ignore(report_after(transaction, &execution->journal->plan, FACT_HOLDERS, &ignored));
	report_holders(transaction, e);
	return leave_unfinished(execution, e);
}

static int run_steps(struct transaction *transaction, struct execution *execution, struct error *e)
{
	int result = execute_forward(execution, e);

	if (result == 0)
		result = look_again(transaction, &execution->journal->plan, e);
	if (result == 0)
		result = finish_transaction(transaction, execution, e);
	if (result == -EINPROGRESS)
		return leave_pending(transaction, execution, e);
	if (result == -EAGAIN)
		report_deferral(transaction, e);
	/*
	 * Release the disks: a driver that is bound again registers them under their old names,
	 * which must be free.
	 */
	recheck_end(execution->context);
	return result < 0 ? carry_back(transaction, execution, e) : 0;
}

static int refuse_other_machine(struct transaction *transaction, const char *words, struct error *e)
{
	transaction->report->outcome = OUTCOME_REFUSED;
	error_set(e, ERROR_REFUSED, 0, "the machine has changed since the plan was made: %s",
		  words);
	report_hung_writers(transaction, e);
	error_remedy(e, "Nothing was changed: try again");
	return -ESTALE;
}

static int begin_and_run(struct transaction *transaction, struct execution *execution,
			 struct error *e)
{
	struct report *report = transaction->report;
	char words[512];
	bool rescans = plan_rescans(&report->plan);
	int result = rescans ? 0 : remember_targets(transaction, e);

	if (result == 0)
		result = journal_begin(transaction->store, transaction->arena, &report->plan,
				       &execution->journal, e);
	if (result < 0)
		return result;
	if (!execute_at_start(execution, words, sizeof(words))) {
		journal_close(execution->journal);
		return refuse_other_machine(transaction, words, e);
	}
	signals_hold();
	audit_begin(transaction->host, execution->journal->number, &report->plan);
	result = rescans ? rescan_run(transaction, execution, e)
			 : run_steps(transaction, execution, e);
	audit_end(transaction->host, execution->journal->number, &report->plan,
		  outcome_name(report->outcome), result < 0 ? e->message : NULL);
	journal_close(execution->journal);
	return result;
}

int carry_out(struct transaction *transaction, struct error *e)
{
	struct recheck recheck;
	struct execution execution = {
		.host = transaction->host,
		.writer = {.host = transaction->host, .locks = transaction->locks},
		.before_unbind = recheck_target,
		.after_unbind = recheck_release,
		.context = &recheck,
	};
	int result = recheck_start(transaction, &recheck, e);

	if (result < 0) {
		transaction->report->outcome = OUTCOME_REFUSED;
		return result;
	}
	result = begin_and_run(transaction, &execution, e);
	writer_end(&execution.writer);
	recheck_end(&recheck);
	return result;
}
