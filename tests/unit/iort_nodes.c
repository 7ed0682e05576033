/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IORT tables: which nodes are read, and which tables are refused. */
#include "firmware/iort.h"
#include "support/acpi.h"
#include "support/check.h"
#include "support/iort_table.h"

#include <errno.h>
#include <inttypes.h>

static void assert_refused(struct blob *blob, const char *message)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error error = {0};
	struct iort iort;

	blob_finish(blob);
	assert_int_equal(iort_parse(blob->bytes, blob->length, arena, &iort, &error), -EINVAL);
	assert_int_equal(error.code, ERROR_MALFORMED);
	assert_string_equal(error.message, message);
}

static void an_rmr_lists_its_streams_and_memory(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), rmr = iort_add(&blob, IORT_RMR, 48);
	const struct iort_rmr *facts;
	const struct iort_entry *entries;
	struct iort iort;

	blob_set(&blob, rmr + 16, 4, 1);
	blob_set(&blob, rmr + 20, 4, 1);
	blob_set(&blob, rmr + 24, 4, 28);
	blob_set(&blob, rmr + 28, 8, 0x80000000);
	blob_set(&blob, rmr + 36, 8, 0x10000);
	iort_add_mapping(&blob, rmr, 0, 3, 0x30, smmu, 0);
	iort = iort_parsed(&blob, arena);
	facts = &iort.nodes[1].rmr;
	assert_int_equal(facts->flags, 1);
	assert_int_equal(facts->range_count, 1);
	assert_int_equal(facts->ranges[0].base, 0x80000000);
	assert_int_equal(facts->ranges[0].length, 0x10000);
	assert_int_equal(facts->stream_count, 1);
	assert_int_equal(facts->streams[0].first, 0x30);
	assert_int_equal(facts->streams[0].last, 0x33);
	assert_int_equal(facts->streams[0].smmu->offset, smmu);
	assert_int_equal(iort_entries(&iort, arena, &entries), 0);
}

static void mappings_outside_of_their_node_are_noted(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), root = iort_add_root_complex(&blob, 0);
	struct iort iort;

	iort_add_mapping(&blob, root, 0, 0xff, 0, smmu, 0);
	blob_set(&blob, root + 1, 2, 32);
	iort = iort_parsed(&blob, arena);
	iort_assert_rid(&iort, 0, 4, smmu, 4);
	iort_assert_noted(&iort, "the mappings of the node lie outside of it");
}

static void a_table_that_ends_early_keeps_the_nodes_it_has(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	struct iort iort;

	iort_add_smmu_v3(&blob, 1);
	blob_set(&blob, 36, 4, 0xffffffff);
	iort = iort_parsed(&blob, arena);
	assert_int_equal(iort.node_count, 1);
	iort_assert_noted(&iort, "the table ends after 1 of 4294967295 nodes");
}

static void a_reference_cycle_is_refused(void **state)
{
	struct blob blob = iort_empty();
	uint32_t root = iort_add_root_complex(&blob, 0);

	iort_add_mapping(&blob, root, 0, 0xff, 0, root, 0);
	assert_refused(&blob, "IORT: node 0 at offset 0x30 has mappings that lead in a circle, or "
			      "through more than 16 nodes");
}

/* A table with an SMMU and @length root complexes, each of which maps to the node before it. */
static struct blob chain(uint32_t length)
{
	struct blob blob = iort_empty();
	uint32_t next = iort_add_smmu_v3(&blob, 1);

	for (uint32_t i = 0; i < length; i++) {
		uint32_t root = iort_add_root_complex(&blob, i);

		iort_add_mapping(&blob, root, 0, 0xff, 1, next, 0);
		next = root;
	}
	return blob;
}

static void a_chain_of_more_than_16_nodes_is_refused(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = chain(15);
	struct iort iort = iort_parsed(&blob, arena);

	iort_assert_rid(&iort, 14, 0, iort.nodes[0].offset, 15);
	blob = chain(16);
	assert_refused(&blob, "IORT: node 16 at offset 0x380 has mappings that lead in a circle, "
			      "or through more than 16 nodes");
}

static void a_node_past_the_end_is_refused(void **state)
{
	struct blob blob = iort_empty();
	uint32_t start;

	iort_add_root_complex(&blob, 0);
	start = iort_add_smmu_v3(&blob, 1);
	blob_set(&blob, start + 1, 2, 69);
	assert_refused(&blob, "IORT: node 1 at offset 0x50 runs past the end of the table");
}

static void mappings_that_nodes_share_are_refused(void **state)
{
	struct blob blob = iort_empty();
	uint32_t one = iort_add_root_complex(&blob, 0), two = iort_add_root_complex(&blob, 1);

	for (uint32_t i = 0; i < 100; i++)
		iort_add_mapping(&blob, two, i, 0, 0, NOWHERE, 0);
	blob_set(&blob, one + 8, 4, 100);
	blob_set(&blob, one + 12, 4, 64);
	assert_refused(&blob, "IORT: node 1 at offset 0x50 shares its mappings with other nodes");
}

static void print_node(const struct iort_node *node, FILE *out)
{
	static const char *const kinds[] = {"unknown", "v1", "v2", "v3"};

	fprintf(out, "0x%x type %u", node->offset, node->type);
	if (iort_is_smmu(node))
		fprintf(out, " smmu %s base 0x%" PRIx64 " span 0x%" PRIx64 " model %u flags 0x%x",
			kinds[node->smmu.kind], node->smmu.base, node->smmu.span, node->smmu.model,
			node->smmu.flags);
	if (node->type == IORT_ROOT_COMPLEX)
		fprintf(out, " segment %u%s", node->root.segment, node->root.ats ? " ats" : "");
	if (node->type == IORT_NAMED_COMPONENT)
		fprintf(out, " path %s", node->path);
	if (node->type == IORT_RMR)
		fprintf(out, " flags 0x%x", node->rmr.flags);
	fputc('\n', out);
	for (size_t i = 0; i < node->mapping_count; i++)
		fprintf(out, "  map 0x%x +0x%x -> 0x%x 0x%x%s\n", node->mappings[i].input_base,
			node->mappings[i].id_count,
			node->mappings[i].output ? node->mappings[i].output->offset : 0,
			node->mappings[i].output_base, node->mappings[i].single ? " single" : "");
	for (size_t i = 0; node->type == IORT_RMR && i < node->rmr.range_count; i++)
		fprintf(out, "  memory 0x%" PRIx64 " +0x%" PRIx64 "\n", node->rmr.ranges[i].base,
			node->rmr.ranges[i].length);
}

static void print_iort(const void *data, size_t size, FILE *out)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error error = {0};
	const struct iort_entry *entries;
	size_t count;
	struct iort iort;

	if (iort_parse(data, size, arena, &iort, &error) < 0) {
		fprintf(out, "refused: %s\n", error.message);
		return;
	}
	for (size_t i = 0; i < iort.node_count; i++)
		print_node(&iort.nodes[i], out);
	count = iort_entries(&iort, arena, &entries);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "entry 0x%x: 0x%x, %" PRIu64 " IDs -> 0x%x 0x%x\n",
			entries[i].from->offset, entries[i].base, entries[i].count,
			entries[i].stream.smmu->offset, entries[i].stream.id);
	for (size_t i = 0; i < iort.notes.count; i++)
		fprintf(out, "note 0x%x: %s\n", iort.notes.list[i].offset, iort.notes.list[i].text);
}

static void good_tables_give_their_facts(void **state)
{
	tables_check("good/iort-*.aml", print_iort);
}

static void bad_tables_are_refused_with_their_reason(void **state)
{
	tables_check("bad/iort-*.aml", print_iort);
}

/* A table with an SMMU and an RMR with one memory range; @count and @offset are what it says. */
static struct blob rmr_of(uint32_t count, uint32_t offset, uint32_t *ret_rmr)
{
	struct blob blob = iort_empty();

	iort_add_smmu_v3(&blob, 1);
	*ret_rmr = iort_add(&blob, IORT_RMR, 48);
	blob_set(&blob, *ret_rmr + 20, 4, count);
	blob_set(&blob, *ret_rmr + 24, 4, offset);
	blob_set(&blob, *ret_rmr + 36, 8, 0x10000);
	return blob;
}

static void memory_without_a_count_or_a_place_is_none(void **state)
{
	static const uint32_t rows[][3] = {{1, 28, 1}, {0, 28, 0}, {1, 0, 0}};
	_autoarena_ struct arena *arena = arena_new();
	uint32_t rmr;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct blob blob = rmr_of(rows[i][0], rows[i][1], &rmr);

		assert_int_equal(iort_parsed(&blob, arena).nodes[1].rmr.range_count, rows[i][2]);
	}
}

/* A stream of an RMR is at an IOMMU, and its IDs do not wrap. */
static void memory_may_be_reserved_for_no_stream(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob;
	struct iort iort;
	uint32_t rmr, root;

	blob = rmr_of(1, 28, &root);
	root = iort_add_root_complex(&blob, 0);
	rmr = iort_add(&blob, IORT_RMR, 28);
	iort_add_mapping(&blob, rmr, 0, 3, 0x30, NOWHERE, 0);
	iort_add_mapping(&blob, rmr, 0, 0x20, 0xfffffff0, 48, 0);
	iort_add_mapping(&blob, rmr, 0, 3, 0x30, root, 0);
	iort = iort_parsed(&blob, arena);
	assert_int_equal(iort.nodes[3].rmr.stream_count, 0);
	assert_string_equal(iort.notes.list[iort.notes.count - 1].text,
			    "memory is reserved for no stream");
}

static void mappings_without_a_place_are_none(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t root;

	iort_add_smmu_v3(&blob, 1);
	root = iort_add_root_complex(&blob, 0);
	blob_set(&blob, root + 8, 4, 1);
	assert_int_equal(iort_parsed(&blob, arena).nodes[1].mapping_count, 0);
	blob_set(&blob, root + 8, 4, 0);
	blob_set(&blob, root + 12, 4, 32);
	assert_int_equal(iort_parsed(&blob, arena).nodes[1].mapping_count, 0);
}

static void a_single_mapping_to_no_node_still_names_the_stream(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	struct iort_stream stream = {0};
	struct iort iort;
	uint32_t device;

	iort_add_smmu_v3(&blob, 1);
	device = iort_add_named(&blob, "DEV0");
	iort_add_mapping(&blob, device, 0, 0, 0x42, 0x7777, SINGLE);
	iort = iort_parsed(&blob, arena);
	assert_true(iort_map_named(&iort, "DEV0", 0, &stream));
	assert_null(stream.smmu);
	assert_int_equal(stream.id, 0x42);
	assert_false(iort_map_named(&iort, "DEV0", 1, &stream));
	assert_false(iort_map_named(&iort, "DEV1", 0, &stream));
}

UNIT(iort_nodes)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_rmr_lists_its_streams_and_memory),
		cmocka_unit_test(mappings_outside_of_their_node_are_noted),
		cmocka_unit_test(a_table_that_ends_early_keeps_the_nodes_it_has),
		cmocka_unit_test(a_reference_cycle_is_refused),
		cmocka_unit_test(a_chain_of_more_than_16_nodes_is_refused),
		cmocka_unit_test(a_node_past_the_end_is_refused),
		cmocka_unit_test(mappings_that_nodes_share_are_refused),
		cmocka_unit_test(good_tables_give_their_facts),
		cmocka_unit_test(bad_tables_are_refused_with_their_reason),
		cmocka_unit_test(memory_without_a_count_or_a_place_is_none),
		cmocka_unit_test(memory_may_be_reserved_for_no_stream),
		cmocka_unit_test(mappings_without_a_place_are_none),
		cmocka_unit_test(a_single_mapping_to_no_node_still_names_the_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
