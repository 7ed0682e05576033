/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include <string.h>

static bool same(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) == 0 : one == other;
}

/* The state of a device in words: "the driver nvme and no override" */
static const char *state_words(const struct checking *checking, const char *driver,
			       const char *override)
{
	return arena_printf(checking->arena, "%s%s and %s%s", driver ? "the driver " : "no driver",
			    driver ? driver : "", override ? "the override " : "no override",
			    override ? override : "");
}

static void compare_state(struct checking *checking)
{
	const struct move *move = checking->move;
	const struct device *device = move->device;
	struct check check = check_start(checking);

	check.finding.evidence = arena_printf(checking->arena, "%s/driver_override", device->path);
	if (!move->left_known) {
		check.level = CHECK_WARNING;
		check_unseen(checking, check,
			     "it is unknown whether something else has changed it since: an older "
			     "iommuctl moved it");
	} else if (!device->driver_known) {
		check.finding.remedy = "Run it as root on the machine itself.";
		check_unseen(checking, check,
			     "it is unknown whether something else has changed it since");
	} else if (same(device->driver, move->left_driver) &&
		   same(device->driver_override, move->left_override)) {
		check_pass(checking, check, "it is as iommuctl left it");
	} else {
		check.finding.remedy =
			"Find out what changed it; with this check waived, restore overwrites it.";
		check_say(checking, check,
			  "something else has changed it: iommuctl left it with %s, and it has %s",
			  state_words(checking, move->left_driver, move->left_override),
			  state_words(checking, device->driver, device->driver_override));
	}
}

/* The type of a group is compared once, for the member that the restore of the type is about. */
static void compare_type(struct checking *checking, const struct domain_change *domain)
{
	const struct group *group = domain->group;
	struct check check = check_start(checking);

	/* A group whose type could not be read is refused: check_domain_type. */
	if (!group->type || !domain->left_type)
		return;
	check.finding.evidence =
		arena_printf(checking->arena, "/sys/kernel/iommu_groups/%d/type", group->id);
	if (same(group->type, domain->left_type)) {
		check_pass(checking, check, "group %d has the type that iommuctl gave it",
			   group->id);
		return;
	}
	check.finding.remedy =
		"Find out what changed it; with this check waived, restore overwrites it.";
	check_say(checking, check,
		  "something else has changed it: iommuctl left group %d with the type %.40s, and "
		  "it has %.40s",
		  group->id, domain->left_type, group->type);
}

void check_changed_by_others(struct checking *checking)
{
	const struct move *move = checking->move;
	const struct domain_change *domain = handover_domain_of(checking->handover, checking->move);

	if (move->restored && (move_changes(move) || move_changes_override(move)))
		compare_state(checking);
	if (domain && domain->restored)
		compare_type(checking, domain);
}
