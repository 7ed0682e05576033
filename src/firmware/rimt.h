/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rimt - the RISC-V I/O Mapping Table: which IOMMU translates a device, and under which device ID
 *
 * The table lists IOMMUs, PCI root complexes and platform devices; the latter two map their IDs to
 * device IDs of IOMMUs.
 *
 * Source: RISC-V ACPI RIMT specification; Linux include/acpi/actbl2.h, drivers/acpi/riscv/rimt.c.
 */
#pragma once

#include "firmware/bytes.h"

/**
 * struct rimt_iommu - an IOMMU
 * @offset: of its node in the table     @pci: whether it is a PCI function
 * @segment, @bdf: of a PCI function     @base: address of the registers of any other
 */
struct rimt_iommu {
	uint32_t offset;
	bool pci;
	uint16_t segment;
	uint16_t bdf;
	uint64_t base;
};

/**
 * struct rimt_mapping - IDs @input to @input + @more, inclusive, become IDs from @output on
 * @iommu: NULL where the mapping leads to no IOMMU: then it ends the search, as in the kernel
 */
struct rimt_mapping {
	uint32_t input, more, output;
	const struct rimt_iommu *iommu;
};

/**
 * struct rimt_device - a root complex, or a platform device
 * @path: of a platform device in the ACPI namespace, NULL for a root complex     @segment: of a
 * root complex     @mappings: in the order of the table
 */
struct rimt_device {
	uint32_t offset;
	const char *path;
	uint16_t segment;
	const struct rimt_mapping *mappings;
	size_t mapping_count;
};

/** struct rimt - the table, each list in its order; lives as long as the arena */
struct rimt {
	const struct rimt_iommu *iommus;
	size_t iommu_count;
	const struct rimt_device *devices;
	size_t device_count;
	struct acpi_notes notes;
};

/**
 * rimt_parse - decode a table
 * @data, @size: the file; not needed afterwards
 * Returns: 0; -EINVAL with @e set (ERROR_MALFORMED) for nodes that leave the table or are too short
 * for their type, mappings that leave it, and names that no NUL ends.
 */
_must_check_ int rimt_parse(const void *data, size_t size, struct arena *arena,
			    struct rimt *ret_rimt, struct error *e) _nonnull_();

/** struct rimt_stream - the IOMMU that a transaction reaches, and its device ID there */
struct rimt_stream {
	const struct rimt_iommu *iommu;
	uint32_t id;
};

/**
 * rimt_map_rid - the device ID of a PCI function
 * @rid: its requester ID, or one of its DMA aliases (bus << 8 | devfn)
 * Returns: false where no root complex has the segment, or the root complex maps the ID to no
 * IOMMU.
 */
bool rimt_map_rid(const struct rimt *rimt, uint32_t segment, uint32_t rid,
		  struct rimt_stream *ret_stream) _nonnull_();

/**
 * rimt_map_named - one stream of a platform device
 * @path: from the file firmware_node/path     @index: 0, 1, …: call until the result is false; the
 * kernel does so too
 */
bool rimt_map_named(const struct rimt *rimt, const char *path, size_t index,
		    struct rimt_stream *ret_stream) _nonnull_();
