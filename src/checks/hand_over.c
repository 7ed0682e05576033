/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/hand_over.h"

#include "base/text.h"
#include "checks/direct_memory.h"
#include "model/pci.h"
#include "model/vfio_driver.h"

#include <stdlib.h>
#include <string.h>

/*
 * Facts that the verdicts on members of one group share, at the index of its first device.
 * @along: members that change hands together     @first, @second: of these
 * @blocker: the first member that keeps VFIO from serving the group now
 * @vital: the first of @along that the machine itself runs from
 * @bridge: the first bridge with a driver in the way: no move takes a bridge along
 * @parent: the first member in the way whose driver made other members: without it these do not
 * exist
 * @unread: the first member whose driver could not be read     @unread_bridge: the same of bridges
 */
struct membership {
	size_t along;
	const struct device *first, *second, *vital;
	const struct device *blocker, *bridge, *parent, *unread, *unread_bridge;
};

struct hand_overs {
	const struct system *system;
	enum viability_rule rule;
	struct membership *groups;
};

/* Bridges stay with their drivers; other parts of the fabric do where their drivers do no harm. */
static bool changes_hands(enum viability_rule rule, const struct device *device)
{
	if (device_is_pci_bridge(device))
		return false;
	return !device_is_pci_fabric(device) || device_blocks(rule, device) ||
	       driver_is_vfio(device);
}

static void note_first(const struct device **place, const struct device *device, bool applies)
{
	if (applies && !*place)
		*place = device;
}

/*
 * Mark the devices whose drivers made other members of their groups, as VMD's does: by_path has
 * them before these. The PCI core made the devices behind a bridge.
 */
static bool *find_parents(const struct system *system)
{
	bool *parents = calloc(system->device_count + 1, sizeof(*parents));

	if (!parents)
		memory_exhausted();
	for (size_t i = 0; i + 1 < system->device_count; i++) {
		const struct device *device = system->by_path[i];
		const struct device *const *below;
		size_t count;

		if (!text_starts(system->by_path[i + 1]->path, device->path) ||
		    device_is_pci_bridge(device))
			continue;
		below = devices_below(system->by_path, system->device_count, device->path, &count);
		for (size_t child = 0; child < count && !parents[device->index]; child++)
			parents[device->index] =
				device->group && below[child]->group == device->group;
	}
	return parents;
}

static void tally_member(struct membership *group, enum viability_rule rule,
			 const struct device *device, bool is_parent)
{
	bool blocks = device_blocks(rule, device), bridge = device_is_pci_bridge(device);

	if (changes_hands(rule, device)) {
		group->along++;
		note_first(&group->second, device, group->first);
		note_first(&group->first, device, true);
		note_first(&group->vital, device,
			   device->has_system_disk || device->is_boot_display);
	}
	note_first(&group->blocker, device, blocks);
	note_first(&group->bridge, device, blocks && bridge);
	note_first(&group->parent, device, blocks && is_parent);
	note_first(&group->unread, device, !device->driver_known);
	note_first(&group->unread_bridge, device, !device->driver_known && bridge);
}

struct hand_overs *hand_overs_new(const struct system *system)
{
	_autofree_ bool *parents = find_parents(system);
	struct hand_overs *overs = calloc(1, sizeof(*overs));

	if (!overs)
		memory_exhausted();
	overs->system = system;
	overs->rule = viability_rule(system);
	overs->groups = calloc(system->device_count + 1, sizeof(*overs->groups));
	if (!overs->groups)
		memory_exhausted();
	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];

		if (device->group)
			tally_member(&overs->groups[device->group->devices[0]->index], overs->rule,
				     device, parents[i]);
	}
	return overs;
}

void hand_overs_free(struct hand_overs *overs)
{
	if (!overs)
		return;
	free(overs->groups);
	free(overs);
}

static struct hand_over verdict_of(enum hand_over_verdict verdict, const char *why,
				   const struct device *culprit)
{
	return (struct hand_over){.verdict = verdict, .why = why, .culprit = culprit};
}

/* A device without a group: the words say what it lacks, or what it waits for. */
static struct hand_over judge_groupless(const struct system *system, const struct device *device)
{
	if (device->group_unknown)
		return verdict_of(HAND_OVER_UNKNOWN, "group unread", NULL);
	if (system->machine.hypervisor == HYPERVISOR_XEN_DOM0)
		return verdict_of(HAND_OVER_NO, "Xen has the IOMMU", NULL);
	if (device->state == DEVICE_DEFERRED || device->state == DEVICE_WAITING)
		return verdict_of(HAND_OVER_NO, device_state_name(device->state), NULL);
	switch (device->dma) {
	case DMA_LOST:
		return verdict_of(HAND_OVER_NO, "lost IOMMU", NULL);
	case DMA_SHARED_STREAM:
		return verdict_of(HAND_OVER_NO, "shared stream", NULL);
	case DMA_DIRECT:
		return verdict_of(HAND_OVER_NO, "no IOMMU", NULL);
	case DMA_IDLE:
		return verdict_of(HAND_OVER_UNKNOWN, "no group yet", NULL);
	default:
		return verdict_of(HAND_OVER_UNKNOWN, "no group", NULL);
	}
}

static struct hand_over judge_given(const struct membership *group, const struct device *device)
{
	if (!device->group)
		return verdict_of(HAND_OVER_GIVEN, "unusable: no group", NULL);
	if (group_is_noiommu(device->group))
		return verdict_of(HAND_OVER_GIVEN, "no IOMMU", NULL);
	if (group->blocker)
		return verdict_of(HAND_OVER_GIVEN, "unusable", group->blocker);
	if (group->unread || device->group->members_unknown)
		return verdict_of(HAND_OVER_GIVEN, "group unread", NULL);
	return verdict_of(HAND_OVER_GIVEN, NULL, NULL);
}

static struct hand_over judge_vital(const struct device *vital, const struct device *device)
{
	return verdict_of(HAND_OVER_NO, vital->has_system_disk ? "system disk" : "boot display",
			  vital == device ? NULL : vital);
}

/* Firmware may want memory mapped 1:1 for the group, and newer kernels then refuse VFIO. */
static struct hand_over judge_regions(const struct hand_overs *overs, const struct group *group)
{
	if (group->lacks_direct_memory)
		return verdict_of(HAND_OVER_ALONE, NULL, NULL);
	if (!group->regions_known)
		return verdict_of(HAND_OVER_UNKNOWN, "regions unread", NULL);
	if (!direct_memory(group))
		return verdict_of(HAND_OVER_ALONE, NULL, NULL);
	switch (direct_memory_refused(overs->system, group)) {
	case ANSWER_YES:
		return verdict_of(HAND_OVER_NO, "memory mapped 1:1", NULL);
	case ANSWER_UNKNOWN:
		return verdict_of(HAND_OVER_UNKNOWN, "memory mapped 1:1", NULL);
	default:
		return verdict_of(HAND_OVER_ALONE, NULL, NULL);
	}
}

static struct hand_over judge_member(const struct hand_overs *overs, const struct membership *group,
				     const struct device *device)
{
	struct hand_over regions = judge_regions(overs, device->group);
	size_t others = group->along - 1;

	if (group->bridge)
		return verdict_of(HAND_OVER_NO, "bridge in use", group->bridge);
	if (group->parent)
		return verdict_of(HAND_OVER_NO, "parent in use", group->parent);
	if (device->group->members_unknown || group->unread_bridge)
		return verdict_of(HAND_OVER_UNKNOWN, "group unread", NULL);
	if (group->vital)
		return judge_vital(group->vital, device);
	if (regions.verdict != HAND_OVER_ALONE)
		return regions;
	return (struct hand_over){
		.verdict = others ? HAND_OVER_WITH_OTHERS : HAND_OVER_ALONE,
		.with = !others			 ? NULL
			: group->first == device ? group->second
						 : group->first,
		.with_count = others,
	};
}

struct hand_over hand_over_of(const struct hand_overs *overs, const struct device *device)
{
	const struct membership *group =
		device->group ? &overs->groups[device->group->devices[0]->index] : NULL;

	if (driver_is_vfio(device))
		return judge_given(group, device);
	if (!device->driver_known)
		return verdict_of(HAND_OVER_UNKNOWN, "driver unread", NULL);
	if (!group)
		return judge_groupless(overs->system, device);
	if (device_is_pci_bridge(device))
		return verdict_of(HAND_OVER_NO, "bridge", NULL);
	if (!changes_hands(overs->rule, device))
		return verdict_of(HAND_OVER_NO, "part of PCI", NULL);
	if (!vfio_driver_of_bus(device->bus))
		return verdict_of(HAND_OVER_NO, "no VFIO driver", NULL);
	if (device->iommu && iommu_traits(device->iommu->kind)->maps_nothing)
		return verdict_of(HAND_OVER_NO, "IOMMU maps nothing", NULL);
	return judge_member(overs, group, device);
}

bool hand_over_takes_along(const struct hand_overs *overs, const struct device *device,
			   const struct device *member)
{
	return member != device && member->group && member->group == device->group &&
	       changes_hands(overs->rule, member);
}

const char *hand_over_verdict_name(enum hand_over_verdict verdict)
{
	static const char *const names[HAND_OVER_COUNT] = {
		[HAND_OVER_ALONE] = "alone",
		[HAND_OVER_WITH_OTHERS] = "with_others",
		[HAND_OVER_GIVEN] = "given",
		[HAND_OVER_NO] = "no",
	};

	return names[verdict];
}

const char *hand_over_why(const struct hand_over *verdict, const char *culprit, struct arena *arena)
{
	if (!verdict->why || !verdict->culprit)
		return verdict->why;
	return arena_printf(arena, "%s: %s has %s", verdict->why, culprit,
			    verdict->culprit->driver ? verdict->culprit->driver : "?");
}
