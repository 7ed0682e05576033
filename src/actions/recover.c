/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recovery uses the ordinary undo: the journal has the plan and its progress, and undo looks before
 * it writes. Only a transaction of which nothing but the end is missing is finished instead.
 */
#include "actions/transaction_parts.h"

#include "actions/execute_parts.h"

#include "actions/audit.h"
#include "actions/lock.h"
#include "actions/recover_check.h"
#include "actions/signals.h"
#include "base/process.h"
#include "sources/read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* True for the last step if its write was made or not, and could not be undone (step_is_lasting).
 */
static bool may_be_done(const struct journal *journal, size_t step)
{
	return step + 1 == journal->plan.step_count && journal->steps[step].state == STEP_BEGUN &&
	       step_is_lasting(&journal->plan, &journal->plan.steps[step]);
}

/* True where every step was done and verified, and none was undone. */
static bool lacks_only_its_end(const struct journal *journal)
{
	for (size_t i = 0; i < journal->plan.step_count; i++)
		if (journal->steps[i].state != STEP_DONE && !may_be_done(journal, i))
			return false;
	return journal->outcome == JOURNAL_OPEN;
}

/*
 * This process has the lock, so no writer that inherited it is alive; but a writer that has closed
 * its copy may be.
 */
static int refuse_pending(const struct transaction *transaction, const struct journal *journal,
			  struct error *e)
{
	for (size_t i = 0; i < journal->plan.step_count; i++) {
		const struct step_progress *progress = &journal->steps[i];

		if (!progress->pid ||
		    !process_lives(transaction->host->root, progress->pid, progress->start_time))
			continue;
		error_set(e, ERROR_UNFINISHED, 0, "a write of process %d is still pending",
			  progress->pid);
		error_remedy(e, "End the process that uses the device, then run \"iommuctl "
				"recover\" again");
		return -EINPROGRESS;
	}
	return 0;
}

static int go_on(struct transaction *transaction, struct execution *execution, struct error *e)
{
	struct journal *journal = execution->journal;
	int result = refuse_pending(transaction, journal, e);

	if (result < 0) {
		transaction->report->outcome = OUTCOME_UNFINISHED;
		return result;
	}
	if (plan_rescans(&journal->plan))
		return rescan_recover(transaction, execution, e);
	if (lacks_only_its_end(journal) && execute_at_end(execution, NULL, 0)) {
		result = remember_left(transaction, &journal->plan, false, e);
		if (result == 0)
			result = remember_functions(transaction, &journal->plan, false, e);
		if (result == 0)
			result = journal_end(journal, JOURNAL_DONE, e);
		transaction->report->outcome = result < 0 ? OUTCOME_UNFINISHED : OUTCOME_DONE;
		if (result < 0)
			return result;
		report_networks(transaction, journal);
		forget_settled(transaction, &journal->plan);
		return report_after(transaction, &journal->plan, 0, e);
	}
	error_set(e, ERROR_ROLLED_BACK, 0, "\"%s\" was interrupted", journal->plan.verb);
	result = carry_back(transaction, execution, e);
	/* The user asked to recover: a rolled back transaction is success here. */
	if (e->code != ERROR_ROLLED_BACK)
		return result;
	*e = (struct error){0};
	return 0;
}

static int resume_journal(struct transaction *transaction, struct journal *journal, struct error *e)
{
	struct execution execution = {
		.host = transaction->host,
		.journal = journal,
		.writer = {.host = transaction->host, .locks = transaction->locks},
		.before_undo = recover_check,
		.context = (void *)transaction->host,
	};
	int result = journal_resume(transaction->store, journal, e);

	if (result < 0)
		return result;
	transaction->report->plan = journal->plan;
	signals_hold();
	audit_begin(transaction->host, journal->number, &journal->plan);
	result = go_on(transaction, &execution, e);
	writer_end(&execution.writer);
	audit_end(transaction->host, journal->number, &journal->plan,
		  outcome_name(transaction->report->outcome), result < 0 ? e->message : NULL);
	journal_close(journal);
	return result;
}

/* The document has a host also where nothing else of the machine is read. */
static int read_host(struct transaction *transaction, struct error *e)
{
	return system_read(transaction->host->root, 0, &transaction->report->before, e);
}

/* The journal of an unfinished transaction, or NULL. */
static int load_unfinished(struct transaction *transaction, struct journal **ret_journal,
			   struct error *e)
{
	struct journal *journal;
	int result = journal_load(transaction->store, transaction->arena, &journal, e);

	if (result < 0 && result != -ENOENT)
		return result;
	if (result == 0 && journal_unfinished(journal, store_boot_id(transaction->store))) {
		*ret_journal = journal;
		return 0;
	}
	*ret_journal = NULL;
	return 0;
}

static int recover(struct transaction *transaction, struct error *e)
{
	struct journal *journal = NULL;
	int result = transaction_open(transaction, transaction->host->timeout_ms, e);

	if (result == 0)
		result = load_unfinished(transaction, &journal, e);
	if (result < 0)
		return result;
	if (journal)
		return resume_journal(transaction, journal, e);
	transaction->report->outcome = OUTCOME_NOTHING_TO_DO;
	return read_host(transaction, e);
}

/* Without a folder of the store no transaction was made in this boot. */
static int find_unfinished(struct transaction *transaction, struct error *e)
{
	const struct host *host = transaction->host;
	struct error none = {0};
	struct journal *journal = NULL;
	int result = store_open(host->root, false, &transaction->store, &none);

	if (result == -ENOENT)
		return read_host(transaction, e);
	if (result < 0) {
		*e = none;
		return result;
	}
	result = load_unfinished(transaction, &journal, e);
	if (result < 0)
		return result;
	if (journal)
		transaction->report->plan = journal->plan;
	return read_host(transaction, e);
}

int transaction_find_unfinished(const struct host *host, struct arena *arena,
				struct report *ret_report, struct error *e)
{
	struct transaction transaction = {
		.host = host, .arena = arena, .locks = NO_LOCKS, .report = ret_report};
	int result;

	*ret_report = (struct report){.groups_stable = ANSWER_YES};
	result = find_unfinished(&transaction, e);
	transaction_close(&transaction);
	return result;
}

int transaction_recover(const struct host *host, struct arena *arena, struct report *ret_report,
			struct error *e)
{
	struct transaction transaction = {
		.host = host, .arena = arena, .locks = NO_LOCKS, .report = ret_report};
	int result;

	*ret_report = (struct report){.groups_stable = ANSWER_YES};
	result = recover(&transaction, e);
	transaction_close(&transaction);
	return result;
}
