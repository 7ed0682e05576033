/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/transaction_parts.h"

#include "actions/choose.h"
#include "actions/domain.h"
#include "actions/lock.h"
#include "actions/rescan.h"
#include "actions/vfs.h"
#include "model/vfio_driver.h"
#include "sources/read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

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

static bool restores(const struct request *request)
{
	return strcmp(request->verb, "restore") == 0;
}

static bool rescans(const struct request *request)
{
	return strcmp(request->verb, "rescan") == 0;
}

static bool makes_functions(const struct request *request)
{
	return strcmp(request->verb, "vfs") == 0;
}

static bool changes_domains(const struct request *request)
{
	return strcmp(request->verb, "domain") == 0;
}

static struct handover make_moves(const struct transaction *transaction,
				  const struct system *system, const bool *named)
{
	const struct request *request = transaction->request;

	if (rescans(request))
		return rescan_moves(request, system, named, transaction->arena);
	if (makes_functions(request))
		return vfs_moves(request, system, transaction->memory, named, transaction->arena);
	if (changes_domains(request))
		return domain_moves(request, system, named, transaction->arena);
	if (restores(request))
		return domain_restore(
			restore_moves(system, transaction->memory, named, transaction->arena),
			transaction->memory, named, transaction->arena);
	return rebind_moves(request, system, transaction->memory, named, transaction->arena);
}

static size_t count_named(const struct system *system, const bool *named)
{
	size_t count = 0;

	for (size_t i = 0; i < system->device_count; i++)
		count += named[i];
	return count;
}

static int choose_moves(struct transaction *transaction, const struct system *system,
			struct error *e)
{
	const struct request *request = transaction->request;
	bool *named;
	int result =
		choose_devices(request, system, transaction->memory, transaction->arena, &named, e);

	if (result < 0)
		return result;
	if (makes_functions(request) && count_named(system, named) > 1)
		return error_set(e, ERROR_USAGE, 0, "vfs changes one device at a time");
	transaction->handover = make_moves(transaction, system, named);
	return 0;
}

/*
 * True where no other snapshot is made: only the checks count, and they are about the moves. After
 * a change all groups of the machine are compared.
 */
static bool compares_nothing(const struct request *request)
{
	return request->dry_run && !rescans(request) && !makes_functions(request) &&
	       !changes_domains(request);
}

/* The moves of one restore may have several drivers. */
static void focus_on(struct transaction *transaction, struct focus *focus)
{
	const struct handover *handover = &transaction->handover;
	const char **paths = arena_array(transaction->arena, handover->move_count, sizeof(*paths));
	const char **drivers =
		arena_array(transaction->arena, handover->move_count, sizeof(*drivers));

	for (size_t i = 0; i < handover->move_count; i++) {
		paths[i] = arena_strdup(transaction->arena, handover->moves[i].device->path);
		drivers[i] = arena_strdup(transaction->arena, handover->moves[i].driver);
	}
	*focus = (struct focus){
		.paths = paths,
		.count = handover->move_count,
		.alone = compares_nothing(transaction->request),
		.members = transaction->request->facts & FACT_TRAITS,
	};
	if (restores(transaction->request) || changes_domains(transaction->request))
		focus->drivers = drivers;
	else
		focus->driver = transaction->request->driver;
}

/* The selectors of the request, and the devices of earlier transactions; NULL-terminated. */
static const char *const *names_to_read(const struct transaction *transaction)
{
	char *const *selectors = transaction->request->selectors;
	const char **names;
	size_t count = 0;

	for (const struct remembered *known = transaction->memory->first; known;
	     known = known->next)
		count++;
	for (size_t i = 0; selectors[i]; i++)
		count++;
	names = arena_array(transaction->arena, count + 1, sizeof(*names));
	count = 0;
	for (; *selectors; selectors++)
		names[count++] = *selectors;
	for (const struct remembered *known = transaction->memory->first; known;
	     known = known->next)
		names[count++] = known->path;
	return names;
}

/* Find the moves in @system; the focus keeps the paths of their devices. */
static int focus_in(struct transaction *transaction, const struct system *system,
		    struct focus *ret_focus, struct error *e)
{
	int result = choose_moves(transaction, system, e);

	if (result == 0)
		focus_on(transaction, ret_focus);
	return result;
}

/*
 * Find the moves among the devices that the selectors name, with as few facts as that needs. A
 * restore moves devices of earlier transactions alone, also those that no selector names.
 */
static int find_focus_named(struct transaction *transaction, unsigned facts,
			    struct focus *ret_focus, struct error *e)
{
	_autosystem_ const struct system *system = NULL;
	const struct request *request = transaction->request;
	const char *const *selectors = restores(request) ? names_to_read(transaction)
							 : (const char *const *)request->selectors;
	int result =
		system_read_selected(transaction->host->root, facts, selectors, NULL, &system, e);

	return result < 0 ? result : focus_in(transaction, system, ret_focus, e);
}

static int find_focus_anywhere(struct transaction *transaction, unsigned facts,
			       struct focus *ret_focus, struct error *e)
{
	_autosystem_ const struct system *system = NULL;
	int result = system_read_naming(transaction->host->root, facts, names_to_read(transaction),
					&system, e);

	return result < 0 ? result : focus_in(transaction, system, ret_focus, e);
}

static unsigned own_facts(const struct request *request)
{
	if (makes_functions(request))
		return FACT_SRIOV;
	return restores(request) || changes_domains(request) ? FACT_GROUP_TYPE : 0;
}

/*
 * Find the chosen devices. A bus on which no device has a group yet is read only with FACT_STREAMS,
 * which is expensive, so this is done only if nothing else matches. A rescan moves the devices
 * below the chosen ones, and vfs those beside it.
 */
static int find_focus(struct transaction *transaction, struct focus *ret_focus, struct error *e)
{
	const struct request *request = transaction->request;
	bool beside = rescans(request) || makes_functions(request);
	unsigned facts = choose_facts(request) | FACT_OVERRIDE | FACT_VFIO | own_facts(request);
	int result = beside ? find_focus_anywhere(transaction, facts, ret_focus, e)
			    : find_focus_named(transaction, facts, ret_focus, e);

	if (result == 0 || e->code != ERROR_NO_MATCH)
		return result;
	*e = (struct error){0};
	return find_focus_anywhere(transaction, facts | FACT_STREAMS, ret_focus, e);
}

/* Read the machine twice: first to find the chosen devices, then all facts about these. */
static int read_machine(struct transaction *transaction, struct error *e)
{
	enum { DEEP = FACT_USES | FACT_TRAITS | FACT_DRIVERS };
	unsigned facts = choose_facts(transaction->request) | TRANSACTION_FACTS | DEEP |
			 own_facts(transaction->request) | transaction->request->facts |
			 (changes_domains(transaction->request) ? FACT_PROTECTION : 0);
	struct focus focus;
	int result = find_focus(transaction, &focus, e);

	if (result < 0)
		return result;
	result = system_read_about(transaction->host->root, facts, &focus,
				   &transaction->report->before, e);
	/*
	 * A device that was added between the two readings has unread facts, so its checks answer
	 * unknown.
	 */
	return result < 0 ? result : choose_moves(transaction, transaction->report->before, e);
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

	if (rescans(transaction->request))
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
	if (request->with_group && (strcmp(request->verb, "restore") == 0 ||
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
static int find_nothing_to_do(struct transaction *transaction)
{
	transaction->report->outcome = OUTCOME_NOTHING_TO_DO;
	if (!transaction->request->dry_run)
		forget_settled(transaction, &transaction->report->plan);
	return 0;
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
	if (result == 0 && restores(request))
		result = forget_absent(transaction, &request->selectors, e);
	else if (result == 0)
		forget_replaced(transaction, request->selectors);
	if (result == 0)
		result = read_machine(transaction, e);
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
		return find_nothing_to_do(transaction);
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
