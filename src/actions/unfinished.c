/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/unfinished.h"

#include "actions/journal.h"
#include "model/build.h"

#include <errno.h>

static int load_last(const struct root *root, struct arena *arena, bool *ret_unfinished,
		     struct error *e)
{
	_autostore_ struct store *store = NULL;
	struct journal *journal = NULL;
	int result = store_open(root, false, &store, e);

	if (result == 0)
		result = journal_load(store, arena, &journal, e);
	*ret_unfinished = result == 0 && journal_unfinished(journal, store_boot_id(store));
	return result;
}

int transaction_unfinished(const struct root *root, struct arena *arena, struct source *ret_source,
			   bool *ret_unfinished, struct error *e)
{
	struct error why = {.message = ""};
	int result = load_last(root, arena, ret_unfinished, &why);

	if (root_is_exhaustion(result)) {
		*e = why;
		return result;
	}
	*ret_source = (struct source){
		.name = "journal",
		.state = result < 0 ? source_state_of(result) : SOURCE_READ,
		.detail = *why.message ? arena_strdup(arena, why.message) : NULL,
	};
	return 0;
}
