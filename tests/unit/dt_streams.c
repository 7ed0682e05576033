/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_streams.h"
#include "firmware/dt_reserved.h"
#include "support/acpi.h"
#include "support/check.h"
#include "support/dts.h"

#include <inttypes.h>
#include <string.h>

static const char IOMMUS[] =
	"/dts-v1/;\n"
	"/ {\n"
	"	#address-cells = <1>; #size-cells = <1>;\n"
	"	v3: v3 { compatible = \"arm,smmu-v3\"; #iommu-cells = <1>; };\n"
	"	v2: v2 { compatible = \"arm,mmu-500\"; #iommu-cells = <1>;\n"
	"		stream-match-mask = <0x7f>; };\n"
	"	two: two { compatible = \"arm,mmu-500\"; #iommu-cells = <2>; };\n"
	"	none: none { compatible = \"rockchip,iommu\"; #iommu-cells = <0>; };\n"
	"	pci { %s };\n"
	"};\n";

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static const struct tree *tree_with(struct arena *arena, const char *properties)
{
	char source[4096];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(source, sizeof(source), IOMMUS, properties);
#pragma GCC diagnostic pop
	return dts_tree(arena, source);
}

static void print_iommus(const struct tree *tree, struct arena *arena, FILE *out)
{
	const struct dt_iommu *iommus;
	size_t count = dt_iommus(tree, arena, &iommus);

	for (size_t i = 0; i < count; i++) {
		fprintf(out, "iommu\t%s\t%s\t%s\t%" PRId64 "\t", iommus[i].node->path,
			iommus[i].kind ? iommu_traits(iommus[i].kind)->name : "-",
			iommus[i].node->available ? "yes" : "no", iommus[i].cells);
		if (iommus[i].has_base)
			fprintf(out, "0x%" PRIx64 "\n", iommus[i].base);
		else
			fputs("-\n", out);
	}
}

static void print_all_streams(const void *source, size_t size, FILE *out)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct tree *tree = dts_tree(arena, arena_text(arena, source, size));

	print_iommus(tree, arena, out);
	print_streams(tree, out);
}

static void reads_good_trees(void **state)
{
	tables_check("good/dt-*.dts", print_all_streams);
}

static void says_what_is_wrong_with_bad_ones(void **state)
{
	tables_check("bad/dt-*.dts", print_all_streams);
}

/* Check the stream of one requester ID, "/v3 0x10", or the fault. */
static void expect(struct arena *arena, const char *map, uint32_t rid, enum dt_stride stride,
		   const char *expected)
{
	const struct tree *tree = tree_with(arena, map);
	struct dt_mapping mapping = dt_map_rid(tree, dts_node(tree, "/pci"), rid, stride);
	char text[512];

	if (mapping.fault)
		snprintf(text, sizeof(text), "%s",
			 dt_map_fault_message(arena, mapping.fault, mapping.phandle));
	else if (mapping.id.has_id)
		snprintf(text, sizeof(text), "%s 0x%x/0x%x", mapping.iommu->path, mapping.id.id,
			 mapping.id.mask);
	else
		snprintf(text, sizeof(text), "%s", mapping.iommu->path);
	assert_string_equal(text, expected);
}

static void expect_both(struct arena *arena, const char *map, uint32_t rid, const char *expected)
{
	expect(arena, map, rid, DT_STRIDE_FIXED, expected);
	expect(arena, map, rid, DT_STRIDE_TARGET, expected);
}

static const char UNCOVERED[] = "no entry of iommu-map covers the ID";

static void maps_ids_of_a_range_and_no_others(void **state)
{
	static const char map[] = "iommu-map = <0x100 &v3 0x8000 0x10>;";

	expect_both(*state, map, 0xff, UNCOVERED);
	expect_both(*state, map, 0x100, "/v3 0x8000/0x0");
	expect_both(*state, map, 0x10f, "/v3 0x800f/0x0");
	expect_both(*state, map, 0x110, UNCOVERED);
}

static void the_first_entry_that_covers_the_id_counts(void **state)
{
	expect_both(*state, "iommu-map = <0 &v3 0x100 8>, <0 &v2 0x200 16>;", 7, "/v3 0x107/0x0");
	expect_both(*state, "iommu-map = <0 &v3 0x100 8>, <0 &v2 0x200 16>;", 8, "/v2 0x208/0x7f");
}

/* No driver matches the chip's own word; the SMMU's driver matches the next one. */
static void a_driver_is_chosen_by_the_first_word_that_it_matches(void **state)
{
	static const char source[] =
		"/dts-v1/;\n/ {\n"
		"	#address-cells = <1>; #size-cells = <1>;\n"
		"	orin: iommu@12000000 { reg = <0x12000000 0x1000>; #iommu-cells = <1>;\n"
		"		compatible = \"nvidia,tegra234-smmu\", \"nvidia,smmu-500\";\n"
		"		stream-match-mask = <0x7f80>; };\n"
		"	v3: iommu@5000000 { reg = <0x5000000 0x1000>; #iommu-cells = <1>;\n"
		"		compatible = \"nvidia,tegra264-smmu\", \"arm,smmu-v3\"; };\n"
		"	mc: mc@70019000 { reg = <0x70019000 0x1000>; #iommu-cells = <1>;\n"
		"		compatible = \"nvidia,tegra210-mc\"; };\n"
		"	new: iommu@1000 { reg = <0x1000 0x1000>; #iommu-cells = <1>;\n"
		"		compatible = \"example,some-iommu\"; };\n"
		"	mmc@3400000 { iommus = <&orin 0x01>; };\n"
		"};\n";
	struct arena *arena = *state;
	const struct tree *tree = dts_tree(arena, source);
	const struct dt_stream *streams;

	assert_int_equal(dt_iommu_kind(tree_find(tree, "/iommu@12000000")), IOMMU_KIND_SMMU);
	assert_int_equal(dt_iommu_kind(tree_find(tree, "/iommu@5000000")), IOMMU_KIND_SMMU_V3);
	assert_int_equal(dt_iommu_kind(tree_find(tree, "/mc@70019000")), IOMMU_KIND_TEGRA);
	assert_int_equal(dt_iommu_kind(tree_find(tree, "/iommu@1000")), IOMMU_KIND_UNKNOWN);
	assert_int_equal(dt_streams(tree, arena, &streams), 1);
	assert_int_equal(streams[0].id.id, 1);
	assert_int_equal(streams[0].id.mask, 0x7f80);
}

static void masks_the_id_before_it_looks(void **state)
{
	static const char map[] = "iommu-map = <0 &v3 0x100 8>; iommu-map-mask = <0xff07>;";

	expect_both(*state, map, 0xfb, "/v3 0x103/0x0");
	expect_both(*state, map, 0x1fb, UNCOVERED);
}

static void an_id_base_outside_of_the_mask_ends_the_search_there(void **state)
{
	static const char map[] = "iommu-map = <0 &v3 0 8>, <0x100 &v3 0 8>, <0x10 &v3 0 8>; "
				  "iommu-map-mask = <0xff>;";

	expect_both(*state, map, 7, "/v3 0x7/0x0");
	expect_both(*state, map, 0x10, dt_map_fault_text(DT_MAP_MASK));
	expect_both(*state, map, 0x20, dt_map_fault_text(DT_MAP_MASK));
}

static void lengths_of_zero_cover_nothing(void **state)
{
	expect_both(*state, "iommu-map = <0 &v3 0 0>;", 0, UNCOVERED);
}

static void ends_beyond_32_bits_wrap_in_older_kernels(void **state)
{
	static const char map[] = "iommu-map = <0xffffff00 &v3 0x10 0x100>;";

	expect(*state, map, 0xffffff80, DT_STRIDE_FIXED, UNCOVERED);
	expect(*state, map, 0xffffff80, DT_STRIDE_TARGET, "/v3 0x90/0x0");
}

static void a_dangling_phandle_matters_where_the_kernel_follows_it(void **state)
{
	static const char map[] = "iommu-map = <0 0xdead 0 8>, <8 &v3 8 8>;";

	const char *dangling = "no node has the phandle that the entry names (0xdead)";

	expect_both(*state, map, 0, dangling);
	expect(*state, map, 8, DT_STRIDE_FIXED, "/v3 0x8/0x0");
	expect(*state, map, 8, DT_STRIDE_TARGET, dangling);
}

static void says_where_there_is_no_map_or_half_a_map(void **state)
{
	expect_both(*state, "", 0, dt_map_fault_text(DT_MAP_ABSENT));
	expect_both(*state, "iommu-map;", 0, dt_map_fault_text(DT_MAP_LENGTH));
	expect_both(*state, "iommu-map = <0 &v3 0>;", 0, dt_map_fault_text(DT_MAP_LENGTH));
	/* The older reading measures the whole map first, the newer one entry after entry. */
	expect(*state, "iommu-map = <0 &v3 0 8 0>;", 0, DT_STRIDE_FIXED,
	       dt_map_fault_text(DT_MAP_LENGTH));
	expect(*state, "iommu-map = <0 &v3 0 8 0>;", 0, DT_STRIDE_TARGET, "/v3 0x0/0x0");
}

static void entries_for_two_cells_have_an_id_and_a_mask(void **state)
{
	static const char map[] = "iommu-map = <0 &two 0x10 0x7f 1>, <1 &two 0x20 0x0 1>;";

	expect(*state, map, 0, DT_STRIDE_TARGET, "/two 0x10/0x7f");
	expect(*state, map, 1, DT_STRIDE_TARGET, "/two 0x20/0x0");
	expect(*state, map, 0, DT_STRIDE_FIXED, dt_map_fault_text(DT_MAP_LENGTH));
}

static void several_ids_with_two_cells_each_have_no_meaning(void **state)
{
	static const char map[] = "iommu-map = <0 &two 0x10 0x7f 2>, <2 &two 0x20 0x0 1>;";

	expect(*state, map, 1, DT_STRIDE_TARGET, dt_map_fault_text(DT_MAP_RANGE));
	expect(*state, map, 2, DT_STRIDE_TARGET, "/two 0x20/0x0");
}

static void entries_without_cells_have_no_id(void **state)
{
	expect(*state, "iommu-map = <0 &none 0x100>;", 0xff, DT_STRIDE_TARGET, "/none");
}

static void newer_kernels_know_the_old_shape(void **state)
{
	static const char map[] = "iommu-map = <0 &two 0x1c00 1>, <0x100 &two 0x1c01 1>;";

	expect_both(*state, map, 0x100, "/two 0x1c01/0x0");
}

static void says_where_the_readings_disagree(void **state)
{
	static const struct {
		const char *map;
		bool whole, id_0;
	} cases[] = {
		{"", false, false},
		{"iommu-map = <0 &v3 0 8>;", false, false},
		{"iommu-map = <0 0xdead 0 8>;", false, false},
		{"iommu-map = <0 &two 5 1>;", false, false},
		{"iommu-map = <0 &two 5 2>;", true, true},
		{"iommu-map = <0 &two 5 0 1>;", true, true},
		{"iommu-map = <0 &none 8>;", true, true},
		{"iommu-map = <0 &v3 0 8>, <8 &two 5 2>;", true, false},
		/* Entries with one cell for targets of two count only where all have one target. */
		{"iommu-map = <0 &two 5 1>, <8 &v3 5 1>;", true, true},
		/* 20 cells are five entries of four, or four of five; the ID is the same. */
		{"iommu-map = <0 &two 5 0x7f 1>, <1 &two 6 0 1>, <2 &two 7 0 1>, <3 &two 8 0 1>;",
		 true, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct tree *tree = tree_with(*state, cases[i].map);
		const struct node *pci = dts_node(tree, "/pci");

		assert_int_equal(dt_map_disagrees(tree, pci), cases[i].whole);
		assert_int_equal(dt_map_rid(tree, pci, 0, DT_STRIDE_FIXED).disagree, cases[i].id_0);
		assert_int_equal(dt_map_rid(tree, pci, 0, DT_STRIDE_TARGET).disagree,
				 cases[i].id_0);
	}
}

static void lists_no_more_streams_than_its_limit(void **state)
{
	struct arena *arena = *state;
	size_t count = DT_STREAMS_MAX + 10, used;
	char *source = arena_alloc(arena, 100 + count * 8);
	const struct dt_stream *streams;

	/* Use numbers and no labels: dtc takes seconds for that many labels. */
	strcpy(source, "/dts-v1/; / { n { phandle = <1>; #iommu-cells = <0>; }; d { iommus = <");
	used = strlen(source);
	for (size_t i = 0; i < count; i++, used += 2)
		strcpy(source + used, "1 ");
	strcpy(source + used, ">; }; };");
	count = dt_streams(dts_tree(arena, source), arena, &streams);
	assert_int_equal(count, DT_STREAMS_MAX);
	assert_null(streams[count - 2].error);
	assert_string_equal(streams[count - 1].error,
			    "the tree describes more streams than are looked at");
}

static const char RESERVED[] =
	"/dts-v1/;\n"
	"/ {\n"
	"	#address-cells = <2>; #size-cells = <2>;\n"
	"	reserved-memory {\n"
	"		#address-cells = <2>; #size-cells = <2>; ranges;\n"
	"		screen: screen { reg = <0 0x80000000 0 0x1000>;\n"
	"			iommu-addresses = <&display 0 0x80000000 0 0x1000>; };\n"
	"		moved: moved { reg = <0 0x90000000 0 0x1000>;\n"
	"			iommu-addresses = <&display 1 0x00000000 0 0x1000>; };\n"
	"		shared: shared { iommu-addresses = <&small 0x100 0x200>,\n"
	"			<&display 0 0x300 0 0x400>, <&display 0 0 0 0>; };\n"
	"		cut: cut { iommu-addresses = <&display 0 0x300 0>; };\n"
	"		plain: plain { reg = <0 0xa0000000 0 0x1000>; };\n"
	"	};\n"
	"	display: display { memory-region = <&screen &moved &shared &cut &plain>; };\n"
	"	bus {\n"
	"		#address-cells = <1>; #size-cells = <1>; dma-ranges = <0 1 0 0x1000>;\n"
	"		small: small { memory-region = <&shared>; };\n"
	"		other: other { memory-region = <&shared>; };\n"
	"	};\n"
	"};\n";

static void lists_reserved_addresses_in_the_cells_of_their_device(void **state)
{
	static const char expected[] =
		"/display /reserved-memory/screen 0x80000000 0x1000 direct\n"
		"/display /reserved-memory/moved 0x100000000 0x1000 reserved\n"
		"/display /reserved-memory/shared 0x300 0x400 reserved\n"
		"/bus/small /reserved-memory/shared 0x100000100 0x200 reserved\n";
	struct arena *arena = *state;
	const struct dt_reserved *ranges;
	size_t count = dt_reserved(dts_tree(arena, RESERVED), arena, &ranges), size;
	_autofree_ char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s %s 0x%" PRIx64 " 0x%" PRIx64 " %s\n", ranges[i].device->path,
			ranges[i].region->path, ranges[i].start, ranges[i].length,
			ranges[i].direct ? "direct" : "reserved");
	fclose(out);
	assert_string_equal(text, expected);
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

UNIT(dt_streams)
{
	const struct CMUnitTest tests[] = {
		test(reads_good_trees),
		test(says_what_is_wrong_with_bad_ones),
		test(maps_ids_of_a_range_and_no_others),
		test(the_first_entry_that_covers_the_id_counts),
		test(a_driver_is_chosen_by_the_first_word_that_it_matches),
		test(masks_the_id_before_it_looks),
		test(an_id_base_outside_of_the_mask_ends_the_search_there),
		test(lengths_of_zero_cover_nothing),
		test(ends_beyond_32_bits_wrap_in_older_kernels),
		test(a_dangling_phandle_matters_where_the_kernel_follows_it),
		test(says_where_there_is_no_map_or_half_a_map),
		test(entries_for_two_cells_have_an_id_and_a_mask),
		test(several_ids_with_two_cells_each_have_no_meaning),
		test(entries_without_cells_have_no_id),
		test(newer_kernels_know_the_old_shape),
		test(says_where_the_readings_disagree),
		test(lists_no_more_streams_than_its_limit),
		test(lists_reserved_addresses_in_the_cells_of_their_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
