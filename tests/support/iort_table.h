/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iort_table - IORT tables made node by node
 *
 *     struct blob blob = iort_empty();
 *     uint32_t smmu = iort_add_smmu_v3(&blob, 0x9050000);
 *     iort_add_mapping(&blob, iort_add_root_complex(&blob, 0), 0, 0xffff, 0, smmu, 0);
 *     iort_assert_rid(&iort, 0, 0x100, smmu, 0x100);
 *
 * A node is named by its offset in the table.
 */
#pragma once

#include "firmware/iort.h"
#include "support/acpi.h"

/** SINGLE - flag of a mapping of one ID; NOWHERE - reference to no node */
enum {
	SINGLE = 1,
	NOWHERE = 0,
};

/** iort_empty - a table without nodes */
struct blob iort_empty(void);

/** iort_add - add a node of @size bytes without mappings */
uint32_t iort_add(struct blob *blob, uint8_t type, uint16_t size);

/** iort_add_smmu_v3 - add an SMMUv3 with its registers at @base */
uint32_t iort_add_smmu_v3(struct blob *blob, uint64_t base);

/** iort_add_root_complex - add a root complex of that PCI segment */
uint32_t iort_add_root_complex(struct blob *blob, uint32_t segment);

/** iort_add_named - add a named component with that path in the ACPI namespace */
uint32_t iort_add_named(struct blob *blob, const char *path);

/** iort_add_mapping - add a mapping to @node, the last one; arguments as in the table */
void iort_add_mapping(struct blob *blob, uint32_t node, uint32_t input, uint32_t count_minus_one,
		      uint32_t output_base, uint32_t output, uint32_t flags);

/** iort_parsed - the table with a good checksum; fails the test where it is refused */
struct iort iort_parsed(struct blob *blob, struct arena *arena);

/** iort_assert_noted - fails the test unless the first note is @text */
void iort_assert_noted(const struct iort *iort, const char *text);

/** iort_assert_stream - fails the test unless a stream was @found: @id at the node @smmu */
void iort_assert_stream(bool found, struct iort_stream stream, uint32_t smmu, uint32_t id);

/** iort_assert_rid - fails the test unless the requester ID becomes the stream @expected of @smmu
 */
#define iort_assert_rid(iort, segment, rid, smmu, expected)               \
	do {                                                              \
		struct iort_stream answer_ = {0};                         \
		bool found_ = iort_map_rid(iort, segment, rid, &answer_); \
		iort_assert_stream(found_, answer_, smmu, expected);      \
	} while (0)
