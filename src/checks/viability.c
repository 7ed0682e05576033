/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/viability.h"

#include <stdio.h>
#include <string.h>

/* drivers/vfio: every driver that registers VFIO devices of a bus. */
static const char *const vfio_drivers[] = {
	"vfio-pci",	"vfio-platform", "vfio-amba",	      "vfio-fsl-mc",
	"vfio-cdx",	"mlx5-vfio-pci", "hisi-acc-vfio-pci", "nvgrace-gpu-vfio-pci",
	"pds-vfio-pci", "qat_vfio_pci",	 "virtio-vfio-pci",   "xe-vfio-pci",
};

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool kernel_before_5_19(const char *release)
{
	unsigned major, minor;

	if (!release || sscanf(release, "%u.%u", &major, &minor) != 2)
		return false;
	return major < 5 || (major == 5 && minor < 19);
}

static bool any_vfio_dev(const struct system *system)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (system->devices[i]->vfio_dev)
			return true;
	return false;
}

enum viability_rule viability_rule(const struct system *system)
{
	/* Distributions carry the newer rule on older numbers; vfio-dev entries came after it. */
	if (kernel_before_5_19(system->machine.kernel) && !any_vfio_dev(system))
		return RULE_DRIVER_LIST;
	return RULE_OWNERSHIP;
}

const char *viability_rule_name(enum viability_rule rule)
{
	static const char *const names[RULE_COUNT] = {
		[RULE_OWNERSHIP] = "ownership",
		[RULE_DRIVER_LIST] = "driver_list",
	};
	return names[rule];
}

bool driver_name_is_vfio(const char *name)
{
	return is_one_of(name, vfio_drivers, ARRAY_SIZE(vfio_drivers));
}

bool driver_is_vfio(const struct device *device)
{
	return device->vfio_dev || (device->driver && driver_name_is_vfio(device->driver));
}

/* PCI class 06 04: only bridges of that kind have another header type that we meet in groups. */
static bool is_pci_bridge(const struct device *device)
{
	return device->class >= 0 && device->class >> 8 == 0x0604;
}

bool device_blocks(enum viability_rule rule, const struct device *device)
{
	static const char *const harmless[] = {"pci-stub", "pcieport"};

	if (!device->group || !device->driver || driver_is_vfio(device))
		return false;
	if (rule == RULE_DRIVER_LIST && is_pci_bridge(device))
		return false;
	return !is_one_of(device->driver, harmless, ARRAY_SIZE(harmless));
}

enum answer group_viable(enum viability_rule rule, const struct group *group)
{
	enum answer answer = ANSWER_YES;

	for (size_t i = 0; i < group->device_count; i++) {
		if (device_blocks(rule, group->devices[i]))
			return ANSWER_NO;
		if (!group->devices[i]->driver_known)
			answer = ANSWER_UNKNOWN;
	}
	return answer;
}
