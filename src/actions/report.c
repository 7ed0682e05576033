/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report of a transaction: the state of devices and groups after it, and why it failed. */
#include "actions/transaction_parts.h"

#include "actions/hung_writers.h"
#include "actions/vf_target.h"
#include "base/text.h"
#include "checks/deferral.h"
#include "sources/read.h"

#include <string.h>

static const char *const outcome_words[OUTCOME_COUNT] = {
	[OUTCOME_DONE] = "done",
	[OUTCOME_NOTHING_TO_DO] = "nothing_to_do",
	[OUTCOME_REFUSED] = "refused",
	[OUTCOME_ROLLED_BACK] = "rolled_back",
	[OUTCOME_UNFINISHED] = "unfinished",
	[OUTCOME_LOST] = "lost",
};

const char *outcome_name(enum outcome outcome)
{
	return outcome_words[outcome];
}

void report_free(struct report *report)
{
	system_free(report->before);
	system_free(report->after);
}

static struct moved describe_moved(const struct transaction *transaction,
				   const struct target *target, const struct target_look *look)
{
	const struct system *after = transaction->report->after;
	const struct device *now = after ? system_device(after, target->path) : NULL;
	struct moved moved = {
		.driver_before = target->driver,
		.driver_after = look->state == LOOK_CLEAR ? look->driver : NULL,
		.group_before = target->group,
		.group_after = now && now->group ? now->group->id : -1,
		.state = look->state,
		.group_known = now,
	};
	char words[512];

	look_describe(target, look, words, sizeof(words));
	moved.words = arena_strdup(transaction->arena, words);
	return moved;
}

static void look_at_targets(struct transaction *transaction, const struct plan *plan)
{
	struct arena *arena = transaction->arena;
	struct target_look *looks = arena_array(arena, plan->target_count, sizeof(*looks));
	struct moved *moved = arena_array(arena, plan->target_count, sizeof(*moved));

	for (size_t i = 0; i < plan->target_count; i++) {
		looks[i] = look_target(transaction->host->root, &plan->targets[i], arena);
		moved[i] = describe_moved(transaction, &plan->targets[i], &looks[i]);
	}
	transaction->looks = looks;
	transaction->report->moved = moved;
}

/* NULL-terminated. */
static const char *const *paths_of(const struct plan *plan, struct arena *arena)
{
	const char **paths = arena_array(arena, plan->target_count + 1, sizeof(*paths));

	for (size_t i = 0; i < plan->target_count; i++)
		paths[i] = plan->targets[i].path;
	return paths;
}

/* Devices that were removed have a place before, of the handover, and one after it, of the plan. */
static struct changes compare_rescanned(const struct transaction *transaction,
					const struct plan *plan)
{
	const struct handover *handover = &transaction->handover;
	const char **paths = arena_array(transaction->arena,
					 plan->target_count + handover->move_count, sizeof(*paths));
	size_t count = plan->target_count;

	for (size_t i = 0; i < plan->target_count; i++)
		paths[i] = plan->targets[i].path;
	for (size_t i = 0; i < handover->move_count; i++)
		paths[count++] = handover->moves[i].device->path;
	return stability_compare_rescanned(transaction->report->before, transaction->report->after,
					   paths, count, transaction->arena);
}

/* The virtual functions before, of the handover, and after, of the plan at its present addresses.
 */
static struct changes compare_functions(const struct transaction *transaction,
					const struct plan *plan)
{
	const struct handover *handover = &transaction->handover;
	const char **paths = arena_array(transaction->arena,
					 plan->target_count + handover->move_count, sizeof(*paths));
	size_t count = 0;

	for (size_t i = 0; i < plan->target_count; i++)
		if (strcmp(plan->targets[i].path, handover->physical->path) != 0)
			paths[count++] = plan->targets[i].path;
	for (size_t i = 0; i < handover->move_count; i++)
		if (handover->moves[i].device != handover->physical)
			paths[count++] = handover->moves[i].device->path;
	return stability_compare_functions(transaction->report->before, transaction->report->after,
					   handover->physical->path, paths, count,
					   transaction->arena);
}

static struct changes compare_snapshots(const struct transaction *transaction,
					const struct plan *plan)
{
	if (plan_rescans(plan))
		return compare_rescanned(transaction, plan);
	if (transaction->handover.physical)
		return compare_functions(transaction, plan);
	if (transaction->handover.domain_count && !transaction->undone)
		return stability_compare_domains(
			transaction->report->before, transaction->report->after,
			paths_of(plan, transaction->arena), plan->target_count,
			transaction->handover.domains, transaction->handover.domain_count,
			transaction->arena);
	return stability_compare(transaction->report->before, transaction->report->after,
				 paths_of(plan, transaction->arena), plan->target_count,
				 transaction->arena);
}

/* The plan with its targets at their present addresses, as far as these exist. */
static struct plan find_targets(const struct transaction *transaction, const struct plan *plan)
{
	struct arena *arena = transaction->arena;
	struct target *targets = arena_array(arena, plan->target_count, sizeof(*targets));
	struct plan present = *plan;

	/* A target that cannot be found now stays named as in the plan; the look tells why. */
	for (size_t i = 0; i < plan->target_count; i++)
		if (vf_target_find(transaction->host->root, &plan->targets[i], arena,
				   &targets[i]) <= 0)
			targets[i] = plan->targets[i];
	present.targets = targets;
	return present;
}

int report_after(struct transaction *transaction, const struct plan *plan, unsigned more_facts,
		 struct error *e)
{
	struct report *report = transaction->report;
	struct plan present = find_targets(transaction, plan);
	int result;

	system_free(report->after);
	report->after = NULL;
	if (transaction->request && request_makes_functions(transaction->request))
		more_facts |= FACT_SRIOV | FACT_HOLDERS;
	result = system_read_naming(transaction->host->root, COMPARISON_FACTS | more_facts,
				    paths_of(&present, transaction->arena), &report->after, e);
	look_at_targets(transaction, &present);
	report->plan = present;
	report->groups_stable = ANSWER_UNKNOWN;
	if (result < 0 || !report->before)
		return result;
	report->changes = compare_snapshots(transaction, &present);
	report->groups_stable = changes_judged(&report->changes) ? ANSWER_NO : ANSWER_YES;
	return 0;
}

/* True where a step unbound @driver from the target, may have done so, or bound it again. */
static bool was_without(const struct journal *journal, size_t target, const char *driver)
{
	for (size_t i = 0; i < journal->plan.step_count; i++) {
		const struct step *step = &journal->plan.steps[i];
		bool unbinds =
			step->action == ACTION_UNBIND && same_text(step->undo_driver, driver);
		bool binds = step->action == ACTION_BIND && same_text(step->expect_driver, driver);

		if (step->target == (int)target && (unbinds || binds) &&
		    journal->steps[i].state != STEP_NONE && journal->steps[i].state != STEP_FAILED)
			return true;
	}
	return false;
}

/* The lines of @text (commands of ip(8)) as an array. */
static struct network_before split_commands(const char *label, const char *text,
					    struct arena *arena)
{
	size_t count = 1;
	const char **lines;

	for (const char *at = text; (at = strchr(at, '\n')); at++)
		count++;
	lines = arena_array(arena, count, sizeof(*lines));
	for (size_t i = 0; i < count; i++) {
		size_t length = strcspn(text, "\n");

		lines[i] = arena_text(arena, text, length);
		text += length + 1;
	}
	return (struct network_before){label, lines, count};
}

void report_networks(struct transaction *transaction, const struct journal *journal)
{
	struct report *report = transaction->report;
	const struct plan *plan = &journal->plan;
	struct network_before *networks =
		arena_array(transaction->arena, plan->target_count, sizeof(*networks));

	report->network_count = 0;
	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];
		const struct remembered *known = memory_find(transaction->memory, target->path);
		struct target_look look;

		if (!known || !known->network || !known->driver ||
		    !was_without(journal, i, known->driver))
			continue;
		look = look_target(transaction->host->root, target, transaction->arena);
		if (look.state == LOOK_CLEAR && same_text(look.driver, known->driver))
			networks[report->network_count++] =
				split_commands(target->label, known->network, transaction->arena);
	}
	report->networks = networks;
}

void report_networks_of_plan(struct transaction *transaction)
{
	struct report *report = transaction->report;
	struct network_before *networks =
		arena_array(transaction->arena, report->plan.target_count, sizeof(*networks));

	report->network_count = 0;
	for (size_t i = 0; i < report->plan.target_count; i++) {
		const struct target *target = &report->plan.targets[i];

		if (target->network)
			networks[report->network_count++] =
				split_commands(target->label, target->network, transaction->arena);
	}
	report->networks = networks;
}

/* A cause without a known supplier is about the device itself, which does not wait for itself. */
static void add_cause(const struct device *device, const struct finding *cause, struct error *e)
{
	if (strcmp(cause->subject, device->label) == 0)
		error_add(e, "%s", cause->message);
	else
		error_add(e, "it waits for %s: %s", cause->subject, cause->message);
}

/* The kernel only reports that a probe was deferred: name the supplier. */
void report_deferral(const struct transaction *transaction, struct error *e)
{
	_autosystem_ const struct system *system = NULL;
	_autoarena_ struct arena *arena = arena_new();
	const char *const selectors[] = {e->device, NULL};
	struct error ignored;
	struct deferral deferral;

	if (system_read_naming(transaction->host->root, FACT_SUPPLIERS, selectors, &system,
			       &ignored) < 0)
		return;
	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];

		if (strcmp(device->label, e->device) != 0 ||
		    !deferral_of(system, device, arena, &deferral))
			continue;
		add_cause(device, &deferral.cause.finding, e);
		if (deferral.remedy)
			error_remedy(e,
				     e->code == ERROR_UNFINISHED
					     ? "%s; then run \"iommuctl recover\""
					     : "%s",
				     deferral.remedy);
		return;
	}
}

void report_hung_writers(const struct transaction *transaction, struct error *e)
{
	const struct plan *plan = &transaction->report->plan;

	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];
		const char *found = hung_writer_of(transaction->host->root, target->path,
						   target->bus, target->driver, transaction->arena);

		if (!found)
			continue;
		error_add(e, "%s", found);
		return;
	}
}

/* Processes that hold the device open and block the unbind. */
void report_holders(const struct transaction *transaction, struct error *e)
{
	const struct system *after = transaction->report->after;
	const struct plan *plan = &transaction->report->plan;

	for (size_t i = 0; after && i < plan->target_count; i++) {
		const struct device *device = system_device(after, plan->targets[i].path);
		const struct group *group = device ? device->group : NULL;

		for (size_t j = 0; group && j < group->holder_count; j++)
			error_wrap(e, "%s (process %d) has %s open",
				   group->holders[j].command ? group->holders[j].command : "?",
				   group->holders[j].pid, device->label);
	}
}
