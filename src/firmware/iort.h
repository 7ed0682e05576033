/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iort - the I/O Remapping Table: under which stream ID a device of an Arm machine reaches its SMMU
 *
 * The table is a list of nodes: SMMUs, PCI root complexes, named components (devices of the ACPI
 * namespace), reserved memory ranges (RMR) and ITS groups. A node's ID mappings turn ranges of IDs
 * into IDs of another node. The functions below follow the mappings as the kernel does, up to the
 * first SMMU. Mappings of an SMMU itself (to ITS groups, and for its own MSIs) are not followed.
 *
 *     struct iort iort;
 *     result = iort_parse(bytes, length, arena, &iort, e);
 *     if (iort_map_rid(&iort, segment, rid, &stream))
 *             stream.smmu->smmu.base, stream.id
 *
 * Source: Arm DEN 0049 (IO Remapping Table); Linux include/acpi/actbl2.h,
 * drivers/acpi/arm64/iort.c.
 */
#pragma once

#include "firmware/bytes.h"

/** enum iort_type - the numbers in the table; nodes of other types occur and are not decoded */
enum iort_type {
	IORT_ITS_GROUP = 0,
	IORT_NAMED_COMPONENT = 1,
	IORT_ROOT_COMPLEX = 2,
	IORT_SMMU = 3, /* SMMU of version 1 or 2 */
	IORT_SMMU_V3 = 4,
	IORT_PMCG = 5,
	IORT_RMR = 6,
	IORT_IWB = 7,
};

struct iort_node;

/**
 * struct iort_mapping - IDs of one node as IDs of another
 * @offset: of the mapping in the table
 * @input_base: first ID     @id_count: number of IDs minus one, as in the table
 * @output_base: what @input_base becomes     @output: the node that the output IDs belong to; NULL
 * where the table says 0
 * @single: the input does not matter, the output is @output_base
 * @broken: the table names an offset where no node starts; @output is NULL
 */
struct iort_mapping {
	uint32_t offset;
	uint32_t input_base;
	uint32_t id_count;
	uint32_t output_base;
	const struct iort_node *output;
	bool single, broken;
};

/** enum iort_smmu_kind - which architecture; unknown for models that Linux has no driver for */
enum iort_smmu_kind {
	IORT_SMMU_KIND_UNKNOWN,
	IORT_SMMU_KIND_V1,
	IORT_SMMU_KIND_V2,
	IORT_SMMU_KIND_V3,
};

/**
 * struct iort_smmu - an SMMU
 * @base: physical address; part of the instance's name in /sys/class/iommu
 * @span: size in bytes, v1 and v2 only, else 0     @model, @flags: as in the table
 */
struct iort_smmu {
	enum iort_smmu_kind kind;
	uint64_t base;
	uint64_t span;
	uint32_t model;
	uint32_t flags;
};

/** struct iort_root - a PCI root complex; the kernel uses the first of each segment */
struct iort_root {
	uint32_t segment;
	bool ats;
};

/** struct iort_range - reserved memory: bytes [@base, @base + @length) as the table says */
struct iort_range {
	uint64_t base;
	uint64_t length;
};

/** struct iort_streams - stream IDs @first to @last, inclusive, of one SMMU */
struct iort_streams {
	const struct iort_node *smmu;
	uint32_t first;
	uint32_t last;
};

/**
 * struct iort_rmr - memory that firmware wants mapped 1:1 for some streams
 * @flags: bit 0 the OS may remap it, bit 1 privileged, bits 9:2 memory attributes
 * Linux applies it to PCI devices only if it keeps the firmware's configuration of their bus.
 */
struct iort_rmr {
	uint32_t flags;
	const struct iort_range *ranges;
	size_t range_count;
	const struct iort_streams *streams;
	size_t stream_count;
};

/**
 * struct iort_node - a node of the table
 * @offset, @length: its place in the table
 * @type: an enum iort_type, or an unknown number; selects the member that is valid
 * @path: of a named component: its full path in the namespace, such as "\_SB_.MMC0"
 */
struct iort_node {
	uint32_t offset;
	uint16_t length;
	uint8_t type;
	const struct iort_mapping *mappings;
	size_t mapping_count;
	union {
		struct iort_smmu smmu;
		struct iort_root root;
		struct iort_rmr rmr;
		const char *path;
	};
};

/** struct iort - the table, nodes in its order; lives as long as the arena */
struct iort {
	const struct iort_node *nodes;
	size_t node_count;
	struct acpi_notes notes;
};

/**
 * iort_parse - decode a table
 * @data, @size: the file; not needed afterwards
 * Returns: 0; -EINVAL with @e set (ERROR_MALFORMED) for nodes, mappings and memory ranges that
 * leave the table, nodes that are too short for their type, mappings that lead in a circle, and
 * names that no NUL ends. A reference to an offset where no node starts breaks only its own
 * mapping.
 */
_must_check_ int iort_parse(const void *data, size_t size, struct arena *arena,
			    struct iort *ret_iort, struct error *e) _nonnull_();

/**
 * struct iort_stream - the SMMU that a transaction reaches, and its stream ID there
 * @smmu: NULL where a broken mapping has the ID: the kernel takes the bytes there for a node
 */
struct iort_stream {
	const struct iort_node *smmu;
	uint32_t id;
};

/**
 * iort_map_rid - the stream of a PCI function
 * @segment: its PCI domain     @rid: its requester ID, or one of its DMA aliases (bus << 8 | devfn)
 * Returns: false where the table has no root complex for the segment or maps the ID to no SMMU.
 */
bool iort_map_rid(const struct iort *iort, uint32_t segment, uint32_t rid,
		  struct iort_stream *ret_stream) _nonnull_();

/**
 * iort_map_named - one stream of a device of the namespace
 * @path: from the file firmware_node/path of the device, or of its nearest ancestor that has one
 * @index: 0, 1, …: call until the result is false; the kernel does so too
 */
bool iort_map_named(const struct iort *iort, const char *path, size_t index,
		    struct iort_stream *ret_stream) _nonnull_();

/**
 * struct iort_entry - one mapping of a device's IDs that leads straight to an SMMU
 * @from: root complex, named component, or another node with IDs, but no RMR and no SMMU
 * @base: first input ID, 0 for single mappings     @count: of IDs, 1 to 2^32
 * @stream: the SMMU and the stream ID of the first of them
 * @unused: why Linux never takes it, or NULL
 * Ranges may overlap: iort_map_rid chooses among them as the kernel does.
 */
struct iort_entry {
	const struct iort_node *from;
	uint32_t base;
	uint64_t count;
	struct iort_stream stream;
	const char *unused;
};

/**
 * iort_entries - all mappings of devices' IDs that lead straight to an SMMU, in the table's order
 * @arena: owns *ret_entries; @iort must live as long
 * Returns: how many.
 */
size_t iort_entries(const struct iort *iort, struct arena *arena,
		    const struct iort_entry **ret_entries) _nonnull_();

enum {
	/** the most nodes of a chain from a device to its SMMU; real chains have two or three */
	IORT_CHAIN_MAX = 16,
};

/**
 * iort_find_circle - a node whose mappings lead in a circle, or through more than IORT_CHAIN_MAX
 * nodes; NULL where all walks end. iort_parse refuses a table that has one.
 * @arena: for a list that is not needed afterwards
 */
const struct iort_node *iort_find_circle(const struct iort *iort, struct arena *arena) _nonnull_();

/** iort_is_smmu - true for an SMMU of any version, the node at which walks end */
bool iort_is_smmu(const struct iort_node *node) _nonnull_(1);

/**
 * iort_has_single - true where single mappings of @node count for DMA; in other nodes they are
 * skipped
 */
bool iort_has_single(const struct iort_node *node) _nonnull_(1);
