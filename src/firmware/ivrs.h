/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ivrs - the I/O Virtualization Reporting Structure: which IOMMU translates a device of an AMD
 * machine, and under which device ID
 *
 * The table lists IOMMUs (IVHD blocks) with the ranges of device IDs they serve, and memory that
 * devices need mapped 1:1 (IVMD blocks). A device ID is a PCI requester ID; an alias entry replaces
 * it by the ID that the IOMMU sees. Firmware describes each IOMMU up to three times, for older and
 * newer systems, in blocks of different types: only the blocks that Linux uses are decoded.
 *
 * Source: AMD I/O Virtualization Technology (48882), chapter 5; Linux drivers/iommu/amd/init.c.
 */
#pragma once

#include "firmware/bytes.h"

/**
 * struct ivrs_iommu - an IOMMU (IVHD block)
 * @type: of the block, 0x10, 0x11 or 0x40; the same in the whole table
 * @segment, @id: its own PCI function, whose DMA it never translates
 * @base: physical address of its registers
 */
struct ivrs_iommu {
	uint32_t offset;
	uint8_t type;
	uint8_t flags;
	uint16_t segment;
	uint16_t id;
	uint64_t base;
};

enum {
	IVRS_NO_ALIAS = -1,
};

/**
 * struct ivrs_range - device IDs @first to @last, inclusive, of the segment of @iommu
 * @alias: the ID under which the IOMMU sees them, or IVRS_NO_ALIAS for their own IDs
 * Later ranges replace earlier ones; see ivrs_map.
 */
struct ivrs_range {
	uint32_t offset;
	uint16_t first;
	uint16_t last;
	int32_t alias;
	const struct ivrs_iommu *iommu;
};

/** enum ivrs_variety - kinds of special devices; any other kind makes the kernel give up */
enum ivrs_variety {
	IVRS_IOAPIC = 1,
	IVRS_HPET = 2,
};

/** struct ivrs_special - an IOAPIC (@handle: its APIC ID) or HPET, and its device ID */
struct ivrs_special {
	uint32_t offset;
	uint8_t variety;
	uint8_t handle;
	uint16_t id;
	const struct ivrs_iommu *iommu;
};

/**
 * struct ivrs_named - a device of the ACPI namespace, and its device ID
 * @hid: its hardware ID, such as "AMDI0020"     @uid: its unique ID; "" matches any
 */
struct ivrs_named {
	uint32_t offset;
	uint16_t id;
	const char *hid;
	const char *uid;
	const struct ivrs_iommu *iommu;
};

enum {
	IVRS_MEMORY_UNITY = 1 << 0,
	IVRS_MEMORY_READ = 1 << 1,
	IVRS_MEMORY_WRITE = 1 << 2,
	/* flag of an IVMD block: Linux maps the range 1:1, readable and writable */
	IVRS_MEMORY_EXCLUSION = 1 << 3,
};

/**
 * struct ivrs_memory - memory of device IDs @first to @last, inclusive (IVMD block)
 * @flags: IVRS_MEMORY_…; Linux ignores blocks with neither unity nor exclusion
 * @start, @length: bytes
 */
struct ivrs_memory {
	uint32_t offset;
	uint8_t flags;
	uint16_t segment;
	uint16_t first;
	uint16_t last;
	uint64_t start;
	uint64_t length;
};

/** struct ivrs - the table, each list in its order; lives as long as the arena */
struct ivrs {
	const struct ivrs_iommu *iommus;
	size_t iommu_count;
	const struct ivrs_range *ranges;
	size_t range_count;
	const struct ivrs_special *specials;
	size_t special_count;
	const struct ivrs_named *named;
	size_t named_count;
	const struct ivrs_memory *memory;
	size_t memory_count;
	struct acpi_notes notes;
};

/**
 * ivrs_parse - decode a table
 * @data, @size: the file; not needed afterwards
 * Returns: 0; -EINVAL with @e set (ERROR_MALFORMED) for a wrong checksum, blocks and entries that
 * leave the table, blocks too short for their type, entries of unknown length, and where the kernel
 * would choose a block type that describes no IOMMU.
 */
_must_check_ int ivrs_parse(const void *data, size_t size, struct arena *arena,
			    struct ivrs *ret_ivrs, struct error *e) _nonnull_();

/** struct ivrs_stream - the IOMMU that a transaction reaches, and its device ID there */
struct ivrs_stream {
	const struct ivrs_iommu *iommu;
	uint16_t id;
};

/**
 * ivrs_map - the IOMMU of a device ID, and the ID that the IOMMU sees (the alias, if any)
 * @id: requester ID (bus << 8 | devfn) of a PCI function, or the ID of a special or named device
 * Returns: false for IDs that no entry lists, and for IOMMUs themselves.
 */
bool ivrs_map(const struct ivrs *ivrs, uint32_t segment, uint16_t id,
	      struct ivrs_stream *ret_stream) _nonnull_();

/**
 * ivrs_map_named - the IOMMU and the device ID of a device of the ACPI namespace
 * @hid: its hardware ID     @uid: its unique ID, "" where it has none
 */
bool ivrs_map_named(const struct ivrs *ivrs, const char *hid, const char *uid,
		    struct ivrs_stream *ret_stream) _nonnull_();
