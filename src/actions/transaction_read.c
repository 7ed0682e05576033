/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two readings before a plan: the chosen devices, then all facts about them; and their moves */
#include "actions/transaction_parts.h"

#include "actions/choose.h"
#include "actions/domain.h"
#include "actions/rescan.h"
#include "actions/vfs.h"
#include "sources/read.h"

#include <string.h>

bool request_restores(const struct request *request)
{
	return strcmp(request->verb, "restore") == 0;
}

bool request_rescans(const struct request *request)
{
	return strcmp(request->verb, "rescan") == 0;
}

bool request_makes_functions(const struct request *request)
{
	return strcmp(request->verb, "vfs") == 0;
}

bool request_changes_domains(const struct request *request)
{
	return strcmp(request->verb, "domain") == 0;
}

static struct handover make_moves(const struct transaction *transaction,
				  const struct system *system, const bool *named)
{
	const struct request *request = transaction->request;

	if (request_rescans(request))
		return rescan_moves(request, system, transaction->memory, named,
				    transaction->arena);
	if (request_makes_functions(request))
		return vfs_moves(request, system, transaction->memory, named, transaction->arena);
	if (request_changes_domains(request))
		return domain_moves(request, system, named, transaction->arena);
	if (request_restores(request))
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
	if (request_makes_functions(request) && count_named(system, named) > 1)
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
	return request->dry_run && !request_rescans(request) && !request_makes_functions(request) &&
	       !request_changes_domains(request);
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
	if (request_restores(transaction->request) || request_changes_domains(transaction->request))
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
	const char *const *selectors = request_restores(request)
					       ? names_to_read(transaction)
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
	if (request_makes_functions(request))
		return FACT_SRIOV;
	return request_restores(request) || request_changes_domains(request) ? FACT_GROUP_TYPE : 0;
}

/*
 * Find the chosen devices. A bus on which no device has a group yet is read only with FACT_STREAMS,
 * which is expensive, so this is done only if nothing else matches. A rescan moves the devices
 * below the chosen ones, and vfs those beside it.
 */
static int find_focus(struct transaction *transaction, struct focus *ret_focus, struct error *e)
{
	const struct request *request = transaction->request;
	bool beside = request_rescans(request) || request_makes_functions(request);
	unsigned facts = choose_facts(request) | FACT_OVERRIDE | FACT_VFIO | own_facts(request);
	int result = beside ? find_focus_anywhere(transaction, facts, ret_focus, e)
			    : find_focus_named(transaction, facts, ret_focus, e);

	if (result == 0 || e->code != ERROR_NO_MATCH)
		return result;
	*e = (struct error){0};
	return find_focus_anywhere(transaction, facts | FACT_STREAMS, ret_focus, e);
}

int transaction_read(struct transaction *transaction, struct error *e)
{
	enum { DEEP = FACT_USES | FACT_TRAITS | FACT_DRIVERS };
	unsigned facts = choose_facts(transaction->request) | TRANSACTION_FACTS | DEEP |
			 own_facts(transaction->request) | transaction->request->facts |
			 (request_changes_domains(transaction->request) ? FACT_PROTECTION : 0);
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
