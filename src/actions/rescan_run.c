/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A transaction that removes devices and finds them again: carried out, and recovered. */
#include "actions/transaction_parts.h"

#include "actions/recheck.h"
#include "actions/rescan_steps.h"
#include "actions/signals.h"

#include <errno.h>
#include <string.h>

/* The plan with its targets where they are now. */
static struct plan plan_of_now(const struct plan *plan, const struct found_again *found)
{
	struct plan now = *plan;

	now.targets = found->targets;
	return now;
}

/* Let the memory follow the devices to their new addresses, so that restore finds them. */
static int follow_in_memory(struct transaction *transaction, const struct plan *plan,
			    const struct found_again *found, struct error *e)
{
	bool moved = false;

	for (size_t i = 0; i < plan->target_count; i++)
		moved |= memory_follow(transaction->memory, &plan->targets[i], &found->targets[i]);
	return moved ? memory_save(transaction->memory, transaction->store, e) : 0;
}

/* Record the end; where that fails, a journal without an end has recover repeat it all. */
static int end_rescan(struct transaction *transaction, struct execution *execution,
		      const struct found_again *found, enum journal_state state, struct error *e)
{
	int result = follow_in_memory(transaction, &execution->journal->plan, found, e);

	if (result == 0)
		result = journal_end(execution->journal, state, e);
	if (result < 0)
		return leave_unfinished(execution, e);
	return 0;
}

static void say_what_recover_does(struct error *e)
{
	error_remedy(e, "See that the device has power and is in its slot; \"iommuctl recover\" "
			"looks once more, and closes the transaction in any case");
}

static int leave_missing(struct transaction *transaction, struct execution *execution,
			 const struct found_again *found, struct error *e)
{
	struct error ignored;

	/* Devices that are back are remembered at their new addresses, also if others are lost. */
	error_ignore(follow_in_memory(transaction, &execution->journal->plan, found, &ignored));
	transaction->report->outcome = OUTCOME_UNFINISHED;
	say_what_recover_does(e);
	return leave_unfinished(execution, e);
}

/* The removal failed or was interrupted, and the devices are there with their drivers. */
static int end_rolled_back(struct transaction *transaction, struct execution *execution,
			   const struct found_again *found, struct error *e)
{
	struct error why;
	int cause = e->cause ? e->cause : -EIO;

	if (end_rescan(transaction, execution, found, JOURNAL_ROLLED_BACK, &why) < 0) {
		*e = why;
		transaction->report->outcome = OUTCOME_UNFINISHED;
		return cause;
	}
	transaction->report->outcome = OUTCOME_ROLLED_BACK;
	e->code = ERROR_ROLLED_BACK;
	error_add(e, "%s",
		  found->removed
			  ? "all devices are there, with the drivers and overrides that they had"
			  : "nothing was removed");
	return cause;
}

/* The promise holds for a rescan too, but for the numbers of groups. */
static int check_groups(struct transaction *transaction, struct error *e)
{
	const struct change *change = changes_judged(&transaction->report->changes);

	if (!change)
		return 0;
	return error_set(e, ERROR_UNFINISHED, 0, "the devices are back, but: %s",
			 change->finding.message);
}

static int end_done(struct transaction *transaction, struct execution *execution,
		    const struct found_again *found, int compared, struct error *e)
{
	int result = compared < 0 ? compared : check_groups(transaction, e);

	if (result < 0)
		return leave_missing(transaction, execution, found, e);
	result = end_rescan(transaction, execution, found, JOURNAL_DONE, e);
	transaction->report->outcome = result < 0 ? OUTCOME_UNFINISHED : OUTCOME_DONE;
	if (result == 0)
		report_networks_of_plan(transaction);
	return result;
}

int rescan_run(struct transaction *transaction, struct execution *execution, struct error *e)
{
	struct plan *plan = &transaction->report->plan;
	struct found_again found;
	struct error why = {0}, ignored;
	int failed = rescan_remove(execution, e), back, compared;

	if (failed == -EINPROGRESS)
		return leave_pending(transaction, execution, e);
	/* A driver that is bound again registers disks under their old names, which must be free.
	 */
	recheck_end(execution->context);
	back = rescan_find(execution, transaction->arena, &found, &why);
	if (back == -EINPROGRESS) {
		*e = why;
		return leave_pending(transaction, execution, e);
	}
	if (failed == 0)
		failed = execute_interrupted(e);
	*plan = plan_of_now(plan, &found);
	/* After a failure, its own error is told and not one of the comparison. */
	compared = report_after(transaction, plan, 0, back < 0 || failed < 0 ? &ignored : e);
	if (back < 0) {
		if (failed < 0)
			error_wrap(&why, "%s; and then", e->message);
		*e = why;
		return leave_missing(transaction, execution, &found, e);
	}
	if (failed < 0)
		return end_rolled_back(transaction, execution, &found, e);
	return end_done(transaction, execution, &found, compared, e);
}

/* Nothing that recover could do brings the devices back: close the journal, and say so. */
static int end_lost(struct transaction *transaction, struct execution *execution,
		    const struct found_again *found, struct error *e)
{
	struct error why;
	int result = end_rescan(transaction, execution, found, JOURNAL_LOST, &why);

	if (result < 0) {
		*e = why;
		transaction->report->outcome = OUTCOME_UNFINISHED;
		return result;
	}
	transaction->report->outcome = OUTCOME_LOST;
	e->code = ERROR_IO;
	error_add(e, "this is recorded, and nothing is left to recover");
	error_remedy(e, "A device that comes back later is bound as any new device");
	return -ENODEV;
}

int rescan_recover(struct transaction *transaction, struct execution *execution, struct error *e)
{
	struct plan *plan = &transaction->report->plan;
	struct found_again found;
	struct error ignored;
	int result = rescan_find(execution, transaction->arena, &found, e);

	if (result == -EINPROGRESS)
		return leave_pending(transaction, execution, e);
	*plan = plan_of_now(plan, &found);
	/* The report then lacks the machine afterwards; the outcome stands. */
	error_ignore(report_after(transaction, plan, 0, &ignored));
	if (result < 0 && !found.unwritten)
		return end_lost(transaction, execution, &found, e);
	if (result < 0)
		return leave_missing(transaction, execution, &found, e);
	result = end_rescan(transaction, execution, &found,
			    found.removed ? JOURNAL_DONE : JOURNAL_ROLLED_BACK, e);
	transaction->report->outcome = result < 0      ? OUTCOME_UNFINISHED
				       : found.removed ? OUTCOME_DONE
						       : OUTCOME_ROLLED_BACK;
	return result;
}
