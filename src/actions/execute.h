/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * execute - carry out the steps of a journal's plan, or take them back, newest first
 *
 * For each step: "begin" on disk, one write, a look at the device, "done" on disk. What the kernel
 * answers is not believed: drivers_probe reports success where nothing was bound, and a write may
 * have happened though it failed. Undo starts from "begin", looks first, and is harmless twice.
 */
#pragma once

#include "actions/journal.h"
#include "actions/transaction.h"

/**
 * struct execution - one plan being carried out
 * @locks: the descriptors that writers inherit, LOCK_COUNT of them
 * @before_unbind: called directly before each unbind of the way forward, with the target's index; a
 * negative errno, with a message, keeps the unbind from being written     @after_unbind: when it
 * has been verified, or has failed or hangs     @context: for both     Both may be NULL.
 */
struct execution {
	const struct host *host;
	struct journal *journal;
	const int *locks;
	int (*before_unbind)(void *context, size_t target, struct error *e);
	void (*after_unbind)(void *context, size_t target);
	void *context;
};

/**
 * execute_forward - the steps in order, up to the first that fails or a signal
 * Returns: 0 all are done and verified; -EINPROGRESS a write is pending; any other negative errno:
 * something failed, and what was begun is to be undone.  @e says what.
 */
int execute_forward(struct execution *execution, struct error *e);

/**
 * execute_undo - take back what was begun
 * A step that cannot be undone does not stop the others, except those of the same device. Devices
 * that are gone, or that are others by now, are left alone.
 * Returns: 0 all is undone and verified; a negative errno: what is left is in the journal.
 */
int execute_undo(struct execution *execution, struct error *e);

/**
 * execute_at_start - true where every target that is still there has its old driver and override
 * @ret_words: else what the first other one has, a sentence; or NULL
 */
bool execute_at_start(const struct execution *execution, char *ret_words, size_t size);

/** execute_at_end - the same of the new ones; all targets must be there */
bool execute_at_end(const struct execution *execution, char *ret_words, size_t size);
