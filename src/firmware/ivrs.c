/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/ivrs.h"

#include "firmware/ivrs_entries.h"

enum {
	TABLE_SIZE = 48,

	BLOCK_TYPE = 0,
	BLOCK_FLAGS = 1,
	BLOCK_LENGTH = 2,
	BLOCK_ID = 4,
	BLOCK_SIZE = 6,

	IOMMU_BASE = 8,
	IOMMU_SEGMENT = 16,

	MEMORY_LAST = 6,
	MEMORY_SEGMENT = 8,
	MEMORY_START = 16,
	MEMORY_LENGTH = 24,
	MEMORY_SIZE = 32,
};

static size_t iommu_size(uint8_t type)
{
	switch (type) {
	case IVRS_BLOCK_IOMMU_10:
		return 24;
	case IVRS_BLOCK_IOMMU_11:
	case IVRS_BLOCK_IOMMU_40:
		return 40;
	default:
		return 0;
	}
}

static int parse_iommu(struct ivrs_parsing *parsing, struct bytes block)
{
	struct ivrs_iommu *iommu = &parsing->iommus[parsing->ivrs->iommu_count];
	size_t header = iommu_size(parsing->type);
	struct bytes entries;

	if (block.length < header || !bytes_slice(block, header, block.length - header, &entries))
		return acpi_malformed(&parsing->table, parsing->e,
				      "the block at offset 0x%zx is of type 0x%x and %zu bytes "
				      "long, %zu are needed",
				      block.offset, parsing->type, block.length, header);
	*iommu = (struct ivrs_iommu){
		.offset = (uint32_t)block.offset,
		.type = parsing->type,
		.flags = bytes_u8(block, BLOCK_FLAGS),
		.segment = bytes_u16(block, IOMMU_SEGMENT),
		.id = bytes_u16(block, BLOCK_ID),
		.base = bytes_u64(block, IOMMU_BASE),
	};
	parsing->ivrs->iommu_count++;
	return ivrs_entries_parse(parsing, entries, iommu);
}

static int parse_memory_block(struct ivrs_parsing *parsing, struct bytes block)
{
	uint8_t type = bytes_u8(block, BLOCK_TYPE);
	struct ivrs_memory memory = {
		.offset = (uint32_t)block.offset,
		.flags = bytes_u8(block, BLOCK_FLAGS),
		.segment = bytes_u16(block, MEMORY_SEGMENT),
		.first = type == IVRS_BLOCK_MEMORY_ALL ? 0 : bytes_u16(block, BLOCK_ID),
		.last = UINT16_MAX,
		.start = bytes_u64(block, MEMORY_START),
		.length = bytes_u64(block, MEMORY_LENGTH),
	};

	if (block.length < MEMORY_SIZE)
		return acpi_malformed(&parsing->table, parsing->e,
				      "the block at offset 0x%zx is of type 0x%x and %zu bytes "
				      "long, %d are needed",
				      block.offset, type, block.length, MEMORY_SIZE);
	if (type == IVRS_BLOCK_MEMORY_ONE)
		memory.last = memory.first;
	if (type == IVRS_BLOCK_MEMORY_RANGE)
		memory.last = bytes_u16(block, MEMORY_LAST);
	if (memory.last < memory.first)
		acpi_note(&parsing->table, block.offset, "the range ends before it starts");
	if (memory.length && memory.start + (memory.length - 1) < memory.start)
		acpi_note(&parsing->table, block.offset, "the memory runs past 2^64");
	parsing->memory[parsing->ivrs->memory_count++] = memory;
	return 0;
}

static int parse_block(struct ivrs_parsing *parsing, struct bytes block)
{
	uint8_t type = bytes_u8(block, BLOCK_TYPE);

	if (type && type == parsing->type)
		return parse_iommu(parsing, block);
	switch (type) {
	case IVRS_BLOCK_MEMORY_ALL:
	case IVRS_BLOCK_MEMORY_ONE:
	case IVRS_BLOCK_MEMORY_RANGE:
		return parse_memory_block(parsing, block);
	default:
		if (!iommu_size(type))
			acpi_note(&parsing->table, block.offset, "a block of unknown type 0x%x",
				  type);
		return 0;
	}
}

static int find_block(const struct ivrs_parsing *parsing, size_t offset, struct bytes *ret_block)
{
	const struct acpi_table *table = &parsing->table;
	size_t length = bytes_u16(table->bytes, offset + BLOCK_LENGTH);

	if (!bytes_slice(table->bytes, offset, BLOCK_SIZE, ret_block) ||
	    !bytes_slice(table->bytes, offset, length, ret_block))
		return acpi_malformed(table, parsing->e,
				      "the block at offset 0x%zx runs past the end of the table",
				      offset);
	if (length < BLOCK_SIZE)
		return acpi_malformed(table, parsing->e,
				      "the block at offset 0x%zx is %zu bytes long, less than its "
				      "header",
				      offset, length);
	return 0;
}

/*
 * Blocks of several types describe the same IOMMUs. Linux uses the type of the last block whose
 * device ID is that of the first block, and does not check that this block is an IVHD
 * (get_highest_supported_ivhd_type).
 */
static int choose_type(struct ivrs_parsing *parsing)
{
	struct acpi_table *table = &parsing->table;
	struct bytes block = {.length = 0, .offset = TABLE_SIZE}, last = {0};
	uint16_t first_id = bytes_u16(table->bytes, TABLE_SIZE + BLOCK_ID);

	while (block.offset + block.length < table->bytes.length) {
		int result = find_block(parsing, block.offset + block.length, &block);

		if (result < 0)
			return result;
		if (bytes_u8(block, BLOCK_TYPE) > IVRS_BLOCK_IOMMU_40)
			break;
		if (bytes_u16(block, BLOCK_ID) == first_id)
			last = block;
	}
	if (!last.length) {
		acpi_note(table, TABLE_SIZE, "the table lists no IOMMU that the kernel supports");
		return 0;
	}
	parsing->type = bytes_u8(last, BLOCK_TYPE);
	if (!iommu_size(parsing->type))
		return acpi_malformed(table, parsing->e,
				      "the block at offset 0x%zx of type 0x%x takes the place of "
				      "the first IOMMU",
				      last.offset, parsing->type);
	return 0;
}

static int parse_blocks(struct ivrs_parsing *parsing)
{
	struct bytes block = {.length = 0, .offset = TABLE_SIZE};
	int result = 0;

	while (result == 0 && block.offset + block.length < parsing->table.bytes.length) {
		result = find_block(parsing, block.offset + block.length, &block);
		if (result == 0)
			result = parse_block(parsing, block);
	}
	return result;
}

int ivrs_parse(const void *data, size_t size, struct arena *arena, struct ivrs *ret_ivrs,
	       struct error *e)
{
	struct ivrs ivrs = {0};
	struct ivrs_parsing parsing = {.ivrs = &ivrs, .e = e};
	int result = acpi_open(data, size, "IVRS", TABLE_SIZE, CHECKSUM_REQUIRED, arena,
			       &ivrs.notes, &parsing.table, e);
	size_t room;

	if (result < 0)
		return result;
	room = parsing.table.bytes.length - TABLE_SIZE;
	parsing.iommus = arena_array(arena, room / 24, sizeof(*parsing.iommus));
	ivrs_entries_allocate(&parsing, room);
	parsing.memory = arena_array(arena, room / MEMORY_SIZE, sizeof(*parsing.memory));
	result = choose_type(&parsing);
	if (result == 0)
		result = parse_blocks(&parsing);
	if (result < 0)
		return result;
	ivrs.iommus = parsing.iommus;
	ivrs.ranges = parsing.ranges;
	ivrs.specials = parsing.specials;
	ivrs.named = parsing.named;
	ivrs.memory = parsing.memory;
	*ret_ivrs = ivrs;
	return 0;
}
