/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An IOMMU whose registration the kernel took back. Since Linux 6.15 it probes all devices behind
 * the IOMMU then, bus by bus and on a bus in the order in which the devices were found, and stops
 * at the first that is rejected (drivers/iommu/iommu.c: iommu_device_register, bus_iommu_probe).
 * The log has a line for each device that joined a group, so the device after the last of them is
 * the rejected one.
 */
#include "checks/cause.h"
#include "model/kernel_release.h"

#include <string.h>

/*
 * The buses on which an IOMMU probes devices, in the order of iommu_buses[] in
 * drivers/iommu/iommu.c.
 */
static const char *const buses[] = {"platform", "pci", "amba", "fsl-mc", "host1x-context", "cdx"};

static const char *node_of_device(const struct supplier *supplier)
{
	if (supplier->firmware_node)
		return supplier->firmware_node;
	return supplier->device ? supplier->device->firmware_node : NULL;
}

static bool is_behind(const struct supplier *supplier, const struct device *device)
{
	const char *node = node_of_device(supplier);

	for (size_t i = 0; i < device->stream_count; i++) {
		const struct stream *stream = &device->streams[i];

		if (supplier->iommu ? stream->iommu == supplier->iommu
				    : !stream->iommu && node && stream->iommu_name &&
					      strcmp(stream->iommu_name, node) == 0)
			return true;
	}
	return false;
}

static bool has_joined(const struct system *system, const struct device *device)
{
	return remark_find(system, REMARK_GROUP_JOINED, device->name);
}

/* True where, by the log, a device had a group of this IOMMU, and has none now. */
static bool took_groups_back(const struct system *system, const struct supplier *supplier)
{
	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];

		if (!device->group && !device->group_unknown && is_behind(supplier, device) &&
		    has_joined(system, device))
			return true;
	}
	return false;
}

/* "Failed to register iommu in sysfs" is logged before any device is probed. */
static const struct remark *remark_of_registration(const struct system *system,
						   const struct supplier *supplier)
{
	const struct remark *remark =
		supplier->device ? remark_find(system, REMARK_IOMMU_FAILED, supplier->device->name)
				 : NULL;

	return remark && !strstr(remark->text, "in sysfs") ? remark : NULL;
}

bool registration_failed(const struct system *system, const struct supplier *supplier)
{
	if (!supplier_is_iommu(supplier))
		return false;
	if (supplier_state(supplier) == SUPPLIER_FAILED)
		return true;
	return !supplier->iommu &&
	       kernel_has(system->machine.kernel, KERNEL_PROBE_AT_REGISTRATION) == ANSWER_YES &&
	       (remark_of_registration(system, supplier) || took_groups_back(system, supplier));
}

/*
 * The first device on @bus behind the IOMMU that joined no group. NULL where a later device of the
 * bus joined one: then the kernel's order is not the order assumed here. An SMMUv3 skips a device
 * whose stream is taken, and goes on.
 */
static const struct device *first_without_group(const struct system *system,
						const struct supplier *supplier, const char *bus)
{
	const struct device *first = NULL;

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];

		if (strcmp(device->bus, bus) != 0 || !is_behind(supplier, device) ||
		    remark_find(system, REMARK_STREAM_TAKEN, device->name))
			continue;
		if (first && has_joined(system, device))
			return NULL;
		if (!first && !has_joined(system, device))
			first = device;
	}
	return first;
}

/*
 * The rejected device; NULL where the log has no line of this registration, or lacks lines: a
 * device may then have joined a group by a line that is missing.
 */
static const struct device *find_rejected(const struct system *system,
					  const struct supplier *supplier)
{
	const struct device *rejected = NULL;

	if (!log_is_whole(system) || !took_groups_back(system, supplier))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(buses) && !rejected; i++)
		rejected = first_without_group(system, supplier, buses[i]);
	return rejected;
}

static struct cause unnamed(const struct system *system, const struct supplier *supplier,
			    struct arena *arena)
{
	const struct remark *remark = remark_of_registration(system, supplier);
	const char *name = supplier->device ? supplier->device->label : supplier->name;

	return (struct cause){
		.kind = supplier->kind,
		.finding =
			{
				.code = CODE_IOMMU_REGISTRATION_FAILED,
				.subject = name,
				.message = "it rejected a device behind it, and since Linux 6.15 "
					   "that takes the whole IOMMU down; which device it was "
					   "cannot be seen",
				.evidence = remark ? remark->text : "/sys/class/iommu",
				.remedy = arena_printf(
					arena,
					"Boot with the log from its beginning on (log_buf_len=16M) "
					"and look for the last \"Adding to iommu group\" before "
					"%s: "
					"the next device is the rejected one.",
					name),
			},
	};
}

static struct cause named(const struct supplier *supplier, const struct device *rejected,
			  struct arena *arena)
{
	const char *iommu = supplier->device ? supplier->device->label : supplier->name;

	return (struct cause){
		.kind = "device",
		.finding =
			{
				.code = CODE_IOMMU_REGISTRATION_FAILED,
				.subject = rejected->label,
				.message = arena_printf(
					arena,
					"%s rejected it, and since Linux 6.15 that takes the whole "
					"IOMMU down: the devices before it joined their groups, it "
					"is the next",
					iommu),
				.evidence = "the kernel log",
				.remedy = arena_printf(
					arena,
					"Correct what firmware says of the streams of %s, or take "
					"it from behind %s, then reboot.",
					rejected->label, iommu),
			},
	};
}

struct cause cause_of_registration(const struct system *system, const struct supplier *supplier,
				   struct arena *arena)
{
	const struct device *rejected = find_rejected(system, supplier);
	struct cause cause;

	if (!rejected)
		return unnamed(system, supplier, arena);
	if (!cause_of_rejected(system, rejected, arena, &cause))
		return named(supplier, rejected, arena);
	cause.kind = "device";
	cause.finding.message = arena_printf(
		arena, "%s; since Linux 6.15 that takes the whole IOMMU down for all devices",
		cause.finding.message);
	return cause;
}
