/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transaction_parts - a transaction while it runs; only for transaction.c, which plans it,
 * carry_out.c, which carries it out, recover.c, which resumes an old one, and remember.c
 */
#pragma once

#include "actions/execute.h"
#include "actions/lock.h"
#include "actions/memory.h"
#include "actions/rebind.h"
#include "actions/store.h"
#include "model/facts.h"

enum {
	/* The facts for comparing two snapshots, and for the nodes that a guest opens. */
	COMPARISON_FACTS = FACT_IDS | FACT_GROUP_TYPE | FACT_IOMMUS | FACT_FINGERPRINT | FACT_VFIO |
			   FACT_STREAMS,
	/* Those, and the facts for checks and for naming devices. */
	TRANSACTION_FACTS =
		COMPARISON_FACTS | FACT_REGIONS | FACT_OVERRIDE | FACT_INTERFACES | FACT_DEFERRAL,
};

/**
 * struct transaction - one run
 * @request: NULL in recover     @locks: -1 in a dry run     @store: NULL where a dry run found none
 * @arena: the caller's; it owns everything in @report
 * @looks: the last look of report_after at each target of its plan
 * @undone: the steps were undone, so that no type of a group is to be another one
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
	const struct target_look *looks;
	bool undone;
};

/** transaction_open - open store, lock and memory; @create: make those that are missing */
_must_check_ int transaction_open(struct transaction *transaction, int lock_timeout_ms,
				  struct error *e);

void transaction_close(struct transaction *transaction);

/** carry_out - remember, journal, write, verify; undo if that fails */
_must_check_ int carry_out(struct transaction *transaction, struct error *e);

/**
 * carry_back - undo the steps that the journal shows as begun, and end it; @e holds the reason, and
 * is extended
 */
_must_check_ int carry_back(struct transaction *transaction, struct execution *execution,
			    struct error *e);

/** leave_pending - end with a write that hangs: the journal stays open for recover */
_must_check_ int leave_pending(struct transaction *transaction, struct execution *execution,
			       struct error *e);

/** leave_unfinished - end the journal as unfinished; returns a negative errno */
_must_check_ int leave_unfinished(struct execution *execution, struct error *e);

/** rescan_run - carry out the plan of a rescan (rescan_steps.h), and end its journal */
_must_check_ int rescan_run(struct transaction *transaction, struct execution *execution,
			    struct error *e);

/**
 * rescan_recover - go on with a rescan that was killed or failed
 * Devices that do not come back now are recorded as lost, and the journal ends.
 */
_must_check_ int rescan_recover(struct transaction *transaction, struct execution *execution,
				struct error *e);

/**
 * remember_targets - remember the present state of the plan's targets; on disk when this returns 0
 */
_must_check_ int remember_targets(struct transaction *transaction, struct error *e);

/**
 * remember_bound_by_pin - remember targets that the override of their pin has given to its driver,
 * when they were found or its module was loaded: restore takes them back like those that were moved
 */
_must_check_ int remember_bound_by_pin(struct transaction *transaction, struct error *e);

/**
 * remember_left - record the state in which the targets are left; called before the end of the
 * journal, so that recover can repeat it
 * @rolled_back: they are left as they were when the transaction began
 * Returns: 0 when that is on disk.
 */
_must_check_ int remember_left(struct transaction *transaction, const struct plan *plan,
			       bool rolled_back, struct error *e);

/**
 * remember_functions - forget the virtual functions of the plan that vfs has removed
 * @rolled_back: they were made again, and the new ones are remembered in their place
 * Returns: 0 when that is on disk, or where none of them was remembered.
 */
_must_check_ int remember_functions(struct transaction *transaction, const struct plan *plan,
				    bool rolled_back, struct error *e);

/**
 * forget_settled - forget every target that is again in its remembered state; called only after the
 * end of the journal, as a forgotten state cannot be rolled back to
 */
void forget_settled(struct transaction *transaction, const struct plan *plan);

/** forget_replaced - forget removed devices that a selector names by an interface */
void forget_replaced(struct transaction *transaction, char *const *selectors);

/**
 * forget_absent - forget removed devices, of those that the request names or of all
 * @selectors: replaced by those that still mean a device     Returns: 0, or a negative errno.
 */
_must_check_ int forget_absent(struct transaction *transaction, char *const **selectors,
			       struct error *e);

/**
 * transaction_read - read the machine twice: first to find the chosen devices, then all facts about
 * these. Sets report->before and the moves.
 */
_must_check_ int transaction_read(struct transaction *transaction, struct error *e);

/**
 * report_after - read the targets and the groups again. The targets are read even where this fails.
 */
_must_check_ int report_after(struct transaction *transaction, const struct plan *plan,
			      unsigned more_facts, struct error *e);

/**
 * report_networks - add to report->networks each device that had addresses and routes, lost the
 * driver, and has it again; call it before forget_settled
 */
void report_networks(struct transaction *transaction, const struct journal *journal);

/**
 * report_networks_of_plan - add to report->networks each target that had addresses and routes
 */
void report_networks_of_plan(struct transaction *transaction);

/** report_deferral - add the supplier for which the device's probe waits to @e */
void report_deferral(const struct transaction *transaction, struct error *e);

/**
 * report_hung_writers - add the process that hangs in a write about a target, if there is one, to
 * @e
 */
void report_hung_writers(const struct transaction *transaction, struct error *e);

/**
 * report_holders - add the processes that have devices of the plan open, and so block the kernel,
 * to @e; call it after report_after with FACT_HOLDERS
 */
void report_holders(const struct transaction *transaction, struct error *e);
