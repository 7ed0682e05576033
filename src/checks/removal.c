/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks before devices are removed and found again: what removal does to them, and to their group.
 */
#include "checks/check_functions.h"

#include "base/text.h"
#include "checks/dependents.h"
#include "checks/domain_remedy.h"
#include "model/kernel_release.h"
#include "model/pci.h"

#include <stdio.h>
#include <string.h>

static const char *removal_file(const struct checking *checking, const char *file)
{
	return arena_concat(checking->arena, checking->move->device->path, "/", file);
}

static const struct iommu *iommu_at(const struct system *system, const struct device *device)
{
	for (size_t i = 0; i < system->iommu_count; i++)
		if (iommu_is_at(system->iommus[i], device))
			return system->iommus[i];
	return NULL;
}

static bool refuse_removal_of_functions(struct checking *checking, struct check check)
{
	const struct traits *traits = check.device->traits;

	if (traits->physical_function) {
		check.finding.evidence = removal_file(checking, "physfn");
		check.finding.remedy = "Make it again through its physical function.";
		check_say(checking, check,
			  "it is a virtual function, which no search of a bus finds again");
		return true;
	}
	if (!traits->virtual_functions)
		return false;
	check.finding.evidence = removal_file(checking, "sriov_numvfs");
	check.finding.remedy =
		arena_printf(checking->arena, "iommuctl vfs %s 0", check.device->label);
	check_say(checking, check,
		  "it has %zu virtual function%s, which no search of a bus makes again",
		  traits->virtual_functions, traits->virtual_functions == 1 ? "" : "s");
	return true;
}

/* The drivers of host and ISA bridges set the chipset up at boot, and expect no end. */
static bool is_of_the_chipset(const struct device *device)
{
	return device_class(device) == PCI_CLASS_BRIDGE_HOST ||
	       device_class(device) == PCI_CLASS_BRIDGE_ISA;
}

static bool refuse_removal(struct checking *checking, struct check check)
{
	const struct device *device = check.device;
	const struct iommu *iommu = iommu_at(checking->handover->system, device);

	if (iommu) {
		check.finding.evidence = iommu->device;
		check.finding.remedy = "Leave it: while the kernel runs, its devices need it.";
		check_say(checking, check, "it is the IOMMU %s", iommu->name);
		return true;
	}
	if (is_of_the_chipset(device)) {
		check.finding.evidence = removal_file(checking, "class");
		check.finding.remedy = "Leave it, and remove the devices that are concerned.";
		check_say(checking, check, "it is a part of the chipset: a host or ISA bridge");
		return true;
	}
	return refuse_removal_of_functions(checking, check);
}

void check_removable(struct checking *checking)
{
	const struct system *system = checking->handover->system;
	struct check check = check_start(checking);

	check.finding.evidence = removal_file(checking, "remove");
	if (!device_is_pci(check.device)) {
		check.finding.evidence = check.device->path;
		check.finding.remedy =
			arena_printf(checking->arena,
				     "For an IOMMU that it missed: reboot, with the module of "
				     "that IOMMU in the initramfs%s.",
				     initramfs_words(system->machine.initramfs));
		check_say(checking, check,
			  "it is no PCI device, and only these can be removed and found again");
	} else if (!check.device->traits || check.device->traits->functions_unknown ||
		   device_class(check.device) < 0) {
		check_unseen(checking, check,
			     "it is unknown whether it is or has virtual "
			     "functions, or is a part of the chipset");
	} else if (!refuse_removal(checking, check)) {
		if (iommus_are_known(system))
			check_pass(checking, check, "it can be removed and found again");
		else
			check_unseen(checking, check, "it is unknown whether it is an IOMMU");
	}
}

static void judge_override(struct checking *checking, struct check check)
{
	const struct device *device = check.device;

	check.finding.remedy = arena_printf(
		checking->arena,
		"iommuctl restore %s, or clear its driver_override; then rescan; then rebind it.",
		device->label);
	switch (kernel_has(checking->handover->system->machine.kernel, KERNEL_AUTOPROBE_OFF)) {
	case ANSWER_YES:
		check_pass(checking, check,
			   "its driver_override %s is written again before a driver is bound",
			   device->driver_override);
		return;
	case ANSWER_NO:
		check.final = true;
		check_say(checking, check,
			  "it has the driver_override %s, which removal deletes, and this kernel "
			  "binds a native driver before it can be written again",
			  device->driver_override);
		return;
	default:
		check_unseen(checking, check,
			     "it has the driver_override %s, which removal deletes, and it is "
			     "unknown whether this kernel binds a native driver before it can be "
			     "written again",
			     device->driver_override);
	}
}

void check_override_kept(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);

	check.finding.evidence = removal_file(checking, "driver_override");
	if (device->override_unknown) {
		check.final = true;
		check_unseen(checking, check,
			     "its driver_override could not be read, so it cannot "
			     "be written again");
	} else if (device->driver_override) {
		judge_override(checking, check);
	} else if (!device->driver && device->state == DEVICE_UNBOUND) {
		check.level = CHECK_WARNING;
		check_say(checking, check,
			  "it has no driver and no driver_override: a driver that matches is bound "
			  "when it is found again");
	} else {
		check_pass(checking, check, "it has no driver_override");
	}
}

/* True where @device is the first of its group's members that are removed: one answer for each
 * group. */
static bool speaks_for_group(const struct checking *checking, const struct device *device)
{
	const struct group *group = device->group;

	for (size_t i = 0; i < group->device_count; i++)
		if (handover_move(checking->handover, group->devices[i]))
			return group->devices[i] == device;
	return false;
}

static const struct device *member_that_stays(const struct checking *checking,
					      const struct group *group)
{
	for (size_t i = 0; i < group->device_count; i++)
		if (!handover_move(checking->handover, group->devices[i]))
			return group->devices[i];
	return NULL;
}

/* The kernel frees the number of a group without members, and gives out the lowest free one. */
static void judge_number(struct checking *checking, struct check check)
{
	const struct group *group = check.device->group;
	const struct device *stays = member_that_stays(checking, group);

	check.finding.evidence =
		arena_printf(checking->arena, "/sys/kernel/iommu_groups/%d", group->id);
	if (group->members_unknown)
		check_unseen(checking, check, "it is unknown whether its group %d keeps its number",
			     group->id);
	else if (stays)
		check_pass(checking, check, "its group %d keeps its number, as %s stays in it",
			   group->id, stays->label);
	else
		check_say(
			checking, check,
			"its group %d may have another number afterwards, and so may its VFIO node",
			group->id);
}

void check_renumbering(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);

	if (device->group_unknown)
		check_unseen(checking, check, "it is unknown whether it has a group");
	else if (!device->group)
		check_pass(checking, check, "it has no group whose number could change");
	else if (speaks_for_group(checking, device))
		judge_number(checking, check);
	if (!device_is_pci_bridge(device))
		return;
	check.finding.evidence = device->path;
	check_say(checking, check,
		  "it is a bridge: the devices below it may have other addresses afterwards");
}

/* True where the command line switches that option of a driver off; '-' and '_' mean the same. */
static bool is_switched_off(const char *command_line, const char *option)
{
	static const char *const offs[] = {"0", "n", "N", "off"};

	for (size_t i = 0; i < ARRAY_SIZE(offs); i++) {
		char word[64];

		snprintf(word, sizeof(word), "%s=%s", option, offs[i]);
		if (text_has_word(command_line, word))
			return true;
		for (char *dash = word; (dash = strchr(dash, '-'));)
			*dash = '_';
		if (text_has_word(command_line, word))
			return true;
	}
	return false;
}

/* A group that is found again is a new one: it gets the type that the kernel chooses at boot. */
void check_type_kept(struct checking *checking)
{
	const struct group *group = checking->move->device->group;
	const char *first = checking->move->first_type;
	struct check check = check_start(checking);

	if (!group || !group->type)
		return;
	check.finding.evidence =
		arena_printf(checking->arena, "/sys/kernel/iommu_groups/%d/type", group->id);
	if (!first || same_text(first, group->type)) {
		check_pass(checking, check, "iommuctl has not given group %d another type",
			   group->id);
		return;
	}
	check.finding.remedy = arena_printf(checking->arena, "Afterwards: iommuctl domain %s %s",
					    check.device->label, group->type);
	check_say(checking, check,
		  "group %d loses the type %s that iommuctl gave it, and gets the one of boot: %s",
		  group->id, group->type, first);
}

/* Whether the IOMMU lets streams pass that belong to no device. */
static enum answer lets_strays_pass(const struct system *system, const struct iommu *iommu)
{
	const char *option = iommu ? iommu_traits(iommu->kind)->bypass_option : NULL;

	if (!option)
		return ANSWER_NO;
	if (!system->machine.command_line)
		return ANSWER_UNKNOWN;
	return is_switched_off(system->machine.command_line, option) ? ANSWER_YES : ANSWER_NO;
}

static bool passes_through(const struct group *group)
{
	return group && group->type && strcmp(group->type, "identity") == 0;
}

void check_bypass(struct checking *checking)
{
	const struct device *device = checking->move->device;
	enum answer strays = lets_strays_pass(checking->handover->system, device->iommu);
	struct check check = check_start(checking);

	if (device->dma == DMA_LOST) {
		check.finding.evidence = removal_file(checking, "iommu_group");
		check_say(checking, check,
			  "no IOMMU translates its DMA, and none blocks it while it is removed");
	} else if (passes_through(device->group)) {
		check.finding.evidence = arena_printf(
			checking->arena, "/sys/kernel/iommu_groups/%d/type", device->group->id);
		check.finding.remedy =
			domain_remedy(checking->handover->system, device->group, checking->arena);
		check_say(checking, check,
			  "its DMA passes its IOMMU untranslated, also while it is removed");
	} else if (strays == ANSWER_YES) {
		check.finding.evidence = "/proc/cmdline";
		check_say(checking, check,
			  "%s is off: its DMA passes the IOMMU while it is removed",
			  iommu_traits(device->iommu->kind)->bypass_option);
	} else if (strays == ANSWER_UNKNOWN) {
		check.finding.evidence = "/proc/cmdline";
		check_unseen(checking, check,
			     "it is unknown whether its DMA is blocked while it is removed");
	} else {
		check_pass(checking, check, "its DMA does not pass an IOMMU while it is removed");
	}
}
