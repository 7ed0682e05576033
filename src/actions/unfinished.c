/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/unfinished.h"

#include "actions/journal.h"

#include <errno.h>

enum answer transaction_unfinished(const struct root *root)
{
	_autoarena_ struct arena *arena = arena_new();
	_autostore_ struct store *store = NULL;
	struct journal *journal = NULL;
	struct error ignored = {0};
	int result = store_open(root, false, &store, &ignored);

	if (result == 0)
		result = journal_load(store, arena, &journal, &ignored);
	if (result < 0)
		return result == -ENOENT ? ANSWER_NO : ANSWER_UNKNOWN;
	return journal_unfinished(journal, store_boot_id(store)) ? ANSWER_YES : ANSWER_NO;
}
