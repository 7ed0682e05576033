/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices and states of IOMMUs that firmware names and that are not in /sys/class/iommu. The
 * list of them comes from firmware (sources/firmware); this file adds how far the kernel is with
 * each.
 */
#include "base/text.h"
#include "model/command_line.h"
#include "sources/deferral/deferred_list.h"
#include "sources/deferral/iommu_devices.h"
#include "sources/deferral/log.h"
#include "sources/deferral/of_devices.h"
#include "sources/sources.h"

#include <string.h>

/* One reading. @scratch: freed when it ends     @nodes: devices by node; read at the first need */
struct unregistered {
	struct reading *reading;
	struct arena *scratch;
	struct of_devices nodes;
	bool nodes_read;
};

static const char *find_by_node(struct unregistered *unregistered, const char *node)
{
	if (!unregistered->nodes_read)
		unregistered->nodes =
			of_devices_read(unregistered->reading->root, unregistered->scratch);
	unregistered->nodes_read = true;
	return of_devices_find(&unregistered->nodes, node);
}

/* The path of the device whose driver registers the IOMMU, or NULL. */
static const char *find_device_of(struct unregistered *unregistered, const struct iommu *iommu)
{
	const struct root *root = unregistered->reading->root;
	const char *path = iommu->firmware_node
				   ? find_by_node(unregistered, iommu->firmware_node)
				   : iommu_device_named(unregistered->reading, iommu->name,
							unregistered->scratch);

	return path ? iommu_device_below(root, path, unregistered->scratch) : NULL;
}

/*
 * The state by the driver core. A bound driver should have registered the IOMMU: why it has not is
 * unknown, unless the log tells.
 */
static enum iommu_state state_by_device(struct reading *reading, const char *path)
{
	const char *name = text_basename(path);
	char driver[PATH_SIZE];
	int bound = root_follow(reading->root, path, "driver", driver);

	if (bound)
		return IOMMU_UNKNOWN;
	if (!reading->deferred)
		return IOMMU_UNKNOWN;
	return deferred_list_find(reading->deferred, name) ? IOMMU_DEFERRED : IOMMU_UNBOUND;
}

/*
 * The state of a unit that the kernel drives without a device, and did not register. In Xen's
 * control domain it may be Xen that drives it.
 */
static enum iommu_state state_of_unit(const struct reading *reading)
{
	const struct machine *machine = build_machine(reading->build);

	if (machine->hypervisor == HYPERVISOR_XEN_DOM0)
		return IOMMU_UNKNOWN;
	return command_line_iommu_off(machine->command_line) ? IOMMU_DISABLED : IOMMU_UNBOUND;
}

/* A kind that is not known may have one. */
static bool has_driver(const struct iommu *iommu)
{
	return iommu->kind == IOMMU_KIND_UNKNOWN || iommu_traits(iommu->kind)->driver;
}

static void complete(struct unregistered *unregistered, struct iommu *iommu)
{
	struct reading *reading = unregistered->reading;
	const char *path = find_device_of(unregistered, iommu);

	if (path)
		iommu->device = arena_strdup(build_arena(reading->build), path);
	if (iommu->state != IOMMU_UNKNOWN)
		return;
	if (!has_driver(iommu))
		iommu->state = state_of_unit(reading);
	else if (path)
		iommu->state = state_by_device(reading, path);
}

/* True where the probe of the IOMMU may have failed, which only the log tells. */
static bool may_have_failed_probe(const struct iommu *iommu)
{
	return iommu->unregistered && has_driver(iommu) &&
	       (iommu->state == IOMMU_UNKNOWN || iommu->state == IOMMU_UNBOUND);
}

/* A driver that is bound now may have failed before: its failed probe is no answer then. */
static void mark_failed_by_log(struct build *build, struct iommu *iommu)
{
	const char *name = iommu->device ? text_basename(iommu->device) : "";

	if (build_remark_find(build, REMARK_IOMMU_FAILED, name) ||
	    (iommu->state == IOMMU_UNBOUND && build_remark_find(build, REMARK_PROBE_FAILED, name)))
		iommu->state = IOMMU_FAILED;
}

static void complete_by_log(struct reading *reading)
{
	for (size_t i = 0; i < build_iommu_count(reading->build); i++) {
		struct iommu *iommu = build_iommu_at(reading->build, i);

		if (!may_have_failed_probe(iommu))
			continue;
		log_read_remarks(reading);
		mark_failed_by_log(reading->build, iommu);
	}
}

int source_unregistered(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct unregistered unregistered = {.reading = reading, .scratch = scratch};

	for (size_t i = 0; i < build_iommu_count(reading->build); i++)
		if (build_iommu_at(reading->build, i)->unregistered)
			complete(&unregistered, build_iommu_at(reading->build, i));
	reading_report(reading, "unregistered");
	complete_by_log(reading);
	return 0;
}
