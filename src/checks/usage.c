/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/usage.h"

#include <string.h>

/* Words of Documentation/admin-guide/kernel-parameters.txt that switch IOMMUs off. */
static bool switched_off(const char *command_line)
{
	static const char *const words[] = {"intel_iommu=off", "amd_iommu=off", "iommu=off"};

	for (size_t i = 0; command_line && i < ARRAY_SIZE(words); i++)
		if (strstr(command_line, words[i]))
			return true;
	return false;
}

static bool anything_waits(const struct system *system)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (system->devices[i]->state == DEVICE_DEFERRED ||
		    system->devices[i]->state == DEVICE_WAITING)
			return true;
	return false;
}

struct advice usage_advice(const struct system *system)
{
	if (switched_off(system->machine.command_line))
		return (struct advice){
			"No IOMMU groups: the kernel's command line switches the IOMMU off.",
			"Remove iommu=off, intel_iommu=off or amd_iommu=off and reboot."};
	if (anything_waits(system))
		return (struct advice){"No IOMMU groups yet: devices wait for something.",
				       "\"iommuctl deferred\" says what it is, and what to do."};
	switch (system->machine.iommu) {
	case USAGE_DISABLED:
		return (struct advice){"No IOMMU groups: firmware describes an IOMMU, but this "
				       "kernel does not use it.",
				       "On Intel boot with intel_iommu=on. Elsewhere a driver may "
				       "be missing: look for "
				       "a module such as virtio_iommu, and in the kernel log."};
	case USAGE_ABSENT:
		return (struct advice){"No IOMMU groups: firmware describes no IOMMU.",
				       "Switch it on in the firmware setup (VT-d, AMD-Vi, SMMU), "
				       "or give the virtual "
				       "machine one."};
	case USAGE_ENABLED:
	case USAGE_UNKNOWN:
	case USAGE_COUNT:
		break;
	}
	return (struct advice){
		"No IOMMU groups: this kernel uses no IOMMU.",
		"Whether firmware describes one could not be told here; the kernel log may "
		"say more (IOMMU, SMMU, DMAR)."};
}
