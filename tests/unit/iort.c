/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/iort.h"
#include "support/acpi.h"
#include "support/check.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum {
	SINGLE = 1,
	NOWHERE = 0,
};

/* Add a node of @size bytes without mappings; returns its offset. */
static uint32_t node(struct blob *blob, uint8_t type, uint16_t size)
{
	uint32_t start = (uint32_t)blob->length;

	blob_u8(blob, type);
	blob_u16(blob, size);
	blob_zeros(blob, start + size);
	blob_set(blob, 36, 4, blob->bytes[36] + 1U);
	return start;
}

/* Add a mapping to the last node. */
static void mapping(struct blob *blob, uint32_t start, uint32_t input, uint32_t count_minus_one,
		    uint32_t output_base, uint32_t output, uint32_t flags)
{
	uint8_t count = blob->bytes[start + 8];

	if (!count)
		blob_set(blob, start + 12, 4, blob->length - start);
	blob_set(blob, start + 8, 4, count + 1U);
	blob_u32(blob, input);
	blob_u32(blob, count_minus_one);
	blob_u32(blob, output_base);
	blob_u32(blob, output);
	blob_u32(blob, flags);
	blob_set(blob, start + 1, 2, blob->length - start);
}

static struct blob empty(void)
{
	struct blob blob = blob_table("IORT", 48);

	blob_set(&blob, 40, 4, 48);
	return blob;
}

static uint32_t smmu_v3(struct blob *blob, uint64_t base)
{
	uint32_t start = node(blob, IORT_SMMU_V3, 68);

	blob_set(blob, start + 16, 8, base);
	return start;
}

static uint32_t root_complex(struct blob *blob, uint32_t segment)
{
	uint32_t start = node(blob, IORT_ROOT_COMPLEX, 32);

	blob_set(blob, start + 28, 4, segment);
	return start;
}

static uint32_t named(struct blob *blob, const char *path)
{
	uint32_t start = node(blob, IORT_NAMED_COMPONENT, (uint16_t)(30 + strlen(path)));

	for (size_t i = 0; path[i]; i++)
		blob_set(blob, start + 29 + i, 1, (uint8_t)path[i]);
	return start;
}

static struct iort parsed(struct blob *blob, struct arena *arena)
{
	struct error error = {0};
	struct iort iort;

	blob_finish(blob);
	if (iort_parse(blob->bytes, blob->length, arena, &iort, &error) < 0)
		fail_msg("%s", error.message);
	return iort;
}

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

/* Asserts that the first note of @iort is @text. */
static void assert_noted(const struct iort *iort, const char *text)
{
	assert_true(iort->notes.count > 0);
	assert_string_equal(iort->notes.list[0].text, text);
}

static void assert_stream(bool found, struct iort_stream stream, uint32_t smmu, uint32_t id)
{
	assert_true(found);
	assert_int_equal(stream.smmu->offset, smmu);
	assert_int_equal(stream.id, id);
}

#define assert_rid(iort, segment, rid, smmu, expected)                    \
	do {                                                              \
		struct iort_stream answer_ = {0};                         \
		bool found_ = iort_map_rid(iort, segment, rid, &answer_); \
		assert_stream(found_, answer_, smmu, expected);           \
	} while (0)

static void assert_untranslated(const struct iort *iort, uint32_t segment, uint32_t rid)
{
	struct iort_stream stream;

	assert_false(iort_map_rid(iort, segment, rid, &stream));
}

static void a_requester_id_is_mapped_by_range(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 0x9050000), root = root_complex(&blob, 2);
	struct iort iort;

	mapping(&blob, root, 0x100, 0xff, 0x8100, smmu, 0);
	iort = parsed(&blob, arena);
	assert_rid(&iort, 2, 0x100, smmu, 0x8100);
	assert_rid(&iort, 2, 0x1fe, smmu, 0x81fe);
	assert_rid(&iort, 2, 0x1ff, smmu, 0x81ff);
	assert_untranslated(&iort, 2, 0xff);
	assert_untranslated(&iort, 2, 0x200);
	assert_untranslated(&iort, 0, 0x100);
	assert_int_equal(iort.nodes[0].smmu.base, 0x9050000);
	assert_int_equal(iort.nodes[0].smmu.kind, IORT_SMMU_KIND_V3);
	assert_int_equal(iort.notes.count, 0);
}

static void the_first_match_wins_where_ranges_overlap(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), root = root_complex(&blob, 0);
	struct iort iort;

	mapping(&blob, root, 0, 0xff, 0x1000, smmu, 0);
	mapping(&blob, root, 0x80, 0xff, 0x2000, smmu, 0);
	iort = parsed(&blob, arena);
	assert_rid(&iort, 0, 0x90, smmu, 0x1090);
	assert_rid(&iort, 0, 0x100, smmu, 0x2080);
}

static void the_last_id_of_a_range_yields_to_a_range_that_starts_with_it(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t one = smmu_v3(&blob, 1), two = smmu_v3(&blob, 2), root = root_complex(&blob, 0);
	struct iort iort;

	/* Some firmware counts 0x100 IDs as 0x100 instead of 0xff. */
	mapping(&blob, root, 0, 0x100, 0, one, 0);
	mapping(&blob, root, 0x80, 0x100, 0x5000, one, 0);
	mapping(&blob, root, 0x100, 0x100, 0x100, two, 0);
	iort = parsed(&blob, arena);
	assert_rid(&iort, 0, 0x100, two, 0x100);
	/* No range starts with this ID, so it belongs to the range that ends there. */
	assert_rid(&iort, 0, 0x200, two, 0x200);
}

static void a_range_of_one_id_is_no_provisional_match(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t one = smmu_v3(&blob, 1), two = smmu_v3(&blob, 2), root = root_complex(&blob, 0);
	struct iort iort;

	mapping(&blob, root, 8, 0, 0x70, one, 0);
	mapping(&blob, root, 8, 0xff, 0x80, two, 0);
	iort = parsed(&blob, arena);
	assert_rid(&iort, 0, 8, one, 0x70);
}

static void a_single_mapping_takes_any_id(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), root = root_complex(&blob, 0);
	const struct iort_entry *entries;
	struct iort iort;

	mapping(&blob, root, 0, 0, 0x55, smmu, SINGLE);
	iort = parsed(&blob, arena);
	assert_rid(&iort, 0, 0xabcd, smmu, 0x55);
	assert_int_equal(iort_entries(&iort, arena, &entries), 1);
	assert_int_equal(entries[0].count, 1);
	assert_int_equal(entries[0].base, 0);
}

static void a_chain_is_walked_to_the_first_smmu(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t its = node(&blob, IORT_ITS_GROUP, 24), smmu = smmu_v3(&blob, 1), middle, root;
	const struct iort_entry *entries;
	struct iort iort;

	mapping(&blob, smmu, 0, 0xffff, 0, its, 0);
	middle = named(&blob, "\\_SB_.MID0");
	mapping(&blob, middle, 0x1000, 0xffff, 0x40, smmu, 0);
	root = root_complex(&blob, 0);
	mapping(&blob, root, 0, 0xffff, 0x1000, middle, 0);
	iort = parsed(&blob, arena);
	assert_rid(&iort, 0, 8, smmu, 0x48);
	assert_untranslated(&iort, 0, 0xffff + 1);
	/* Only the mapping that reaches the SMMU is an entry. */
	assert_int_equal(iort_entries(&iort, arena, &entries), 1);
	assert_int_equal(entries[0].from->offset, middle);
	assert_int_equal(entries[0].count, 0x10000);
	assert_int_equal(entries[0].stream.id, 0x40);
}

static void a_reference_of_zero_in_the_first_mapping_ends_the_walk(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), root = root_complex(&blob, 0);
	struct iort iort;

	mapping(&blob, root, 0x500, 0, 0, NOWHERE, 0);
	mapping(&blob, root, 0, 0xff, 0, smmu, 0);
	iort = parsed(&blob, arena);
	assert_untranslated(&iort, 0, 1);
	assert_noted(&iort, "the mapping leads nowhere: its reference is 0");
}

static void a_reference_to_no_node_spoils_its_mapping_alone(void **state)
{
	enum { NO_NODE = 0x24 };
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), root = root_complex(&blob, 0);
	struct iort_stream stream;
	struct iort iort;

	mapping(&blob, root, 0x500, 0, 0, NO_NODE, 0);
	mapping(&blob, root, 0, 0xff, 0, smmu, 0);
	iort = parsed(&blob, arena);
	assert_true(iort_map_rid(&iort, 0, 1, &stream));
	assert_int_equal(stream.smmu->offset, smmu);
	assert_true(iort_map_rid(&iort, 0, 0x500, &stream));
	assert_null(stream.smmu);
	assert_untranslated(&iort, 0, 0x501);
	assert_noted(&iort, "the mapping leads to offset 0x24, where no node starts");
}

static void mappings_that_linux_never_takes_are_marked(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), root = root_complex(&blob, 0), mc;
	const struct iort_entry *entries;
	struct iort iort;

	mapping(&blob, root, 0, 0xffff, 0, smmu, 0);
	mapping(&blob, root, 0x10000, 0xffff, 0x10000, smmu, 0);
	mc = named(&blob, "\\_SB_.MCE0");
	mapping(&blob, mc, 0, 0, 0x11, smmu, SINGLE);
	mapping(&blob, mc, 0x17, 0x10, 0x4017, smmu, 0);
	iort = parsed(&blob, arena);
	assert_int_equal(iort_entries(&iort, arena, &entries), 4);
	assert_null(entries[0].unused);
	assert_string_equal(entries[1].unused, "no PCI function has such an ID");
	assert_null(entries[2].unused);
	assert_non_null(strstr(entries[3].unused, "fsl-mc"));
}

static void the_first_root_complex_of_a_segment_counts(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), root = root_complex(&blob, 0);
	struct iort iort;

	mapping(&blob, root, 0, 0xff, 0, smmu, 0);
	root = root_complex(&blob, 0);
	mapping(&blob, root, 0x100, 0xff, 0, smmu, 0);
	iort = parsed(&blob, arena);
	assert_untranslated(&iort, 0, 0x110);
}

static void a_named_component_lists_its_single_mappings(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), mmc = named(&blob, "\\_SB_.MMC0");
	struct iort_stream stream = {0};
	struct iort iort;

	mapping(&blob, mmc, 0, 0, 0x11, smmu, SINGLE);
	mapping(&blob, mmc, 0, 0, 0x22, smmu, SINGLE);
	mapping(&blob, mmc, 5, 0, 0x33, smmu, 0);
	mapping(&blob, mmc, 0, 0, 0x44, smmu, SINGLE);
	iort = parsed(&blob, arena);
	assert_stream(iort_map_named(&iort, "\\_SB_.MMC0", 0, &stream), stream, smmu, 0x11);
	assert_stream(iort_map_named(&iort, "\\_SB_.MMC0", 1, &stream), stream, smmu, 0x22);
	assert_false(iort_map_named(&iort, "\\_SB_.MMC0", 2, &stream));
	assert_false(iort_map_named(&iort, "\\_SB_.MMC0", 4, &stream));
	assert_false(iort_map_named(&iort, "\\_SB_.MMC", 0, &stream));
}

static void a_range_of_a_named_component_is_no_stream_of_its_own(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), mc = named(&blob, "\\_SB_.MCE0");
	struct iort_stream stream = {0};
	struct iort iort;

	mapping(&blob, mc, 0x17, 0x10, 0x4017, smmu, 0);
	iort = parsed(&blob, arena);
	assert_false(iort_map_named(&iort, "\\_SB_.MCE0", 0, &stream));
}

static void input_ids_that_wrap_match_nothing(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), root = root_complex(&blob, 0);
	struct iort iort;

	mapping(&blob, root, 1, UINT32_MAX, 0, smmu, 0);
	iort = parsed(&blob, arena);
	assert_untranslated(&iort, 0, 1);
	assert_untranslated(&iort, 0, UINT32_MAX);
	assert_noted(&iort, "the input IDs run past 2^32");
}

static void all_ids_can_be_one_range(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), root = root_complex(&blob, 0);
	const struct iort_entry *entries;
	struct iort iort;

	mapping(&blob, root, 0, UINT32_MAX, 0, smmu, 0);
	iort = parsed(&blob, arena);
	assert_rid(&iort, 0, UINT32_MAX, smmu, UINT32_MAX);
	assert_int_equal(iort_entries(&iort, arena, &entries), 1);
	assert_int_equal(entries[0].count, UINT64_C(1) << 32);
	assert_int_equal(iort.notes.count, 0);
}

static void an_rmr_lists_its_streams_and_memory(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), rmr = node(&blob, IORT_RMR, 48);
	const struct iort_rmr *facts;
	const struct iort_entry *entries;
	struct iort iort;

	blob_set(&blob, rmr + 16, 4, 1);
	blob_set(&blob, rmr + 20, 4, 1);
	blob_set(&blob, rmr + 24, 4, 28);
	blob_set(&blob, rmr + 28, 8, 0x80000000);
	blob_set(&blob, rmr + 36, 8, 0x10000);
	mapping(&blob, rmr, 0, 3, 0x30, smmu, 0);
	iort = parsed(&blob, arena);
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
	struct blob blob = empty();
	uint32_t smmu = smmu_v3(&blob, 1), root = root_complex(&blob, 0);
	struct iort iort;

	mapping(&blob, root, 0, 0xff, 0, smmu, 0);
	blob_set(&blob, root + 1, 2, 32);
	iort = parsed(&blob, arena);
	assert_rid(&iort, 0, 4, smmu, 4);
	assert_noted(&iort, "the mappings of the node lie outside of it");
}

static void a_table_that_ends_early_keeps_the_nodes_it_has(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	struct iort iort;

	smmu_v3(&blob, 1);
	blob_set(&blob, 36, 4, 0xffffffff);
	iort = parsed(&blob, arena);
	assert_int_equal(iort.node_count, 1);
	assert_noted(&iort, "the table ends after 1 of 4294967295 nodes");
}

static void a_reference_cycle_is_refused(void **state)
{
	struct blob blob = empty();
	uint32_t root = root_complex(&blob, 0);

	mapping(&blob, root, 0, 0xff, 0, root, 0);
	assert_refused(&blob, "IORT: node 0 at offset 0x30 has mappings that lead in a circle, or "
			      "through more than 16 nodes");
}

/* A table with an SMMU and @length root complexes, each of which maps to the node before it. */
static struct blob chain(uint32_t length)
{
	struct blob blob = empty();
	uint32_t next = smmu_v3(&blob, 1);

	for (uint32_t i = 0; i < length; i++) {
		uint32_t root = root_complex(&blob, i);

		mapping(&blob, root, 0, 0xff, 1, next, 0);
		next = root;
	}
	return blob;
}

static void a_chain_of_more_than_16_nodes_is_refused(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = chain(15);
	struct iort iort = parsed(&blob, arena);

	assert_rid(&iort, 14, 0, iort.nodes[0].offset, 15);
	blob = chain(16);
	assert_refused(&blob, "IORT: node 16 at offset 0x380 has mappings that lead in a circle, "
			      "or through more than 16 nodes");
}

static void a_node_past_the_end_is_refused(void **state)
{
	struct blob blob = empty();
	uint32_t start;

	root_complex(&blob, 0);
	start = smmu_v3(&blob, 1);
	blob_set(&blob, start + 1, 2, 69);
	assert_refused(&blob, "IORT: node 1 at offset 0x50 runs past the end of the table");
}

static void mappings_that_nodes_share_are_refused(void **state)
{
	struct blob blob = empty();
	uint32_t one = root_complex(&blob, 0), two = root_complex(&blob, 1);

	for (uint32_t i = 0; i < 100; i++)
		mapping(&blob, two, i, 0, 0, NOWHERE, 0);
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

UNIT(iort)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_requester_id_is_mapped_by_range),
		cmocka_unit_test(the_first_match_wins_where_ranges_overlap),
		cmocka_unit_test(the_last_id_of_a_range_yields_to_a_range_that_starts_with_it),
		cmocka_unit_test(a_range_of_one_id_is_no_provisional_match),
		cmocka_unit_test(a_single_mapping_takes_any_id),
		cmocka_unit_test(a_chain_is_walked_to_the_first_smmu),
		cmocka_unit_test(a_reference_of_zero_in_the_first_mapping_ends_the_walk),
		cmocka_unit_test(a_reference_to_no_node_spoils_its_mapping_alone),
		cmocka_unit_test(mappings_that_linux_never_takes_are_marked),
		cmocka_unit_test(the_first_root_complex_of_a_segment_counts),
		cmocka_unit_test(a_named_component_lists_its_single_mappings),
		cmocka_unit_test(a_range_of_a_named_component_is_no_stream_of_its_own),
		cmocka_unit_test(input_ids_that_wrap_match_nothing),
		cmocka_unit_test(all_ids_can_be_one_range),
		cmocka_unit_test(an_rmr_lists_its_streams_and_memory),
		cmocka_unit_test(mappings_outside_of_their_node_are_noted),
		cmocka_unit_test(a_table_that_ends_early_keeps_the_nodes_it_has),
		cmocka_unit_test(a_reference_cycle_is_refused),
		cmocka_unit_test(a_chain_of_more_than_16_nodes_is_refused),
		cmocka_unit_test(a_node_past_the_end_is_refused),
		cmocka_unit_test(mappings_that_nodes_share_are_refused),
		cmocka_unit_test(good_tables_give_their_facts),
		cmocka_unit_test(bad_tables_are_refused_with_their_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
