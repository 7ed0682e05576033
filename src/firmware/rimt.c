/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/rimt.h"

#include <string.h>

enum {
	TABLE_NODE_COUNT = 36,
	TABLE_NODE_OFFSET = 40,
	TABLE_SIZE = 48,

	NODE_TYPE = 0,
	NODE_LENGTH = 2,
	NODE_SIZE = 8,

	IOMMU_BASE = 16,
	IOMMU_FLAGS = 24,
	IOMMU_SEGMENT = 32,
	IOMMU_BDF = 34,
	IOMMU_SIZE = 40,
	IOMMU_ON_PCI = 1 << 0,

	ROOT_SEGMENT = 14,
	/* offset of the ID mappings of a root complex, from the node's start */
	ROOT_MAPPINGS = 16,
	ROOT_MAPPING_COUNT = 18,
	ROOT_SIZE = 20,

	DEVICE_MAPPINGS = 8, /* offset of the ID mappings of a device, from the node's start */
	DEVICE_MAPPING_COUNT = 10,
	DEVICE_NAME = 12,
	DEVICE_SIZE = 13,

	MAPPING_INPUT = 0,
	MAPPING_MORE = 4,
	MAPPING_OUTPUT = 8,
	MAPPING_IOMMU = 12, /* offset of the IOMMU of a mapping, from the table's start */
	MAPPING_SIZE = 20,
};

enum node_type {
	IOMMU = 0,
	ROOT_COMPLEX = 1,
	PLATFORM_DEVICE = 2,
};

/* A table that is being decoded; the arrays have room for all its nodes. */
struct parsing {
	struct acpi_table table;
	struct rimt *rimt;
	struct rimt_iommu *iommus;
	struct rimt_device *devices;
	struct error *e;
};

static void add_rimt_iommu(struct parsing *parsing, struct bytes node)
{
	bool pci = bytes_u32(node, IOMMU_FLAGS) & IOMMU_ON_PCI;

	parsing->iommus[parsing->rimt->iommu_count++] = (struct rimt_iommu){
		.offset = (uint32_t)node.offset,
		.pci = pci,
		.segment = pci ? bytes_u16(node, IOMMU_SEGMENT) : 0,
		.bdf = pci ? bytes_u16(node, IOMMU_BDF) : 0,
		.base = pci ? 0 : bytes_u64(node, IOMMU_BASE),
	};
}

/* The IOMMU whose node is at @offset; nodes are in ascending order of offsets. */
static const struct rimt_iommu *find_rimt_iommu(const struct parsing *parsing, uint32_t offset)
{
	size_t low = 0, high = parsing->rimt->iommu_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (parsing->iommus[middle].offset == offset)
			return &parsing->iommus[middle];
		if (parsing->iommus[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static struct rimt_mapping decode_mapping(const struct parsing *parsing, struct bytes bytes)
{
	struct rimt_mapping mapping = {
		.input = bytes_u32(bytes, MAPPING_INPUT),
		.more = bytes_u32(bytes, MAPPING_MORE),
		.output = bytes_u32(bytes, MAPPING_OUTPUT),
		.iommu = find_rimt_iommu(parsing, bytes_u32(bytes, MAPPING_IOMMU)),
	};

	if (!mapping.iommu)
		acpi_note(&parsing->table, bytes.offset,
			  "the mapping leads to offset 0x%x, where no IOMMU is",
			  bytes_u32(bytes, MAPPING_IOMMU));
	if (mapping.input + mapping.more < mapping.input)
		acpi_note(&parsing->table, bytes.offset, "the mapping's IDs run past 2^32");
	return mapping;
}

static int parse_rimt_mappings(struct parsing *parsing, struct bytes node, size_t at, size_t count,
			       struct rimt_device *device)
{
	struct rimt_mapping *mappings;
	struct bytes all, one;

	if (!at || !count)
		return 0;
	if (!bytes_slice(node, at, count * MAPPING_SIZE, &all))
		return acpi_malformed(&parsing->table, parsing->e,
				      "the mappings of the node at offset 0x%zx leave it",
				      node.offset);
	mappings = arena_array(parsing->table.arena, count, sizeof(*mappings));
	for (size_t i = 0; bytes_slice(all, i * MAPPING_SIZE, MAPPING_SIZE, &one); i++)
		mappings[i] = decode_mapping(parsing, one);
	device->mappings = mappings;
	device->mapping_count = count;
	return 0;
}

static int add_root(struct parsing *parsing, struct bytes node)
{
	struct rimt_device *device = &parsing->devices[parsing->rimt->device_count++];

	device->offset = (uint32_t)node.offset;
	device->segment = bytes_u16(node, ROOT_SEGMENT);
	return parse_rimt_mappings(parsing, node, bytes_u16(node, ROOT_MAPPINGS),
				   bytes_u16(node, ROOT_MAPPING_COUNT), device);
}

static int add_platform(struct parsing *parsing, struct bytes node)
{
	struct rimt_device *device = &parsing->devices[parsing->rimt->device_count++];

	device->offset = (uint32_t)node.offset;
	device->path = bytes_text(node, DEVICE_NAME, parsing->table.arena);
	if (!device->path)
		return acpi_malformed(&parsing->table, parsing->e,
				      "the name in the node at offset 0x%zx has no end",
				      node.offset);
	return parse_rimt_mappings(parsing, node, bytes_u16(node, DEVICE_MAPPINGS),
				   bytes_u16(node, DEVICE_MAPPING_COUNT), device);
}

/* A device may come before its IOMMU in the table, so all IOMMUs are added first. */
static int add_rimt_node(struct parsing *parsing, struct bytes node, bool iommus)
{
	uint8_t type = bytes_u8(node, NODE_TYPE);

	if (type == IOMMU && iommus)
		add_rimt_iommu(parsing, node);
	else if (type == ROOT_COMPLEX && !iommus)
		return add_root(parsing, node);
	else if (type == PLATFORM_DEVICE && !iommus)
		return add_platform(parsing, node);
	else if (type > PLATFORM_DEVICE && iommus)
		acpi_note(&parsing->table, node.offset, "a node of unknown type %u", type);
	return 0;
}

/* The least size of a RIMT node by its type. */
static const size_t node_sizes[] = {
	[IOMMU] = IOMMU_SIZE, [ROOT_COMPLEX] = ROOT_SIZE, [PLATFORM_DEVICE] = DEVICE_SIZE};

static const struct acpi_nodes node_layout = {NODE_SIZE, node_sizes, ARRAY_SIZE(node_sizes)};

static int walk_rimt_nodes(struct parsing *parsing, bool iommus)
{
	const struct acpi_table *table = &parsing->table;
	size_t count = bytes_u32(table->bytes, TABLE_NODE_COUNT);
	size_t offset = bytes_u32(table->bytes, TABLE_NODE_OFFSET);

	if (count && (offset < TABLE_SIZE || offset > table->bytes.length))
		return acpi_malformed(table, parsing->e,
				      "the nodes' offset 0x%zx is not behind the header and within "
				      "the table",
				      offset);
	for (size_t i = 0; i < count; i++) {
		struct bytes node;
		int result = acpi_node(table, &node_layout, i, offset, &node, parsing->e);

		if (result == 0)
			result = add_rimt_node(parsing, node, iommus);
		if (result < 0)
			return result;
		offset += node.length;
	}
	return 0;
}

int rimt_parse(const void *data, size_t size, struct arena *arena, struct rimt *ret_rimt,
	       struct error *e)
{
	struct parsing parsing = {.rimt = ret_rimt, .e = e};
	size_t most;
	int result;

	*ret_rimt = (struct rimt){0};
	result = acpi_open(data, size, "RIMT", TABLE_SIZE, CHECKSUM_NOTED, arena, &ret_rimt->notes,
			   &parsing.table, e);
	if (result < 0)
		return result;
	most = parsing.table.bytes.length / NODE_SIZE;
	ret_rimt->iommus = parsing.iommus = arena_array(arena, most, sizeof(*parsing.iommus));
	ret_rimt->devices = parsing.devices = arena_array(arena, most, sizeof(*parsing.devices));
	result = walk_rimt_nodes(&parsing, true);
	return result < 0 ? result : walk_rimt_nodes(&parsing, false);
}

/*
 * The first mapping of a device that has the ID counts (rimt_node_map_id); a range that wraps has
 * no ID.
 */
static bool map_rimt_id(const struct rimt_device *device, uint32_t id,
			struct rimt_stream *ret_stream)
{
	for (size_t i = 0; i < device->mapping_count; i++) {
		const struct rimt_mapping *mapping = &device->mappings[i];

		if (id < mapping->input || id > mapping->input + mapping->more)
			continue;
		*ret_stream = (struct rimt_stream){mapping->iommu,
						   mapping->output + (id - mapping->input)};
		return mapping->iommu;
	}
	return false;
}

bool rimt_map_rid(const struct rimt *rimt, uint32_t segment, uint32_t rid,
		  struct rimt_stream *ret_stream)
{
	for (size_t i = 0; i < rimt->device_count; i++)
		if (!rimt->devices[i].path && rimt->devices[i].segment == segment)
			return map_rimt_id(&rimt->devices[i], rid, ret_stream);
	return false;
}

bool rimt_map_named(const struct rimt *rimt, const char *path, size_t index,
		    struct rimt_stream *ret_stream)
{
	for (size_t i = 0; i < rimt->device_count; i++) {
		const struct rimt_device *device = &rimt->devices[i];

		if (!device->path || strcmp(device->path, path) != 0)
			continue;
		if (index >= device->mapping_count || !device->mappings[index].iommu)
			return false;
		*ret_stream = (struct rimt_stream){device->mappings[index].iommu,
						   device->mappings[index].output};
		return true;
	}
	return false;
}
