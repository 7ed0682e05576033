/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a transaction remembers of devices, and what it forgets: memory.h with the rules. */
#include "actions/transaction_parts.h"

#include "actions/sight.h"
#include "base/text.h"

#include <string.h>

static void tell_forgotten(struct transaction *transaction, const char *label, const char *why)
{
	struct changes *forgotten = &transaction->report->forgotten;
	struct change *items =
		arena_array(transaction->arena, forgotten->count + 1, sizeof(*items));

	if (forgotten->count)
		memcpy(items, forgotten->items, forgotten->count * sizeof(*items));
	items[forgotten->count++] = (struct change){
		.kind = CHANGE_FORGOTTEN,
		.subject = arena_strdup(transaction->arena, label),
		.message =
			arena_printf(transaction->arena,
				     "%s %s; what was remembered of it is forgotten", label, why),
	};
	forgotten->items = items;
}

static bool is_the_target(const struct remembered *known, const struct target *target)
{
	return strcmp(known->bus, target->bus) == 0 && known->vendor_id == target->vendor_id &&
	       known->device_id == target->device_id;
}

int keep_targets(struct transaction *transaction, struct error *e)
{
	const struct plan *plan = &transaction->report->plan;

	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];
		const struct remembered *known = memory_find(transaction->memory, target->path);

		if (known && !is_the_target(known, target)) {
			memory_forget(transaction->memory, target->path);
			tell_forgotten(transaction, target->label, "was another device before");
		}
		memory_put(transaction->memory, target);
	}
	return memory_save(transaction->memory, transaction->store, e);
}

void keep_unsettled(struct transaction *transaction, const struct plan *plan)
{
	bool changed = false;
	struct error ignored;

	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];
		const struct remembered *known = memory_find(transaction->memory, target->path);
		struct sight sight;

		if (!known)
			continue;
		sight = sight_target(transaction->host->root, target, transaction->arena);
		if (sight.state == SIGHT_CLEAR && same_text(sight.driver, known->driver) &&
		    same_text(sight.driver_override, known->driver_override))
			changed |= memory_forget(transaction->memory, target->path);
	}
	/* What stays remembered too long does no harm: there is nothing to restore. */
	if (changed)
		memory_save(transaction->memory, transaction->store, &ignored);
}

/* By a look at its place: a snapshot leaves out buses where no device has a group. */
static bool is_present(const struct transaction *transaction, const struct remembered *known)
{
	const struct target target = {
		.label = known->label,
		.bus = known->bus,
		.name = known->name,
		.path = known->path,
		.vendor_id = known->vendor_id,
		.device_id = known->device_id,
	};
	struct sight sight = sight_target(transaction->host->root, &target, transaction->arena);

	return sight.state != SIGHT_GONE && sight.state != SIGHT_OTHER;
}

static bool means(const char *selector, const struct memory *memory, const struct remembered *known)
{
	return strcmp(selector, known->label) == 0 || strcmp(selector, known->name) == 0 ||
	       strcmp(selector, known->path) == 0 ||
	       memory_find_interface(memory, selector) == known;
}

/* The words that do not mean @known; those that do are done with. */
static char *const *without(struct transaction *transaction, char *const *selectors,
			    const struct remembered *known)
{
	size_t count = 0, kept = 0;
	char **left;

	while (selectors[count])
		count++;
	left = arena_array(transaction->arena, count + 1, sizeof(*left));
	for (size_t i = 0; i < count; i++)
		if (!means(selectors[i], transaction->memory, known))
			left[kept++] = selectors[i];
	return kept == count ? selectors : left;
}

int keep_present(struct transaction *transaction, char *const **selectors, struct error *e)
{
	struct memory *memory = transaction->memory;
	size_t before = transaction->report->forgotten.count;

	for (const struct remembered *known = memory->first, *next; known; known = next) {
		char *const *left = without(transaction, *selectors, known);

		next = known->next;
		if ((!transaction->request->all && left == *selectors) ||
		    is_present(transaction, known))
			continue;
		*selectors = left;
		tell_forgotten(transaction, known->label,
			       "has gone, or another device is in its place");
		memory_forget(memory, known->path);
	}
	if (transaction->report->forgotten.count == before || transaction->request->dry_run)
		return 0;
	return memory_save(memory, transaction->store, e);
}
