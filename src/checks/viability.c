/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/viability.h"

#include "model/kernel_release.h"
#include "model/pci.h"
#include "model/vfio_driver.h"

static bool any_vfio_dev(const struct system *system)
{
	if (system->machine.has_vfio_devices)
		return true;
	for (size_t i = 0; i < system->device_count; i++)
		if (system->devices[i]->vfio_dev)
			return true;
	return false;
}

enum viability_rule viability_rule(const struct system *system)
{
	/*
	 * Distributions backport the newer rule to older version numbers. vfio-dev entries are
	 * newer than the rule, so they prove it.
	 */
	if (kernel_has(system->machine.kernel, KERNEL_DMA_OWNERSHIP) == ANSWER_NO &&
	    !any_vfio_dev(system))
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

bool device_blocks(enum viability_rule rule, const struct device *device)
{
	if (!device->group || !device->driver || driver_is_vfio(device))
		return false;
	/*
	 * Only bridges have another header type than 0 among PCI devices; the older rule accepts
	 * them.
	 */
	if (rule == RULE_DRIVER_LIST && device_is_pci_bridge(device))
		return false;
	return !driver_leaves_dma(device->driver);
}

enum answer group_viable(enum viability_rule rule, const struct group *group)
{
	enum answer answer = group->members_unknown ? ANSWER_UNKNOWN : ANSWER_YES;

	for (size_t i = 0; i < group->device_count; i++) {
		if (device_blocks(rule, group->devices[i]))
			return ANSWER_NO;
		if (!group->devices[i]->driver_known)
			answer = ANSWER_UNKNOWN;
	}
	return answer;
}
