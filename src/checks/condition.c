/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/condition.h"

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

	if (driver)
		return parse_driver(driver, ret_condition, e);
	for (size_t i = 0; i < CONDITION_COUNT; i++) {
		if (strcmp(text, kinds[i].word) == 0) {
			*ret_condition = (struct condition){(enum condition_kind)i, NULL};
			return 0;
		}
	}
	error_set(e, ERROR_USAGE, 0, "unknown condition %.100s", text);
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
		/* The group's node may be there for the sake of another member. */
		return answer_of(device->driver && driver_is_vfio(device) &&
				 (device->vfio_dev || (device->group && device->group->vfio_node)));
	default:
		return answer_of(device->driver);
	}
}

/*
 * A device that no driver is known for is not told of by deferral_of, and rightly waited for: a
 * module can be loaded by name, or take an ID by new_id, so nothing proves that none will come.
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
	return deferral->will_probe == ANSWER_NO;
}

bool condition_is_barred(const struct condition *condition, const struct device *device)
{
	return condition->kind == CONDITION_GROUP && device->driver && device->dma == DMA_DIRECT;
}

struct vigil vigil_start(int64_t now, int timeout_ms, bool patient)
{
	return (struct vigil){
		.deadline = timeout_ms < 0 ? INT64_MAX : now + timeout_ms,
		.held_since = -1,
		.hopeless_since = -1,
		.patient = patient,
	};
}

bool vigil_wants_analysis(const struct vigil *vigil, int64_t now)
{
	return vigil->unexplained && now >= vigil->analyse_at;
}

/* How long to sleep: @due is when to look again, if nothing says so earlier. */
static struct decision wait_until(const struct vigil *vigil, const struct sighting *sighting,
				  int64_t now, int64_t due)
{
	int64_t gap = VIGIL_GAP_MS + sighting->took, wait = due - now;

	/* Events come from other devices too, and the one that holds the lock sends none. */
	if (vigil->busy_looks)
		gap = (int64_t)VIGIL_GLANCE_MS << (vigil->busy_looks - 1);
	if (wait < gap)
		wait = gap;
	/* What holds may be confirmed after the deadline: "--timeout 0" asks whether it is so. */
	if ((vigil->held_since < 0 || sighting->probing) && wait > vigil->deadline - now)
		wait = vigil->deadline - now;
	if (wait < 0)
		wait = 0;
	return (struct decision){VERDICT_WAIT, (int)(gap < wait ? gap : wait), (int)wait};
}

/*
 * The kernel shows a driver from before its probe begins, and takes it back where the probe fails
 * or is deferred (drivers/base/dd.c: really_probe); sysfs has no sign of its own for "bound". A
 * deferral is over within milliseconds, so what is still so after CONFIRM_MS has probed, or takes
 * long over it. Where firmware describes the device, waiting_for_supplier is there until its first
 * probe is over (drivers/base/core.c: device_links_driver_bound); of the others, and of later
 * probes, nothing tells. The "bind" event would, but not of what was bound before we listened.
 */
static struct decision decide_held(struct vigil *vigil, const struct sighting *sighting,
				   int64_t now)
{
	int64_t due = sighting->probing ? VIGIL_PROBE_MS : VIGIL_CONFIRM_MS;

	if (vigil->held_since < 0 || vigil->identity != sighting->identity)
		vigil->held_since = now;
	vigil->identity = sighting->identity;
	if (sighting->sure || now - vigil->held_since >= due)
		return (struct decision){.verdict = VERDICT_TRUE};
	if (sighting->probing && now >= vigil->deadline)
		return (struct decision){.verdict = VERDICT_TIMED_OUT};
	due += vigil->held_since;
	return wait_until(vigil, sighting, now,
			  due < now + VIGIL_GLANCE_MS ? due : now + VIGIL_GLANCE_MS);
}

/* Take in an analysis, and say when to make the next. True: it cannot come true. */
static bool is_hopeless(struct vigil *vigil, const struct sighting *sighting, int64_t now)
{
	int64_t rest = sighting->took * VIGIL_ANALYSIS_SHARE, proven;

	vigil->analyse_at = now + (rest > VIGIL_GLANCE_MS ? rest : VIGIL_GLANCE_MS);
	if (vigil->patient)
		vigil->analyse_at = INT64_MAX;
	if (!sighting->hopeless || vigil->patient) {
		vigil->hopeless_since = -1;
		return false;
	}
	if (vigil->hopeless_since < 0 || strcmp(vigil->hopeless, sighting->hopeless) != 0) {
		vigil->hopeless_since = now;
		snprintf(vigil->hopeless, sizeof(vigil->hopeless), "%s", sighting->hopeless);
	}
	proven = vigil->hopeless_since +
		 (sighting->unlisted ? VIGIL_UNLISTED_MS : VIGIL_HOPELESS_MS);
	if (proven < vigil->analyse_at)
		vigil->analyse_at = proven;
	return now >= proven;
}

static struct decision decide_open(struct vigil *vigil, const struct sighting *sighting,
				   int64_t now)
{
	int64_t due = now + VIGIL_GLANCE_MS;

	vigil->held_since = -1;
	if (sighting->analysed && is_hopeless(vigil, sighting, now))
		return (struct decision){.verdict = VERDICT_HOPELESS};
	if (now >= vigil->deadline) {
		/* One last look, at once: why it did not come true. */
		if (sighting->present && !sighting->analysed && !sighting->busy) {
			vigil->analyse_at = now;
			return (struct decision){.verdict = VERDICT_WAIT};
		}
		return (struct decision){.verdict = VERDICT_TIMED_OUT};
	}
	if (sighting->present && vigil->analyse_at < due)
		due = vigil->analyse_at;
	return wait_until(vigil, sighting, now, due);
}

struct decision vigil_decide(struct vigil *vigil, const struct sighting *sighting, int64_t now)
{
	bool holds = sighting->holds == ANSWER_YES;

	if (!sighting->busy)
		vigil->busy_looks = 0;
	else if (vigil->busy_looks < VIGIL_BUSY_LOOKS)
		vigil->busy_looks++;
	vigil->unexplained = sighting->present && !holds;
	if (!vigil->unexplained)
		vigil->hopeless_since = -1;
	return holds ? decide_held(vigil, sighting, now) : decide_open(vigil, sighting, now);
}
