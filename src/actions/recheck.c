/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/recheck.h"

#include "actions/vf_target.h"
#include "base/text.h"
#include "checks/waive.h"
#include "sources/read.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * The plan was made from the moves, so each target has one, but for virtual functions that vfs
 * makes: NULL.
 */
static const struct move *move_of(const struct transaction *transaction, size_t target)
{
	const struct target *wanted = &transaction->report->plan.targets[target];
	const struct move *move = transaction->handover.moves;

	if (vf_target_is_new(wanted))
		return NULL;
	while (strcmp(move->device->name, wanted->name) != 0 ||
	       strcmp(move->device->bus, wanted->bus) != 0) {
		move++;
		assert(move < transaction->handover.moves + transaction->handover.move_count);
	}
	return move;
}

/*
 * The target whose hold has the disks of @target: that of the removed device above it, as the disks
 * of a device are also those of all devices below it.
 */
static size_t holding_target(const struct transaction *transaction, size_t target)
{
	const struct plan *plan = &transaction->report->plan;
	size_t top = target;

	for (size_t i = 0; i < plan->target_count && transaction->handover.removes; i++)
		if (text_is_below(plan->targets[top].path, plan->targets[i].path))
			top = i;
	return top;
}

/* True where the user waived a use of the device's disks: then the kernel may have them claimed. */
static bool has_waived_disks(const struct transaction *transaction, const struct device *device)
{
	const struct checks *checks = &transaction->report->checks;

	for (size_t i = 0; i < checks->count; i++) {
		const struct check *check = &checks->items[i];

		if (check->waived && check->device &&
		    text_is_within(check->device->path, device->path) &&
		    check->id <= CHECK_BLOCK_CLAIMED)
			return true;
	}
	return false;
}

static bool is_to_be_held(const struct transaction *transaction, size_t target,
			  const struct move *move)
{
	if (transaction->handover.removes)
		return holding_target(transaction, target) == target;
	return move && move->device != transaction->handover.physical && move_takes_away(move);
}

int recheck_start(struct transaction *transaction, struct recheck *ret_recheck, struct error *e)
{
	const struct plan *plan = &transaction->report->plan;
	int result = 0;

	*ret_recheck = (struct recheck){
		.transaction = transaction,
		.holds = arena_array(transaction->arena, plan->target_count,
				     sizeof(*ret_recheck->holds)),
	};
	for (size_t i = 0; i < plan->target_count && result == 0; i++) {
		const struct move *move = move_of(transaction, i);

		if (!is_to_be_held(transaction, i, move))
			continue;
		if (has_waived_disks(transaction, move->device))
			hold_other_disks(transaction->host, move->device, &ret_recheck->holds[i]);
		else
			result = hold_disks(transaction->host, move->device, &ret_recheck->holds[i],
					    e);
	}
	if (result < 0)
		recheck_end(ret_recheck);
	return result;
}

/* @new: the use to name, or NULL: all that the check says */
static int refuse_now(const struct check *check, const struct use *new, struct error *e)
{
	const char *evidence = new ? new->evidence : check->finding.evidence;
	char words[USE_WORDS_SIZE] = "";

	if (new)
		check_use_words(check->device, new, words);
	error_set(e, ERROR_ROLLED_BACK, 0, "%s came into use after the check: %s (%s)",
		  check->device->label, new ? words : check->finding.message,
		  check_kinds[check->id].name);
	snprintf(e->device, sizeof(e->device), "%s", check->device->label);
	if (evidence)
		snprintf(e->evidence, sizeof(e->evidence), "%s", evidence);
	return -EBUSY;
}

static int check_uses(const struct transaction *transaction, const struct system *system,
		      const struct move *before, struct arena *arena, struct error *e)
{
	struct move move = *before;
	const struct handover handover = {
		.system = system,
		.verb = transaction->handover.verb,
		.moves = &move,
		.move_count = 1,
		.with_group = transaction->handover.with_group,
		.removes = transaction->handover.removes,
	};
	const struct use *new;
	struct checks checks;

	move.device = system_device(system, before->device->path);
	if (!move.device)
		return error_set(e, ERROR_ROLLED_BACK, -ENODEV, "%s is gone",
				 before->device->label);
	checks = checks_run_uses(&handover, arena);
	for (size_t i = 0; i < checks.count; i++)
		if (checks.items[i].level == CHECK_REFUSE &&
		    !waivers_still_cover(&transaction->report->checks, &checks.items[i], &new))
			return refuse_now(&checks.items[i], new, e);
	return 0;
}

/* A device below the target is moved with it, and uses of it are uses of the target. */
static bool has_devices_below(const struct transaction *transaction, const struct device *device)
{
	const struct system *system = transaction->report->before;

	for (size_t i = 0; i < system->device_count; i++)
		if (text_is_below(system->devices[i]->path, device->path))
			return true;
	return false;
}

int recheck_target(void *context, size_t target, struct error *e)
{
	const struct recheck *recheck = context;
	const struct transaction *transaction = recheck->transaction;
	const struct move *before = move_of(transaction, target);
	size_t holding = holding_target(transaction, target);
	const struct focus focus = {
		.paths = &before->device->path,
		.count = 1,
		.holder = hold_pid(&recheck->holds[holding]),
		.alone = !transaction->handover.removes &&
			 !has_devices_below(transaction, before->device),
	};
	_autosystem_ const struct system *system = NULL;
	_autoarena_ struct arena *arena = arena_new();
	int result = system_read_about(transaction->host->root, FACT_USES, &focus, &system, e);

	if (result == 0)
		result = check_uses(transaction, system, before, arena, e);
	if (result == 0 && holding == target)
		hold_end_soon(&recheck->holds[target]);
	return result;
}

void recheck_release(void *context, size_t target)
{
	struct recheck *recheck = context;

	hold_end(&recheck->holds[target]);
}

void recheck_end(struct recheck *recheck)
{
	const struct plan *plan = &recheck->transaction->report->plan;

	for (size_t i = 0; i < plan->target_count; i++)
		hold_end(&recheck->holds[i]);
}
