/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks before the type of a group's default domain changes (drivers/iommu/iommu.c:
 * iommu_group_store_type)
 */
#include "checks/check_functions.h"

#include "checks/group_user.h"
#include "model/domain_type.h"
#include "model/kernel_release.h"
#include "model/pci.h"
#include "model/vfio_driver.h"

static const struct domain_change *asked_change(const struct checking *checking)
{
	return handover_domain_of(checking->handover, checking->move);
}

static struct check start_about_type(const struct checking *checking)
{
	const struct group *group = asked_change(checking)->group;
	struct check check = check_start(checking);

	check.finding.evidence =
		group ? arena_printf(checking->arena, "/sys/kernel/iommu_groups/%d/type", group->id)
		      : arena_concat(checking->arena, checking->move->device->path, "/",
				     "iommu_group");
	return check;
}

/* True, with an answer, where the device has no group, or none whose type can be changed. */
static bool refuse_group(struct checking *checking, struct check check)
{
	const struct device *device = checking->move->device;
	const struct group *group = device->group;

	if (!group && device->group_unknown)
		check_unseen(checking, check, "it is unknown which group it is in");
	else if (!group)
		check_say(checking, check, "it is in no group");
	else if (!group->type)
		check_unseen(checking, check, "the type of group %d could not be read", group->id);
	else if (!domain_type_is_changeable(group->type))
		check_say(checking, check,
			  "group %d has the type %.40s, which the kernel does not change",
			  group->id, group->type);
	else if (group->members_unknown)
		check_unseen(checking, check, "it is unknown which devices are in group %d",
			     group->id);
	else
		return false;
	return true;
}

/* The driver that a member has after the moves; NULL none. */
static const char *driver_after(const struct checking *checking, const struct device *member)
{
	const struct move *move = handover_move(checking->handover, member);

	return move ? move->driver : member->driver;
}

/* True, with an answer, where a member would have to be unbound and must not be. */
static bool refuse_members(struct checking *checking, struct check check)
{
	const struct domain_change *domain = asked_change(checking);

	if (domain_type_needs_no_unbind(domain->group->type, domain->type))
		return false;
	for (size_t i = 0; i < domain->group->device_count; i++) {
		const struct device *member = domain->group->devices[i];
		const struct move *move = handover_move(checking->handover, member);

		if (!member->driver_known) {
			check_unseen(checking, check, "it is unknown which driver %s has",
				     member->label);
			return true;
		}
		if (!move || !move->released || !device_is_pci_bridge(member))
			continue;
		check_say(checking, check,
			  "%s is a bridge with the driver %.100s, which would have to be unbound",
			  member->label, member->driver);
		return true;
	}
	return false;
}

/* True, with an answer, where a VFIO user has the group: it has a domain of its own then. */
static bool refuse_user(struct checking *checking, struct check check)
{
	const struct group *group = asked_change(checking)->group;
	const char *user = group_user(group, checking->arena, &check.finding.evidence);

	if (user) {
		check.finding.remedy =
			"Shut down the virtual machine or program that has the group.";
		check_say(checking, check, "%s", user);
	} else if (group->vfio_count && !group_user_is_known(group)) {
		check.finding.evidence = "/proc/*/fd";
		check_unseen(checking, check, "it is unknown whether a VFIO user has group %d",
			     group->id);
	} else {
		return false;
	}
	return true;
}

void check_domain_type(struct checking *checking)
{
	const struct domain_change *domain = asked_change(checking);
	struct check check = start_about_type(checking);

	if (refuse_group(checking, check) || refuse_members(checking, check) ||
	    refuse_user(checking, check))
		return;
	check_pass(checking, check, "group %d has the type %s, which can be changed to %s",
		   domain->group->id, domain->group->type, domain->type);
}

/*
 * A kernel refuses a type that it cannot set, but only after the drivers have been unbound: so that
 * is told before. Versions with backports can have more than the number tells, so it can be waived.
 */
void check_domain_kernel(struct checking *checking)
{
	const struct domain_change *domain = asked_change(checking);
	const char *release = checking->handover->system->machine.kernel;
	struct check check = start_about_type(checking);

	if (!domain->group)
		return;
	if (!release)
		check_unseen(checking, check, "it is unknown which version the kernel has");
	else if (kernel_has(release, KERNEL_DOMAIN_TYPE) == ANSWER_NO)
		check_say(checking, check,
			  "Linux %.60s does not change the type of a group: 5.11 is the first "
			  "that does",
			  release);
	else if (kernel_has(release, KERNEL_FLUSH_QUEUE) == ANSWER_NO &&
		 domain_type_needs_no_unbind("DMA", domain->type))
		check_say(checking, check, "Linux %.60s has no DMA-FQ: 5.15 is the first that has",
			  release);
	else if (kernel_has(release, KERNEL_DOMAIN_OF_SEVERAL) == ANSWER_NO &&
		 domain->group->device_count > 1)
		check_say(checking, check,
			  "group %d has %zu members, and Linux %.60s changes the type of groups "
			  "with one alone: 6.4 is the first that changes others",
			  domain->group->id, domain->group->device_count, release);
	else
		check_pass(checking, check, "Linux %.60s changes the type of such a group",
			   release);
}

static enum answer is_external(const struct checking *checking, const struct device *member)
{
	const char *release = checking->handover->system->machine.kernel;

	if (!device_is_pci(member))
		return ANSWER_NO;
	return member->removable == ANSWER_NO &&
			       kernel_has(release, KERNEL_PCI_REMOVABLE) != ANSWER_YES
		       ? ANSWER_UNKNOWN
		       : member->removable;
}

/* True, with an answer, where @member must not reach all memory, or that is unknown. */
static bool refuse_identity(struct checking *checking, struct check check,
			    const struct device *member)
{
	const char *driver = driver_after(checking, member);
	enum answer external =
		asked_change(checking)->restored ? ANSWER_NO : is_external(checking, member);

	if (driver && driver_name_is_vfio(driver)) {
		check_say(checking, check,
			  "%s is handed over with %s: while no user has it, it would reach all "
			  "memory",
			  member->label, driver);
	} else if (external == ANSWER_YES) {
		check.finding.evidence =
			arena_concat(checking->arena, member->path, "/", "removable");
		check_say(checking, check,
			  "%s can be plugged in from outside, and would reach all memory",
			  member->label);
	} else if (external == ANSWER_UNKNOWN) {
		check.finding.evidence =
			arena_concat(checking->arena, member->path, "/", "removable");
		check_unseen(checking, check,
			     "it is unknown whether %s can be plugged in from outside",
			     member->label);
	} else {
		return false;
	}
	return true;
}

void check_domain_identity(struct checking *checking)
{
	const struct domain_change *domain = asked_change(checking);
	struct check check = start_about_type(checking);

	if (!domain->group || !domain_type_is_set("identity", domain->type))
		return;
	for (size_t i = 0; i < domain->group->device_count; i++)
		if (refuse_identity(checking, check, domain->group->devices[i]))
			return;
	check_pass(checking, check,
		   "no member of group %d is handed over or can be plugged in from outside",
		   domain->group->id);
}
