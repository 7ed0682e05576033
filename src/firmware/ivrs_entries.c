/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/ivrs_entries.h"

#include <string.h>

enum {
	ENTRY_TYPE = 0,
	ENTRY_ID = 1,
	ENTRY_EXTENDED = 4, /* offset of 32 bits: the alias or the special device */
	ENTRY_SIZE = 4,
	ENTRY_LONG_SIZE = 8,

	NAMED_HID = 4,
	NAMED_HID_SIZE = 8,
	NAMED_UID_FORMAT = 20,
	NAMED_UID_LENGTH = 21,
	NAMED_UID = 22,
};

enum entry_type {
	ENTRY_GAP = 0x00,
	ENTRY_ALL = 0x01,
	ENTRY_ONE = 0x02,
	ENTRY_START = 0x03,
	ENTRY_END = 0x04,
	ENTRY_LONG_GAP = 0x40,
	ENTRY_ALIAS = 0x42,
	ENTRY_ALIAS_START = 0x43,
	ENTRY_EXTENDED_ONE = 0x46,
	ENTRY_EXTENDED_START = 0x47,
	ENTRY_SPECIAL = 0x48,
	ENTRY_NAMED = 0xf0,
};

enum uid_format {
	UID_NONE = 0,
	UID_INTEGER = 1,
	UID_STRING = 2,
};

/**
 * struct walk - state that the entries of one block hand to later entries (init_iommu_from_acpi)
 * @start, @alias: of the range that the next end entry closes     @open: a range has been started
 * @sized: an entry tells the kernel the largest device ID (find_last_devid_from_ivhd)
 */
struct walk {
	const struct ivrs_iommu *iommu;
	uint16_t start;
	int32_t alias;
	bool open;
	bool sized;
};

static void add_device_range(struct ivrs_parsing *parsing, const struct walk *walk,
			     struct bytes entry, uint16_t first, uint16_t last, int32_t alias)
{
	parsing->ranges[parsing->ivrs->range_count++] = (struct ivrs_range){
		.offset = (uint32_t)entry.offset,
		.first = first,
		.last = last,
		.alias = alias,
		.iommu = walk->iommu,
	};
}

/* Add a range with its alias, which is itself an ID that the IOMMU serves. */
static void add_aliased(struct ivrs_parsing *parsing, const struct walk *walk, struct bytes entry,
			uint16_t first, uint16_t last, int32_t alias)
{
	if (alias != IVRS_NO_ALIAS)
		add_device_range(parsing, walk, entry, (uint16_t)alias, (uint16_t)alias,
				 IVRS_NO_ALIAS);
	if (first <= last)
		add_device_range(parsing, walk, entry, first, last, alias);
	else
		acpi_note(&parsing->table, entry.offset, "the range ends before it starts");
}

static void start_range(struct ivrs_parsing *parsing, struct walk *walk, struct bytes entry,
			int32_t alias)
{
	if (walk->open)
		acpi_note(&parsing->table, entry.offset, "a range starts within a range");
	walk->start = bytes_u16(entry, ENTRY_ID);
	walk->alias = alias;
	walk->open = true;
}

static void end_range(struct ivrs_parsing *parsing, struct walk *walk, struct bytes entry)
{
	if (!walk->open)
		acpi_note(&parsing->table, entry.offset,
			  "a range ends that did not start; the kernel starts it at 0x%x",
			  walk->start);
	add_aliased(parsing, walk, entry, walk->start, bytes_u16(entry, ENTRY_ID), walk->alias);
	walk->open = false;
}

static void add_special(struct ivrs_parsing *parsing, const struct walk *walk, struct bytes entry)
{
	uint32_t extended = bytes_u32(entry, ENTRY_EXTENDED);
	struct ivrs_special special = {
		.offset = (uint32_t)entry.offset,
		.variety = (uint8_t)(extended >> 24),
		.handle = (uint8_t)extended,
		.id = (uint16_t)(extended >> 8),
		.iommu = walk->iommu,
	};

	if (special.variety != IVRS_IOAPIC && special.variety != IVRS_HPET)
		acpi_note(&parsing->table, entry.offset,
			  "a special device of unknown variety %u makes the kernel give up",
			  special.variety);
	parsing->specials[parsing->ivrs->special_count++] = special;
	add_device_range(parsing, walk, entry, special.id, special.id, IVRS_NO_ALIAS);
}

static const char *uid_of(struct ivrs_parsing *parsing, struct bytes entry)
{
	struct arena *arena = parsing->table.arena;
	const char *uid = (const char *)entry.start + NAMED_UID;
	size_t length = bytes_u8(entry, NAMED_UID_LENGTH);

	switch (bytes_u8(entry, NAMED_UID_FORMAT)) {
	case UID_INTEGER:
		/* A UID that is an integer has 64 bits; the kernel uses its first byte only. */
		if (bytes_u64(entry, NAMED_UID) > UINT8_MAX)
			acpi_note(&parsing->table, entry.offset,
				  "the kernel takes only the first byte of the unique ID");
		return arena_printf(arena, "%u", bytes_u8(entry, NAMED_UID));
	case UID_STRING:
		return arena_text(arena, uid, strnlen(uid, length));
	default:
		if (length)
			acpi_note(&parsing->table, entry.offset,
				  "a unique ID of unknown format is not used");
		return "";
	}
}

static void add_acpi_device(struct ivrs_parsing *parsing, const struct walk *walk,
			    struct bytes entry)
{
	const char *hid = (const char *)entry.start + NAMED_HID;
	uint16_t id = bytes_u16(entry, ENTRY_ID);

	if (walk->iommu->type != IVRS_BLOCK_IOMMU_40) {
		acpi_note(&parsing->table, entry.offset,
			  "the kernel takes named devices from blocks of type 0x40 only");
		return;
	}
	if (!*hid) {
		acpi_note(&parsing->table, entry.offset, "a named device without hardware ID");
		return;
	}
	parsing->named[parsing->ivrs->named_count++] = (struct ivrs_named){
		.offset = (uint32_t)entry.offset,
		.id = id,
		.hid = arena_text(parsing->table.arena, hid, strnlen(hid, NAMED_HID_SIZE)),
		.uid = uid_of(parsing, entry),
		.iommu = walk->iommu,
	};
	add_device_range(parsing, walk, entry, id, id, IVRS_NO_ALIAS);
}

static void parse_device_entry(struct ivrs_parsing *parsing, struct walk *walk, struct bytes entry)
{
	uint16_t id = bytes_u16(entry, ENTRY_ID);
	uint16_t alias = (uint16_t)(bytes_u32(entry, ENTRY_EXTENDED) >> 8);
	uint8_t type = bytes_u8(entry, ENTRY_TYPE);

	switch (type) {
	case ENTRY_ALL:
		add_device_range(parsing, walk, entry, 0, UINT16_MAX, IVRS_NO_ALIAS);
		break;
	case ENTRY_ONE:
	case ENTRY_EXTENDED_ONE:
		add_device_range(parsing, walk, entry, id, id, IVRS_NO_ALIAS);
		break;
	case ENTRY_ALIAS:
		add_aliased(parsing, walk, entry, id, id, alias);
		break;
	case ENTRY_START:
	case ENTRY_EXTENDED_START:
		start_range(parsing, walk, entry, IVRS_NO_ALIAS);
		return;
	case ENTRY_ALIAS_START:
		start_range(parsing, walk, entry, alias);
		return;
	case ENTRY_END:
		end_range(parsing, walk, entry);
		break;
	case ENTRY_SPECIAL:
		add_special(parsing, walk, entry);
		return;
	case ENTRY_NAMED:
		add_acpi_device(parsing, walk, entry);
		return;
	default:
		if (type != ENTRY_GAP && type != ENTRY_LONG_GAP)
			acpi_note(&parsing->table, entry.offset, "an entry of unknown type 0x%x",
				  type);
		return;
	}
	walk->sized = true;
}

/*
 * The length of the entry at @offset; 0 for types whose length Linux does not know
 * (ivhd_entry_length).
 */
static size_t entry_length(const struct ivrs_parsing *parsing, size_t offset)
{
	uint8_t type = bytes_u8(parsing->table.bytes, offset + ENTRY_TYPE);

	if (type < 0x40)
		return ENTRY_SIZE;
	if (type < 0x80)
		return ENTRY_LONG_SIZE;
	if (type == ENTRY_NAMED)
		return NAMED_UID + bytes_u8(parsing->table.bytes, offset + NAMED_UID_LENGTH);
	return 0;
}

void ivrs_entries_allocate(struct ivrs_parsing *parsing, size_t size)
{
	struct arena *arena = parsing->table.arena;

	/* An entry with an alias gives two ranges of device IDs. */
	parsing->ranges = arena_array(arena, 2 * (size / ENTRY_SIZE), sizeof(*parsing->ranges));
	parsing->specials = arena_array(arena, size / ENTRY_LONG_SIZE, sizeof(*parsing->specials));
	parsing->named = arena_array(arena, size / NAMED_UID, sizeof(*parsing->named));
}

int ivrs_entries_parse(struct ivrs_parsing *parsing, struct bytes entries,
		       const struct ivrs_iommu *iommu)
{
	struct acpi_table *table = &parsing->table;
	struct walk walk = {.iommu = iommu, .alias = IVRS_NO_ALIAS};
	size_t offset = entries.offset, end = entries.offset + entries.length;
	struct bytes entry;

	for (; offset < end; offset += entry.length) {
		size_t length = entry_length(parsing, offset);

		if (!length)
			return acpi_malformed(table, parsing->e,
					      "the entry at offset 0x%zx is of type 0x%x, whose "
					      "length is unknown",
					      offset, bytes_u8(table->bytes, offset + ENTRY_TYPE));
		if (!bytes_slice(table->bytes, offset, length, &entry))
			return acpi_malformed(table, parsing->e,
					      "the entry at offset 0x%zx runs past the end of the "
					      "table",
					      offset);
		if (offset + length > end)
			acpi_note(table, offset, "the entry runs past the end of its block");
		parse_device_entry(parsing, &walk, entry);
	}
	if (walk.open)
		acpi_note(table, end, "a range that starts in the block does not end in it");
	if (!walk.sized)
		acpi_note(table, iommu->offset,
			  "an IOMMU without devices makes the kernel give up");
	return 0;
}
