/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams that overlap, and the findings about them. */
#include "checks/streams.h"
#include "model/build.h"
#include "model/dma.h"
#include "support/arena.h"
#include "support/check.h"

#include <string.h>

/* A build with one IOMMU of that kind, and devices "a", "b", … */
static struct build *machine_with(enum iommu_kind kind)
{
	struct build *build = build_new();

	build_iommu(build, "iommu0")->kind = kind;
	return build;
}

/* Add a bound device, in a group of its own where @grouped, with one stream. */
static struct device *add(struct build *build, const char *name, bool grouped, int64_t id,
			  int64_t mask)
{
	struct device *device = build_device(build, "platform", name, name);
	struct stream *stream = build_stream(build, device);

	device->driver = "driver";
	device->driver_known = true;
	if (grouped)
		device->group = build_group(build, name[0]);
	stream->iommu = build_find_iommu(build, "iommu0");
	stream->iommu_name = "iommu0";
	stream->id = id;
	stream->mask = mask;
	return device;
}

static const struct system *seal(struct build *build)
{
	build_source(build, "devicetree", SOURCE_READ, NULL);
	return build_seal(build, FACT_STREAMS | FACT_IOMMUS);
}

/* The codes of all findings, joined by blanks. */
static const char *codes(const struct system *system)
{
	static char text[256];
	struct findings findings =
		streams_findings(system, streams_overlaps(system, arena), NULL, arena);

	text[0] = '\0';
	for (size_t i = 0; i < findings.count; i++) {
		strcat(text, i ? " " : "");
		strcat(text, code_kinds[findings.items[i].code].word);
		assert_true(findings.items[i].severity <=
			    code_kinds[findings.items[i].code].severity);
	}
	return text;
}

static void equal_ids_meet_and_others_do_not(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);
	const struct overlap *overlaps;
	const struct system *system;

	add(build, "a", true, 0x10, 0);
	add(build, "b", true, 0x10, 0);
	add(build, "c", true, 0x11, 0);
	system = seal(build);
	overlaps = streams_overlaps(system, arena);
	assert_int_equal(overlaps[0].count, 1);
	assert_string_equal(overlaps[0].streams[0]->device_name, "b");
	assert_int_equal(overlaps[2].count, 0);
	system_free(system);
}

static void a_crowd_on_one_stream_is_told_of_in_few_words(void **state)
{
	enum { CROWD = 1000 };
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);
	const struct overlap *overlaps;
	const struct system *system;
	struct findings findings;

	for (size_t i = 0; i < CROWD; i++)
		add(build, arena_printf(arena, "%zu", i + 1000), i == CROWD / 2, 0x10, 0);
	system = seal(build);
	overlaps = streams_overlaps(system, arena);
	assert_int_equal(overlaps[0].count, OVERLAPS_KEPT);
	assert_true(overlaps[0].more);
	assert_string_equal(overlaps[0].streams[0]->device_name, "1500");
	findings = streams_findings(system, overlaps, NULL, arena);
	assert_int_equal(findings.count, CROWD - 1);
	assert_non_null(strstr(findings.items[0].message, "stream 0x10 belongs to 1500 and"));
	system_free(system);
}

/* The two ways to find an overlap, sorted and pair by pair, for all kinds of streams. */
static void the_index_finds_exactly_the_pairs_that_meet(void **state)
{
	enum { STREAMS = 120 };
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	const struct overlap *overlaps;
	const struct system *system;
	unsigned random = 1;

	for (size_t i = 0; i < STREAMS; i++) {
		struct device *device =
			build_device(build, "platform", arena_printf(arena, "%zu", i), "x");
		struct stream *stream = build_stream(build, device);

		random = random * 1103515245 + 12345;
		stream->iommu_name = random >> 30 ? "x" : "y";
		stream->id = random >> 16 & 0x3ff;
		stream->mask = random >> 28 & 1 ? 0 : random >> 8 & 0x44;
		stream->count = !stream->mask && (random >> 27 & 1) ? random >> 20 & 0xf : 1;
		stream->count += stream->count == 0;
	}
	system = seal(build);
	overlaps = streams_overlaps(system, arena);
	for (size_t i = 0; i < STREAMS; i++) {
		size_t expected = 0;

		for (size_t j = 0; j < STREAMS; j++)
			expected +=
				i != j && streams_meet(&system->streams[i], &system->streams[j]);
		assert_int_equal(overlaps[i].count,
				 expected > OVERLAPS_KEPT ? OVERLAPS_KEPT : expected);
		for (size_t j = 0; j < overlaps[i].count; j++)
			assert_true(streams_meet(&system->streams[i], overlaps[i].streams[j]));
	}
	system_free(system);
}

static void a_mask_matches_ids_that_differ_in_its_bits(void **state)
{
	struct stream wide = {.id = 1, .mask = 0x30, .count = 1}, narrow = {.id = 0x31, .count = 1};

	wide.iommu_name = narrow.iommu_name = "iommu0";
	assert_true(streams_meet(&wide, &narrow));
	narrow.id = 0x32;
	assert_false(streams_meet(&wide, &narrow));
}

static void ranges_meet_where_they_overlap(void **state)
{
	struct stream one = {.id = 0x100, .count = 0x100, .iommu_name = "x"};
	struct stream other = {.id = 0x1ff, .count = 1, .iommu_name = "x"};

	assert_true(streams_meet(&one, &other));
	other.id = 0x200;
	assert_false(streams_meet(&one, &other));
}

static void another_iommu_is_another_world(void **state)
{
	struct stream one = {.id = 1, .count = 1, .iommu_name = "x"},
		      other = {.id = 1, .count = 1, .iommu_name = "y"};

	assert_false(streams_meet(&one, &other));
	other.iommu_name = NULL;
	assert_false(streams_meet(&one, &other));
}

static void an_smmuv3_refuses_the_second_device_of_an_id(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);
	const struct system *system;

	add(build, "a", true, 0x22, 0);
	add(build, "b", false, 0x22, 0);
	system = seal(build);
	assert_string_equal(codes(system), "stream_taken");
	assert_int_equal(find_device(system, "b")->dma, DMA_SHARED_STREAM);
	system_free(system);
}

static void an_smmuv2_puts_devices_of_one_entry_into_one_group(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	const struct system *system;

	add(build, "a", true, 0x30, 0xf);
	add(build, "b", true, 0x35, 0);
	system = seal(build);
	assert_string_equal(codes(system), "stream_shared");
	system_free(system);
}

static void a_partial_overlap_locks_one_out(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	const struct system *system;

	add(build, "a", true, 0x30, 0xf);
	add(build, "b", false, 0x38, 0x18);
	system = seal(build);
	assert_string_equal(codes(system), "stream_overlap");
	assert_int_equal(find_device(system, "b")->dma, DMA_LOST);
	system_free(system);
}

static void a_sharer_without_a_group_is_an_alarm(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	const struct system *system;

	add(build, "a", true, 0x21, 0);
	add(build, "b", false, 0x21, 0);
	system = seal(build);
	assert_string_equal(codes(system), "stream_split");
	system_free(system);
}

static void too_many_entries_are_counted_against_the_log(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	const struct system *system;

	build_find_iommu(build, "iommu0")->stream_entries = 2;
	add(build, "a", true, 1, 0);
	add(build, "b", true, 2, 0);
	add(build, "c", true, 3, 0);
	system = seal(build);
	assert_string_equal(codes(system), "stream_entries_short");
	system_free(system);
}

static void shared_entries_count_once(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	const struct system *system;

	build_find_iommu(build, "iommu0")->stream_entries = 1;
	add(build, "a", true, 1, 0);
	add(build, "b", true, 1, 0);
	system = seal(build);
	assert_string_equal(codes(system), "stream_shared");
	system_free(system);
}

static void disabled_nodes_clash_with_no_stream(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);
	const struct system *system;
	struct stream *stream;

	add(build, "a", true, 1, 0);
	stream = build_stream(build, NULL);
	stream->device_name = "/disabled";
	stream->iommu = build_find_iommu(build, "iommu0");
	stream->id = 1;
	stream->available = false;
	system = seal(build);
	assert_string_equal(codes(system), "");
	system_free(system);
}

static void a_device_that_firmware_does_not_mention_is_direct(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);
	struct device *plain = build_device(build, "platform", "plain", "plain");
	struct device *idle = add(build, "idle", false, 7, 0);
	const struct system *system;

	plain->driver_known = true;
	idle->driver = NULL;
	system = seal(build);
	assert_int_equal(find_device(system, "plain")->dma, DMA_DIRECT);
	assert_int_equal(find_device(system, "idle")->dma, DMA_IDLE);
	system_free(system);
}

static void an_unreadable_device_is_unknown_not_direct(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);
	const struct system *system;

	build_device(build, "platform", "plain", "plain");
	build_source(build, "iort", SOURCE_DENIED, "IORT");
	system = build_seal(build, FACT_STREAMS);
	assert_int_equal(find_device(system, "plain")->dma, DMA_UNKNOWN);
	system_free(system);
}

UNIT(streams)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_ids_meet_and_others_do_not),
		cmocka_unit_test(a_crowd_on_one_stream_is_told_of_in_few_words),
		cmocka_unit_test(the_index_finds_exactly_the_pairs_that_meet),
		cmocka_unit_test(a_mask_matches_ids_that_differ_in_its_bits),
		cmocka_unit_test(ranges_meet_where_they_overlap),
		cmocka_unit_test(another_iommu_is_another_world),
		cmocka_unit_test(an_smmuv3_refuses_the_second_device_of_an_id),
		cmocka_unit_test(an_smmuv2_puts_devices_of_one_entry_into_one_group),
		cmocka_unit_test(a_partial_overlap_locks_one_out),
		cmocka_unit_test(a_sharer_without_a_group_is_an_alarm),
		cmocka_unit_test(too_many_entries_are_counted_against_the_log),
		cmocka_unit_test(shared_entries_count_once),
		cmocka_unit_test(disabled_nodes_clash_with_no_stream),
		cmocka_unit_test(a_device_that_firmware_does_not_mention_is_direct),
		cmocka_unit_test(an_unreadable_device_is_unknown_not_direct),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
