/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IORT tables: which stream ID each device gets. */
#include "firmware/iort.h"
#include "support/acpi.h"
#include "support/check.h"
#include "support/iort_table.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static void assert_untranslated(const struct iort *iort, uint32_t segment, uint32_t rid)
{
	struct iort_stream stream;

	assert_false(iort_map_rid(iort, segment, rid, &stream));
}

static void a_requester_id_is_mapped_by_range(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 0x9050000), root = iort_add_root_complex(&blob, 2);
	struct iort iort;

	iort_add_mapping(&blob, root, 0x100, 0xff, 0x8100, smmu, 0);
	iort = iort_parsed(&blob, arena);
	iort_assert_rid(&iort, 2, 0x100, smmu, 0x8100);
	iort_assert_rid(&iort, 2, 0x1fe, smmu, 0x81fe);
	iort_assert_rid(&iort, 2, 0x1ff, smmu, 0x81ff);
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
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), root = iort_add_root_complex(&blob, 0);
	struct iort iort;

	iort_add_mapping(&blob, root, 0, 0xff, 0x1000, smmu, 0);
	iort_add_mapping(&blob, root, 0x80, 0xff, 0x2000, smmu, 0);
	iort = iort_parsed(&blob, arena);
	iort_assert_rid(&iort, 0, 0x90, smmu, 0x1090);
	iort_assert_rid(&iort, 0, 0x100, smmu, 0x2080);
}

static void the_last_id_of_a_range_yields_to_a_range_that_starts_with_it(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t one = iort_add_smmu_v3(&blob, 1), two = iort_add_smmu_v3(&blob, 2),
		 root = iort_add_root_complex(&blob, 0);
	struct iort iort;

	/* Some firmware counts 0x100 IDs as 0x100 instead of 0xff. */
	iort_add_mapping(&blob, root, 0, 0x100, 0, one, 0);
	iort_add_mapping(&blob, root, 0x80, 0x100, 0x5000, one, 0);
	iort_add_mapping(&blob, root, 0x100, 0x100, 0x100, two, 0);
	iort = iort_parsed(&blob, arena);
	iort_assert_rid(&iort, 0, 0x100, two, 0x100);
	/* No range starts with this ID, so it belongs to the range that ends there. */
	iort_assert_rid(&iort, 0, 0x200, two, 0x200);
}

static void a_range_of_one_id_is_no_provisional_match(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t one = iort_add_smmu_v3(&blob, 1), two = iort_add_smmu_v3(&blob, 2),
		 root = iort_add_root_complex(&blob, 0);
	struct iort iort;

	iort_add_mapping(&blob, root, 8, 0, 0x70, one, 0);
	iort_add_mapping(&blob, root, 8, 0xff, 0x80, two, 0);
	iort = iort_parsed(&blob, arena);
	iort_assert_rid(&iort, 0, 8, one, 0x70);
}

static void a_single_mapping_takes_any_id(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), root = iort_add_root_complex(&blob, 0);
	const struct iort_entry *entries;
	struct iort iort;

	iort_add_mapping(&blob, root, 0, 0, 0x55, smmu, SINGLE);
	iort = iort_parsed(&blob, arena);
	iort_assert_rid(&iort, 0, 0xabcd, smmu, 0x55);
	assert_int_equal(iort_entries(&iort, arena, &entries), 1);
	assert_int_equal(entries[0].count, 1);
	assert_int_equal(entries[0].base, 0);
}

static void a_chain_is_walked_to_the_first_smmu(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t its = iort_add(&blob, IORT_ITS_GROUP, 24), smmu = iort_add_smmu_v3(&blob, 1),
		 middle, root;
	const struct iort_entry *entries;
	struct iort iort;

	iort_add_mapping(&blob, smmu, 0, 0xffff, 0, its, 0);
	middle = iort_add_named(&blob, "\\_SB_.MID0");
	iort_add_mapping(&blob, middle, 0x1000, 0xffff, 0x40, smmu, 0);
	root = iort_add_root_complex(&blob, 0);
	iort_add_mapping(&blob, root, 0, 0xffff, 0x1000, middle, 0);
	iort = iort_parsed(&blob, arena);
	iort_assert_rid(&iort, 0, 8, smmu, 0x48);
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
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), root = iort_add_root_complex(&blob, 0);
	struct iort iort;

	iort_add_mapping(&blob, root, 0x500, 0, 0, NOWHERE, 0);
	iort_add_mapping(&blob, root, 0, 0xff, 0, smmu, 0);
	iort = iort_parsed(&blob, arena);
	assert_untranslated(&iort, 0, 1);
	iort_assert_noted(&iort, "the mapping leads nowhere: its reference is 0");
}

static void a_reference_to_no_node_spoils_its_mapping_alone(void **state)
{
	enum { NO_NODE = 0x24 };
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), root = iort_add_root_complex(&blob, 0);
	struct iort_stream stream;
	struct iort iort;

	iort_add_mapping(&blob, root, 0x500, 0, 0, NO_NODE, 0);
	iort_add_mapping(&blob, root, 0, 0xff, 0, smmu, 0);
	iort = iort_parsed(&blob, arena);
	assert_true(iort_map_rid(&iort, 0, 1, &stream));
	assert_int_equal(stream.smmu->offset, smmu);
	assert_true(iort_map_rid(&iort, 0, 0x500, &stream));
	assert_null(stream.smmu);
	assert_untranslated(&iort, 0, 0x501);
	iort_assert_noted(&iort, "the mapping leads to offset 0x24, where no node starts");
}

static void mappings_that_linux_never_takes_are_marked(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), root = iort_add_root_complex(&blob, 0), mc;
	const struct iort_entry *entries;
	struct iort iort;

	iort_add_mapping(&blob, root, 0, 0xffff, 0, smmu, 0);
	iort_add_mapping(&blob, root, 0x10000, 0xffff, 0x10000, smmu, 0);
	mc = iort_add_named(&blob, "\\_SB_.MCE0");
	iort_add_mapping(&blob, mc, 0, 0, 0x11, smmu, SINGLE);
	iort_add_mapping(&blob, mc, 0x17, 0x10, 0x4017, smmu, 0);
	iort = iort_parsed(&blob, arena);
	assert_int_equal(iort_entries(&iort, arena, &entries), 4);
	assert_null(entries[0].unused);
	assert_string_equal(entries[1].unused, "no PCI function has such an ID");
	assert_null(entries[2].unused);
	assert_non_null(strstr(entries[3].unused, "fsl-mc"));
}

static void the_first_root_complex_of_a_segment_counts(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), root = iort_add_root_complex(&blob, 0);
	struct iort iort;

	iort_add_mapping(&blob, root, 0, 0xff, 0, smmu, 0);
	root = iort_add_root_complex(&blob, 0);
	iort_add_mapping(&blob, root, 0x100, 0xff, 0, smmu, 0);
	iort = iort_parsed(&blob, arena);
	assert_untranslated(&iort, 0, 0x110);
}

static void a_named_component_lists_its_single_mappings(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), mmc = iort_add_named(&blob, "\\_SB_.MMC0");
	struct iort_stream stream = {0};
	struct iort iort;

	iort_add_mapping(&blob, mmc, 0, 0, 0x11, smmu, SINGLE);
	iort_add_mapping(&blob, mmc, 0, 0, 0x22, smmu, SINGLE);
	iort_add_mapping(&blob, mmc, 5, 0, 0x33, smmu, 0);
	iort_add_mapping(&blob, mmc, 0, 0, 0x44, smmu, SINGLE);
	iort = iort_parsed(&blob, arena);
	iort_assert_stream(iort_map_named(&iort, "\\_SB_.MMC0", 0, &stream), stream, smmu, 0x11);
	iort_assert_stream(iort_map_named(&iort, "\\_SB_.MMC0", 1, &stream), stream, smmu, 0x22);
	assert_false(iort_map_named(&iort, "\\_SB_.MMC0", 2, &stream));
	assert_false(iort_map_named(&iort, "\\_SB_.MMC0", 4, &stream));
	assert_false(iort_map_named(&iort, "\\_SB_.MMC", 0, &stream));
}

static void a_range_of_a_named_component_is_no_stream_of_its_own(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), mc = iort_add_named(&blob, "\\_SB_.MCE0");
	struct iort_stream stream = {0};
	struct iort iort;

	iort_add_mapping(&blob, mc, 0x17, 0x10, 0x4017, smmu, 0);
	iort = iort_parsed(&blob, arena);
	assert_false(iort_map_named(&iort, "\\_SB_.MCE0", 0, &stream));
}

static void input_ids_that_wrap_match_nothing(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), root = iort_add_root_complex(&blob, 0);
	struct iort iort;

	iort_add_mapping(&blob, root, 1, UINT32_MAX, 0, smmu, 0);
	iort = iort_parsed(&blob, arena);
	assert_untranslated(&iort, 0, 1);
	assert_untranslated(&iort, 0, UINT32_MAX);
	iort_assert_noted(&iort, "the input IDs run past 2^32");
}

static void all_ids_can_be_one_range(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), root = iort_add_root_complex(&blob, 0);
	const struct iort_entry *entries;
	struct iort iort;

	iort_add_mapping(&blob, root, 0, UINT32_MAX, 0, smmu, 0);
	iort = iort_parsed(&blob, arena);
	iort_assert_rid(&iort, 0, UINT32_MAX, smmu, UINT32_MAX);
	assert_int_equal(iort_entries(&iort, arena, &entries), 1);
	assert_int_equal(entries[0].count, UINT64_C(1) << 32);
	assert_int_equal(iort.notes.count, 0);
}

static void a_root_complex_without_mappings_translates_nothing(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	struct iort iort;

	iort_add_smmu_v3(&blob, 1);
	iort_add_root_complex(&blob, 0);
	iort = iort_parsed(&blob, arena);
	assert_untranslated(&iort, 0, 0);
}

static void a_single_mapping_of_a_node_that_is_no_device_is_skipped(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 1), its = iort_add(&blob, IORT_ITS_GROUP, 20), root;
	struct iort iort;

	iort_add_mapping(&blob, its, 0, 0, 0x77, smmu, SINGLE);
	iort_add_mapping(&blob, its, 0, 0xff, 0x100, smmu, 0);
	root = iort_add_root_complex(&blob, 0);
	iort_add_mapping(&blob, root, 0, 0xff, 0, its, 0);
	iort = iort_parsed(&blob, arena);
	iort_assert_rid(&iort, 0, 8, smmu, 0x108);
	iort_assert_noted(&iort, "a single mapping is not allowed in a node of type 0");
}

/* The device ID for an SMMU's and a counter group's own interrupts is a single mapping. */
static void a_single_mapping_of_an_smmu_or_a_counter_group_is_allowed(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t its = iort_add(&blob, IORT_ITS_GROUP, 20), user = iort_add_smmu_v3(&blob, 1);

	iort_add_mapping(&blob, user, 0, 0, 0x77, its, SINGLE);
	user = iort_add(&blob, IORT_PMCG, 32);
	iort_add_mapping(&blob, user, 0, 0, 0x78, its, SINGLE);
	assert_int_equal(iort_parsed(&blob, arena).notes.count, 0);
}

static void a_named_component_whose_mapping_leads_nowhere_has_no_stream(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = iort_empty();
	uint32_t mmc = iort_add_named(&blob, "\\_SB_.MMC0");
	struct iort_stream stream;
	struct iort iort;

	iort_add_mapping(&blob, mmc, 0, 0, 0x11, NOWHERE, SINGLE);
	iort = iort_parsed(&blob, arena);
	assert_false(iort_map_named(&iort, "\\_SB_.MMC0", 0, &stream));
	iort_assert_noted(&iort, "the mapping leads nowhere: its reference is 0");
}

UNIT(iort)
{
	const struct CMUnitTest tests[] = {
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
		cmocka_unit_test(a_root_complex_without_mappings_translates_nothing),
		cmocka_unit_test(a_single_mapping_of_a_node_that_is_no_device_is_skipped),
		cmocka_unit_test(a_single_mapping_of_an_smmu_or_a_counter_group_is_allowed),
		cmocka_unit_test(a_named_component_whose_mapping_leads_nowhere_has_no_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
