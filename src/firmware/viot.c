/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/viot.h"

enum {
	TABLE_NODE_COUNT = 36,
	TABLE_NODE_OFFSET = 38,
	TABLE_SIZE = 48,

	NODE_TYPE = 0,
	NODE_LENGTH = 2,
	NODE_SIZE = 4,

	RANGE_ENDPOINT = 4,
	RANGE_SEGMENT_FIRST = 8,
	RANGE_SEGMENT_LAST = 10,
	RANGE_BDF_FIRST = 12,
	RANGE_BDF_LAST = 14,
	RANGE_OUTPUT = 16, /* offset of a range's virtio-iommu, from the table's start */
	RANGE_SIZE = 24,

	DEVICE_ENDPOINT = 4,
	DEVICE_BASE = 8,
	DEVICE_OUTPUT = 16, /* offset of a device's virtio-iommu, from the table's start */
	DEVICE_SIZE = 24,

	IOMMU_PCI_SEGMENT = 4,
	IOMMU_PCI_BDF = 6,
	IOMMU_MMIO_BASE = 8,
	IOMMU_SIZE = 16,
};

enum node_type {
	PCI_RANGE = 1,
	MMIO_DEVICE = 2,
	IOMMU_PCI = 3,
	IOMMU_MMIO = 4,
};

static const size_t node_sizes[] = {
	[0] = NODE_SIZE,	  [PCI_RANGE] = RANGE_SIZE,  [MMIO_DEVICE] = DEVICE_SIZE,
	[IOMMU_PCI] = IOMMU_SIZE, [IOMMU_MMIO] = IOMMU_SIZE,
};

static const struct acpi_nodes node_layout = {NODE_SIZE, node_sizes, ARRAY_SIZE(node_sizes)};

/** struct parsing - a table that is being decoded; the arrays have room for all its nodes */
struct parsing {
	struct acpi_table table;
	struct viot *viot;
	struct viot_iommu *iommus;
	struct viot_range *ranges;
	struct viot_device *devices;
	struct error *e;
};

static void add_viot_iommu(struct parsing *parsing, struct bytes node)
{
	bool pci = bytes_u8(node, NODE_TYPE) == IOMMU_PCI;

	parsing->iommus[parsing->viot->iommu_count++] = (struct viot_iommu){
		.offset = (uint32_t)node.offset,
		.pci = pci,
		.segment = pci ? bytes_u16(node, IOMMU_PCI_SEGMENT) : 0,
		.bdf = pci ? bytes_u16(node, IOMMU_PCI_BDF) : 0,
		.base = pci ? 0 : bytes_u64(node, IOMMU_MMIO_BASE),
	};
}

/* The virtio-iommu whose node is at @output; nodes are in ascending order of offsets. */
static const struct viot_iommu *find_viot_iommu(const struct parsing *parsing, struct bytes node,
						uint16_t output)
{
	size_t low = 0, high = parsing->viot->iommu_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (parsing->iommus[middle].offset == output)
			return &parsing->iommus[middle];
		if (parsing->iommus[middle].offset < output)
			low = middle + 1;
		else
			high = middle;
	}
	acpi_note(&parsing->table, node.offset,
		  "the endpoint is behind offset 0x%x, where no virtio-iommu is", output);
	return NULL;
}

static void add_pci_range(struct parsing *parsing, struct bytes node)
{
	struct viot_range range = {
		.offset = (uint32_t)node.offset,
		.segment_first = bytes_u16(node, RANGE_SEGMENT_FIRST),
		.segment_last = bytes_u16(node, RANGE_SEGMENT_LAST),
		.bdf_first = bytes_u16(node, RANGE_BDF_FIRST),
		.bdf_last = bytes_u16(node, RANGE_BDF_LAST),
		.endpoint = bytes_u32(node, RANGE_ENDPOINT),
		.iommu = find_viot_iommu(parsing, node, bytes_u16(node, RANGE_OUTPUT)),
	};
	uint32_t more = (uint32_t)(range.segment_last - range.segment_first) << 16;

	more += (uint32_t)(range.bdf_last - range.bdf_first);
	if (range.segment_last < range.segment_first || range.bdf_last < range.bdf_first)
		acpi_note(&parsing->table, node.offset, "the range ends before it starts");
	else if (range.endpoint + more < range.endpoint)
		acpi_note(&parsing->table, node.offset, "the endpoint IDs run past 2^32");
	if (range.iommu)
		parsing->ranges[parsing->viot->range_count++] = range;
}

static void add_mmio_endpoint(struct parsing *parsing, struct bytes node)
{
	struct viot_device device = {
		.offset = (uint32_t)node.offset,
		.base = bytes_u64(node, DEVICE_BASE),
		.endpoint = bytes_u32(node, DEVICE_ENDPOINT),
		.iommu = find_viot_iommu(parsing, node, bytes_u16(node, DEVICE_OUTPUT)),
	};

	if (device.iommu)
		parsing->devices[parsing->viot->device_count++] = device;
}

/* An endpoint may come before its virtio-iommu in the table, so endpoints are added last. */
static void add_viot_node(struct parsing *parsing, struct bytes node, bool iommus)
{
	switch (bytes_u8(node, NODE_TYPE)) {
	case IOMMU_PCI:
	case IOMMU_MMIO:
		if (iommus)
			add_viot_iommu(parsing, node);
		break;
	case PCI_RANGE:
		if (!iommus)
			add_pci_range(parsing, node);
		break;
	case MMIO_DEVICE:
		if (!iommus)
			add_mmio_endpoint(parsing, node);
		break;
	default:
		if (iommus)
			acpi_note(&parsing->table, node.offset, "a node of unknown type %u",
				  bytes_u8(node, NODE_TYPE));
	}
}

static int walk_viot_nodes(struct parsing *parsing, bool iommus)
{
	struct acpi_table *table = &parsing->table;
	size_t count = bytes_u16(table->bytes, TABLE_NODE_COUNT);
	size_t offset = bytes_u16(table->bytes, TABLE_NODE_OFFSET);

	if (count && (offset < TABLE_SIZE || offset > table->bytes.length))
		return acpi_malformed(table, parsing->e,
				      "the nodes' offset 0x%zx is not behind the header and within "
				      "the table",
				      offset);
	for (size_t i = 0; i < count; i++) {
		struct bytes node;
		int result;

		/* Linux logs an error and uses the nodes that it found (viot_check_bounds). */
		if (offset == table->bytes.length) {
			if (iommus)
				acpi_note(table, TABLE_NODE_COUNT,
					  "the table ends after %zu of %zu nodes", i, count);
			break;
		}
		result = acpi_node(table, &node_layout, i, offset, &node, parsing->e);
		if (result < 0)
			return result;
		add_viot_node(parsing, node, iommus);
		offset += node.length;
	}
	return 0;
}

int viot_parse(const void *data, size_t size, struct arena *arena, struct viot *ret_viot,
	       struct error *e)
{
	struct viot viot = {0};
	struct parsing parsing = {.viot = &viot, .e = e};
	int result = acpi_open(data, size, "VIOT", TABLE_SIZE, CHECKSUM_NOTED, arena, &viot.notes,
			       &parsing.table, e);
	size_t room;

	if (result < 0)
		return result;
	room = parsing.table.bytes.length - TABLE_SIZE;
	parsing.iommus = arena_array(arena, room / IOMMU_SIZE, sizeof(*parsing.iommus));
	parsing.ranges = arena_array(arena, room / RANGE_SIZE, sizeof(*parsing.ranges));
	parsing.devices = arena_array(arena, room / DEVICE_SIZE, sizeof(*parsing.devices));
	result = walk_viot_nodes(&parsing, true);
	if (result == 0)
		result = walk_viot_nodes(&parsing, false);
	if (result < 0)
		return result;
	viot.iommus = parsing.iommus;
	viot.ranges = parsing.ranges;
	viot.devices = parsing.devices;
	*ret_viot = viot;
	return 0;
}

bool viot_map_pci(const struct viot *viot, uint32_t segment, uint16_t bdf,
		  struct viot_endpoint *ret_endpoint)
{
	for (size_t i = viot->range_count; i-- > 0;) {
		const struct viot_range *range = &viot->ranges[i];
		const struct viot_iommu *iommu = range->iommu;

		if (segment < range->segment_first || segment > range->segment_last ||
		    bdf < range->bdf_first || bdf > range->bdf_last)
			continue;
		if (iommu->pci && iommu->segment == segment && iommu->bdf == bdf)
			return false;
		ret_endpoint->iommu = iommu;
		ret_endpoint->id = ((segment - range->segment_first) << 16) + bdf -
				   range->bdf_first + range->endpoint;
		return true;
	}
	return false;
}

bool viot_map_mmio(const struct viot *viot, uint64_t base, struct viot_endpoint *ret_endpoint)
{
	for (size_t i = viot->device_count; i-- > 0;) {
		const struct viot_device *device = &viot->devices[i];

		if (device->base != base)
			continue;
		if (!device->iommu->pci && device->iommu->base == base)
			return false;
		*ret_endpoint = (struct viot_endpoint){device->iommu, device->endpoint};
		return true;
	}
	return false;
}
