/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exposure - rules of doctor about memory that no IOMMU protects from a device */
#include "base/text.h"
#include "checks/doctor_rules.h"
#include "checks/domain_remedy.h"
#include "model/pci.h"
#include "model/vfio_driver.h"

#include <string.h>

static bool has_kind(const struct system *system, enum iommu_kind kind)
{
	for (size_t i = 0; i < system->iommu_count; i++)
		if (system->iommus[i]->kind == kind)
			return true;
	return false;
}

/*
 * Only SMMUv1 and v2 have the choice: the others block streams that belong to no device
 * (drivers/iommu/arm/arm-smmu/arm-smmu.c: arm_smmu_device_reset).
 */
void doctor_unclaimed_streams(struct examination *examination)
{
	const struct protection *protection = examination->system->machine.protection;

	if (!protection || protection->passes_unclaimed != ANSWER_YES ||
	    !has_kind(examination->system, IOMMU_KIND_SMMU))
		return;
	examination_add(
		examination,
		(struct finding){
			.code = CODE_STREAMS_PASS,
			.severity = SEVERITY_ALARM,
			.message =
				"a stream that belongs to no device passes the SMMU untranslated",
			.evidence = protection->passes_evidence,
			.remedy = "Boot with arm-smmu.disable_bypass=1.",
		},
		NULL);
}

static bool is_untranslated(const struct device *device)
{
	switch (device->dma) {
	case DMA_IDENTITY:
	case DMA_DIRECT:
	case DMA_LOST:
	case DMA_SHARED_STREAM:
		return true;
	case DMA_TRANSLATED:
	case DMA_BLOCKED:
	case DMA_IDLE:
	case DMA_UNKNOWN:
	case DMA_COUNT:
		break;
	}
	return false;
}

/* Until the IOMMU forgets a translation, memory that was given back can still be reached. */
static bool is_flushed_late(const struct device *device)
{
	return device->dma == DMA_TRANSLATED && device->group && device->group->type &&
	       strcmp(device->group->type, "DMA-FQ") == 0 && !driver_is_vfio(device);
}

static void add_removable(struct examination *examination, const struct concerned *concerned,
			  struct finding finding)
{
	if (!concerned->count)
		return;
	finding.evidence = "/sys/bus/pci/devices/…/removable";
	examination_add(examination, finding, concerned);
}

/* The kernel takes the last of several values: drivers/iommu/iommu.c: iommu_dma_setup. */
static const char *remedy_of_lazy_domains(const struct machine *machine)
{
	return machine->command_line && text_has_word(machine->command_line, "iommu.strict=0")
		       ? "Replace iommu.strict=0 on the command line by iommu.strict=1, and reboot."
		       : "Boot with iommu.strict=1.";
}

void doctor_removable(struct examination *examination)
{
	struct concerned open = {0}, late = {0};

	for (size_t i = 0; i < examination->system->device_count; i++) {
		const struct device *device = examination->system->devices[i];

		if (device->removable != ANSWER_YES || device_is_pci_bridge(device) ||
		    !concerns(examination, device))
			continue;
		if (is_untranslated(device))
			concerned_add(&open, examination->arena, device->label);
		else if (is_flushed_late(device))
			concerned_add(&late, examination->arena, device->label);
	}
	add_removable(examination, &open,
		      (struct finding){
			      .code = CODE_REMOVABLE_UNPROTECTED,
			      .severity = SEVERITY_ALARM,
			      .message = "a device that is plugged in from outside reaches all "
					 "memory: no IOMMU translates its DMA",
			      .remedy = "Unplug it if you do not trust it.",
		      });
	add_removable(examination, &late,
		      (struct finding){
			      .code = CODE_REMOVABLE_LAZY,
			      .severity = SEVERITY_WARNING,
			      .message = "a device that is plugged in from outside reaches memory "
					 "for a while after its driver has given it back (DMA-FQ)",
			      .remedy = remedy_of_lazy_domains(&examination->system->machine),
		      });
}

/*
 * Linux switches ATS on for no device that was plugged in (drivers/pci/ats.c: pci_ats_supported,
 * since 5.0): firmware or an older kernel did.
 */
void doctor_removable_ats(struct examination *examination)
{
	struct concerned concerned = {0};

	for (size_t i = 0; i < examination->system->device_count; i++) {
		const struct device *device = examination->system->devices[i];

		if (device->uses_ats == ANSWER_YES && concerns(examination, device))
			concerned_add(&concerned, examination->arena, device->label);
	}
	add_removable(examination, &concerned,
		      (struct finding){
			      .code = CODE_REMOVABLE_ATS,
			      .severity = SEVERITY_WARNING,
			      .message = "a device that is plugged in from outside may send "
					 "addresses as already translated (ATS is on)",
			      .remedy = "Boot with pci=noats, or switch ATS off in the firmware "
					"setup.",
		      });
}

/* A device that a VFIO user has is in the user's domain, not in the default domain of its group. */
static bool passes_untranslated(const struct device *device)
{
	return device->dma == DMA_IDENTITY && !device_is_pci_bridge(device) &&
	       !driver_is_vfio(device);
}

static bool any_translated(const struct system *system)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (system->devices[i]->dma == DMA_TRANSLATED)
			return true;
	return false;
}

/*
 * The choice comes from the command line; from the kernel's configuration, if no device is
 * translated; else from a write to these groups alone, or a quirk (def_domain_type of the IOMMU
 * driver).
 */
static struct finding describe_identity(const struct system *system)
{
	const char *chosen = system->machine.default_domain;
	struct finding finding = {.code = CODE_DMA_IDENTITY, .severity = SEVERITY_WARNING};

	if (chosen && strcmp(chosen, "identity") == 0) {
		finding.message = "DMA is not translated: the command line chose identity "
				  "domains";
		finding.evidence = "/proc/cmdline";
		finding.remedy = "Remove iommu=pt and iommu.passthrough=1 from the command line, "
				 "and reboot.";
		return finding;
	}
	finding.evidence = "/sys/kernel/iommu_groups/…/type";
	if (any_translated(system) || chosen) {
		finding.message = "DMA is not translated: the type of the group is identity, by a "
				  "quirk of the device or a write to it";
		return finding;
	}
	finding.message = "DMA is not translated: this kernel was built to use identity domains";
	finding.remedy = "Boot with iommu.passthrough=0.";
	return finding;
}

/*
 * An unbind leaves the group in its domain, and the device may go on: only its driver could stop it
 * (drivers/iommu/iommu.c: iommu_device_unuse_default_domain detaches nothing).
 */
static const char *describe_driverless(size_t count, size_t all)
{
	if (!count)
		return "";
	if (count == all)
		return all == 1 ? "; no driver is bound, and transactions that the device still "
				  "sends reach memory"
				: "; none of them has a driver, and transactions that they still "
				  "send reach memory";
	return "; transactions that those without a driver still send reach memory, too";
}

/* @first: one of the groups     @several: there are others */
static const char *remedy_of_identity(const struct examination *examination, const char *at_boot,
				      const struct group *first, bool several)
{
	struct arena *arena = examination->arena;
	const char *now = domain_remedy(examination->system, first, arena);

	if (!now)
		return at_boot;
	if (at_boot)
		return arena_printf(arena, "%s Until then%s: %s", at_boot,
				    several ? ", for each group" : "", now);
	return several ? arena_concat(arena, "For each group: ", now, "") : now;
}

void doctor_identity(struct examination *examination)
{
	struct concerned concerned = {0};
	struct finding finding = describe_identity(examination->system);
	const struct group *first = NULL;
	bool several = false;
	size_t driverless = 0;

	for (size_t i = 0; i < examination->system->device_count; i++) {
		const struct device *device = examination->system->devices[i];

		if (!passes_untranslated(device) || !concerns(examination, device))
			continue;
		concerned_add(&concerned, examination->arena, device->label);
		driverless += device->driver_known && !device->driver;
		several |= first && device->group != first;
		first = first ? first : device->group;
	}
	if (!concerned.count)
		return;
	finding.remedy = remedy_of_identity(examination, finding.remedy, first, several);
	finding.message = arena_concat(examination->arena, finding.message,
				       describe_driverless(driverless, concerned.count), "");
	examination_add(examination, finding, &concerned);
}

static void collect_noiommu(const struct examination *examination, struct concerned *concerned)
{
	for (size_t i = 0; i < examination->system->device_count; i++) {
		const struct device *device = examination->system->devices[i];

		if (device->group && group_is_noiommu(device->group) &&
		    concerns(examination, device))
			concerned_add(concerned, examination->arena, device->label);
	}
}

/* A device in such a group is open to any process that may open its node. */
void doctor_noiommu(struct examination *examination)
{
	const struct vfio_host *host = examination->system->machine.vfio;
	struct concerned concerned = {0};
	struct finding finding = {
		.code = CODE_NOIOMMU_MODE,
		.severity = SEVERITY_WARNING,
		.message = "VFIO hands devices over without an IOMMU: their users reach all memory",
		.evidence = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode",
		.remedy = "echo N > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode",
	};

	collect_noiommu(examination, &concerned);
	if (concerned.count)
		finding.severity = SEVERITY_ALARM;
	else if (!host || host->unsafe_noiommu != ANSWER_YES)
		return;
	examination_add(examination, finding, &concerned);
}

/*
 * Without remapping, a device in a guest can send any interrupt to the host; VFIO refuses such
 * devices unless allow_unsafe_interrupts is set.
 */
void doctor_interrupts(struct examination *examination)
{
	const struct machine *machine = &examination->system->machine;
	const struct vfio_host *host = machine->vfio;

	if (!host || host->isolated_interrupts != ANSWER_NO)
		return;
	if (host->unsafe_interrupts == ANSWER_YES)
		examination_add(
			examination,
			(struct finding){
				.code = CODE_UNSAFE_INTERRUPTS,
				.severity = SEVERITY_WARNING,
				.message = "VFIO hands devices over although their interrupts are "
					   "not isolated: a guest can send any interrupt to the "
					   "host",
				.evidence = "/sys/module/vfio_iommu_type1/parameters/"
					    "allow_unsafe_interrupts",
				.remedy = "echo N > /sys/module/vfio_iommu_type1/parameters/"
					  "allow_unsafe_interrupts",
			},
			NULL);
	if (machine->remaps_interrupts == ANSWER_YES && machine->iommu == USAGE_ENABLED)
		examination_add(
			examination,
			(struct finding){
				.code = CODE_INTERRUPTS_NOT_REMAPPED,
				.severity = SEVERITY_WARNING,
				.message = "interrupts of devices are not remapped, although the "
					   "IOMMUs can",
				.evidence = "/proc/interrupts",
				.remedy = "Remove intremap=off from the command line; without it, "
					  "the kernel log tells the reason (DMAR-IR).",
			},
			NULL);
}

void doctor_before_boot(struct examination *examination)
{
	const struct protection *protection = examination->system->machine.protection;

	if (!protection || protection->before_boot != ANSWER_NO)
		return;
	examination_add(
		examination,
		(struct finding){
			.code = CODE_NO_PREBOOT_PROTECTION,
			.severity = SEVERITY_WARNING,
			.message = "firmware does not protect memory from the DMA of "
				   "Thunderbolt devices until the kernel does",
			.evidence = protection->before_evidence,
			.remedy = "Switch \"Kernel DMA protection\" on in the firmware setup.",
		},
		NULL);
}
