/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dmar.h"

enum {
	TABLE_WIDTH = 36, /* offset of the address width in bits, minus one */
	TABLE_FLAGS = 37,
	TABLE_SIZE = 48,

	STRUCTURE_TYPE = 0,
	STRUCTURE_LENGTH = 2,
	STRUCTURE_SIZE = 4,

	UNIT_FLAGS = 4,
	UNIT_SEGMENT = 6,
	UNIT_BASE = 8,

	MEMORY_SEGMENT = 6,
	MEMORY_BASE = 8,
	MEMORY_LIMIT = 16,

	NAMED_NUMBER = 7,
	NAMED_PATH = 8,

	SCOPE_TYPE = 0,
	SCOPE_LENGTH = 1,
	SCOPE_ENUMERATION_ID = 4,
	SCOPE_BUS = 5,
	SCOPE_PATH = 6,
	SCOPE_SIZE = 6,
};

enum {
	TABLE_INTERRUPT_REMAPPING = 1 << 0,
	UNIT_INCLUDE_ALL = 1 << 0,

	/* the narrowest address width that the kernel accepts (parse_dmar_table) */
	WIDTH_MIN = 12,
};

enum structure_type {
	UNIT,	/* structure type DRHD: a remapping unit */
	MEMORY, /* structure type RMRR: reserved memory */
	ATSR,
	RHSA,
	NAMED, /* structure type ANDD: a device of the ACPI namespace */
	SATC,
	SIDP,
	STRUCTURE_TYPE_COUNT,
};

/* Size in bytes of each DMAR structure without its scopes, which follow it. */
static const size_t structure_sizes[STRUCTURE_TYPE_COUNT] = {
	[UNIT] = 16, [MEMORY] = 24, [ATSR] = 8, [RHSA] = 20, [NAMED] = 9, [SATC] = 8, [SIDP] = 8,
};

/**
 * struct parsing - a table that is being decoded; the arrays have room for all its structures
 * @units: in the order of the table
 */
struct parsing {
	struct acpi_table table;
	struct dmar *dmar;
	struct dmar_unit *units;
	size_t unit_count;
	struct dmar_memory *memory;
	struct dmar_named *named;
	struct error *e;
};

static int find_scope(const struct parsing *parsing, struct bytes structure, size_t at,
		      struct bytes *ret_scope)
{
	size_t length = bytes_u8(structure, at + SCOPE_LENGTH), offset = structure.offset + at;

	if (!bytes_slice(structure, at, SCOPE_SIZE, ret_scope) ||
	    !bytes_slice(structure, at, length, ret_scope))
		return acpi_malformed(&parsing->table, parsing->e,
				      "the scope at offset 0x%zx leaves its structure", offset);
	if (length < SCOPE_SIZE)
		return acpi_malformed(&parsing->table, parsing->e,
				      "the scope at offset 0x%zx is %zu bytes long, %d are needed",
				      offset, length, SCOPE_SIZE);
	return 0;
}

static void note_scope(const struct acpi_table *table, const struct dmar_scope *scope,
		       size_t path_size)
{
	if (path_size % sizeof(*scope->path))
		acpi_note(table, scope->offset, "the path of the scope ends in half a step");
	if (!scope->depth)
		acpi_note(table, scope->offset, "the path of the scope is empty");
	if (scope->type < DMAR_SCOPE_ENDPOINT || scope->type > DMAR_SCOPE_NAMESPACE)
		acpi_note(table, scope->offset, "a scope of unknown type %u", scope->type);
}

static struct dmar_scope read_scope(const struct parsing *parsing, struct bytes bytes)
{
	size_t path_size = bytes.length - SCOPE_SIZE, depth = path_size / sizeof(struct dmar_hop);
	struct dmar_hop *path = arena_array(parsing->table.arena, depth, sizeof(*path));
	struct dmar_scope scope = {
		.offset = (uint32_t)bytes.offset,
		.type = bytes_u8(bytes, SCOPE_TYPE),
		.enumeration_id = bytes_u8(bytes, SCOPE_ENUMERATION_ID),
		.bus = bytes_u8(bytes, SCOPE_BUS),
		.path = path,
		.depth = depth,
	};

	for (size_t i = 0; i < depth; i++) {
		path[i].device = bytes_u8(bytes, SCOPE_PATH + 2 * i);
		path[i].function = bytes_u8(bytes, SCOPE_PATH + 2 * i + 1);
	}
	note_scope(&parsing->table, &scope, path_size);
	return scope;
}

/* Decode the device scopes from offset @at to the end of a structure. */
static int parse_scopes(const struct parsing *parsing, struct bytes structure, size_t at,
			struct dmar_scopes *scopes)
{
	size_t most = (structure.length - at) / SCOPE_SIZE;
	struct dmar_scope *list = arena_array(parsing->table.arena, most, sizeof(*list));
	struct bytes scope;

	for (; at < structure.length; at += scope.length) {
		int result = find_scope(parsing, structure, at, &scope);

		if (result < 0)
			return result;
		list[scopes->count++] = read_scope(parsing, scope);
	}
	scopes->list = list;
	return 0;
}

/*
 * The kernel ignores a remapping unit with the segment and address of an earlier unit
 * (dmar_find_dmaru).
 */
static bool is_duplicate(const struct parsing *parsing, const struct dmar_unit *unit)
{
	for (size_t i = 0; i < parsing->unit_count; i++)
		if (parsing->units[i].segment == unit->segment &&
		    parsing->units[i].base == unit->base)
			return true;
	return false;
}

static int parse_unit(struct parsing *parsing, struct bytes bytes)
{
	struct acpi_table *table = &parsing->table;
	struct dmar_unit unit = {
		.offset = (uint32_t)bytes.offset,
		.segment = bytes_u16(bytes, UNIT_SEGMENT),
		.base = bytes_u64(bytes, UNIT_BASE),
		.include_all = bytes_u8(bytes, UNIT_FLAGS) & UNIT_INCLUDE_ALL,
	};
	int result = parse_scopes(parsing, bytes, structure_sizes[UNIT], &unit.scopes);

	if (result < 0)
		return result;
	if (!unit.base)
		return acpi_malformed(table, parsing->e,
				      "the unit at offset 0x%x has its registers at address 0",
				      unit.offset);
	if (is_duplicate(parsing, &unit)) {
		acpi_note(table, unit.offset, "an earlier unit has the same segment and address");
		return 0;
	}
	if (parsing->unit_count == DMAR_UNITS_MAX)
		return acpi_malformed(table, parsing->e, "there are more than %d units",
				      DMAR_UNITS_MAX);
	parsing->units[parsing->unit_count++] = unit;
	return 0;
}

static int parse_memory(struct parsing *parsing, struct bytes bytes)
{
	const uint64_t page = 4096;
	struct dmar_memory memory = {
		.offset = (uint32_t)bytes.offset,
		.segment = bytes_u16(bytes, MEMORY_SEGMENT),
		.base = bytes_u64(bytes, MEMORY_BASE),
		.limit = bytes_u64(bytes, MEMORY_LIMIT),
	};
	int result = parse_scopes(parsing, bytes, structure_sizes[MEMORY], &memory.scopes);

	if (result < 0)
		return result;
	if (memory.base % page || (memory.limit + 1) % page || memory.limit <= memory.base)
		acpi_note(
			&parsing->table, bytes.offset,
			"the reserved memory is empty or not aligned to pages; it is used anyway");
	parsing->memory[parsing->dmar->memory_count++] = memory;
	return 0;
}

static int parse_acpi_name(struct parsing *parsing, struct bytes bytes)
{
	struct dmar_named named = {
		.offset = (uint32_t)bytes.offset,
		.number = bytes_u8(bytes, NAMED_NUMBER),
		.path = bytes_text(bytes, NAMED_PATH, parsing->table.arena),
	};

	if (!named.path)
		return acpi_malformed(
			&parsing->table, parsing->e,
			"the name of the device at offset 0x%zx does not end within its structure",
			bytes.offset);
	parsing->named[parsing->dmar->named_count++] = named;
	return 0;
}

static int parse_structure(struct parsing *parsing, struct bytes bytes)
{
	uint16_t type = bytes_u16(bytes, STRUCTURE_TYPE);
	struct dmar_scopes checked = {0};

	if (type >= STRUCTURE_TYPE_COUNT) {
		acpi_note(&parsing->table, bytes.offset, "a structure of unknown type %u", type);
		return 0;
	}
	if (bytes.length < structure_sizes[type])
		return acpi_malformed(&parsing->table, parsing->e,
				      "the structure at offset 0x%zx is of type %u and %zu bytes "
				      "long, %zu are needed",
				      bytes.offset, type, bytes.length, structure_sizes[type]);
	switch ((enum structure_type)type) {
	case UNIT:
		return parse_unit(parsing, bytes);
	case MEMORY:
		return parse_memory(parsing, bytes);
	case NAMED:
		return parse_acpi_name(parsing, bytes);
	case ATSR:
	case SATC:
	case SIDP:
		return parse_scopes(parsing, bytes, structure_sizes[type], &checked);
	default:
		return 0;
	}
}

static int parse_structures(struct parsing *parsing)
{
	struct acpi_table *table = &parsing->table;
	size_t offset = TABLE_SIZE, length;
	struct bytes bytes;

	for (; offset < table->bytes.length; offset += length) {
		int result;

		length = bytes_u16(table->bytes, offset + STRUCTURE_LENGTH);
		if (!bytes_slice(table->bytes, offset, STRUCTURE_SIZE, &bytes) ||
		    !bytes_slice(table->bytes, offset, length, &bytes))
			return acpi_malformed(table, parsing->e,
					      "the structure at offset 0x%zx runs past the end of "
					      "the table",
					      offset);
		/*
		 * Linux stops at a structure of length 0 and logs nothing
		 * (dmar_walk_remapping_entries).
		 */
		if (length == 0) {
			acpi_note(table, offset, "a structure of length 0 ends the table early");
			return 0;
		}
		if (length < STRUCTURE_SIZE)
			return acpi_malformed(
				table, parsing->e,
				"the structure at offset 0x%zx is %zu bytes long, less "
				"than its header",
				offset, length);
		result = parse_structure(parsing, bytes);
		if (result < 0)
			return result;
	}
	return 0;
}

/* Put the units in the order of the kernel's list (dmar_register_drhd_unit). */
static void order_units(struct parsing *parsing)
{
	const struct dmar_unit **order =
		arena_array(parsing->table.arena, parsing->unit_count, sizeof(*order));
	const struct dmar_unit *units = parsing->units;
	size_t count = 0;

	for (size_t i = parsing->unit_count; i-- > 0;)
		if (!units[i].include_all)
			order[count++] = &units[i];
	for (size_t i = 0; i < parsing->unit_count; i++)
		if (units[i].include_all)
			order[count++] = &units[i];
	parsing->dmar->units = order;
	parsing->dmar->unit_count = count;
}

int dmar_parse(const void *data, size_t size, struct arena *arena, struct dmar *ret_dmar,
	       struct error *e)
{
	struct dmar dmar = {0};
	struct parsing parsing = {.dmar = &dmar, .e = e};
	struct acpi_table *table = &parsing.table;
	int result = acpi_open(data, size, "DMAR", TABLE_SIZE, CHECKSUM_NOTED, arena, &dmar.notes,
			       table, e);
	size_t room;

	if (result < 0)
		return result;
	dmar.address_width = bytes_u8(table->bytes, TABLE_WIDTH) + 1U;
	dmar.interrupt_remapping = bytes_u8(table->bytes, TABLE_FLAGS) & TABLE_INTERRUPT_REMAPPING;
	if (dmar.address_width < WIDTH_MIN)
		return acpi_malformed(table, e, "addresses of %u bits are too narrow",
				      dmar.address_width);
	room = table->bytes.length - TABLE_SIZE;
	parsing.units = arena_array(arena, room / structure_sizes[UNIT], sizeof(*parsing.units));
	parsing.memory =
		arena_array(arena, room / structure_sizes[MEMORY], sizeof(*parsing.memory));
	parsing.named = arena_array(arena, room / structure_sizes[NAMED], sizeof(*parsing.named));
	result = parse_structures(&parsing);
	if (result < 0)
		return result;
	order_units(&parsing);
	if (!dmar.unit_count)
		acpi_note(table, 0, "the table lists no remapping unit");
	dmar.memory = parsing.memory;
	dmar.named = parsing.named;
	*ret_dmar = dmar;
	return 0;
}
