/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/firmware/streams.h"

#include "model/pci.h"
#include "sources/devices/device_group.h"
#include "sources/devices/scope.h"

/*
 * True where a group of several devices includes a platform device: streams may explain the group.
 */
static bool any_group_missing(struct build *build)
{
	_autoarena_ struct arena *scratch = arena_new();
	const size_t *sizes = build_group_sizes(build, scratch);

	for (size_t i = 0; i < build_device_count(build); i++) {
		const struct device *device = build_device_at(build, i);

		if (device->group && sizes[device->group->id] > 1 && !device_is_pci(device))
			return true;
	}
	return false;
}

/*
 * True where the registration of a listed IOMMU may have failed: it serves no device, and a device
 * without driver has no group. The streams tell whether firmware puts that one behind it.
 */
static bool may_have_failed(struct build *build)
{
	_autoarena_ struct arena *scratch = arena_new();
	bool *serves = arena_array(scratch, build_iommu_count(build), sizeof(*serves));
	bool has_groupless = false;
	size_t serving = 0;

	for (size_t i = 0; i < build_device_count(build); i++) {
		const struct device *device = build_device_at(build, i);

		if (device->iommu && !serves[device->iommu->index]) {
			serves[device->iommu->index] = true;
			serving++;
		}
		has_groupless = has_groupless ||
				(device->driver_known && !device->driver && !device->group);
	}
	return has_groupless && serving < build_iommu_count(build);
}

/* Reservations name devices as firmware does; one for another device does not concern a scope. */
static bool may_be_ours(void *scope, const struct reservation *reservation)
{
	return !scope_names_other(scope, reservation->subject);
}

/* Request the streams where other facts rest on them. */
static void need_streams(struct reading *reading)
{
	bool judges_dma_alone = !(reading->facts & ~(unsigned)(FACTS_CHEAP | FACT_DMA));

	/* On a machine without groups, an IOMMU that is not registered is the reason. */
	if (reading_wants(reading, FACT_DMA) && !build_group_count(reading->build))
		reading->facts |= FACT_STREAMS | FACT_ALL_IOMMUS;
	if (reading_wants(reading, FACT_IOMMUS) && may_have_failed(reading->build))
		reading->facts |= FACT_STREAMS;
	if (reading_wants(reading, FACT_TRAITS) && !reading->focus &&
	    any_group_missing(reading->build))
		reading->facts |= FACT_STREAMS;
	reading->groupless_only = judges_dma_alone && !reading_wants(reading, FACT_STREAMS);
	/* The streams of a device without a group tell whether its DMA is direct, idle or lost. */
	if (reading_wants(reading, FACT_DMA) && device_any_without_group(reading))
		reading->facts |= FACT_STREAMS;
}

int source_streams(struct reading *reading, struct error *e)
{
	static const char TREE[] = "/sys/firmware/devicetree/base";
	int there, result;

	need_streams(reading);
	if (!reading_wants(reading, FACT_STREAMS)) {
		build_source(reading->build, "streams", SOURCE_SKIPPED, NULL);
		return 0;
	}
	/*
	 * The blob /sys/firmware/fdt also exists on ACPI boots, so only the unpacked tree is used.
	 */
	there = root_has(reading->root, TREE);
	if (there < 0) {
		reading_failed(reading, "devicetree", there, TREE);
		return 0;
	}
	result = there ? streams_devicetree(reading, e) : streams_acpi(reading, e);
	if (reading->scope)
		build_filter_reservations(reading->build, may_be_ours, reading->scope);
	return result;
}
