/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transaction - one change of the machine: planned, checked, journalled, verified, and undone where
 * it fails
 *
 *     lock - unfinished work? - look - choose devices - check - plan - remember - journal
 *     for each step: begin on disk, write, look; then look at the groups again
 *
 * From the first "begin" on, SIGINT, SIGTERM and SIGQUIT end the transaction after the current
 * step, with everything undone, and all other signals are ignored (actions/signals.h).
 */
#pragma once

#include "actions/kernel.h"
#include "actions/look.h"
#include "actions/plan.h"
#include "checks/check.h"
#include "checks/stability.h"
#include "checks/waive.h"

/**
 * struct host - all that a transaction touches outside of itself
 * @timeout_ms: for each step, and for the lock in recover
 * @tell: is told what takes longer than a second, a sentence; may be NULL
 * @log: is told what goes into the system log, a line; may be NULL
 */
struct host {
	const struct root *root;
	const struct kernel *kernel;
	int timeout_ms;
	void (*tell)(const char *sentence);
	void (*log)(const char *line);
};

/**
 * struct request - what the user wants
 * @verb: "rebind", "unbind" or "restore"     @driver: NULL none; of no meaning for restore
 * @selectors: NULL-terminated     @all: restore --all
 * @with_group, @all_matching, @dry_run: the options of that name
 */
struct request {
	const char *verb;
	const char *driver;
	char *const *selectors;
	bool all, with_group, all_matching, dry_run;
	struct waivers waivers;
};

/** enum outcome - how it ended; the words of outcome_name are those of JSON documents */
enum outcome {
	OUTCOME_NONE, /* it did not come so far; a dry run */
	OUTCOME_DONE,
	OUTCOME_NOTHING_TO_DO,
	OUTCOME_REFUSED,
	OUTCOME_ROLLED_BACK,
	OUTCOME_UNFINISHED,
	OUTCOME_COUNT,
};

/**
 * struct moved - plan.targets[i], looked at after the last write
 * @state: what the look found; @driver_after is known in LOOK_CLEAR only
 * @words: in all other states, a sentence: "0000:01:00.0 is being unbound from vfio-pci"
 * @group_after: -1 none; of no meaning without @group_known
 */
struct moved {
	const char *driver_before, *driver_after;
	int group_before, group_after;
	enum look_state state;
	const char *words;
	bool group_known;
};

/**
 * struct report - everything there is to say about a transaction; lives in the caller's arena
 * @before, @after: snapshots; @after is NULL where nothing was changed. report_free frees both.
 * @handover: what the checks were asked about     @moved: one for each target
 * @changes: what differs in groups, and whether that is to be judged
 * @groups_stable: unknown where something was written and the groups were not compared afterwards
 * @forgotten: devices that are gone, and what was remembered of them with them
 */
struct report {
	enum outcome outcome;
	const struct system *before, *after;
	struct handover handover;
	struct checks checks;
	struct plan plan;
	const struct moved *moved;
	struct changes changes;
	enum answer groups_stable;
	struct changes forgotten;
};

/**
 * transaction_run - do what @request says, or with dry_run say what would be done
 * Returns: 0; otherwise a negative errno and in @e the code that decides the exit status:
 * ERROR_REFUSED, ERROR_ROLLED_BACK, ERROR_UNFINISHED, ERROR_LOCKED, ERROR_INTERRUPTED, …
 * @ret_report is filled in as far as it came either way.
 */
int transaction_run(const struct host *host, const struct request *request, struct arena *arena,
		    struct report *ret_report, struct error *e);

/** transaction_recover - finish or undo what a killed or failed one left half-way in this boot */
int transaction_recover(const struct host *host, struct arena *arena, struct report *ret_report,
			struct error *e);

void report_free(struct report *report);

const char *outcome_name(enum outcome outcome);
