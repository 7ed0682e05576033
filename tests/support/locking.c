/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/locking.h"

#include "support/tree.h"

struct locking locking;

int locking_start(void **state)
{
	locking = (struct locking){.dir = tree_new(LOCKING_TREE)};
	return root_open(locking.dir, &locking.root, &locking.error) < 0
		       ? -1
		       : store_open(locking.root, true, &locking.store, &locking.error);
}

int locking_end(void **state)
{
	store_free(locking.store);
	root_free(locking.root);
	tree_remove(locking.dir);
	return 0;
}

void locking_give_up(int locks[static LOCK_COUNT])
{
	for (int i = 0; i < LOCK_COUNT; i++)
		cleanup_close(&locks[i]);
}
