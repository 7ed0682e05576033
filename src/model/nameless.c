/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/nameless.h"

#include "base/text.h"

#include <string.h>

/* True for the line of a failed probe of that driver: "… probe with driver NAME failed …", or up to
 * Linux 6.9 "NAME: probe of …" (drivers/base/dd.c: call_driver_probe).
 */
static bool is_of_driver(const struct remark *remark, const char *driver)
{
	const char *with = strstr(remark->text, "probe with driver ");
	const char *name = with ? text_after(with, "probe with driver ") : remark->text;
	const char *rest = text_after(name, driver);

	return rest && (text_starts(rest, with ? " failed" : ": probe of "));
}

/* The number of IOMMUs of that kind that may be the one whose probe failed. */
static size_t count_unready(const struct system *system, enum iommu_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < system->iommu_count; i++)
		count += system->iommus[i]->kind == kind && system->iommus[i]->state != IOMMU_READY;
	return count;
}

const struct remark *nameless_failed_probe(const struct system *system, const char *name)
{
	enum iommu_kind kind = iommu_kind_of_instance(name);
	const char *driver = iommu_traits(kind)->driver;
	const struct remark *found = NULL;
	size_t count = 0;

	for (size_t i = 0; driver && i < system->remark_count; i++) {
		const struct remark *remark = system->remarks[i];

		if (remark->kind != REMARK_PROBE_FAILED || !is_of_driver(remark, driver))
			continue;
		found = remark;
		count++;
	}
	return count == 1 && count_unready(system, kind) <= 1 ? found : NULL;
}
