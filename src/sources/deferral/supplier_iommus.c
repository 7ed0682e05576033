/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IOMMUs of streams as suppliers. An IOMMU that has not registered is known only by its name in
 * firmware: a node, a PCI function, or the base address of an SMMU in an IORT.
 */
#include "sources/deferral/adopt.h"
#include "sources/deferral/suppliers.h"

#include "base/text.h"
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

struct child {
	struct gathering *gathering;
	const struct device *parent, *found;
};

static int find_virtio(void *context, const char *name)
{
	struct child *child = context;
	char path[PATH_SIZE];

	if (!child->found && text_starts(name, "virtio") &&
	    root_path(child->gathering->reading->root, path, "%s/%s", child->parent->path, name) >=
		    0)
		child->found = adopt_device(child->gathering->reading, path);
	return 0;
}

/*
 * The virtio device on a bound virtio-pci or virtio-mmio device: the driver of that virtio device
 * is the missing one.
 */
static const struct device *virtio_child(struct gathering *gathering, const struct device *device)
{
	struct child child = {.gathering = gathering, .parent = device};

	if (device && device->driver && text_starts(device->driver, "virtio"))
		root_list(gathering->reading->root, device->path, find_virtio, &child);
	return child.found ? child.found : device;
}

struct smmus {
	struct gathering *gathering;
	const char *prefix;
	const struct device *found;
	size_t count;
};

static int count_smmu(void *context, const char *name, const char *path)
{
	struct smmus *smmus = context;

	if (!text_starts(name, smmus->prefix))
		return 0;
	smmus->count++;
	smmus->found = adopt_device(smmus->gathering->reading, path);
	return 0;
}

/*
 * The platform device of an SMMU in the IORT. Their names have numbers ("arm-smmu-v3.0.auto"), so
 * the device is certain only if there is a single one.
 */
static const struct device *smmu_of_iort(struct gathering *gathering, const char *name)
{
	struct smmus smmus = {
		.gathering = gathering,
		.prefix = iommu_traits(iommu_kind_of_instance(name))->device_prefix,
	};

	if (smmus.prefix)
		root_list_links(gathering->reading->root, "/sys/bus/platform/devices", count_smmu,
				&smmus);
	return smmus.count == 1 ? smmus.found : NULL;
}

static const struct device *device_of_iommu(struct gathering *gathering,
					    const struct stream *stream)
{
	const char *path;

	if (!stream->iommu_name)
		return NULL;
	if (firmware_table_of(stream->source)) {
		const struct device *smmu = smmu_of_iort(gathering, stream->iommu_name);

		return smmu ? smmu : adopt_named(gathering->reading, "pci", stream->iommu_name);
	}
	path = of_devices_find(&gathering->nodes, stream->iommu_name);
	return path ? adopt_device(gathering->reading, path) : NULL;
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
