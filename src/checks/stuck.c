/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stuck - rules of doctor about devices that do not get the driver that a setting names */
#include "base/text.h"
#include "checks/doctor_rules.h"
#include "checks/viability.h"
#include "model/pci.h"
#include "model/vfio_driver.h"

#include <stdlib.h>
#include <string.h>

/* iommuctl and driverctl keep a device without a driver by an override that names none. */
static bool keeps_driverless(const char *override)
{
	return strcmp(override, "none") == 0;
}

static bool awaits_absent_driver(const struct device *device)
{
	return device->driver_override && !device->driver && device->probing &&
	       !device->probing->override_exists && !keeps_driverless(device->driver_override);
}

static void add_absent_driver(struct examination *examination, const struct device *device)
{
	const char *override = device->driver_override;

	examination_add(
		examination,
		(struct finding){
			.code = CODE_OVERRIDE_ABSENT,
			.severity = SEVERITY_WARNING,
			.devices = &device->label,
			.device_count = 1,
			.message = arena_printf(examination->arena,
						"its driver_override is %s, and no such driver is "
						"registered: no driver binds to it",
						override),
			.evidence = arena_concat(examination->arena, device->path,
						 "/driver_override", ""),
			.remedy = arena_printf(examination->arena,
					       "modprobe %s, if its module is called so, or clear "
					       "the override: echo > %s/driver_override",
					       override, device->path),
		},
		NULL);
}

static bool has_other_driver(const struct device *device)
{
	return device->driver_override && device->driver &&
	       strcmp(vfio_driver_spelling(device->driver_override),
		      vfio_driver_spelling(device->driver)) != 0;
}

static void add_other_driver(struct examination *examination, const struct device *device)
{
	examination_add(
		examination,
		(struct finding){
			.code = CODE_OVERRIDE_OTHER,
			.severity = SEVERITY_WARNING,
			.devices = &device->label,
			.device_count = 1,
			.message = arena_printf(
				examination->arena,
				"it is bound to %s, and its driver_override is %s: when it is "
				"probed again, %s gets it",
				device->driver, device->driver_override,
				keeps_driverless(device->driver_override)
					? "no driver"
					: device->driver_override),
			.evidence = arena_concat(examination->arena, device->path,
						 "/driver_override", ""),
			.remedy = arena_printf(examination->arena, "echo > %s/driver_override",
					       device->path),
		},
		NULL);
}

void doctor_overrides(struct examination *examination)
{
	for (size_t i = 0; i < examination->system->device_count; i++) {
		const struct device *device = examination->system->devices[i];

		if (!concerns(examination, device))
			continue;
		if (awaits_absent_driver(device))
			add_absent_driver(examination, device);
		else if (has_other_driver(device))
			add_other_driver(examination, device);
	}
}

static void add_absence(struct examination *examination, const struct device *device,
			struct finding finding, const char *file)
{
	finding.devices = &device->label;
	finding.device_count = 1;
	finding.evidence = arena_concat(examination->arena, device->path, "/", file);
	examination_add(examination, finding, NULL);
}

void doctor_absent_devices(struct examination *examination)
{
	for (size_t i = 0; i < examination->system->device_count; i++) {
		const struct device *device = examination->system->devices[i];

		if (!concerns(examination, device))
			continue;
		if (device->answers == ANSWER_NO)
			add_absence(examination, device,
				    (struct finding){
					    .code = CODE_DEVICE_DEAD,
					    .severity = SEVERITY_WARNING,
					    .message = "it does not answer: its config space reads "
						       "as all ones",
					    .remedy = "Switch the machine off and on; a reboot "
						      "alone may not reset the device.",
				    },
				    "config");
		else if (device->without_power && !device->driver)
			add_absence(examination, device,
				    (struct finding){
					    .code = CODE_DEVICE_WITHOUT_POWER,
					    .severity = SEVERITY_NOTE,
					    .message = "it has no driver and no power (D3cold); "
						       "the bind of a driver wakes it",
				    },
				    "power_state");
	}
}

static bool concerns_group(const struct examination *examination, const struct group *group)
{
	for (size_t i = 0; i < group->device_count; i++)
		if (concerns(examination, group->devices[i]))
			return true;
	return false;
}

static void add_unusable(struct examination *examination, enum viability_rule rule,
			 const struct group *group)
{
	struct concerned blockers = {0};

	for (size_t i = 0; i < group->device_count; i++)
		if (device_blocks(rule, group->devices[i]))
			concerned_add(&blockers, examination->arena, group->devices[i]->label);
	examination_add(
		examination,
		(struct finding){
			.code = CODE_GROUP_UNUSABLE,
			.severity = SEVERITY_WARNING,
			.subject = arena_printf(examination->arena, "group %d", group->id),
			.message = "VFIO has a device of it and will not open it, because other "
				   "members have drivers that use DMA",
			.evidence = arena_printf(examination->arena,
						 "/sys/kernel/iommu_groups/%d/devices", group->id),
			.remedy = arena_printf(examination->arena,
					       "iommuctl rebind --group group:%d vfio-pci",
					       group->id),
		},
		&blockers);
}

void doctor_unusable_groups(struct examination *examination)
{
	enum viability_rule rule = viability_rule(examination->system);

	for (size_t i = 0; i < examination->system->group_count; i++) {
		const struct group *group = examination->system->groups[i];

		if (group->vfio_count && group_viable(rule, group) == ANSWER_NO &&
		    concerns_group(examination, group))
			add_unusable(examination, rule, group);
	}
}

/*
 * The context banks that the groups of @iommu need: one each, but none for an identity domain
 * (drivers/iommu/arm/arm-smmu/arm-smmu.c: arm_smmu_init_domain_context).
 */
static int64_t count_banks(const struct system *system, const struct iommu *iommu,
			   struct arena *arena, struct concerned *concerned)
{
	int64_t needed = 0;

	for (size_t i = 0; i < system->group_count; i++) {
		const struct group *group = system->groups[i];
		bool passes = group->type && strcmp(group->type, "identity") == 0;

		if (!group->iommu_count || group->iommus[0] != iommu || passes)
			continue;
		needed++;
		for (size_t j = 0; j < group->device_count; j++)
			concerned_add(concerned, arena, group->devices[j]->label);
	}
	return needed;
}

static void judge_banks(struct examination *examination, const struct iommu *iommu)
{
	struct concerned concerned = {0};
	int64_t needed;

	if (iommu->context_banks < 0)
		return;
	needed = count_banks(examination->system, iommu, examination->arena, &concerned);
	if (needed <= iommu->context_banks)
		return;
	examination_add(
		examination,
		(struct finding){
			.code = CODE_CONTEXT_BANKS_SHORT,
			.severity = SEVERITY_WARNING,
			.subject = iommu->name,
			.message = arena_printf(
				examination->arena,
				"its groups need %lld context banks, and it has %lld: the drivers "
				"of some cannot map DMA",
				(long long)needed, (long long)iommu->context_banks),
		},
		&concerned);
}

void doctor_context_banks(struct examination *examination)
{
	for (size_t i = 0; i < examination->system->iommu_count; i++)
		judge_banks(examination, examination->system->iommus[i]);
}

/* A device that has no driver, and a module that claims it. */
struct unclaimed {
	const struct device *device;
	const struct module *module;
};

static int compare_unclaimed(const void *a, const void *b)
{
	const struct unclaimed *one = a, *other = b;
	int order = strcmp(one->module->name, other->module->name);

	return order ? order
		     : (one->device->index > other->device->index) -
			       (one->device->index < other->device->index);
}

/* The first module that claims the device, where none that does is in the kernel. */
static const struct module *find_absent_module(const struct device *device)
{
	const struct probing *probing = device->probing;

	if (device->driver || !device->driver_known || device->driver_override || !probing ||
	    !probing->modules_known || !device_is_pci(device))
		return NULL;
	for (size_t i = 0; i < probing->module_count; i++)
		if (probing->modules[i].state != MODULE_NOT_LOADED)
			return NULL;
	return probing->module_count ? &probing->modules[0] : NULL;
}

static void add_absent_module(struct examination *examination, const struct unclaimed *first,
			      size_t count)
{
	struct concerned concerned = {0};
	bool blacklisted = first->module->blacklisted;

	for (size_t i = 0; i < count; i++)
		concerned_add(&concerned, examination->arena, first[i].device->label);
	examination_add(
		examination,
		(struct finding){
			.code = CODE_MODULE_ABSENT,
			.severity = SEVERITY_NOTE,
			.message =
				arena_printf(examination->arena,
					     "no driver is bound: the module %s claims it and %s",
					     first->module->name,
					     blacklisted ? "is blacklisted" : "is not loaded"),
			.remedy = blacklisted ? NULL
					      : arena_concat(examination->arena, "modprobe ",
							     first->module->name, ""),
		},
		&concerned);
}

void doctor_unclaimed_modules(struct examination *examination)
{
	const struct system *system = examination->system;
	_autofree_ struct unclaimed *found = calloc(system->device_count + 1, sizeof(*found));
	size_t count = 0;

	if (!found)
		memory_exhausted();
	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];
		const struct module *module =
			concerns(examination, device) ? find_absent_module(device) : NULL;

		if (module)
			found[count++] = (struct unclaimed){device, module};
	}
	qsort(found, count, sizeof(*found), compare_unclaimed);
	for (size_t i = 0, next; i < count; i = next) {
		for (next = i + 1;
		     next < count && strcmp(found[next].module->name, found[i].module->name) == 0;)
			next++;
		add_absent_module(examination, found + i, next - i);
	}
}
