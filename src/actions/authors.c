/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/authors.h"

#include "actions/journal.h"

#include <inttypes.h>
#include <string.h>

static const char *const *labels_of(const struct plan *plan, struct arena *arena)
{
	const char **labels = arena_array(arena, plan->target_count + 1, sizeof(*labels));

	for (size_t i = 0; i < plan->target_count; i++)
		labels[i] = arena_strdup(arena, plan->targets[i].label);
	return labels;
}

struct authorship authorship_read(const struct root *root, struct arena *arena)
{
	_autostore_ struct store *store = NULL;
	struct journal *journal = NULL;
	struct error ignored = {0};

	if (store_open(root, false, &store, &ignored) < 0 ||
	    journal_load(store, arena, &journal, &ignored) < 0 ||
	    strcmp(journal->boot_id, store_boot_id(store)) != 0)
		return (struct authorship){0};
	return (struct authorship){
		.number = journal->number,
		.open = journal->outcome == JOURNAL_OPEN,
		.verb = arena_strdup(arena, journal->plan.verb),
		.labels = labels_of(&journal->plan, arena),
		.count = journal->plan.target_count,
	};
}

const char *authorship_of(const struct authorship *before, const struct authorship *now,
			  const char *device, struct arena *arena)
{
	bool ran = now->number && (now->number != before->number || before->open || now->open);

	for (size_t i = 0; device && ran && i < now->count; i++)
		if (strcmp(now->labels[i], device) == 0)
			return arena_printf(arena, "%s %" PRIu64, now->verb, now->number);
	return NULL;
}
