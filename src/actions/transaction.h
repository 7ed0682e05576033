/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transaction - one change of the machine: planned, checked, journalled, verified, and undone if it
 * fails
 *
 *     lock - unfinished work? - read - choose devices - check - plan - remember - journal
 *     for each step: begin on disk, write, look; then compare the groups
 *
 * After the first "begin", SIGINT, SIGTERM and SIGQUIT end the transaction after the current step,
 * with everything undone; all other signals are ignored (actions/signals.h).
 */
#pragma once

#include "actions/kernel.h"
#include "actions/look.h"
#include "actions/plan.h"
#include "checks/check.h"
#include "checks/stability.h"
#include "checks/waive.h"

/**
 * struct host - the world outside of a transaction
 * @timeout_ms: for each step, and for the lock in recover
 * @tell: called with a sentence when a step takes longer than a second, or where the lock does not
 * hold for all containers; may be NULL
 * @log: called with each line for the system log; may be NULL
 */
struct host {
	const struct root *root;
	const struct kernel *kernel;
	int timeout_ms;
	void (*tell)(const char *sentence);
	void (*log)(const char *line);
};

/**
 * struct request - the user's command
 * @verb: "rebind", "unbind", "restore", "rescan", "vfs" or "domain"     @driver: NULL none; no
 * meaning for restore, rescan and domain
 * @selectors: NULL-terminated     @all: restore --all
 * @with_group, @all_matching, @dry_run: the options of that name
 * @facts: more facts of report.before, which only a dry run reads for its caller: with FACT_TRAITS
 * also those of the other members of the groups
 * @function_count: for vfs: the number of virtual functions     @driver_given: each gets @driver
 * @domain_type: for domain: the type, as the kernel spells it
 * @owner: the user that gets the VFIO nodes; NULL: they stay as they are
 * @by_pin: a pin asks for it, whose override the initramfs or udev may have written already
 */
struct request {
	const char *verb;
	const char *driver;
	char *const *selectors;
	bool all, with_group, all_matching, dry_run;
	unsigned facts;
	int function_count;
	bool driver_given;
	const char *domain_type;
	const struct owner *owner;
	bool by_pin;
	struct waivers waivers;
};

/** request_restores, … - true for the request of that verb */
bool request_restores(const struct request *request);
bool request_rescans(const struct request *request);
bool request_makes_functions(const struct request *request);
bool request_changes_domains(const struct request *request);

/** enum outcome - how a transaction ended; outcome_name gives the words of JSON documents */
enum outcome {
	OUTCOME_NONE, /* the transaction did not start, or was a dry run */
	OUTCOME_DONE,
	OUTCOME_NOTHING_TO_DO,
	OUTCOME_REFUSED,
	OUTCOME_ROLLED_BACK,
	OUTCOME_UNFINISHED,
	OUTCOME_LOST, /* recover closed a rescan of which not all devices came back */
	OUTCOME_COUNT,
};

/**
 * struct moved - plan.targets[i] after the last write
 * @state: of the look; @driver_after is known in LOOK_CLEAR only
 * @words: in all other states, a sentence: "0000:01:00.0 is being unbound from vfio-pci"
 * @group_after: -1 none; no meaning without @group_known
 */
struct moved {
	const char *driver_before, *driver_after;
	int group_before, group_after;
	enum look_state state;
	const char *words;
	bool group_known;
};

/**
 * struct network_before - addresses and routes of a device that the kernel dropped when iommuctl
 * unbound its driver
 * @label: the device     @commands: of ip(8), in order, that set them again
 */
struct network_before {
	const char *label;
	const char *const *commands;
	size_t count;
};

/**
 * struct report - all results of a transaction; lives in the caller's arena
 * @before, @after: snapshots; @after is NULL where nothing was changed. report_free frees both.
 * @handover: the moves that were checked     @moved: one for each target
 * @changes: differences in groups, and whether they break the promise
 * @groups_stable: unknown where a write was made and the groups were not compared afterwards
 * @forgotten: devices that are gone, and were dropped from the memory
 * @disturbed: refused as another process is binding or unbinding a device, which the error names
 * @networks: of the devices that have their first driver again
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
	bool disturbed;
	const struct network_before *networks;
	size_t network_count;
};

/**
 * transaction_run - carry out @request, or with dry_run only check and plan it
 * Returns: 0; otherwise a negative errno and in @e the code that decides the exit status:
 * ERROR_REFUSED, ERROR_ROLLED_BACK, ERROR_UNFINISHED, ERROR_LOCKED, ERROR_INTERRUPTED, … In both
 * cases @ret_report has the results so far.
 */
_must_check_ int transaction_run(const struct host *host, const struct request *request,
				 struct arena *arena, struct report *ret_report, struct error *e);

/**
 * transaction_recover - finish or undo a transaction of this boot that was killed or failed
 * half-way
 */
_must_check_ int transaction_recover(const struct host *host, struct arena *arena,
				     struct report *ret_report, struct error *e);

/**
 * transaction_find_unfinished - the plan that transaction_recover would take up; changes nothing
 * @ret_report: its plan has no steps where no transaction is unfinished
 * Takes no lock: a transaction that is running now is unfinished.
 */
_must_check_ int transaction_find_unfinished(const struct host *host, struct arena *arena,
					     struct report *ret_report, struct error *e);

void report_free(struct report *report);

const char *outcome_name(enum outcome outcome);
