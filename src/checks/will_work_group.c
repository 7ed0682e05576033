/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include "checks/direct_memory.h"
#include "checks/domain_remedy.h"
#include "checks/group_user.h"
#include "checks/viability.h"
#include "model/vfio_driver.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *group_file(const struct checking *checking, const char *file)
{
	return arena_printf(checking->arena, "/sys/kernel/iommu_groups/%d/%s",
			    checking->move->device->group->id, file);
}

/* Whether a member will keep its group from being viable after the moves. */
static enum answer will_block(const struct checking *checking, const struct device *member)
{
	const struct move *move = handover_move(checking->handover, member);
	struct device after = *member;

	if (move) {
		after.driver = move->driver;
		after.driver_known = true;
		after.vfio_dev = NULL;
	}
	if (!after.driver_known)
		return ANSWER_UNKNOWN;
	return device_blocks(viability_rule(checking->handover->system), &after) ? ANSWER_YES
										 : ANSWER_NO;
}

/*
 * Up to three of the members whose answer is @wanted, "NAME (DRIVER)", and the number of others;
 * NULL for none.
 */
static const char *members_that(const struct checking *checking, enum answer wanted)
{
	enum { NAMED_MAX = 3 };
	const struct group *group = checking->move->device->group;
	const char *names = NULL;
	size_t count = 0;

	for (size_t i = 0; i < group->device_count; i++) {
		const struct device *member = group->devices[i];
		const struct move *move = handover_move(checking->handover, member);
		const char *driver = move ? move->driver : member->driver;

		if (will_block(checking, member) != wanted || count++ >= NAMED_MAX)
			continue;
		names = arena_printf(checking->arena, "%s%s%s (%s)", names ? names : "",
				     names ? ", " : "", member->label,
				     driver ? driver : "driver unknown");
	}
	if (count > NAMED_MAX)
		names = arena_printf(checking->arena, "%s and %zu more", names, count - NAMED_MAX);
	return names;
}

void check_viable(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);
	const char *names;

	check.finding.evidence = group_file(checking, "devices");
	if ((names = members_that(checking, ANSWER_YES))) {
		check.finding.remedy =
			checking->handover->with_group
				? "Unbind them first; --group leaves bridges alone."
				: "--group takes along the members that stand in the way.";
		check_say(checking, check,
			  move_is_settled(checking->move)
				  ? "group %d is not viable, and VFIO does not open it: %s"
				  : "group %d would not be viable, and VFIO would not open it: %s",
			  device->group->id, names);
	} else if ((names = members_that(checking, ANSWER_UNKNOWN))) {
		check_unseen(checking, check, "it is unknown whether group %d would be viable: %s",
			     device->group->id, names);
	} else {
		check_pass(checking, check,
			   move_is_settled(checking->move) ? "group %d is viable"
							   : "group %d will be viable",
			   device->group->id);
	}
}

static void say_direct(struct checking *checking, struct check check, const struct region *region)
{
	const struct system *system = checking->handover->system;
	const struct group *of = checking->move->device->group;
	int group = of->id;

	if (direct_memory_refused(system, of) != ANSWER_NO) {
		check.finding.remedy = direct_memory_remedy(system, region, checking->arena);
		check_say(checking, check,
			  "firmware wants 0x%" PRIx64 "-0x%" PRIx64
			  " mapped 1:1 for group %d, so VFIO would bind and then not open it",
			  region->start, region->end, group);
	} else {
		check.level = CHECK_WARNING;
		check_say(checking, check,
			  "firmware wants 0x%" PRIx64 "-0x%" PRIx64
			  " mapped 1:1 for group %d; this kernel lets VFIO open it, and "
			  "firmware's own accesses there then fail",
			  region->start, region->end, group);
	}
}

void check_reserved_region(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);
	const struct region *region;

	check.finding.evidence = group_file(checking, "reserved_regions");
	if (!device->group->regions_known)
		check_unseen(checking, check,
			     "it is unknown whether firmware wants memory mapped 1:1 for group %d",
			     device->group->id);
	else if ((region = direct_memory(device->group)))
		say_direct(checking, check, region);
	else
		check_pass(checking, check, "firmware wants no memory mapped 1:1 for group %d",
			   device->group->id);
}

static bool another_is_on_vfio(const struct device *device)
{
	return device->group->vfio_count > (driver_is_vfio(device) ? 1U : 0U);
}

/*
 * A host driver beside a VFIO user in one group: from 5.19 on its bind fails with EBUSY
 * (drivers/iommu/ iommu.c: iommu_device_use_default_domain); before, the kernel stops at a BUG_ON
 * (drivers/vfio/vfio.c: vfio_group_nb_verify).
 */
void check_group_in_use(struct checking *checking)
{
	const struct device *device = checking->move->device;
	bool crashes = viability_rule(checking->handover->system) == RULE_DRIVER_LIST;
	bool native = checking->move->driver && !move_is_to_vfio(checking->move);
	struct check check = check_start(checking);
	const char *user;

	if (!device->group || (!native && !move_takes_away(checking->move)))
		return;
	check.final = crashes && native;
	if (!another_is_on_vfio(device)) {
		check_pass(checking, check, "no other member of its group is served by VFIO");
	} else if ((user = group_user(device->group, checking->arena, &check.finding.evidence))) {
		check.finding.remedy =
			"Shut down the virtual machine or program that has the group.";
		check_say(checking, check, "%s%s", user,
			  !native ? ", which its members would change under"
			  : crashes
				  ? ", and this kernel crashes where a driver of the host is bound "
				    "beside it"
				  : ", and no driver of the host can be bound beside it");
	} else if (!group_user_is_known(device->group)) {
		check.finding.evidence = "/proc/*/fd";
		check_unseen(checking, check, "it is unknown whether a VFIO user has group %d",
			     device->group->id);
	} else {
		check_pass(checking, check, "no VFIO user has group %d", device->group->id);
	}
}

void check_identity(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);

	check.finding.evidence = group_file(checking, "type");
	if (!device->group->type) {
		check_unseen(checking, check, "the type of group %d could not be read",
			     device->group->id);
	} else if (strcmp(device->group->type, "identity") == 0) {
		check.finding.remedy =
			domain_remedy(checking->handover->system, device->group, checking->arena);
		if (!check.finding.remedy)
			check.finding.remedy = "Boot without iommu=pt or iommu.passthrough=1.";
		check_say(checking, check,
			  "group %d has the type identity: while no VFIO user has it, the device "
			  "reaches all memory",
			  device->group->id);
	} else {
		check_pass(checking, check, "group %d has the type %.40s", device->group->id,
			   device->group->type);
	}
}
