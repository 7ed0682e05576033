/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transaction_parts - a transaction in the making; only for transaction.c, which plans it,
 * carry_out.c, which carries it out, recover.c, which takes up an old one, and remember.c
 */
#pragma once

#include "actions/execute.h"
#include "actions/lock.h"
#include "actions/memory.h"
#include "actions/rebind.h"
#include "actions/store.h"
#include "model/facts.h"

enum {
	/* What two snapshots are compared by, and devices are told by. */
	TRANSACTION_FACTS = FACT_IDS | FACT_GROUP_TYPE | FACT_REGIONS | FACT_OVERRIDE |
			    FACT_INTERFACES | FACT_IOMMUS | FACT_FINGERPRINT | FACT_VFIO |
			    FACT_STREAMS | FACT_DEFERRAL,
};

/**
 * struct transaction
 * @request: NULL in recover     @locks: -1 in a dry run     @store: NULL where a dry run found none
 * @arena: the caller's; everything in @report lies there
 */
struct transaction {
	const struct host *host;
	const struct request *request;
	struct arena *arena;
	struct store *store;
	int locks[LOCK_COUNT];
	struct memory *memory;
	struct handover handover;
	struct report *report;
};

/** transaction_open - store, lock and memory; @create: what is not there is made */
int transaction_open(struct transaction *transaction, int lock_timeout_ms, struct error *e);

void transaction_close(struct transaction *transaction);

/** carry_out - remember, journal, write, verify; undo where that fails */
int carry_out(struct transaction *transaction, struct error *e);

/** carry_back - undo what the journal says was begun, and end it; @e holds why, and is added to */
int carry_back(struct transaction *transaction, struct execution *execution, struct error *e);

/** remember_targets - remember what the plan's targets are now; on disk when this returns 0 */
int remember_targets(struct transaction *transaction, struct error *e);

/**
 * remember_left - what the targets are left with; before the end of the journal, so that recover
 * can do it again
 * @rolled_back: they are left as they were when the transaction began
 * Returns: 0 when that is on disk.
 */
int remember_left(struct transaction *transaction, const struct plan *plan, bool rolled_back,
		  struct error *e);

/**
 * forget_settled - forget every target that is again what is remembered of it; only after the end
 * of the journal, as what is forgotten cannot be rolled back to
 */
void forget_settled(struct transaction *transaction, const struct plan *plan);

/** forget_replaced - forget devices that are gone, of which a selector is an interface's name */
void forget_replaced(struct transaction *transaction, char *const *selectors);

/**
 * forget_absent - forget what is gone of the devices that the request names, or of all
 * @selectors: replaced by those that still mean something     Returns: 0, or a negative errno.
 */
int forget_absent(struct transaction *transaction, char *const **selectors, struct error *e);

/** report_after - look again at the targets and the groups. The targets are looked at even where
 * this fails. */
int report_after(struct transaction *transaction, const struct plan *plan, unsigned more_facts,
		 struct error *e);

/** report_deferral - add to @e for what the probe of its device waits */
void report_deferral(const struct transaction *transaction, struct error *e);

/** report_hung_writers - add to @e the process that hangs in a write about a target, if there is
 * one */
void report_hung_writers(const struct transaction *transaction, struct error *e);

/** report_holders - add to @e who has devices of the plan open, so that the kernel waits for him;
 * after report_after with FACT_HOLDERS */
void report_holders(const struct transaction *transaction, struct error *e);
