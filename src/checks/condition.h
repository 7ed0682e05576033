/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * condition - the conditions of "wait", whether one holds, and when to stop
 *
 * Pure functions: the command reads the devices and has the clock. wait_decide is a function of the
 * wait_state, which it updates, of a look (one reading of the devices), and of the time.
 */
#pragma once

#include "base/error.h"
#include "checks/deferral.h"
#include "checks/viability.h"

enum condition_kind {
	CONDITION_PROBED,
	CONDITION_DRIVER, /* the condition driver=NAME */
	CONDITION_GROUP,
	CONDITION_VFIO,
	CONDITION_COUNT,
};

/** struct condition - @driver: borrowed from the text; NULL but for CONDITION_DRIVER */
struct condition {
	enum condition_kind kind;
	const char *driver;
};

/** condition_parse - parse the condition on the command line; ERROR_USAGE for an unknown word */
_must_check_ int condition_parse(const char *text, struct condition *ret_condition,
				 struct error *e);

/** condition_facts - the facts that condition_holds needs */
unsigned condition_facts(const struct condition *condition);

/** condition_phrase - the condition in words, "be probed"; returns @out */
const char *condition_phrase(const struct condition *condition, char *out, size_t size);

/**
 * condition_holds - whether the condition holds for @device
 * probed, driver=NAME: a driver is bound, as far as a single look can tell: the kernel shows a
 * driver before its probe begins. vfio: a VFIO driver is bound and its node for guests exists.
 */
enum answer condition_holds(const struct condition *condition, const struct device *device);

/**
 * condition_is_hopeless - true where the condition cannot become true for @deferral's device as
 * things are
 * @modules_come: udev still has work, and may load any module
 * A device with a driver may get another at any time, so for such a device only the condition group
 * is hopeless: a device that is bound without its IOMMU stays so until it is bound again.
 */
bool condition_is_hopeless(const struct condition *condition, const struct deferral *deferral,
			   bool modules_come);

/**
 * condition_is_barred - condition_is_hopeless for a device without a deferral: a device that is
 * bound, and for which firmware names no IOMMU, gets no group; and without a group VFIO does not
 * serve it
 * @noiommu: whether VFIO's no-IOMMU mode is on
 */
bool condition_is_barred(const struct condition *condition, const struct device *device,
			 enum answer noiommu);

enum {
	/**
	 * time between looks without events: some changes send none (joining a group, a deferral)
	 */
	WAIT_GLANCE_MS = 1000,
	/** shortest time between two looks, in addition to the time that a look takes */
	WAIT_GAP_MS = 10,
	/** a condition of wait is confirmed once it has held for so long */
	WAIT_CONFIRM_MS = 100,
	/**
	 * the same, while the kernel shows a sign that a probe is not over; the sign is no proof
	 */
	WAIT_PROBE_MS = 60 * 1000,
	/** a condition of wait is given up once it has been hopeless for so long */
	WAIT_HOPELESS_MS = 200,
	/**
	 * the same, where the reason is that a device is not in devices_deferred: while the kernel
	 * retries all deferred devices, a device is missing there until its turn comes
	 */
	WAIT_UNLISTED_MS = 10 * 1000,
	/**
	 * a look that blocks leaves a process behind, so the time between looks then doubles: at
	 * most so many times
	 */
	WAIT_BUSY_LOOKS = 5,
	/** an analysis may take at most 1/WAIT_ANALYSIS_SHARE of the time after an event */
	WAIT_ANALYSIS_SHARE = 20,
	/**
	 * while no event comes each analysis has a WAIT_IDLE_GROWTH times smaller share of the time
	 * than that before, down to 1/WAIT_IDLE_SHARE: a condition that becomes hopeless without an
	 * event, by a timeout of the kernel, is given up that much later
	 */
	WAIT_IDLE_SHARE = 2000,
	WAIT_IDLE_GROWTH = 4,
};

/**
 * struct look_result - one look: one reading of the devices
 * @took: milliseconds     @holds: at least one device matches the selector, and the condition holds
 * for all of these
 * @present: a device matches     @sure: the single look proves that the condition holds
 * @probing: it holds, but the kernel shows that a probe is not over
 * @busy: another process held a lock during the reading     @analysed: suppliers were read
 * @stirred: an event came since the look before
 * @identity: changes when other devices match or other drivers are bound
 * @hopeless: an analysed device for which the condition cannot become true, or NULL
 * @unlisted: the cause of that is CODE_MANUAL_BIND_DEFERRED
 */
struct look_result {
	int64_t took;
	enum answer holds;
	bool present, sure, probing, busy, analysed, stirred;
	uint64_t identity;
	const char *hopeless;
	bool unlisted;
};

enum verdict { VERDICT_WAIT, VERDICT_TRUE, VERDICT_TIMED_OUT, VERDICT_HOPELESS };

/**
 * struct decision - what to do after a look
 * @gap_ms: sleep so long even if events come     @wait_ms: then look again after so long even
 * without an event; at least @gap_ms
 */
struct decision {
	enum verdict verdict;
	int gap_ms, wait_ms;
};

/**
 * struct wait_state - the memory of wait_decide; times in milliseconds, -1 where it does not apply
 */
struct wait_state {
	int64_t deadline, held_since, hopeless_since, analyse_at;
	int64_t analysed_at, analysis_took, analysis_share;
	uint64_t identity;
	unsigned busy_looks;
	bool patient, unexplained;
	char hopeless[512];
};

/**
 * wait_start - begin to wait at @now, by a monotonic clock
 * @timeout_ms: -1 none     @patient: also wait for a condition that is hopeless
 */
struct wait_state wait_start(int64_t now, int timeout_ms, bool patient);

/** wait_wants_analysis - true where the next look has to read suppliers too */
bool wait_wants_analysis(const struct wait_state *waiting, int64_t now);

/** wait_decide - the decision after a look that ended at @now */
struct decision wait_decide(struct wait_state *waiting, const struct look_result *seen,
			    int64_t now);
