/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/scope.h"

#include "model/vfio_driver.h"

#include <string.h>

/* True where streams of the IOMMU may belong to several devices (checks/streams.h). */
static bool may_share_streams(const struct device *device)
{
	if (!device->iommu)
		return true;
	switch (device->iommu->kind) {
	case IOMMU_KIND_UNKNOWN:
	case IOMMU_KIND_SMMU:
	case IOMMU_KIND_SMMU_V3:
		return true;
	default:
		return false;
	}
}

static bool has_functions_of_vfio(const struct root *root, const struct device *device)
{
	return driver_is_vfio(device) && root_hasf(root, "%s/virtfn0", device->path) != 0;
}

static bool depends_on_others(const struct reading *reading, const struct device *device)
{
	return may_share_streams(device) || has_functions_of_vfio(reading->root, device);
}

static bool any_depends_on_others(const struct reading *reading)
{
	for (size_t i = 0; i < build_device_count(reading->build); i++)
		if (depends_on_others(reading, build_device_at(reading->build, i)))
			return true;
	return false;
}

/* Where the command line chose no type, those of other groups tell why one is "identity". */
static bool needs_other_types(const struct reading *reading)
{
	for (size_t i = 0; i < build_group_count(reading->build); i++) {
		const struct group *group = build_group_at(reading->build, i);

		if (!group->type || strcmp(group->type, "identity") == 0)
			return !build_machine(reading->build)->default_domain;
	}
	return false;
}

/* With a devicetree each device has suppliers: clocks, regulators, interrupt controllers. */
bool scope_may_suffice(const struct reading *reading)
{
	bool waits = root_has(reading->root, "/sys/firmware/devicetree/base") != 0;

	if (!reading_wants(reading, FACTS_EXAMINED))
		return true;
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		const struct device *device = build_device_at(reading->build, i);

		if (!device->driver_known || (!device->driver && waits))
			return false;
	}
	return true;
}

/* False for a device that waits for another one, or may. */
static bool waits_for_none(const struct device *device)
{
	return device->driver || (device->state == DEVICE_UNBOUND && device->probing &&
				  !device->probing->supplier_count);
}

static bool all_wait_for_none(const struct reading *reading)
{
	for (size_t i = 0; i < build_device_count(reading->build); i++)
		if (!waits_for_none(build_device_at(reading->build, i)))
			return false;
	return true;
}

bool scope_suffices(const struct reading *reading)
{
	if (!reading_wants(reading, FACTS_EXAMINED))
		return true;
	return all_wait_for_none(reading) && !build_fault_count(reading->build) &&
	       !build_machine(reading->build)->pin_count && !needs_other_types(reading) &&
	       !any_depends_on_others(reading);
}
