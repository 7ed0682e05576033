/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * locking - a small tree with a store whose lock is taken
 *
 *     static void the_lock_is_free(void **state)
 *     {
 *             int locks[LOCK_COUNT] = NO_LOCKS;
 *             struct lock_holder holder;
 *
 *             assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), 0);
 *             locking_give_up(locks);
 *     }
 *     … WITH_LOCKING(the_lock_is_free) …
 */
#pragma once

#include "actions/lock.h"

/** LOCKING_TREE - the tree, which has neither debugfs nor LOCK_INODE */
#define LOCKING_TREE "/proc/sys/kernel/random/boot_id = 11111111-2222\n/run/\n"

/** struct locking - the tree of a test */
struct locking {
	char *dir;
	struct root *root;
	struct store *store;
	struct error error;
};

extern struct locking locking;

/** locking_start, locking_end - make and remove the tree and its store */
int locking_start(void **state);
int locking_end(void **state);

/** WITH_LOCKING - a test between locking_start and locking_end */
#define WITH_LOCKING(test) cmocka_unit_test_setup_teardown(test, locking_start, locking_end)

/** locking_give_up - close the descriptors, and with them the lock */
void locking_give_up(int locks[static LOCK_COUNT]);
