/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include "base/text.h"
#include "checks/dependents.h"
#include "model/pci.h"

#include <stdio.h>
#include <string.h>

enum {
	/** number of dependents that a message names; the others are counted */
	NAMED_MAX = 3,
	SENTENCE_SIZE = 512,
};

/* Devices that depend on the device to be moved. */
struct dependents {
	const struct device *named[NAMED_MAX];
	size_t count;
};

static void add_dependent(struct dependents *dependents, const struct device *device)
{
	if (dependents->count < NAMED_MAX)
		dependents->named[dependents->count] = device;
	dependents->count++;
}

bool iommu_is_at(const struct iommu *iommu, const struct device *device)
{
	return iommu->device && text_is_within(iommu->device, device->path);
}

/*
 * True for a device with a stream at the IOMMU, even if sysfs does not list it among the IOMMU's
 * devices.
 */
static bool has_stream_at(const struct device *device, const struct iommu *iommu)
{
	for (uint32_t i = 0; i < device->stream_count; i++)
		if (device->streams[i].iommu == iommu)
			return true;
	return false;
}

static bool is_in_group_of(const struct device *device, const struct iommu *iommu)
{
	const struct group *group = device->group;

	for (size_t i = 0; group && i < group->iommu_count; i++)
		if (group->iommus[i] == iommu)
			return true;
	return false;
}

/*
 * Devices whose DMA an IOMMU translates. No kernel moves them to another domain before the IOMMU's
 * driver is unbound: virtio-iommu leaves them with pointers to freed memory
 * (drivers/iommu/virtio-iommu.c: viommu_remove), other drivers turn translation off under running
 * DMA.
 */
static struct dependents served_by(const struct system *system, const struct iommu *iommu,
				   const struct device *own)
{
	struct dependents served = {0};

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];

		if (device != own && (device->iommu == iommu || is_in_group_of(device, iommu) ||
				      (device->driver && has_stream_at(device, iommu))))
			add_dependent(&served, device);
	}
	return served;
}

/*
 * The devices that unbinding would remove. The PCI core made the devices behind a PCI bridge, so
 * they outlive its driver. The driver of a host bridge, of VMD or of an fsl-mc container made the
 * devices below it, and removes them when it is unbound.
 */
static struct dependents children_of(const struct system *system, const struct device *parent)
{
	struct dependents children = {0};
	size_t count;
	const struct device *const *below =
		devices_below(system->by_path, system->device_count, parent->path, &count);

	for (size_t i = 0; i < count && !device_is_pci_bridge(parent); i++)
		if (device_is_independent(below[i]))
			add_dependent(&children, below[i]);
	return children;
}

static void say_dependents(struct checking *checking, struct check check,
			   const struct dependents *dependents, const char *sentence)
{
	char names[SENTENCE_SIZE] = "", more[32] = "";
	size_t used = 0;

	for (size_t i = 0; i < dependents->count && i < NAMED_MAX; i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%.100s",
					 used ? ", " : "", dependents->named[i]->label);
	if (dependents->count > NAMED_MAX)
		snprintf(more, sizeof(more), " and %zu more", dependents->count - NAMED_MAX);
	check_say(checking, check, "%s: %s%s", sentence, names, more);
}

static bool refuse_iommus(struct checking *checking, struct check check)
{
	const struct system *system = checking->handover->system;
	bool refused = false;

	check.finding.remedy =
		"Leave it to its driver: while the kernel runs, its devices need it.";
	for (size_t i = 0; i < system->iommu_count; i++) {
		const struct iommu *iommu = system->iommus[i];
		struct dependents served;

		if (!iommu_is_at(iommu, check.device))
			continue;
		served = served_by(system, iommu, check.device);
		if (!served.count)
			continue;
		check.finding.evidence =
			arena_printf(checking->arena, "/sys/class/iommu/%s/devices", iommu->name);
		say_dependents(checking, check, &served,
			       arena_printf(checking->arena, "it is the IOMMU %s of %zu devices",
					    iommu->name, served.count));
		refused = true;
	}
	return refused;
}

static bool refuse_parent(struct checking *checking, struct check check)
{
	struct dependents children = children_of(checking->handover->system, check.device);

	if (!children.count)
		return false;
	check.finding.evidence = children.named[0]->path;
	check.finding.remedy = "Move the devices below it, and leave it to its driver.";
	say_dependents(checking, check, &children,
		       arena_printf(checking->arena,
				    "%zu devices exist only while its driver is bound",
				    children.count));
	return true;
}

bool iommus_are_known(const struct system *system)
{
	const struct source *source = system_source(system, "iommu_class");

	return source && (source->state == SOURCE_READ || source->state == SOURCE_ABSENT);
}

void check_dependents(struct checking *checking)
{
	const struct system *system = checking->handover->system;
	struct check check = check_start(checking);
	bool refused;

	/*
	 * The PCI function of an AMD IOMMU has no driver: the kernel uses it by itself, and a
	 * driver that is bound to it would enable and disable it (drivers/iommu/amd/init.c).
	 */
	refused = refuse_iommus(checking, check);
	if (check.device->driver)
		refused = refuse_parent(checking, check) || refused;
	if (refused)
		return;
	check.finding.evidence = "/sys/class/iommu";
	if (iommus_are_known(system))
		check_pass(checking, check, "no other device exists or does DMA through it");
	else
		check_unseen(checking, check, "it is unknown whether it is an IOMMU");
}
