/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of deferral.h that makes findings: each root cause once, with its devices */
#include "checks/deferral.h"

#include <stdlib.h>
#include <string.h>

/* The device's name does not distinguish causes that are about the device that waits. */
static bool is_about_itself(const struct deferral *deferral)
{
	return !deferral->culprit;
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

/* One finding for all deferrals of a group. */
static struct finding merge_deferrals(const struct deferral_group *group, struct arena *arena)
{
	const struct deferral *first = group->items[0];
	const char **devices = arena_array(arena, group->count, sizeof(*devices));
	struct finding finding = first->cause.finding;
	bool remedies_differ = false;

	for (size_t i = 0; i < group->count; i++) {
		devices[i] = group->items[i]->device->label;
		remedies_differ = remedies_differ || !same_remedy(first, group->items[i]);
	}
	finding.severity = group->severity;
	finding.devices = devices;
	finding.device_count = group->count;
	finding.remedy = first->remedy;
	if (group->count > 1 && is_about_itself(first))
		finding.subject = NULL;
	if (remedies_differ && first->remedy)
		finding.remedy =
			arena_printf(arena, "%s (for %s; the same for the other %zu)",
				     first->remedy, first->device->label, group->count - 1);
	return finding;
}

/* Worst first; groups of one severity in the order of their first devices. */
static int compare_groups(const void *a, const void *b)
{
	const struct deferral_group *one = a, *other = b;

	if (one->severity != other->severity)
		return one->severity > other->severity ? -1 : 1;
	return (one->items[0] > other->items[0]) - (one->items[0] < other->items[0]);
}

/* The group that begins at @sorted, a list that ends with NULL. */
static struct deferral_group group_at(const struct deferral *const *sorted)
{
	struct deferral_group group = {.items = sorted,
				       .severity = sorted[0]->cause.finding.severity};

	while (sorted[group.count] && compare_causes(sorted[0], sorted[group.count]) == 0) {
		enum severity severity = sorted[group.count++]->cause.finding.severity;

		if (severity > group.severity)
			group.severity = severity;
	}
	return group;
}

const struct deferral_group *deferral_groups(const struct deferrals *found, struct arena *arena,
					     size_t *ret_count)
{
	const struct deferral **sorted = arena_array(arena, found->count + 1, sizeof(*sorted));
	struct deferral_group *groups = arena_array(arena, found->count + 1, sizeof(*groups));
	size_t count = 0;

	for (size_t i = 0; i < found->count; i++)
		sorted[i] = &found->items[i];
	sorted[found->count] = NULL;
	qsort(sorted, found->count, sizeof(*sorted), compare_deferrals);
	for (size_t i = 0; i < found->count; i += groups[count++].count)
		groups[count] = group_at(sorted + i);
	qsort(groups, count, sizeof(*groups), compare_groups);
	*ret_count = count;
	return groups;
}

struct findings deferrals_findings(const struct deferrals *found, struct arena *arena)
{
	struct findings findings = {0};
	size_t count;
	const struct deferral_group *groups = deferral_groups(found, arena, &count);

	for (size_t i = 0; i < count; i++)
		findings_add(&findings, arena, merge_deferrals(&groups[i], arena));
	return findings;
}
