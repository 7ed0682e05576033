/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * condition - what "wait" waits for, whether it is so, and when to stop
 *
 * Pure: the command looks at the devices and has the clock. A wait_state is what is remembered from
 * one look to the next; wait_decide is a function of it, of what a look saw, and of the time.
 */
#pragma once

#include "base/error.h"
#include "checks/deferral.h"
#include "checks/viability.h"

enum condition_kind {
	CONDITION_PROBED,
	CONDITION_DRIVER, /* driver=NAME */
	CONDITION_GROUP,
	CONDITION_VFIO,
	CONDITION_COUNT,
};

/** struct condition - @driver: borrowed from the text; NULL but for CONDITION_DRIVER */
struct condition {
	enum condition_kind kind;
	const char *driver;
};

/** condition_parse - the word on the command line; ERROR_USAGE for any other */
int condition_parse(const char *text, struct condition *ret_condition, struct error *e);

/** condition_facts - what must be read to judge it */
unsigned condition_facts(const struct condition *condition);

/** condition_phrase - "be probed": what a device is to do; returns @out */
const char *condition_phrase(const struct condition *condition, char *out, size_t size);

/**
 * condition_holds - whether it is so for @device
 * probed, driver=NAME: a driver is bound, as far as a single look can tell: the kernel shows a
 * driver from before its probe begins. vfio: a VFIO driver has made what a guest opens.
 */
enum answer condition_holds(const struct condition *condition, const struct device *device);

/**
 * condition_is_hopeless - true where it cannot come true for @deferral's device as things are
 * @modules_come: udev still has work, and may load any module in a moment
 * A device with a driver may be given another at any time, so for it only a group is hopeless: one
 * that is bound without its IOMMU stays so until somebody binds it anew.
 */
bool condition_is_hopeless(const struct condition *condition, const struct deferral *deferral,
			   bool modules_come);

/**
 * condition_is_barred - the same for a device that deferral_of says nothing of: one that is bound,
 * and for which firmware names no IOMMU, gets no group
 */
bool condition_is_barred(const struct condition *condition, const struct device *device);

enum {
	/** without events: what emits none (a group is joined, a probe deferred) is seen so */
	WAIT_GLANCE_MS = 1000,
	/** looks do not follow each other faster, beside the time that one takes */
	WAIT_GAP_MS = 50,
	/** what holds is true once it has held so long */
	WAIT_CONFIRM_MS = 100,
	/** the same while there is a sign that a probe is not over; a sign is no proof */
	WAIT_PROBE_MS = 60 * 1000,
	/** what cannot come true is believed when it has been so for so long */
	WAIT_HOPELESS_MS = 200,
	/** the same where it rests on a device being off the kernel's list: that is so, too, from
	 * the start of a retry of all that are deferred until its turn has come */
	WAIT_UNLISTED_MS = 10 * 1000,
	/** where reading hangs, each look leaves a process behind: so often the gap is doubled */
	WAIT_BUSY_LOOKS = 5,
	/** analysing takes at most one part of so many of the time */
	WAIT_ANALYSIS_SHARE = 20,
};

/**
 * struct look_result - what one look saw
 * @took: milliseconds     @holds: for all devices that the selector matches, and there is one
 * @present: it matches one     @sure: a single look is enough to say that it holds
 * @probing: it holds, but the kernel shows that a probe is not over
 * @busy: the kernel held a lock while we read     @analysed: suppliers were read
 * @identity: another number where other devices match or other drivers are bound
 * @hopeless: an analysed device for which it cannot come true, or NULL
 * @unlisted: the cause of that is CODE_MANUAL_BIND_DEFERRED
 */
struct look_result {
	int64_t took;
	enum answer holds;
	bool present, sure, probing, busy, analysed;
	uint64_t identity;
	const char *hopeless;
	bool unlisted;
};

enum verdict { VERDICT_WAIT, VERDICT_TRUE, VERDICT_TIMED_OUT, VERDICT_HOPELESS };

/**
 * struct decision - @gap_ms: sleep so long whatever comes     @wait_ms: look again after so long
 * even without an event; at least @gap_ms
 */
struct decision {
	enum verdict verdict;
	int gap_ms, wait_ms;
};

/** struct wait_state - what wait_decide remembers; times in milliseconds, -1: not so */
struct wait_state {
	int64_t deadline, held_since, hopeless_since, analyse_at;
	uint64_t identity;
	unsigned busy_looks;
	bool patient, unexplained;
	char hopeless[512];
};

/**
 * wait_start - begin to wait at @now, on a clock that only goes forward
 * @timeout_ms: -1 none     @patient: what cannot come true is waited for all the same
 */
struct wait_state wait_start(int64_t now, int timeout_ms, bool patient);

/** wait_wants_analysis - the next look is to read suppliers too */
bool wait_wants_analysis(const struct wait_state *waiting, int64_t now);

/** wait_decide - what to do after a look that ended at @now */
struct decision wait_decide(struct wait_state *waiting, const struct look_result *seen,
			    int64_t now);
