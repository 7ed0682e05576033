/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of deferral.h that makes findings: each root cause once, with its devices */
#include "checks/deferral.h"

#include <stdlib.h>
#include <string.h>

/*
 * True where the subject of the cause is the device that waits: its name then does not distinguish
 * causes.
 */
static bool is_about_itself(const struct deferral *deferral)
{
	return !deferral->link_count || deferral->cause.finding.code == CODE_MANUAL_BIND_DEFERRED;
}

/* Deferrals with the same cause are equal. */
static int compare_causes(const struct deferral *one, const struct deferral *other)
{
	const struct finding *left = &one->cause.finding, *right = &other->cause.finding;
	bool itself = is_about_itself(one);

	if (left->code != right->code)
		return left->code < right->code ? -1 : 1;
	if (itself != is_about_itself(other))
		return itself ? -1 : 1;
	if (!itself && strcmp(left->subject, right->subject) != 0)
		return strcmp(left->subject, right->subject);
	return strcmp(left->message, right->message);
}

/* The order of deferrals by cause; those of one cause in the order of the devices. */
static int compare_deferrals(const void *a, const void *b)
{
	const struct deferral *one = *(const struct deferral *const *)a;
	const struct deferral *other = *(const struct deferral *const *)b;
	int order = compare_causes(one, other);

	return order ? order : (one > other) - (one < other);
}

static bool same_remedy(const struct deferral *one, const struct deferral *other)
{
	return !one->remedy == !other->remedy &&
	       (!one->remedy || strcmp(one->remedy, other->remedy) == 0);
}

/* One finding for @count deferrals that have the same cause. */
static struct finding merge_deferrals(const struct deferral *const *same, size_t count,
				      struct arena *arena)
{
	const struct deferral *first = same[0];
	const char **devices = arena_array(arena, count, sizeof(*devices));
	struct finding finding = first->cause.finding;
	bool remedies_differ = false;

	for (size_t i = 0; i < count; i++) {
		devices[i] = same[i]->device->label;
		remedies_differ = remedies_differ || !same_remedy(first, same[i]);
		if (same[i]->cause.finding.severity > finding.severity)
			finding.severity = same[i]->cause.finding.severity;
	}
	finding.devices = devices;
	finding.device_count = count;
	finding.remedy = first->remedy;
	if (count > 1 && is_about_itself(first))
		finding.subject = NULL;
	if (remedies_differ && first->remedy)
		finding.remedy = arena_printf(arena, "%s (for %s; the same for the other %zu)",
					      first->remedy, first->device->label, count - 1);
	return finding;
}

/*
 * The findings in the order of their first devices. @by_first: each finding at the index of its
 * first device
 */
static struct findings gather_findings(const struct finding *by_first, size_t count,
				       struct arena *arena)
{
	struct findings findings = {0};

	for (size_t i = 0; i < count; i++)
		if (by_first[i].code != CODE_NONE)
			findings_add(&findings, arena, by_first[i]);
	findings_sort(&findings);
	return findings;
}

struct findings deferrals_findings(const struct deferrals *found, struct arena *arena)
{
	_autofree_ const struct deferral **sorted = calloc(found->count + 1, sizeof(*sorted));
	_autofree_ struct finding *by_first = calloc(found->count + 1, sizeof(*by_first));
	size_t end;

	if (!sorted || !by_first)
		memory_exhausted();
	for (size_t i = 0; i < found->count; i++)
		sorted[i] = &found->items[i];
	qsort(sorted, found->count, sizeof(*sorted), compare_deferrals);
	for (size_t i = 0; i < found->count; i = end) {
		for (end = i + 1; end < found->count; end++)
			if (compare_causes(sorted[i], sorted[end]) != 0)
				break;
		by_first[sorted[i] - found->items] = merge_deferrals(sorted + i, end - i, arena);
	}
	return gather_findings(by_first, found->count, arena);
}
