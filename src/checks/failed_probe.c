/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/failed_probe.h"

#include "checks/cause.h"

#include <inttypes.h>
#include <string.h>

/*
 * The newest line about a failed probe. A device that is kept from drivers by its override failed
 * once, and does not matter now.
 */
static const struct remark *remark_of_failed_probe(const struct system *system,
						   const struct device *device)
{
	if (!device->driver_known || device->driver || device->driver_override ||
	    (device->state != DEVICE_UNBOUND && device->state != DEVICE_UNKNOWN))
		return NULL;
	return remark_find(system, REMARK_PROBE_FAILED, device->name);
}

static bool may_be_of(const struct fault_entry *entry, const struct device *device)
{
	for (size_t i = 0; i < entry->device_count; i++)
		if (entry->devices[i] == device)
			return true;
	return false;
}

/* "; the log has IOMMU faults of it: translation (3)"; "" where it has none. */
static const char *describe_faults(const struct fault_entries *faults, const struct device *device,
				   struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < faults->count; i++)
		if (may_be_of(&faults->items[i], device))
			text = arena_printf(arena, "%s%s %s (%" PRIu64 ")", text,
					    *text ? "," : "; the log has IOMMU faults of it:",
					    fault_kind_name(faults->items[i].fault->kind),
					    faults->items[i].fault->count);
	return text;
}

static const char *remedy_of_failed_probe(const struct device *device, bool has_faults,
					  struct arena *arena)
{
	if (has_faults)
		return arena_printf(arena, "iommuctl faults %s", device->label);
	return arena_printf(
		arena,
		"The driver's own lines stand before this one in the log. To try again: "
		"echo %s > /sys/bus/%s/drivers_probe",
		device->name, device->bus);
}

bool failed_probe_of(const struct system *system, const struct device *device,
		     struct fault_entries *faults, struct arena *arena, struct deferral *ret)
{
	const struct remark *remark = remark_of_failed_probe(system, device);
	const char *reported;

	if (!remark)
		return false;
	if (!faults->items)
		*faults = fault_entries(system, NULL, arena);
	reported = describe_faults(faults, device, arena);
	*ret = (struct deferral){
		.device = device,
		.reason = remark->text,
		.cause.finding =
			{
				.code = CODE_PROBE_FAILED,
				.severity = SEVERITY_WARNING,
				.subject = device->label,
				.message = arena_printf(arena, "its driver's probe failed: %s%s",
							strerror((int)remark->number), reported),
				.evidence = remark->text,
				.devices = &device->label,
				.device_count = 1,
			},
		.outcome = {.what = DEFERRAL_NEVER, .when_seconds = -1},
		.remedy = remedy_of_failed_probe(device, *reported, arena),
	};
	ret->cause.finding.remedy = ret->remedy;
	return true;
}
