/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walks of iort.h, by the rules of drivers/acpi/arm64/iort.c. */
#include "firmware/iort.h"

#include <string.h>

bool iort_is_smmu(const struct iort_node *node)
{
	return node->type == IORT_SMMU || node->type == IORT_SMMU_V3;
}

bool iort_has_single(const struct iort_node *node)
{
	return node->type == IORT_NAMED_COMPONENT || node->type == IORT_ROOT_COMPLEX;
}

/* True for the mapping at which the kernel gives up: its reference is 0. */
static bool leads_nowhere(const struct iort_mapping *mapping)
{
	return !mapping->output && !mapping->broken;
}

/*
 * One step of the kernel's walk (iort_node_map_id, iort_id_map): the mapping that has the ID, or
 * NULL.
 */
static const struct iort_mapping *map_step(const struct iort_node *node, uint32_t *id)
{
	const struct iort_mapping *provisional = NULL;
	uint32_t in = *id;

	if (!node->mapping_count || leads_nowhere(&node->mappings[0]))
		return NULL;
	for (size_t i = 0; i < node->mapping_count; i++) {
		const struct iort_mapping *mapping = &node->mappings[i];
		uint32_t last = mapping->input_base + mapping->id_count;

		if (mapping->single) {
			if (!iort_has_single(node))
				continue;
			*id = mapping->output_base;
			return mapping;
		}
		if (in < mapping->input_base || in > last)
			continue;
		if (provisional && in != mapping->input_base)
			continue;
		*id = mapping->output_base + (in - mapping->input_base);
		/*
		 * Some firmware writes the number of IDs where the number minus one is expected. So
		 * the last ID of a range belongs to the next range if that starts with it.
		 */
		if (in != last || mapping->id_count == 0)
			return mapping;
		provisional = mapping;
	}
	return provisional;
}

/*
 * True where all walks from @node end: at @node itself, or at next nodes that ended in an earlier
 * round.
 */
static bool ends_now(const struct iort *iort, const struct iort_node *node, const uint8_t *ends,
		     uint8_t round)
{
	for (size_t i = 0; !iort_is_smmu(node) && i < node->mapping_count; i++) {
		const struct iort_node *next = node->mappings[i].output;
		uint8_t next_ends = next ? ends[next - iort->nodes] : 0;

		if (next && (!next_ends || next_ends == round))
			return false;
	}
	return true;
}

/* @ends has for each node the round in which all walks from it were found to end, or 0. */
const struct iort_node *iort_find_circle(const struct iort *iort, struct arena *arena)
{
	uint8_t *ends = arena_array(arena, iort->node_count, sizeof(*ends));

	for (int round = 1; round <= IORT_CHAIN_MAX; round++)
		for (size_t i = 0; i < iort->node_count; i++)
			if (!ends[i] && ends_now(iort, &iort->nodes[i], ends, (uint8_t)round))
				ends[i] = (uint8_t)round;
	for (size_t i = 0; i < iort->node_count; i++)
		if (!ends[i])
			return &iort->nodes[i];
	return NULL;
}

/* This walk along mappings always ends: iort_parse refuses circles. */
static bool map_iort_id(const struct iort_node *node, uint32_t id, struct iort_stream *ret_stream)
{
	while (node && !iort_is_smmu(node)) {
		const struct iort_mapping *mapping = map_step(node, &id);

		if (mapping && mapping->broken) {
			*ret_stream = (struct iort_stream){NULL, mapping->output_base};
			return true;
		}
		node = mapping ? mapping->output : NULL;
	}
	if (!node)
		return false;
	*ret_stream = (struct iort_stream){node, id};
	return true;
}

bool iort_map_rid(const struct iort *iort, uint32_t segment, uint32_t rid,
		  struct iort_stream *ret_stream)
{
	for (size_t i = 0; i < iort->node_count; i++) {
		const struct iort_node *node = &iort->nodes[i];

		if (node->type == IORT_ROOT_COMPLEX && node->root.segment == segment)
			return map_iort_id(node, rid, ret_stream);
	}
	return false;
}

static const struct iort_node *find_named(const struct iort *iort, const char *path)
{
	for (size_t i = 0; i < iort->node_count; i++)
		if (iort->nodes[i].type == IORT_NAMED_COMPONENT &&
		    strcmp(iort->nodes[i].path, path) == 0)
			return &iort->nodes[i];
	return NULL;
}

bool iort_map_named(const struct iort *iort, const char *path, size_t index,
		    struct iort_stream *ret_stream)
{
	const struct iort_node *node = find_named(iort, path);
	const struct iort_mapping *mapping;

	if (!node || index >= node->mapping_count)
		return false;
	mapping = &node->mappings[index];
	if (mapping->single && mapping->broken) {
		*ret_stream = (struct iort_stream){NULL, mapping->output_base};
		return true;
	}
	return mapping->single && map_iort_id(mapping->output, mapping->output_base, ret_stream);
}

static bool is_entry(const struct iort_node *node, const struct iort_mapping *mapping)
{
	if (!mapping->output || !iort_is_smmu(mapping->output))
		return false;
	/* A range of IDs that wraps matches no ID. */
	return mapping->single ? iort_has_single(node)
			       : mapping->input_base + mapping->id_count >= mapping->input_base;
}

/*
 * drivers/acpi/arm64/iort.c: a PCI function has a requester ID of 16 bits (iort_pci_iommu_init); of
 * a named component the kernel takes single mappings (iort_nc_iommu_map), and ranges only for
 * devices that have IDs of their own (iort_nc_iommu_map_id: fsl-mc).
 */
static const char *unused_reason(const struct iort_node *node, const struct iort_mapping *mapping)
{
	enum { RID_MAX = 0xffff };

	if (node->type == IORT_ROOT_COMPLEX && !mapping->single && mapping->input_base > RID_MAX)
		return "no PCI function has such an ID";
	if (node->type == IORT_NAMED_COMPONENT && !mapping->single)
		return "Linux takes ranges of a named component only for devices of fsl-mc";
	return NULL;
}

static size_t list_node_entries(const struct iort_node *node, struct iort_entry *entries)
{
	size_t count = 0;

	if (iort_is_smmu(node) || node->type == IORT_RMR)
		return 0;
	for (size_t i = 0; i < node->mapping_count; i++) {
		const struct iort_mapping *mapping = &node->mappings[i];

		if (!is_entry(node, mapping))
			continue;
		entries[count++] = (struct iort_entry){
			.from = node,
			.base = mapping->single ? 0 : mapping->input_base,
			.count = mapping->single ? 1 : (uint64_t)mapping->id_count + 1,
			.stream = {mapping->output, mapping->output_base},
			.unused = unused_reason(node, mapping),
		};
	}
	return count;
}

size_t iort_entries(const struct iort *iort, struct arena *arena,
		    const struct iort_entry **ret_entries)
{
	struct iort_entry *entries;
	size_t most = 0, count = 0;

	for (size_t i = 0; i < iort->node_count; i++)
		most += iort->nodes[i].mapping_count;
	entries = arena_array(arena, most, sizeof(*entries));
	for (size_t i = 0; i < iort->node_count; i++)
		count += list_node_entries(&iort->nodes[i], entries + count);
	*ret_entries = entries;
	return count;
}
