/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IOMMUs of streams as suppliers. An IOMMU that has not registered is known only by its name in
 * firmware: a node, a PCI function, or the base address of an SMMU in an IORT.
 */
#include "sources/deferral/adopt.h"
#include "sources/deferral/iommu_devices.h"
#include "sources/deferral/suppliers.h"

#include "model/firmware_table.h"
#include "model/kernel_release.h"

#include <stdio.h>
#include <string.h>

/*
 * The source that names the IOMMU; NULL for sources whose IOMMUs no device waits for (DMAR, IVRS,
 * topology).
 */
static const char *source_of(const struct stream *stream)
{
	const struct firmware_table *table = firmware_table_of(stream->source);

	if (stream->source == STREAM_FROM_TOPOLOGY || (table && !table->waits))
		return NULL;
	return stream_source_name(stream->source);
}

static const struct device *device_of_iommu(struct gathering *gathering,
					    const struct stream *stream)
{
	struct reading *reading = gathering->reading;
	const char *path;

	if (!stream->iommu_name)
		return NULL;
	path = firmware_table_of(stream->source)
		       ? iommu_device_named(reading, stream->iommu_name, gathering->scratch)
		       : of_devices_find(&gathering->nodes, stream->iommu_name);
	return path ? adopt_device(reading, path) : NULL;
}

static const struct device *virtio_child(struct gathering *gathering, const struct device *device)
{
	struct reading *reading = gathering->reading;
	const char *path =
		device ? iommu_device_below(reading->root, device->path, gathering->scratch) : NULL;

	return path && path != device->path ? adopt_device(reading, path) : device;
}

/* True where the kernel would bind a device without this IOMMU by now. */
static bool is_given_up(const struct gathering *gathering, const struct stream *stream)
{
	const char *kernel = build_machine(gathering->reading->build)->kernel;

	return gathering->timed_out && (!firmware_table_of(stream->source) ||
					kernel_has(kernel, KERNEL_ACPI_WAIT_ENDS) == ANSWER_YES);
}

static void gather_iommu(struct gathering *gathering, const struct stream *stream)
{
	struct supplier supplier = {
		.kind = "iommu", .source = source_of(stream), .iommu = stream->iommu};
	const struct node *node = NULL;

	supplier.name = stream->iommu ? stream->iommu->name : stream->iommu_name;
	supplier.given_up = is_given_up(gathering, stream);
	if (!supplier.source || !supplier.name)
		return;
	if (!supplier.iommu) {
		supplier.device = device_of_iommu(gathering, stream);
		if (supplier.device)
			supplier.name = supplier.device->label;
		supplier.device = virtio_child(gathering, supplier.device);
	}
	if (!supplier.iommu && gathering->tree && *stream->iommu_name == '/') {
		node = tree_find(gathering->tree, stream->iommu_name);
		supplier.firmware_node = stream->iommu_name;
		supplier.disabled = node && !node->available;
	}
	gather(gathering, supplier);
}

void suppliers_from_streams(struct gathering *gathering)
{
	size_t count;
	struct stream *const *streams =
		build_streams_of(gathering->reading->build, gathering->consumer, &count);

	for (size_t i = 0; i < count; i++)
		gather_iommu(gathering, streams[i]);
}
