/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/transaction_parts.h"

#include "actions/lock.h"
#include "actions/rescan.h"
#include "actions/vfs.h"
#include "model/vfio_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

static int open_store(struct transaction *transaction, bool create, struct error *e)
{
	int result = store_open(transaction->host->root, create, &transaction->store, e);

	/* A dry run works without a store: it may not exist or not be readable. */
	if (create || (result < 0 && result != -ENOENT && result != -EACCES))
		return result;
	if (result < 0)
		*e = (struct error){0};
	return 0;
}

static int load_memory(struct transaction *transaction, struct error *e)
{
	struct memory *memory;
	int result;

	if (transaction->store) {
		result = memory_load(transaction->store, transaction->arena, &memory, e);
		if (result < 0)
			return result;
	} else {
		memory = arena_alloc(transaction->arena, sizeof(*memory));
		memory->arena = transaction->arena;
	}
	transaction->memory = memory;
	return 0;
}

static void report_lock_gap(const struct transaction *transaction)
{
	char words[256];

	if (transaction->host->tell && lock_has_gap(transaction->locks, words, sizeof(words)))
		transaction->host->tell(words);
}

int transaction_open(struct transaction *transaction, int lock_timeout_ms, struct error *e)
{
	bool dry_run = transaction->request && transaction->request->dry_run;
	struct lock_holder holder;
	int result = open_store(transaction, !dry_run, e);

	if (result == 0 && !dry_run) {
		result = lock_take(transaction->store, lock_timeout_ms, transaction->locks, &holder,
				   e);
		if (result == 0)
			report_lock_gap(transaction);
	}
	return result < 0 ? result : load_memory(transaction, e);
}

void transaction_close(struct transaction *transaction)
{
	for (size_t i = 0; i < ARRAY_SIZE(transaction->locks); i++)
		cleanup_close(&transaction->locks[i]);
	store_free(transaction->store);
}

static size_t count_refusing(const struct checks *checks)
{
	size_t count = 0;

	for (size_t i = 0; i < checks->count; i++)
		count += checks->items[i].level == CHECK_REFUSE && !checks->items[i].waived;
	return count;
}

/* The error of a refused transaction has the first refusal only; the report has all. */
static int refuse(const struct check *check, struct report *report, struct error *e)
{
	size_t others = count_refusing(&report->checks) - 1;
	char more[64] = "";

	if (others)
		snprintf(more, sizeof(more), ", and %zu more", others);
	report->outcome = OUTCOME_REFUSED;
	error_set(e, ERROR_REFUSED, 0, "refused, nothing was touched: %s%s%s (%s)%s",
		  check->device ? check->device->label : "", check->device ? ": " : "",
		  check->finding.message, check_kinds[check->id].name, more);
	if (check->device)
		snprintf(e->device, sizeof(e->device), "%s", check->device->label);
	if (check->finding.evidence)
		snprintf(e->evidence, sizeof(e->evidence), "%s", check->finding.evidence);
	if (check->finding.remedy)
		error_remedy(e, "%s", check->finding.remedy);
	return -EBUSY;
}

static struct plan make_plan(const struct transaction *transaction)
{
	const struct handover *handover = &transaction->handover;
	struct arena *arena = transaction->arena;

	if (request_rescans(transaction->request))
		return rescan_plan(handover, arena);
	if (handover->physical)
		return vfs_plan(transaction->request, handover, arena);
	return rebind_plan(handover, &transaction->report->checks, arena);
}

static int plan(struct transaction *transaction, struct error *e)
{
	struct report *report = transaction->report;
	int result;

	report->handover = transaction->handover;
	report->checks = checks_run(&report->handover, transaction->arena);
	result = waivers_apply(&transaction->request->waivers, &report->handover, &report->checks,
			       e);
	if (result < 0)
		return result;
	report->plan = make_plan(transaction);
	return 0;
}

static int check_arguments(const struct request *request, struct error *e)
{
	int result;

	if (request->driver) {
		result = driver_name_check(request->driver, e);
		if (result < 0)
			return result;
	}
	if (request->owner && (!request->driver || !driver_name_is_vfio(request->driver)))
		return error_set(e, ERROR_USAGE, 0, "--owner goes with a VFIO driver");
	if (request->with_group && (request_restores(request) ||
				    (request->driver && !driver_name_is_vfio(request->driver)))) {
		error_set(e, ERROR_USAGE, 0, "--group goes with a VFIO driver or none");
		error_remedy(e, "Name the devices, or group:N");
		return -EINVAL;
	}
	return 0;
}

/* Refuse early where files cannot be opened for writing at all, as with a read-only /sys. */
static int check_writable(const struct transaction *transaction, struct error *e)
{
	const struct plan *plan = &transaction->report->plan;

	for (size_t i = 0; i < plan->step_count; i++) {
		const char *file = plan->steps[i].file;
		_autoclose_ int fd =
			file ? root_openat(transaction->host->root, file, O_WRONLY) : -ENOENT;

		if (fd != -EROFS && fd != -EACCES && fd != -EPERM)
			continue;
		error_set(e, ERROR_PERMISSION, fd, "cannot write to %s", file);
		snprintf(e->evidence, sizeof(e->evidence), "%s", file);
		error_remedy(e, "Nothing was changed; a writable /sys and root are needed");
		return fd;
	}
	return 0;
}

/*
 * While another process binds or unbinds a device, a write about that device would block, and the
 * checks saw a state that will not last. A captured tree cannot show it.
 */
static int check_quiet(struct transaction *transaction, struct error *e)
{
	const struct plan *plan = &transaction->report->plan;
	struct target_look look;
	char words[512];

	for (size_t i = 0; i < plan->target_count; i++) {
		look = look_target(transaction->host->root, &plan->targets[i], transaction->arena);
		if (look.state != LOOK_MOVING && look.state != LOOK_BUSY)
			continue;
		look_describe(&plan->targets[i], &look, words, sizeof(words));
		transaction->report->outcome = OUTCOME_REFUSED;
		transaction->report->disturbed = true;
		error_set(e, ERROR_REFUSED, 0, "refused, nothing was touched: %s", words);
		report_hung_writers(transaction, e);
		error_remedy(e, "Try again when that has ended");
		return -EBUSY;
	}
	return 0;
}

/* A device that others have moved back is as it was, and needs no restore any more. */
static int find_nothing_to_do(struct transaction *transaction, struct error *e)
{
	transaction->report->outcome = OUTCOME_NOTHING_TO_DO;
	if (transaction->request->dry_run)
		return 0;
	forget_settled(transaction, &transaction->report->plan);
	return transaction->request->by_pin ? remember_bound_by_pin(transaction, e) : 0;
}

static int plan_and_carry_out(struct transaction *transaction, struct request *request,
			      struct error *e)
{
	struct report *report = transaction->report;
	const struct check *check;
	uint64_t number;
	int result = transaction_open(transaction, 0, e);

	if (result == 0 && !transaction->request->dry_run)
		result = journal_next_number(transaction->store, &number, e);
	/* Drop selectors of devices that are gone, and forget those devices. */
	if (result == 0 && request_restores(request))
		result = forget_absent(transaction, &request->selectors, e);
	else if (result == 0)
		forget_replaced(transaction, request->selectors);
	if (result == 0)
		result = transaction_read(transaction, e);
	if (result == 0)
		result = plan(transaction, e);
	if (result < 0)
		return result;
	if (report->plan.step_count &&
	    (!transaction->request->dry_run || root_is_live(transaction->host->root)))
		result = check_quiet(transaction, e);
	if (result < 0)
		return result;
	check = checks_refusing(&report->checks);
	if (check)
		return refuse(check, report, e);
	if (!report->plan.step_count)
		return find_nothing_to_do(transaction, e);
	if (transaction->request->dry_run)
		return 0;
	result = check_writable(transaction, e);
	return result < 0 ? result : carry_out(transaction, e);
}

int transaction_run(const struct host *host, const struct request *request, struct arena *arena,
		    struct report *ret_report, struct error *e)
{
	struct request own = *request;
	struct transaction transaction = {
		.host = host,
		.request = &own,
		.arena = arena,
		.locks = NO_LOCKS,
		.report = ret_report,
	};
	int result;

	*ret_report = (struct report){.groups_stable = ANSWER_YES};
	result = check_arguments(request, e);
	if (result == 0)
		result = plan_and_carry_out(&transaction, &own, e);
	transaction_close(&transaction);
	return result;
}
