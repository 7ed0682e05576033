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

void check_changed_by_others(struct checking *checking)
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
