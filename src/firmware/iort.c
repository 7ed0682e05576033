/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/iort.h"

#include <stdarg.h>
#include <stdio.h>

enum {
	TABLE_NODE_COUNT = 36,
	TABLE_NODE_OFFSET = 40,
	TABLE_SIZE = 48,

	NODE_TYPE = 0,
	NODE_LENGTH = 1,
	NODE_MAPPING_COUNT = 8,
	/* offset of the ID mappings, which counts from the node's start */
	NODE_MAPPING_OFFSET = 12,
	/* size of a node's header; the bytes after it depend on the type */
	NODE_SIZE = 16,

	NAMED_PATH = 29,

	ROOT_ATS = 24,
	ROOT_SEGMENT = 28,

	SMMU_BASE = 16,
	SMMU_SPAN = 24,
	SMMU_MODEL = 32,
	SMMU_FLAGS = 36,

	SMMU_V3_BASE = 16,
	SMMU_V3_FLAGS = 24,
	SMMU_V3_MODEL = 40,

	RMR_FLAGS = 16,
	RMR_COUNT = 20,
	RMR_OFFSET = 24, /* offset of the memory ranges, which counts from the node's start */

	MAPPING_INPUT_BASE = 0,
	MAPPING_ID_COUNT = 4,
	MAPPING_OUTPUT_BASE = 8,
	MAPPING_OUTPUT = 12, /* offset of the output node, which counts from the table's start */
	MAPPING_FLAGS = 16,

	RANGE_BASE = 0,
	RANGE_LENGTH = 8,

	/* ID mappings and memory ranges of an RMR have the same size. */
	RECORD_SIZE = 20,
};

enum {
	MAPPING_SINGLE = 1 << 0,
	ROOT_ATS_SUPPORTED = 1 << 0,
};

/* Least size in bytes of an IORT node of each type, in its oldest revision. */
static const size_t node_sizes[] = {
	[IORT_ITS_GROUP] = 20,	  [IORT_NAMED_COMPONENT] = NAMED_PATH + 1,
	[IORT_ROOT_COMPLEX] = 32, [IORT_SMMU] = 60,
	[IORT_SMMU_V3] = 60,	  [IORT_PMCG] = 32,
	[IORT_RMR] = 28,	  [IORT_IWB] = 27,
};

/* How Linux drives each model of SMMUv1 and v2 (arm-smmu.c: acpi_smmu_get_data). */
static const enum iort_smmu_kind smmu_kinds[] = {
	IORT_SMMU_KIND_V1, /* model 0: generic v1 */
	IORT_SMMU_KIND_V2, /* model 1: generic v2 */
	IORT_SMMU_KIND_V1, /* model 2: MMU-400 */
	IORT_SMMU_KIND_V2, /* model 3: MMU-500 */
	IORT_SMMU_KIND_V1, /* model 4: MMU-401 */
	IORT_SMMU_KIND_V2, /* model 5: Cavium ThunderX */
};

/**
 * struct parsing - a table that is being decoded
 * @records_left: how many mappings and ranges the rest of the table could hold. Firmware may put
 * them anywhere, so many nodes could claim the same records: the limit keeps memory proportional to
 * the table.
 */
struct parsing {
	struct acpi_table table;
	struct iort_node *nodes;
	size_t node_count;
	size_t records_left;
	struct error *e;
};

static size_t node_index(const struct parsing *parsing, const struct iort_node *node)
{
	return (size_t)(node - parsing->nodes);
}

static struct bytes node_bytes(const struct parsing *parsing, const struct iort_node *node)
{
	struct bytes bytes = {0};

	bytes_slice(parsing->table.bytes, node->offset, node->length, &bytes);
	return bytes;
}

/* Refuse the table because of one node; the message is "node 3 at offset 0x120 " and the clause. */
static int _printf_(3, 4) refuse_node(const struct parsing *parsing, const struct iort_node *node,
				      const char *format, ...)
{
	char clause[128];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(clause, sizeof(clause), format, arguments);
	va_end(arguments);
	return acpi_malformed(&parsing->table, parsing->e, "node %zu at offset 0x%x %s",
			      node_index(parsing, node), node->offset, clause);
}

static int scan_node(struct parsing *parsing, size_t offset)
{
	static const char too_far[] = "runs past the end of the table";
	struct acpi_table *table = &parsing->table;
	struct iort_node *node = &parsing->nodes[parsing->node_count];
	size_t least = NODE_SIZE;
	struct bytes bytes;

	node->offset = (uint32_t)offset;
	if (!bytes_slice(table->bytes, offset, NODE_SIZE, &bytes))
		return refuse_node(parsing, node, too_far);
	node->type = bytes_u8(bytes, NODE_TYPE);
	node->length = bytes_u16(bytes, NODE_LENGTH);
	if (node->type < ARRAY_SIZE(node_sizes))
		least = node_sizes[node->type];
	else
		acpi_note(table, offset, "a node of unknown type %u", node->type);
	if (node->length < least)
		return refuse_node(parsing, node, "is of type %u and %u bytes long, %zu are needed",
				   node->type, node->length, least);
	if (!bytes_slice(table->bytes, offset, node->length, &bytes))
		return refuse_node(parsing, node, too_far);
	parsing->node_count++;
	return 0;
}

static int scan_nodes(struct parsing *parsing)
{
	struct acpi_table *table = &parsing->table;
	size_t count = bytes_u32(table->bytes, TABLE_NODE_COUNT);
	size_t offset = bytes_u32(table->bytes, TABLE_NODE_OFFSET), room;
	int result;

	if (!count)
		return 0;
	if (offset < TABLE_SIZE || offset > table->bytes.length)
		return acpi_malformed(table, parsing->e,
				      "the nodes' offset 0x%zx is not behind the header and within "
				      "the table",
				      offset);
	/* Room for one node more than fits: the node that does not fit is named in the message. */
	room = (table->bytes.length - offset) / NODE_SIZE + 1;
	parsing->nodes =
		arena_array(table->arena, count < room ? count : room, sizeof(*parsing->nodes));
	for (size_t i = 0; i < count; i++) {
		/* Linux warns and uses the nodes that it found (iort_scan_node). */
		if (offset == table->bytes.length) {
			acpi_note(table, TABLE_NODE_COUNT, "the table ends after %zu of %zu nodes",
				  i, count);
			break;
		}
		result = scan_node(parsing, offset);
		if (result < 0)
			return result;
		offset += parsing->nodes[i].length;
	}
	return 0;
}

static int compare_offset(const void *offset, const void *node)
{
	uint32_t a = *(const uint32_t *)offset, b = ((const struct iort_node *)node)->offset;

	return (a > b) - (a < b);
}

static const struct iort_node *find_node(const struct parsing *parsing, uint32_t offset)
{
	return bsearch(&offset, parsing->nodes, parsing->node_count, sizeof(*parsing->nodes),
		       compare_offset);
}

/*
 * Find the @count mappings or memory ranges of a node; @offset counts from the start of the node.
 */
static int find_records(struct parsing *parsing, const struct iort_node *node, const char *what,
			uint32_t offset, uint32_t count, struct bytes *ret_records)
{
	uint64_t end = offset + (uint64_t)count * RECORD_SIZE;

	if (offset < NODE_SIZE)
		return refuse_node(parsing, node, "has %s in its header", what);
	if (end > parsing->table.bytes.length - node->offset)
		return refuse_node(parsing, node, "has %s that run past the end of the table",
				   what);
	if (count > parsing->records_left)
		return refuse_node(parsing, node, "shares its %s with other nodes", what);
	if (end > node->length)
		acpi_note(&parsing->table, node->offset, "the %s of the node lie outside of it",
			  what);
	parsing->records_left -= count;
	bytes_slice(parsing->table.bytes, node->offset + offset, (size_t)(end - offset),
		    ret_records);
	return 0;
}

static void note_mapping(const struct parsing *parsing, const struct iort_node *node,
			 const struct iort_mapping *mapping)
{
	const struct acpi_table *table = &parsing->table;

	if (!mapping->output && !mapping->broken)
		acpi_note(table, mapping->offset, "the mapping leads nowhere: its reference is 0");
	if (mapping->single && !iort_has_single(node) && node->type != IORT_SMMU_V3 &&
	    node->type != IORT_PMCG)
		acpi_note(table, mapping->offset,
			  "a single mapping is not allowed in a node of type %u", node->type);
	if (mapping->single)
		return;
	if (mapping->input_base + mapping->id_count < mapping->input_base)
		acpi_note(table, mapping->offset, "the input IDs run past 2^32");
	if (mapping->output_base + mapping->id_count < mapping->output_base)
		acpi_note(table, mapping->offset, "the output IDs run past 2^32");
}

static void parse_mapping(const struct parsing *parsing, const struct iort_node *node,
			  struct bytes bytes, struct iort_mapping *mapping)
{
	uint32_t output = bytes_u32(bytes, MAPPING_OUTPUT);

	*mapping = (struct iort_mapping){
		.offset = (uint32_t)bytes.offset,
		.input_base = bytes_u32(bytes, MAPPING_INPUT_BASE),
		.id_count = bytes_u32(bytes, MAPPING_ID_COUNT),
		.output_base = bytes_u32(bytes, MAPPING_OUTPUT_BASE),
		.output = output ? find_node(parsing, output) : NULL,
		.single = bytes_u32(bytes, MAPPING_FLAGS) & MAPPING_SINGLE,
	};
	mapping->broken = output && !mapping->output;
	if (mapping->broken)
		acpi_note(&parsing->table, mapping->offset,
			  "the mapping leads to offset 0x%x, where no node starts", output);
	note_mapping(parsing, node, mapping);
}

static int parse_mappings(struct parsing *parsing, struct iort_node *node)
{
	struct bytes bytes = node_bytes(parsing, node), records, record;
	uint32_t count = bytes_u32(bytes, NODE_MAPPING_COUNT);
	uint32_t offset = bytes_u32(bytes, NODE_MAPPING_OFFSET);
	struct iort_mapping *mappings;
	int result;

	/* A node without mappings may have 0 as either number (iort_node_map_id). */
	if (!count || !offset)
		return 0;
	result = find_records(parsing, node, "mappings", offset, count, &records);
	if (result < 0)
		return result;
	mappings = arena_array(parsing->table.arena, count, sizeof(*mappings));
	for (size_t i = 0; bytes_slice(records, i * RECORD_SIZE, RECORD_SIZE, &record); i++)
		parse_mapping(parsing, node, record, &mappings[i]);
	node->mappings = mappings;
	node->mapping_count = count;
	return 0;
}

static int parse_named_component(struct parsing *parsing, struct iort_node *node)
{
	node->path = bytes_text(node_bytes(parsing, node), NAMED_PATH, parsing->table.arena);
	if (!node->path)
		return refuse_node(parsing, node, "has a name that does not end within it");
	return 0;
}

static void parse_smmu(struct parsing *parsing, struct iort_node *node)
{
	struct bytes bytes = node_bytes(parsing, node);
	uint32_t model = bytes_u32(bytes, SMMU_MODEL);

	node->smmu = (struct iort_smmu){
		.base = bytes_u64(bytes, SMMU_BASE),
		.span = bytes_u64(bytes, SMMU_SPAN),
		.model = model,
		.flags = bytes_u32(bytes, SMMU_FLAGS),
	};
	if (model < ARRAY_SIZE(smmu_kinds))
		node->smmu.kind = smmu_kinds[model];
	else
		acpi_note(&parsing->table, node->offset, "an SMMU of unknown model %u", model);
}

static void parse_smmu_v3(struct parsing *parsing, struct iort_node *node)
{
	struct bytes bytes = node_bytes(parsing, node);

	node->smmu = (struct iort_smmu){
		.kind = IORT_SMMU_KIND_V3,
		.base = bytes_u64(bytes, SMMU_V3_BASE),
		.model = bytes_u32(bytes, SMMU_V3_MODEL),
		.flags = bytes_u32(bytes, SMMU_V3_FLAGS),
	};
}

static void note_range(const struct acpi_table *table, size_t offset,
		       const struct iort_range *range)
{
	const uint64_t unit = 0x10000;

	if (range->base % unit || range->length % unit)
		acpi_note(table, offset, "the reserved memory is not aligned to 64 KiB");
	if (!range->length)
		acpi_note(table, offset, "the reserved memory is empty");
	else if (range->base + (range->length - 1) < range->base)
		acpi_note(table, offset, "the reserved memory runs past 2^64");
}

static int parse_ranges(struct parsing *parsing, struct iort_node *node)
{
	struct bytes bytes = node_bytes(parsing, node), records, record;
	uint32_t count = bytes_u32(bytes, RMR_COUNT), offset = bytes_u32(bytes, RMR_OFFSET);
	struct iort_range *ranges;
	int result;

	if (!count || !offset)
		return 0;
	result = find_records(parsing, node, "memory ranges", offset, count, &records);
	if (result < 0)
		return result;
	ranges = arena_array(parsing->table.arena, count, sizeof(*ranges));
	for (size_t i = 0; bytes_slice(records, i * RECORD_SIZE, RECORD_SIZE, &record); i++) {
		ranges[i].base = bytes_u64(record, RANGE_BASE);
		ranges[i].length = bytes_u64(record, RANGE_LENGTH);
		note_range(&parsing->table, record.offset, &ranges[i]);
	}
	node->rmr.ranges = ranges;
	node->rmr.range_count = count;
	return 0;
}

/*
 * In an RMR's mappings only the output side matters: it lists stream IDs (iort_node_get_rmr_info).
 */
static int parse_rmr(struct parsing *parsing, struct iort_node *node)
{
	struct iort_streams *streams =
		arena_array(parsing->table.arena, node->mapping_count, sizeof(*streams));
	size_t count = 0;

	node->rmr.flags = bytes_u32(node_bytes(parsing, node), RMR_FLAGS);
	for (size_t i = 0; i < node->mapping_count; i++) {
		const struct iort_mapping *mapping = &node->mappings[i];
		uint32_t last = mapping->output_base + mapping->id_count;

		/* A range that wraps holds no ID; note_mapping has noted it already. */
		if (mapping->output && iort_is_smmu(mapping->output) &&
		    last >= mapping->output_base)
			streams[count++] =
				(struct iort_streams){mapping->output, mapping->output_base, last};
	}
	if (!count)
		acpi_note(&parsing->table, node->offset, "memory is reserved for no stream");
	node->rmr.streams = streams;
	node->rmr.stream_count = count;
	return parse_ranges(parsing, node);
}

static int parse_node(struct parsing *parsing, struct iort_node *node)
{
	struct bytes bytes = node_bytes(parsing, node);
	int result = parse_mappings(parsing, node);

	if (result < 0)
		return result;
	switch (node->type) {
	case IORT_NAMED_COMPONENT:
		return parse_named_component(parsing, node);
	case IORT_ROOT_COMPLEX:
		node->root.segment = bytes_u32(bytes, ROOT_SEGMENT);
		node->root.ats = bytes_u32(bytes, ROOT_ATS) & ROOT_ATS_SUPPORTED;
		return 0;
	case IORT_SMMU:
		parse_smmu(parsing, node);
		return 0;
	case IORT_SMMU_V3:
		parse_smmu_v3(parsing, node);
		return 0;
	case IORT_RMR:
		return parse_rmr(parsing, node);
	default:
		return 0;
	}
}

/* Refuse mappings that lead in a circle, so that later walks end. The kernel has no such check. */
static int check_chains(struct parsing *parsing)
{
	struct iort iort = {.nodes = parsing->nodes, .node_count = parsing->node_count};
	const struct iort_node *node = iort_find_circle(&iort, parsing->table.arena);

	if (!node)
		return 0;
	return refuse_node(parsing, node,
			   "has mappings that lead in a circle, or through more than %d nodes",
			   IORT_CHAIN_MAX);
}

int iort_parse(const void *data, size_t size, struct arena *arena, struct iort *ret_iort,
	       struct error *e)
{
	struct iort iort = {0};
	struct parsing parsing = {.e = e};
	int result = acpi_open(data, size, "IORT", TABLE_SIZE, CHECKSUM_NOTED, arena, &iort.notes,
			       &parsing.table, e);

	if (result < 0)
		return result;
	parsing.records_left = parsing.table.bytes.length / RECORD_SIZE;
	result = scan_nodes(&parsing);
	for (size_t i = 0; result == 0 && i < parsing.node_count; i++)
		result = parse_node(&parsing, &parsing.nodes[i]);
	if (result == 0)
		result = check_chains(&parsing);
	if (result < 0)
		return result;
	iort.nodes = parsing.nodes;
	iort.node_count = parsing.node_count;
	*ret_iort = iort;
	return 0;
}
