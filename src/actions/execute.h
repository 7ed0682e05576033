/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * execute - carry out the steps of a journal's plan, or undo them, newest first
 *
 * For each step: "begin" on disk, one write, a look at the device, "done" on disk. The result of
 * the write proves nothing: drivers_probe reports success where no driver was bound, and a write
 * that failed may have had an effect. Undo covers every step with a "begin", looks before it
 * writes, and may be repeated.
 */
#pragma once

#include "actions/journal.h"
#include "actions/transaction.h"
#include "actions/writer.h"

/**
 * struct execution - one plan that is carried out
 * @writer: of all its writes, with host and locks; the owner of the execution ends it
 * @before_unbind: called directly before each unbind (not in undo), with the target's index; a
 * negative errno, with a message, prevents the unbind     @after_unbind: called when the unbind is
 * verified, failed, or hangs     Only execute_forward calls them.
 * @before_undo: called before undo unbinds a driver; -EUSERS, with a message, prevents that. NULL:
 * nothing is asked, as the transaction itself has checked     @context: for all
 */
struct execution {
	const struct host *host;
	struct journal *journal;
	struct writer writer;
	int (*before_unbind)(void *context, size_t target, struct error *e);
	void (*after_unbind)(void *context, size_t target);
	int (*before_undo)(void *context, const struct target *target, struct error *e);
	void *context;
};

/**
 * execute_forward - carry out the steps in order, up to the first failure or a signal
 * Returns: 0 all are done and verified; -EINPROGRESS a write is pending; another negative errno: a
 * step failed, and the steps begun have to be undone.  @e has the message.
 */
_must_check_ int execute_forward(struct execution *execution, struct error *e);

/**
 * execute_interrupted - -EINTR, with a message, where a signal asked to stop; else 0
 */
_must_check_ int execute_interrupted(struct error *e);

/**
 * execute_undo - undo the steps that were begun
 * A step that cannot be undone does not stop the others, except those of the same device. Devices
 * that were removed or replaced are left alone.
 * Returns: 0 all is undone and verified; a negative errno: the journal has the remaining steps.
 */
_must_check_ int execute_undo(struct execution *execution, struct error *e);

/**
 * execute_at_start - true where every target that exists has its old driver and override
 * @ret_words: else the state of the first target that differs, a sentence; or NULL
 */
bool execute_at_start(const struct execution *execution, char *ret_words, size_t size);

/**
 * execute_at_end - true where every target exists and has its new driver and override; @ret_words:
 * as above
 */
bool execute_at_end(const struct execution *execution, char *ret_words, size_t size);

/**
 * execute_looks_at_end - execute_at_end for looks that were made after the last write
 * @looks: one for each target
 */
bool execute_looks_at_end(const struct plan *plan, const struct target_look *looks, char *ret_words,
			  size_t size);
