/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/usage.h"

#include "base/text.h"
#include "checks/unread.h"
#include "model/command_line.h"

#include <string.h>

static bool anything_waits(const struct system *system)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (system->devices[i]->state == DEVICE_DEFERRED ||
		    system->devices[i]->state == DEVICE_WAITING)
			return true;
	return false;
}

static const struct finding switched_off = {
	.code = CODE_NO_GROUPS_SWITCHED_OFF,
	.severity = SEVERITY_WARNING,
	.message = "No IOMMU groups: the kernel's command line switches the IOMMU off.",
	.evidence = "/proc/cmdline",
	.remedy = "Remove iommu=off, intel_iommu=off or amd_iommu=off and reboot.",
};
static const struct finding not_yet = {
	.code = CODE_NO_GROUPS_YET,
	.severity = SEVERITY_WARNING,
	.message = "No IOMMU groups yet: devices wait for suppliers.",
	.remedy = "\"iommuctl deferred\" lists them and what to do.",
};
static const struct finding unused = {
	.code = CODE_NO_GROUPS_IOMMU_UNUSED,
	.severity = SEVERITY_WARNING,
	.message = "No IOMMU groups: firmware describes an IOMMU, but this kernel does not use it.",
	.remedy = "On Intel boot with intel_iommu=on. Elsewhere a driver may be missing: look for "
		  "a module such as virtio_iommu, and in the kernel log.",
};
static const struct finding absent = {
	.code = CODE_NO_GROUPS_IOMMU_ABSENT,
	.severity = SEVERITY_NOTE,
	.message = "No IOMMU groups: firmware describes no IOMMU.",
	.remedy = "Switch it on in the firmware setup (VT-d, AMD-Vi, SMMU), or give the virtual "
		  "machine one.",
};
static const struct finding unseen = {
	.code = CODE_NO_GROUPS_UNKNOWN,
	.severity = SEVERITY_NOTE,
	.message = "No IOMMU groups: this kernel uses no IOMMU.",
	.remedy = "Whether firmware describes one is unknown; the kernel log may tell more (IOMMU, "
		  "SMMU, DMAR).",
};

static const struct finding unread = {
	.code = CODE_NO_GROUPS_UNKNOWN,
	.severity = SEVERITY_WARNING,
	.message = "Whether there are IOMMU groups could not be read.",
	.remedy = "The messages above name the files; root may read more.",
};

static const struct finding xen_dom0 = {
	.code = CODE_NO_GROUPS_HYPERVISOR,
	.severity = SEVERITY_NOTE,
	.message = "No IOMMU groups: this is Xen's control domain, and Xen itself has the IOMMU.",
	.evidence = "/proc/xen/capabilities",
	.remedy = "VFIO does not work here. \"xl pci-assignable-add DEVICE\" gives a device to "
		  "Xen's guests (its driver is pciback then). \"xl info\" tells whether Xen uses "
		  "the IOMMU (virt_caps has hvm_directio); iommu= on Xen's own command line "
		  "decides that.",
};
static const struct finding xen = {
	.code = CODE_NO_GROUPS_HYPERVISOR,
	.severity = SEVERITY_NOTE,
	.message = "No IOMMU groups: this is a guest of Xen, which gives its guests no IOMMU.",
	.evidence = "/sys/hypervisor/type",
	.remedy = "Devices can be handed on in Xen's control domain only.",
};
static const struct finding hyperv = {
	.code = CODE_NO_GROUPS_HYPERVISOR,
	.severity = SEVERITY_NOTE,
	.message = "No IOMMU groups: this is a guest of Hyper-V, which gives it no IOMMU.",
	.evidence = "/sys/bus/vmbus",
	.remedy = "VFIO does not work here. Programs reach devices of the vmbus by uio_hv_generic.",
};
static const struct finding s390 = {
	.code = CODE_NO_GROUPS_IOMMU_ABSENT,
	.severity = SEVERITY_NOTE,
	.message = "No IOMMU groups: no PCI function is there, and on s390 each brings its IOMMU.",
	.remedy = "AP queues and channel devices go to guests as mediated devices, by vfio_ap and "
		  "vfio_ccw.",
};

const struct finding *usage_of_hypervisor(const struct machine *machine)
{
	switch (machine->hypervisor) {
	case HYPERVISOR_XEN_DOM0:
		return &xen_dom0;
	case HYPERVISOR_XEN:
		return &xen;
	case HYPERVISOR_HYPERV:
		return machine->iommu == USAGE_DISABLED ? NULL : &hyperv;
	case HYPERVISOR_OTHER:
		break;
	}
	return NULL;
}

static bool is_domain_of_xen(const struct machine *machine)
{
	return machine->hypervisor == HYPERVISOR_XEN_DOM0 || machine->hypervisor == HYPERVISOR_XEN;
}

/* Machines on which the usual advice leads nowhere; NULL where this is none. */
static const struct finding *find_special_advice(const struct machine *machine)
{
	const struct finding *hypervisor = usage_of_hypervisor(machine);

	if (hypervisor)
		return hypervisor;
	return machine->arch && strcmp(machine->arch, "s390x") == 0 ? &s390 : NULL;
}

/* If devices or the groups' folder could not be read, "no groups" is unknown. */
static bool groups_are_unseen(const struct system *system)
{
	static const char *const needed[] = {"bus_devices", "iommu_groups"};

	return source_unread(system, needed, ARRAY_SIZE(needed));
}

static bool runs_without(const struct device *device, const struct iommu *iommu)
{
	bool lost = device->dma == DMA_LOST || device->dma == DMA_SHARED_STREAM, named = false;

	for (size_t i = 0; lost && i < device->stream_count && !named; i++)
		named = device->streams[i].iommu_name &&
			strcmp(device->streams[i].iommu_name, iommu->name) == 0;
	return named;
}

static size_t count_without(const struct system *system, const struct iommu *iommu)
{
	size_t count = 0;

	for (size_t i = 0; i < system->device_count; i++)
		count += runs_without(system->devices[i], iommu);
	return count;
}

static const char *reason_of_missed(const struct iommu *iommu)
{
	switch (iommu->state) {
	case IOMMU_DISABLED:
		return "is disabled in firmware";
	case IOMMU_DEFERRED:
		return "waits for a supplier";
	case IOMMU_UNBOUND:
		return "has no driver";
	case IOMMU_READY:
		return "serves no device";
	case IOMMU_FAILED:
		return "failed to register";
	default:
		return "is not registered";
	}
}

/*
 * The IOMMU without which most devices run; NULL if no device is known to run without one: a unit
 * of x86 that is off on purpose does no harm.
 */
static const struct iommu *find_missed(const struct system *system, size_t *ret_count)
{
	const struct iommu *missed = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < system->iommu_count; i++) {
		const struct iommu *iommu = system->iommus[i];
		size_t count = count_without(system, iommu);

		if (count > *ret_count) {
			*ret_count = count;
			missed = iommu;
		}
	}
	return missed;
}

static struct finding name_missed(const struct iommu *iommu, size_t count, struct arena *arena)
{
	const char *name = iommu->device ? text_basename(iommu->device) : iommu->name;

	return (struct finding){
		.code = CODE_NO_GROUPS_IOMMU_UNUSED,
		.severity = SEVERITY_WARNING,
		.message = arena_printf(
			arena, "No IOMMU groups: the IOMMU %s %s: %zu device%s without it.", name,
			reason_of_missed(iommu), count, count == 1 ? " runs" : "s run"),
		.evidence = iommu->firmware_node ? iommu->firmware_node : iommu->device,
		.remedy = "\"iommuctl deferred\" lists them and what to do.",
	};
}

struct finding usage_advice(const struct system *system, struct arena *arena)
{
	const struct iommu *missed;
	size_t count;
	const struct finding *special = find_special_advice(&system->machine);

	/* No option of this kernel and no supplier makes a group where Xen has the IOMMU. */
	if (is_domain_of_xen(&system->machine) && !groups_are_unseen(system))
		return *special;
	if (command_line_iommu_off(system->machine.command_line))
		return switched_off;
	if (anything_waits(system))
		return not_yet;
	if (groups_are_unseen(system))
		return unread;
	if (special)
		return *special;
	missed = find_missed(system, &count);
	if (missed)
		return name_missed(missed, count, arena);
	switch (system->machine.iommu) {
	case USAGE_DISABLED:
		return unused;
	case USAGE_ABSENT:
		return absent;
	case USAGE_ENABLED:
	case USAGE_UNKNOWN:
	case USAGE_COUNT:
		break;
	}
	return unseen;
}
