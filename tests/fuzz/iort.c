/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decode an IORT and map IDs around the borders of its ranges. */
#include "firmware/iort.h"
#include "fuzz/fuzz.h"

/* An answer is an SMMU of this table, none of a broken mapping, or no answer. */
static void check_stream(bool found, const struct iort_stream *stream)
{
	if (found && stream->smmu && !iort_is_smmu(stream->smmu))
		abort();
}

static void map_borders(const struct iort *iort, const struct iort_node *node,
			const struct iort_mapping *mapping)
{
	const uint32_t ids[] = {
		mapping->input_base - 1,
		mapping->input_base,
		mapping->input_base + mapping->id_count,
		mapping->input_base + mapping->id_count + 1,
	};
	struct iort_stream stream;

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		if (node->type == IORT_ROOT_COMPLEX)
			check_stream(iort_map_rid(iort, node->root.segment, ids[i], &stream),
				     &stream);
	}
}

static void map_node(const struct iort *iort, const struct iort_node *node)
{
	struct iort_stream stream;

	/*
	 * Each mapping is searched for once for each of its borders: for large tables 16 mappings
	 * are enough.
	 */
	for (size_t i = 0; i < node->mapping_count && i < 16; i++)
		map_borders(iort, node, &node->mappings[i]);
	if (node->type == IORT_NAMED_COMPONENT)
		for (size_t i = 0; iort_map_named(iort, node->path, i, &stream) && i < 16; i++)
			check_stream(true, &stream);
	if (node->type == IORT_RMR)
		for (size_t i = 0; i < node->rmr.stream_count; i++)
			if (node->rmr.streams[i].first > node->rmr.streams[i].last)
				abort();
}

static void attempt(const uint8_t *data, size_t size)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct iort_entry *entries;
	struct error error = {0};
	struct iort iort;
	size_t count;

	if (iort_parse(data, size, arena, &iort, &error) < 0) {
		if (error.code != ERROR_MALFORMED || !*error.message)
			abort();
		return;
	}
	for (size_t i = 0; i < iort.node_count; i++)
		map_node(&iort, &iort.nodes[i]);
	count = iort_entries(&iort, arena, &entries);
	for (size_t i = 0; i < count; i++)
		check_stream(true, &entries[i].stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_try(data, size, "IORT", attempt);
	return 0;
}
