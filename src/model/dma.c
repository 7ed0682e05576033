/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma.h"

#include "model/firmware_table.h"
#include "model/pci.h"
#include "model/stream_index.h"

#include <string.h>

static enum device_dma dma_of_type(const char *type)
{
	if (!type)
		return DMA_UNKNOWN;
	if (strcmp(type, "DMA") == 0 || strcmp(type, "DMA-FQ") == 0)
		return DMA_TRANSLATED;
	if (strcmp(type, "identity") == 0)
		return DMA_IDENTITY;
	return strcmp(type, "blocked") == 0 ? DMA_BLOCKED : DMA_UNKNOWN;
}

static bool same_iommu(const struct stream *one, const struct stream *other)
{
	if (one->iommu || other->iommu)
		return one->iommu == other->iommu;
	return one->iommu_name && other->iommu_name &&
	       strcmp(one->iommu_name, other->iommu_name) == 0;
}

bool stream_is_known(const struct stream *stream)
{
	return stream->id >= 0 || stream->whole;
}

int64_t stream_ignored_bits(const struct stream *stream)
{
	return stream->whole || iommu_traits(stream->iommu_kind)->one_group ? -1 : stream->mask;
}

bool streams_meet(const struct stream *one, const struct stream *other)
{
	int64_t ignored = stream_ignored_bits(one) | stream_ignored_bits(other);

	if (!stream_is_known(one) || !stream_is_known(other) || one->kind != other->kind ||
	    !same_iommu(one, other))
		return false;
	/* Masks (SMMUv2) and ranges (iommu-map) do not occur together. */
	if (ignored)
		return ((one->id ^ other->id) & ~ignored) == 0;
	return one->id < other->id + other->count && other->id < one->id + one->count;
}

/* Of equal IDs, the walk passes streams of devices with a group first. */
static enum stream_step note_taken(void *context, const struct stream *other)
{
	bool *taken = context;

	*taken = other->device && other->device->group;
	return *taken ? STREAM_STOP : STREAM_NEXT_ID;
}

/*
 * True where another device, which has a group, has a stream of this device, on an IOMMU that
 * accepts one device for each stream.
 */
static bool is_taken(const struct system *system, const struct device *device)
{
	bool taken = false;

	for (size_t i = 0; i < device->stream_count && !taken; i++) {
		const struct stream *mine = &device->streams[i];

		if (mine->iommu && iommu_traits(mine->iommu->kind)->one_device_per_stream)
			stream_index_walk(system->stream_index, mine, note_taken, &taken);
	}
	return taken;
}

/* True where all streams are requester IDs: such IOMMUs can be disabled on the command line. */
static bool is_optional(const struct device *device)
{
	for (size_t i = 0; i < device->stream_count; i++)
		if (device->streams[i].kind != STREAM_REQUESTER_ID)
			return false;
	return true;
}

/* True where firmware names an IOMMU for one of the device's IDs. */
static bool is_behind_iommu(const struct device *device)
{
	for (size_t i = 0; i < device->stream_count; i++)
		if (!device->streams[i].uncovered)
			return true;
	return false;
}

static bool any_registered(const struct system *system)
{
	for (size_t i = 0; i < system->iommu_count; i++)
		if (!system->iommus[i]->unregistered)
			return true;
	return false;
}

bool dma_is_unserved(const struct device *device)
{
	if (device->group || !device->driver || device_is_pci(device))
		return false;
	for (size_t i = 0; i < device->stream_count; i++) {
		const struct stream *stream = &device->streams[i];

		if (!stream->selective || !stream->iommu || stream->iommu->state != IOMMU_READY)
			return false;
	}
	return device->stream_count;
}

const char *dma_why_direct(const struct device *device)
{
	return dma_is_unserved(device)
		       ? "the driver of its IOMMU serves other devices of this chip alone"
		       : "firmware names no IOMMU for it";
}

bool dma_is_of_iommu(const struct device *device)
{
	return device->driver && iommu_kind_of_driver(device->driver);
}

enum device_dma device_dma(const struct system *system, const struct device *device, unsigned facts)
{
	if (device->group)
		return dma_of_type(device->group->type);
	/* Xen may translate for it; nothing in Linux tells. */
	if (system->machine.hypervisor == HYPERVISOR_XEN_DOM0)
		return DMA_UNKNOWN;
	/* The same word whether or not firmware was read for other devices. */
	if (!device->group_unknown && dma_is_of_iommu(device) && !is_behind_iommu(device))
		return DMA_DIRECT;
	if (device->group_unknown || !device->driver_known || !(facts & FACT_STREAMS) ||
	    firmware_unread(system))
		return DMA_UNKNOWN;
	/* Without the device's firmware node it is unknown whether it has streams. */
	if (!is_behind_iommu(device))
		return device->ids_unknown || system->machine.unseen_iommus ? DMA_UNKNOWN
									    : DMA_DIRECT;
	/*
	 * On these machines an option such as intel_iommu=off disables all IOMMUs on purpose. Other
	 * kinds have no such option: their IOMMU is late or will never probe.
	 */
	if (!system->group_count && !any_registered(system) && is_optional(device))
		return DMA_UNKNOWN;
	if (!device->driver)
		return DMA_IDLE;
	if (dma_is_unserved(device))
		return DMA_DIRECT;
	return is_taken(system, device) ? DMA_SHARED_STREAM : DMA_LOST;
}
