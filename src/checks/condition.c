/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/condition.h"

#include "base/suggest.h"
#include "base/text.h"
#include "model/facts.h"
#include "model/vfio_driver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *word;
	unsigned facts;
	const char *phrase;
} kinds[CONDITION_COUNT] = {
	[CONDITION_PROBED] = {"probed", FACT_IDS, "be probed"},
	[CONDITION_DRIVER] = {"driver=", FACT_IDS, "get the driver "},
	[CONDITION_GROUP] = {"group", 0, "join a group"},
	[CONDITION_VFIO] = {"vfio", FACT_IDS | FACT_VFIO, "be served by VFIO"},
};

static int parse_driver(const char *name, struct condition *ret_condition, struct error *e)
{
	enum { NAME_MAX_BYTES = 255 };

	if (!*name || strlen(name) > NAME_MAX_BYTES || strchr(name, '/'))
		return error_set(e, ERROR_USAGE, 0,
				 "driver= takes the name of a driver, not %.100s",
				 *name ? name : "nothing");
	*ret_condition = (struct condition){CONDITION_DRIVER, name};
	return 0;
}

int condition_parse(const char *text, struct condition *ret_condition, struct error *e)
{
	const char *driver = text_after(text, kinds[CONDITION_DRIVER].word);
	struct suggestion suggestion = {.word = text};

	if (driver)
		return parse_driver(driver, ret_condition, e);
	for (size_t i = 0; i < CONDITION_COUNT; i++) {
		if (strcmp(text, kinds[i].word) == 0) {
			*ret_condition = (struct condition){(enum condition_kind)i, NULL};
			return 0;
		}
	}
	error_set(e, ERROR_USAGE, 0, "unknown condition %.100s", text);
	for (size_t i = 0; i < CONDITION_COUNT; i++)
		suggest_name(&suggestion, kinds[i].word);
	if (!suggest_remedy(&suggestion, e))
		error_remedy(e, "Conditions are probed, driver=NAME, group and vfio.");
	return -EINVAL;
}

unsigned condition_facts(const struct condition *condition)
{
	return kinds[condition->kind].facts;
}

const char *condition_phrase(const struct condition *condition, char *out, size_t size)
{
	snprintf(out, size, "%s%s", kinds[condition->kind].phrase,
		 condition->driver ? condition->driver : "");
	return out;
}

static enum answer answer_of(bool yes)
{
	return yes ? ANSWER_YES : ANSWER_NO;
}

enum answer condition_holds(const struct condition *condition, const struct device *device)
{
	if (condition->kind == CONDITION_GROUP)
		return answer_of(device->group);
	if (!device->driver_known)
		return ANSWER_UNKNOWN;
	switch (condition->kind) {
	case CONDITION_DRIVER:
		return answer_of(device->driver &&
				 strcmp(device->driver, vfio_driver_spelling(condition->driver)) ==
					 0);
	case CONDITION_VFIO:
		/*
		 * Whether a guest can open the device. A group's node alone proves nothing: it may
		 * exist for another member. The entry of /sys/class/vfio-dev does not either: a
		 * kernel without character devices makes it as well.
		 */
		return answer_of(
			device->driver && driver_is_vfio(device) &&
			(device->vfio_cdev || (device->group && device->group->vfio_node)));
	default:
		return answer_of(device->driver);
	}
}

/*
 * deferral_of does not report a device without a known driver. Such a device is never hopeless: a
 * module can be loaded by name, or a driver get the ID by new_id.
 */
bool condition_is_hopeless(const struct condition *condition, const struct deferral *deferral,
			   bool modules_come)
{
	const struct device *device = deferral->device;
	enum finding_code code = deferral->cause.finding.code;

	if (modules_come &&
	    (code == CODE_IOMMU_MODULE_NOT_LOADED || code == CODE_SUPPLIER_MODULE_NOT_LOADED))
		return false;
	if (device->driver)
		return condition->kind == CONDITION_GROUP &&
		       (device->dma == DMA_LOST || device->dma == DMA_SHARED_STREAM);
	if (condition->kind == CONDITION_GROUP &&
	    deferral->outcome.what == DEFERRAL_RUNS_WITHOUT_IOMMU)
		return true;
	return deferral->outcome.what == DEFERRAL_NEVER;
}

/*
 * VFIO takes a device without a group in no-IOMMU mode alone (drivers/vfio/group.c:
 * vfio_group_find_or_alloc). Where firmware names no IOMMU, no group comes.
 */
bool condition_is_barred(const struct condition *condition, const struct device *device,
			 enum answer noiommu)
{
	if (condition->kind == CONDITION_VFIO)
		return !device->group && !device->group_unknown && device->dma == DMA_DIRECT &&
		       noiommu == ANSWER_NO;
	return condition->kind == CONDITION_GROUP && device->driver && device->dma == DMA_DIRECT;
}

struct wait_state wait_start(int64_t now, int timeout_ms, bool patient)
{
	return (struct wait_state){
		.deadline = timeout_ms < 0 ? INT64_MAX : now + timeout_ms,
		.held_since = -1,
		.hopeless_since = -1,
		.patient = patient,
	};
}

bool wait_wants_analysis(const struct wait_state *waiting, int64_t now)
{
	return waiting->unexplained && now >= waiting->analyse_at;
}

/* The decision of wait to sleep. @due: the time of the next look, unless an event comes first. */
static struct decision wait_until(const struct wait_state *waiting, const struct look_result *seen,
				  int64_t now, int64_t due)
{
	int64_t gap = WAIT_GAP_MS + seen->took, wait = due - now;

	/*
	 * Looks must not follow each other too fast: events also come from other devices, and a
	 * process that holds the lock of a device sends none.
	 */
	if (waiting->busy_looks)
		gap = (int64_t)WAIT_GLANCE_MS << (waiting->busy_looks - 1);
	if (wait < gap)
		wait = gap;
	/*
	 * A condition of wait that holds may be confirmed after the deadline: "--timeout 0" tests
	 * whether it holds now.
	 */
	if ((waiting->held_since < 0 || seen->probing) && wait > waiting->deadline - now)
		wait = waiting->deadline - now;
	if (wait < 0)
		wait = 0;
	return (struct decision){VERDICT_WAIT, (int)(gap < wait ? gap : wait), (int)wait};
}

/*
 * The condition holds in this look, but the kernel shows a driver before its probe begins, and
 * removes it if the probe fails or is deferred (drivers/base/dd.c: really_probe); no file of sysfs
 * means "bound". A deferral ends within milliseconds, so a driver that is still shown after
 * WAIT_CONFIRM_MS has probed, or takes long. Where firmware describes the device,
 * waiting_for_supplier exists until its first probe is over (drivers/base/core.c:
 * device_links_driver_bound); for other devices and later probes there is no sign. The uevent
 * "bind" would be one, but it is missed where it came before this program listened.
 */
static struct decision decide_held(struct wait_state *waiting, const struct look_result *seen,
				   int64_t now)
{
	int64_t due = seen->probing ? WAIT_PROBE_MS : WAIT_CONFIRM_MS;

	if (waiting->held_since < 0 || waiting->identity != seen->identity)
		waiting->held_since = now;
	waiting->identity = seen->identity;
	if (seen->sure || now - waiting->held_since >= due)
		return (struct decision){.verdict = VERDICT_TRUE};
	if (seen->probing && now >= waiting->deadline)
		return (struct decision){.verdict = VERDICT_TIMED_OUT};
	due += waiting->held_since;
	return wait_until(waiting, seen, now,
			  due < now + WAIT_GLANCE_MS ? due : now + WAIT_GLANCE_MS);
}

static int64_t time_of_next_analysis(const struct wait_state *waiting)
{
	int64_t rest = waiting->analysis_took * waiting->analysis_share;

	if (waiting->patient)
		return INT64_MAX;
	return waiting->analysed_at + (rest > WAIT_GLANCE_MS ? rest : WAIT_GLANCE_MS);
}

/* After an event the cause may be another: analyse as often as at the beginning. */
static void analyse_sooner(struct wait_state *waiting)
{
	int64_t sooner;

	if (waiting->analysis_share <= WAIT_ANALYSIS_SHARE)
		return;
	waiting->analysis_share = WAIT_ANALYSIS_SHARE;
	sooner = time_of_next_analysis(waiting);
	if (sooner < waiting->analyse_at)
		waiting->analyse_at = sooner;
}

/*
 * Record an analysis of suppliers, and set the time of the next. True where the condition cannot
 * become true.
 */
static bool is_hopeless(struct wait_state *waiting, const struct look_result *seen, int64_t now)
{
	int64_t proven;

	waiting->analysed_at = now;
	waiting->analysis_took = seen->took;
	waiting->analysis_share *= WAIT_IDLE_GROWTH;
	if (seen->stirred || seen->hopeless || !waiting->analysis_share)
		waiting->analysis_share = WAIT_ANALYSIS_SHARE;
	if (waiting->analysis_share > WAIT_IDLE_SHARE)
		waiting->analysis_share = WAIT_IDLE_SHARE;
	waiting->analyse_at = time_of_next_analysis(waiting);
	if (!seen->hopeless || waiting->patient) {
		waiting->hopeless_since = -1;
		return false;
	}
	if (waiting->hopeless_since < 0 || strcmp(waiting->hopeless, seen->hopeless) != 0) {
		waiting->hopeless_since = now;
		snprintf(waiting->hopeless, sizeof(waiting->hopeless), "%s", seen->hopeless);
	}
	proven = waiting->hopeless_since + (seen->unlisted ? WAIT_UNLISTED_MS : WAIT_HOPELESS_MS);
	if (proven < waiting->analyse_at)
		waiting->analyse_at = proven;
	return now >= proven;
}

static struct decision decide_open(struct wait_state *waiting, const struct look_result *seen,
				   int64_t now)
{
	int64_t due = now + WAIT_GLANCE_MS;

	waiting->held_since = -1;
	if (seen->analysed && is_hopeless(waiting, seen, now))
		return (struct decision){.verdict = VERDICT_HOPELESS};
	if (now >= waiting->deadline) {
		/*
		 * The deadline of wait has passed: look once more, with analysis, for a reason to
		 * report.
		 */
		if (seen->present && !seen->analysed && !seen->busy) {
			waiting->analyse_at = now;
			return (struct decision){.verdict = VERDICT_WAIT};
		}
		return (struct decision){.verdict = VERDICT_TIMED_OUT};
	}
	if (seen->present && waiting->analyse_at < due)
		due = waiting->analyse_at;
	return wait_until(waiting, seen, now, due);
}

struct decision wait_decide(struct wait_state *waiting, const struct look_result *seen, int64_t now)
{
	bool holds = seen->holds == ANSWER_YES;

	if (!seen->busy)
		waiting->busy_looks = 0;
	else if (waiting->busy_looks < WAIT_BUSY_LOOKS)
		waiting->busy_looks++;
	waiting->unexplained = seen->present && !holds;
	if (seen->stirred && !seen->analysed)
		analyse_sooner(waiting);
	if (!waiting->unexplained)
		waiting->hopeless_since = -1;
	return holds ? decide_held(waiting, seen, now) : decide_open(waiting, seen, now);
}
