/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/stability_parts.h"

#include "model/domain_type.h"

#include <stdio.h>
#include <string.h>

enum { SENTENCE_SIZE = 512 };

/* The present group of the first former member that still has one. */
static const struct group *group_after(const struct comparison *comparison,
				       const struct group *group)
{
	for (size_t i = 0; i < group->device_count; i++) {
		const struct device *now = side_find(&comparison->after, group->devices[i]->path);

		if (now && now->group)
			return now->group;
	}
	return NULL;
}

bool comparison_is_function(const struct comparison *comparison, const struct device *device)
{
	for (size_t i = 0; i < comparison->function_count; i++)
		if (strcmp(comparison->functions[i], device->path) == 0)
			return true;
	return false;
}

/* True where the other snapshot has @device in @group; without a group, anywhere. */
static bool is_member(const struct side *side, const struct device *device,
		      const struct group *group)
{
	const struct device *there = side_find(side, device->path);

	return there && there->group == group;
}

/* True for a moved device that had no group and joined the predicted one. */
static bool gains_rightly(const struct comparison *comparison, const struct device *new)
{
	const struct device *old = side_find(&comparison->before, new->path);

	return old && !old->group && comparison->after.moved[new->index] &&
	       device_joins_rightly(new, new->group);
}

static void compare_members(struct comparison *comparison, const struct group *old,
			    const struct group *new, bool judged)
{
	char sentence[SENTENCE_SIZE] = "";
	size_t used = 0;

	for (size_t i = 0; i < old->device_count && used < sizeof(sentence); i++)
		if (!is_member(&comparison->after, old->devices[i], new) &&
		    !comparison_is_function(comparison, old->devices[i]))
			used += (size_t)snprintf(sentence + used, sizeof(sentence) - used,
						 "%s%s left it", used ? ", " : "",
						 old->devices[i]->label);
	for (size_t i = 0; i < new->device_count &&used < sizeof(sentence); i++)
		if (!is_member(&comparison->before, new->devices[i], old) &&
		    !gains_rightly(comparison, new->devices[i]) &&
		    !comparison_is_function(comparison, new->devices[i]))
			used += (size_t)snprintf(sentence + used, sizeof(sentence) - used,
						 "%s%s joined it", used ? ", " : "",
						 new->devices[i]->label);
	if (used)
		change_of_group(comparison, CHANGE_MEMBERS, judged, old,
				"group %d has other members: %s", old->id, sentence);
}

static bool has_same_members(const struct comparison *comparison, const struct group *old,
			     const struct group *new)
{
	if (old->device_count != new->device_count)
		return false;
	for (size_t i = 0; i < old->device_count; i++)
		if (!is_member(&comparison->after, old->devices[i], new))
			return false;
	return true;
}

/* True where the transaction was to give the group the type that it has. */
static bool is_type_wanted(const struct comparison *comparison, const struct group *old,
			   const struct group *new)
{
	for (size_t i = 0; i < comparison->domain_count; i++) {
		const struct domain_change *domain = &comparison->domains[i];

		if (domain->group == old && new->type)
			return domain_type_is_set(new->type, domain->type) ||
			       strcmp(domain->type, DOMAIN_TYPE_AUTO) == 0;
	}
	return false;
}

static void compare_types(struct comparison *comparison, const struct group *old,
			  const struct group *new, bool judged)
{
	if (is_type_wanted(comparison, old, new))
		return;
	if (!old->type || (!new->type && !judged) ||
	    (new->type &&strcmp(old->type, new->type) == 0))
		return;
	if (!new->type)
		change_of_group(comparison, CHANGE_TYPE, judged, old,
				"group %d had the type %s; what it has now could not be read",
				old->id, old->type);
	else
		change_of_group(comparison, CHANGE_TYPE, judged, old,
				"group %d had the type %s and has %s now", old->id, old->type,
				new->type);
}

static bool has_iommu(const struct group *group, const char *identity)
{
	for (size_t i = 0; i < group->iommu_count; i++)
		if (strcmp(group->iommus[i]->identity, identity) == 0)
			return true;
	return false;
}

/*
 * True where groups with the same members are behind different IOMMUs. A fingerprint has paths in
 * it, so that a new address changes it: then the IOMMUs themselves are compared.
 */
static bool is_behind_another(const struct comparison *comparison, const struct group *old,
			      const struct group *new)
{
	if (!old->fingerprint || !new->fingerprint ||
	    strcmp(old->fingerprint, new->fingerprint) == 0)
		return false;
	if (!comparison->after.by_location || old->iommu_count != new->iommu_count)
		return true;
	for (size_t i = 0; i < old->iommu_count; i++)
		if (!has_iommu(new, old->iommus[i]->identity))
			return true;
	return false;
}

/* True for a group that comes and goes with virtual functions. */
static bool is_group_of_functions(const struct comparison *comparison, const struct group *group)
{
	for (size_t i = 0; i < group->device_count; i++)
		if (!comparison_is_function(comparison, group->devices[i]))
			return false;
	return comparison->function_count && group->device_count;
}

static void compare_group(struct comparison *comparison, const struct group *old)
{
	const struct group *new = group_after(comparison, old);
	bool judged =
		(side_touches(&comparison->before, old) || side_touches(&comparison->after, new)) &&
		!group_is_noiommu(old);

	if (is_group_of_functions(comparison, old))
		return;
	if (!new) {
		change_of_group(comparison, CHANGE_GROUP_GONE, judged, old,
				group_is_noiommu(old)
					? "group %d is gone: VFIO had made it, without an IOMMU"
					: "group %d is gone",
				old->id);
		return;
	}
	if (old->id != new->id)
		change_of_group(comparison, CHANGE_RENUMBERED,
				judged && !comparison->after.by_location, old,
				"group %d is group %d now", old->id, new->id);
	if (!has_same_members(comparison, old, new))
		compare_members(comparison, old, new, judged);
	else if (is_behind_another(comparison, old, new))
		change_of_group(comparison, CHANGE_IOMMU, judged, old,
				"group %d has the members it had, behind another IOMMU", old->id);
	compare_types(comparison, old, new, judged);
}

/*
 * Report a device that had no group. If it joined a group wrongly, that group has already been
 * reported.
 */
static void find_gained(struct comparison *comparison, const struct device *new)
{
	const struct device *old = side_find(&comparison->before, new->path);

	if (old && !old->group && new->group)
		change_of_device(comparison, CHANGE_GROUP_GAINED, false, new,
				 "%s had no group and is in group %d now", new->label,
				 new->group->id);
}

static struct changes compare_sides(struct comparison *comparison)
{
	const struct system *before = comparison->before.system, *after = comparison->after.system;

	for (size_t i = 0; i < before->group_count; i++)
		compare_group(comparison, before->groups[i]);
	for (size_t i = 0; i < after->device_count; i++)
		find_gained(comparison, after->devices[i]);
	compare_devices(comparison);
	side_free(&comparison->before);
	side_free(&comparison->after);
	return (struct changes){comparison->items, comparison->count};
}

static struct changes compare_systems(const struct system *before, const struct system *after,
				      const char *const *touched, size_t touched_count,
				      bool by_location, struct arena *arena)
{
	struct comparison comparison = {
		.before = side_make(before, touched, touched_count),
		.after = side_make(after, touched, touched_count),
		.arena = arena,
	};

	comparison.before.by_location = comparison.after.by_location = by_location;
	return compare_sides(&comparison);
}

struct changes stability_compare(const struct system *before, const struct system *after,
				 const char *const *touched, size_t touched_count,
				 struct arena *arena)
{
	return compare_systems(before, after, touched, touched_count, false, arena);
}

struct changes stability_compare_rescanned(const struct system *before, const struct system *after,
					   const char *const *touched, size_t touched_count,
					   struct arena *arena)
{
	return compare_systems(before, after, touched, touched_count, true, arena);
}

struct changes stability_compare_domains(const struct system *before, const struct system *after,
					 const char *const *touched, size_t touched_count,
					 const struct domain_change *domains, size_t domain_count,
					 struct arena *arena)
{
	struct comparison comparison = {
		.before = side_make(before, touched, touched_count),
		.after = side_make(after, touched, touched_count),
		.domains = domains,
		.domain_count = domain_count,
		.arena = arena,
	};

	return compare_sides(&comparison);
}

struct changes stability_compare_functions(const struct system *before, const struct system *after,
					   const char *physical, const char *const *functions,
					   size_t function_count, struct arena *arena)
{
	struct comparison comparison = {
		.before = side_make(before, &physical, 1),
		.after = side_make(after, &physical, 1),
		.functions = functions,
		.function_count = function_count,
		.arena = arena,
	};

	return compare_sides(&comparison);
}
