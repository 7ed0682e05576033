/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include "checks/deferral.h"
#include "checks/usage.h"
#include "model/dma.h"
#include "model/kernel_release.h"
#include "model/stream_index.h"

#include <string.h>

/*
 * Up to Linux 6.14 a device of devicetree, IORT or VIOT has no group before a driver first probes
 * it, so the IOMMU that firmware names counts. NULL where that would not accept the device.
 */
static const struct iommu *predicted_iommu(const struct device *device)
{
	if (device->dma == DMA_SHARED_STREAM)
		return NULL;
	for (size_t i = 0; i < device->stream_count; i++)
		if (device->streams[i].iommu && device->streams[i].iommu->state == IOMMU_READY)
			return device->streams[i].iommu;
	return NULL;
}

/* True where VFIO runs the device without an IOMMU, or will. */
static bool is_unprotected(const struct checking *checking)
{
	const struct vfio_host *host = checking->handover->system->machine.vfio;
	const struct group *group = checking->move->device->group;

	if (group)
		return group_is_noiommu(group);
	return host && host->unsafe_noiommu == ANSWER_YES &&
	       !predicted_iommu(checking->move->device);
}

void check_no_iommu_mode(struct checking *checking)
{
	struct check check = check_start(checking);

	if (!is_unprotected(checking))
		return;
	check.finding.evidence = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode";
	check.finding.remedy = "Only for programs that are trusted like root and the kernel.";
	check_say(checking, check,
		  "no IOMMU stands between it and memory: a process that opens it can read and "
		  "write all "
		  "memory of this machine, and the kernel is marked as tainted");
}

static void say_no_group(struct checking *checking, struct check check)
{
	const struct system *system = checking->handover->system;
	const struct device *device = check.device;

	check.finding.evidence = arena_printf(checking->arena, "%s/iommu_group", device->path);
	check.finding.remedy =
		system->group_count ? NULL : usage_advice(system, checking->arena).remedy;
	if (!system->group_count && system->machine.hypervisor == HYPERVISOR_XEN_DOM0) {
		check.final = true;
		check.finding.remedy =
			arena_printf(checking->arena,
				     "VFIO does not work here. For a guest of Xen: xl "
				     "pci-assignable-add %s",
				     device->name);
		check_say(checking, check, "it has no group: Xen has the IOMMU, not this kernel");
		return;
	}
	switch (device->dma) {
	case DMA_DIRECT:
		check.final = true;
		check_say(checking, check,
			  "it has no group: %s, and VFIO does not accept it without one",
			  dma_why_direct(device));
		return;
	case DMA_SHARED_STREAM:
		check.final = true;
		check_say(checking, check,
			  "it has no group and gets none: its stream ID belongs to another device");
		return;
	case DMA_IDLE:
	case DMA_LOST:
		check.finding.remedy =
			arena_printf(checking->arena, "iommuctl deferred %s", device->label);
		check_say(checking, check,
			  "it has no group: the IOMMU that firmware names for it is not ready");
		return;
	default:
		if (system->machine.unseen_iommus)
			check.finding.evidence = "/proc/sys/kernel/arch";
		check_unseen(checking, check,
			     system->machine.unseen_iommus
				     ? "it has no group; on this architecture the kernel may "
				       "translate its DMA without one, and VFIO needs one"
				     : "it has no group, and whether it would get one is unknown");
	}
}

static void say_no_mapping(struct checking *checking, struct check check)
{
	const struct iommu *iommu = check.device->iommu;

	check.final = true;
	check.finding.evidence = arena_printf(checking->arena, "/sys/class/iommu/%s", iommu->name);
	check_say(checking, check,
		  "it is in a group, but the driver of its IOMMU (%s) maps no memory for VFIO",
		  iommu_traits(iommu->kind)->name);
}

/* Where VFIO runs the device without an IOMMU, check_no_iommu_mode has reported it. */
void check_group(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);
	const struct iommu *iommu = predicted_iommu(device);

	if (is_unprotected(checking))
		return;
	if (device->iommu && iommu_traits(device->iommu->kind)->maps_nothing)
		say_no_mapping(checking, check);
	else if (device->group)
		check_pass(checking, check, "it is in group %d", device->group->id);
	else if (iommu)
		check_pass(
			checking, check,
			"it gets its group when it is bound: %s, which firmware names for it, is "
			"ready",
			iommu->name);
	else
		say_no_group(checking, check);
}

static enum stream_step note_owner_with_group(void *context, const struct stream *other)
{
	const struct device **owner = context;

	if (!other->device || !other->device->group)
		return STREAM_NEXT;
	*owner = other->device;
	return STREAM_STOP;
}

/* The device whose stream entry the SMMUv3 would write again for a device without a group. */
static const struct device *find_stream_owner(const struct system *system,
					      const struct device *device)
{
	const struct device *owner = NULL;

	for (size_t i = 0; i < device->stream_count && !device->group && !owner; i++)
		if (device->streams[i].iommu_kind == IOMMU_KIND_SMMU_V3)
			stream_index_walk(system->stream_index, &device->streams[i],
					  note_owner_with_group, &owner);
	return owner;
}

/*
 * Before Linux 5.13 an SMMUv3 stops with a kernel BUG when it writes a stream entry that is in use
 * (arm-smmu-v3.c: arm_smmu_write_strtab_ent). Any probe of a device that has no group yet does
 * that.
 */
void check_stream_owned(struct checking *checking)
{
	const struct system *system = checking->handover->system;
	const struct device *device = checking->move->device, *owner;
	struct check check = check_start(checking);

	if (!checking->move->driver ||
	    kernel_has(system->machine.kernel, KERNEL_STREAM_OWNERS) != ANSWER_NO)
		return;
	owner = find_stream_owner(system, device);
	check.finding.evidence = "/proc/sys/kernel/osrelease";
	if (owner) {
		check.finding.remedy =
			"Give each device a stream ID of its own in firmware, or use "
			"Linux 5.13 or later.";
		check_say(checking, check,
			  "%s has its stream ID, and this kernel crashes when it gives an ID of an "
			  "SMMUv3 to a second device",
			  owner->label);
	} else {
		check_pass(checking, check, "no other device has its stream ID");
	}
}

static bool lacks_something(const struct device *device)
{
	return device->state == DEVICE_DEFERRED || device->state == DEVICE_WAITING ||
	       device->dma == DMA_LOST || device->dma == DMA_SHARED_STREAM;
}

static void say_lacking(struct checking *checking, struct check check)
{
	const struct device *device = check.device;
	struct deferral deferral;

	check.finding.evidence = "/sys/kernel/debug/devices_deferred";
	check.finding.remedy = arena_printf(checking->arena, "iommuctl deferred %s", device->label);
	if (device->probing &&
	    deferral_of(checking->handover->system, device, checking->arena, &deferral)) {
		check.finding.evidence = deferral.cause.finding.evidence;
		check.finding.remedy = deferral.remedy;
		check.finding.cause = deferral.cause.finding.code;
		check_say(checking, check, "it %s: %s: %s",
			  device->driver ? "runs without its IOMMU" : "waits to be probed",
			  deferral.cause.finding.subject, deferral.cause.finding.message);
	} else {
		check_say(checking, check, "it %s",
			  device->driver ? "runs without its IOMMU" : "waits to be probed");
	}
}

/* The new driver may have to wait for the same supplier; unbinding alone waits for none. */
void check_deferred(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);

	if (!checking->move->driver)
		return;
	if (lacks_something(device)) {
		say_lacking(checking, check);
	} else if (device->state == DEVICE_UNKNOWN) {
		check.finding.evidence = "/sys/kernel/debug/devices_deferred";
		check_unseen(checking, check, "it is unknown whether it waits for something");
	} else {
		check_pass(checking, check, "it waits for nothing");
	}
}
