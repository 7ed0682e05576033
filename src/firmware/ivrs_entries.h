/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ivrs_entries - the device entries of an IVHD block: the IDs that its IOMMU serves
 *
 * Shared by ivrs.c, which finds the blocks, and ivrs_entries.c; other files use firmware/ivrs.h.
 *
 * Source: AMD I/O Virtualization Technology (48882), 5.2.2; Linux drivers/iommu/amd/init.c
 * (init_iommu_from_acpi, find_last_devid_from_ivhd, ivhd_entry_length).
 */
#pragma once

#include "firmware/ivrs.h"

/** enum ivrs_block_type - the numbers in the table: IVHD blocks (IOMMUs) and IVMD blocks (memory)
 */
enum ivrs_block_type {
	IVRS_BLOCK_IOMMU_10 = 0x10,
	IVRS_BLOCK_IOMMU_11 = 0x11,
	IVRS_BLOCK_MEMORY_ALL = 0x20,
	IVRS_BLOCK_MEMORY_ONE = 0x21,
	IVRS_BLOCK_MEMORY_RANGE = 0x22,
	IVRS_BLOCK_IOMMU_40 = 0x40,
};

/**
 * struct ivrs_parsing - a table that is being decoded; the arrays have room for all its entries
 * @ivrs: has the counts     @type: the type of the IVHD blocks that are used; 0 if none
 */
struct ivrs_parsing {
	struct acpi_table table;
	struct ivrs *ivrs;
	uint8_t type;
	struct ivrs_iommu *iommus;
	struct ivrs_range *ranges;
	struct ivrs_special *specials;
	struct ivrs_named *named;
	struct ivrs_memory *memory;
	struct error *e;
};

/** ivrs_entries_allocate - make the arrays that entries fill, for @size bytes of blocks */
void ivrs_entries_allocate(struct ivrs_parsing *parsing, size_t size) _nonnull_();

/**
 * ivrs_entries_parse - decode the entries of one block
 * @entries: the part of the block behind its header     @iommu: the IOMMU of the block
 * Returns: 0; -EINVAL where an entry leaves the table, or is of a type whose length Linux does not
 * know.
 */
_must_check_ int ivrs_entries_parse(struct ivrs_parsing *parsing, struct bytes entries,
				    const struct ivrs_iommu *iommu) _nonnull_();
