/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why devices are bound without the group that firmware intended: one cause each. */
#include "checks/deferral.h"
#include "model/build.h"
#include "support/arena.h"
#include "support/check.h"

#include <string.h>

/* A build with one registered IOMMU of that kind, "iommu0". */
static struct build *machine_with(enum iommu_kind kind)
{
	struct build *build = build_new();

	build_iommu(build, "iommu0")->kind = kind;
	build_source(build, "devicetree", SOURCE_READ, NULL);
	return build;
}

static struct stream *add_stream(struct build *build, struct device *device, int64_t id,
				 int64_t mask)
{
	struct stream *stream = build_stream(build, device);

	stream->iommu = build_find_iommu(build, "iommu0");
	stream->iommu_name = "iommu0";
	stream->id = id;
	stream->mask = mask;
	return stream;
}

/* Add a bound device with a stream; group 0 is none. */
static struct device *add(struct build *build, const char *name, int group, int64_t id,
			  int64_t mask)
{
	struct device *device = build_device(build, "platform", name, name);

	device->driver = "driver";
	device->driver_known = true;
	device->state = DEVICE_BOUND;
	device->group = build_find_group(build, group);
	if (group && !device->group)
		device->group = build_group(build, group);
	add_stream(build, device, id, mask);
	return device;
}

static void remark_on(struct build *build, enum remark_kind kind, const char *text)
{
	build_remark(build, (struct remark){.kind = kind, .device = "loser", .text = text});
}

/* The deferral of the device "loser"; frees the system. */
static struct deferral told(struct build *build)
{
	const struct system *system =
		build_seal(build, FACT_SUPPLIERS | FACT_STREAMS | FACT_IOMMUS);
	struct deferral deferral;

	assert_true(deferral_of(system, find_device(system, "loser"), arena, &deferral));
	system_free(system);
	return deferral;
}

static void assert_told(struct build *build, const char *code, const char *why, const char *remedy)
{
	struct deferral deferral = told(build);

	assert_string_equal(code_kinds[deferral.cause.finding.code].word, code);
	assert_non_null(strstr(deferral.cause.finding.message, why));
	assert_non_null(strstr(deferral.remedy, remedy));
}

static void a_stream_of_an_smmuv3_that_another_device_has_is_taken(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);

	add(build, "owner", 1, 0x22, 0);
	add(build, "loser", 0, 0x22, 0);
	assert_told(build, "stream_taken", "belongs to owner", "drivers/driver/unbind");
}

static void masks_of_an_smmuv2_that_overlap_in_part_are_refused(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);

	add(build, "owner", 1, 0x10, 0x3);
	add(build, "loser", 0, 0x12, 0xc);
	assert_told(build, "stream_overlap", "of owner", "disjoint");
}

static void streams_of_two_groups_split_a_device_of_an_smmuv2(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	struct device *loser;

	add(build, "one", 1, 0x10, 0);
	add(build, "two", 2, 0x20, 0);
	loser = add(build, "loser", 0, 0x10, 0);
	add_stream(build, loser, 0x20, 0);
	assert_told(build, "stream_split", "cannot be in both", "one group only");
}

static struct build *smmuv2_of(int64_t entries)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);

	build_find_iommu(build, "iommu0")->stream_entries = entries;
	add(build, "one", 1, 0x10, 0);
	/* "sharer" shares the entry of "one", so it needs none of its own. */
	add(build, "sharer", 1, 0x10, 0);
	add(build, "two", 2, 0x20, 0);
	add(build, "loser", 0, 0x30, 0);
	return build;
}

static void an_smmuv2_without_a_free_entry_is_full(void **state)
{
	assert_told(smmuv2_of(2), "stream_entries_full", "all 2 stream entries of iommu0", "Merge");
}

static void an_smmuv2_with_a_free_entry_or_of_unknown_size_is_not_full(void **state)
{
	assert_told(smmuv2_of(3), "bound_without_iommu", "not translated", "bind");
	assert_told(smmuv2_of(-1), "bound_without_iommu", "not translated", "bind");
}

/* Streams that need no entry: of another IOMMU, of a device without a group, without an ID, and
 * those that an earlier stream of the same device covers. Two others need one. */
static struct build *streams_with_two_entries(int64_t entries)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	struct device *one;

	build_find_iommu(build, "iommu0")->stream_entries = entries;
	one = add(build, "one", 1, 0x10, 0x3);
	add_stream(build, one, 0x11, 0);
	add_stream(build, one, -1, 0);
	add_stream(build, one, 0x12, 0)->iommu = NULL;
	add(build, "elsewhere", 2, 0x40, 0);
	add(build, "unbound", 0, 0x50, 0)->driver = NULL;
	add(build, "loser", 0, 0x60, 0);
	return build;
}

static void entries_are_counted_for_streams_that_have_one(void **state)
{
	assert_told(streams_with_two_entries(2), "stream_entries_full", "all 2 stream entries",
		    "Merge");
	assert_told(streams_with_two_entries(3), "bound_without_iommu", "not translated", "bind");
}

static void an_alias_without_an_id_or_of_an_existing_function_is_no_cause(void **state)
{
	static const struct {
		enum iommu_kind kind;
		int64_t id, alias_of;
	} rows[] = {
		{IOMMU_KIND_VIRTIO, -1, 0x108},
		{IOMMU_KIND_VIRTIO, 0x100, -1},
		{IOMMU_KIND_SMMU_V3, 0x100, 0x108},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct build *build = machine_with(rows[i].kind);
		struct device *loser = add(build, "loser", 0, rows[i].id, 0);

		build_streams_of(build, loser, &(size_t){0})[0]->alias_of = rows[i].alias_of;
		assert_string_not_equal(code_kinds[told(build).cause.finding.code].word,
					"stream_out_of_range");
	}
}

static void a_device_that_shares_two_streams_with_one_group_is_not_split(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	struct device *loser;

	add(build, "one", 1, 0x10, 0);
	add(build, "two", 1, 0x20, 0);
	loser = add(build, "loser", 0, 0x10, 0);
	add_stream(build, loser, 0x20, 0);
	assert_string_not_equal(code_kinds[told(build).cause.finding.code].word, "stream_split");
}

static void an_alias_that_is_no_function_has_no_stream_at_a_virtio_iommu(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_VIRTIO);
	struct device *loser = add(build, "loser", 0, 0x100, 0);

	build_streams_of(build, loser, &(size_t){0})[0]->alias_of = 0x108;
	assert_told(build, "stream_out_of_range", "0x100", "PCIe-to-PCI bridge");
	build = machine_with(IOMMU_KIND_VIRTIO);
	loser = add(build, "loser", 0, 0x100, 0);
	build_streams_of(build, loser, &(size_t){0})[0]->alias_of = 0x108;
	build_device(build, "pci", "0000:01:00.0", "/sys/devices/pci0/0000:01:00.0");
	assert_string_not_equal(code_kinds[told(build).cause.finding.code].word,
				"stream_out_of_range");
}

static void a_stream_beyond_what_an_smmuv2_can_have_is_out_of_range(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);

	add(build, "loser", 0, 0x10000, 0);
	assert_told(build, "stream_out_of_range", "iommu0 has no stream 0x10000", "firmware");
}

static void the_log_knows_which_streams_an_iommu_has(void **state)
{
	static const char line[] = "arm-smmu smmu: stream ID 0x900 out of range for SMMU (0x7f)";
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	struct deferral deferral;

	add(build, "loser", 0, 0x900, 0);
	remark_on(build, REMARK_STREAM_RANGE, line);
	deferral = told(build);
	assert_int_equal(deferral.cause.finding.code, CODE_STREAM_OUT_OF_RANGE);
}

static void a_device_bound_without_its_iommu_has_to_be_bound_again(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);

	add(build, "loser", 0, 0x22, 0);
	assert_told(build, "bound_without_iommu", "or the IOMMU rejected it",
		    "echo loser > /sys/bus/platform/drivers/driver/unbind; "
		    "echo loser > /sys/bus/platform/drivers/driver/bind");
}

static void a_log_that_lacks_lines_is_not_silent_about_a_rejection(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);

	build_source(build, "log", SOURCE_PARTIAL, NULL);
	add(build, "loser", 0, 0x22, 0);
	assert_told(build, "bound_without_iommu", "and the log was not read in full", "bind");
}

static void the_log_tells_that_the_timeout_came_first(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);

	add(build, "loser", 0, 0x22, 0);
	remark_on(build, REMARK_TIMED_OUT, "deferred probe timeout, ignoring dependency");
	assert_told(build, "bound_without_iommu", "the deferred probe timeout expired before",
		    "bind");
}

static void the_log_tells_that_the_iommu_refused_it(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);

	add(build, "loser", 0, 0x22, 0);
	remark_on(build, REMARK_IOMMU_FAILED, "Failed to add to iommu group 3: -16");
	assert_told(build, "bound_without_iommu", "its IOMMU rejected it", "bind");
}

static void a_stream_that_the_kernel_cannot_use_is_reported(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);
	struct device *loser = build_device(build, "platform", "loser", "loser");

	loser->driver = "driver";
	loser->driver_known = true;
	loser->state = DEVICE_BOUND;
	add_stream(build, loser, -1, 0)->error = "cells make no ID";
	assert_told(build, "stream_unusable", "cells make no ID", "firmware");
}

static void a_stream_of_firmware_alone_owns_nothing(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU_V3);

	add_stream(build, NULL, 0x22, 0)->device_name = "/firmware-only";
	add(build, "loser", 0, 0x22, 0);
	assert_told(build, "bound_without_iommu", "not translated", "bind");
}

static void a_mask_that_covers_the_other_is_no_partial_overlap(void **state)
{
	static const int64_t masks[][2] = {{0, 0xf}, {0xf, 0}};

	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		struct build *build = machine_with(IOMMU_KIND_SMMU);

		add(build, "owner", 1, 0x10, masks[i][0]);
		add(build, "loser", 0, 0x10, masks[i][1]);
		assert_told(build, "bound_without_iommu", "not translated", "bind");
	}
}

static void a_stream_out_of_range_needs_no_registered_iommu(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	struct device *loser = add(build, "loser", 0, 0x900, 0);

	build_streams_of(build, loser, &(size_t){0})[0]->iommu = NULL;
	remark_on(build, REMARK_STREAM_RANGE, "stream ID 0x900 out of range");
	assert_told(build, "stream_out_of_range", "its IOMMU has no stream 0x900", "firmware");
}

static void an_smmuv2_that_is_not_registered_is_not_full(void **state)
{
	struct build *build = machine_with(IOMMU_KIND_SMMU);
	struct stream *stream;

	stream = build_streams_of(build, add(build, "loser", 0, 0x30, 0), &(size_t){0})[0];
	stream->iommu = NULL;
	stream->iommu_kind = IOMMU_KIND_SMMU;
	assert_told(build, "bound_without_iommu", "not translated", "bind");
}

UNIT(cause_lost)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_of_an_smmuv3_that_another_device_has_is_taken),
		cmocka_unit_test(masks_of_an_smmuv2_that_overlap_in_part_are_refused),
		cmocka_unit_test(streams_of_two_groups_split_a_device_of_an_smmuv2),
		cmocka_unit_test(an_smmuv2_without_a_free_entry_is_full),
		cmocka_unit_test(an_smmuv2_with_a_free_entry_or_of_unknown_size_is_not_full),
		cmocka_unit_test(a_stream_beyond_what_an_smmuv2_can_have_is_out_of_range),
		cmocka_unit_test(the_log_knows_which_streams_an_iommu_has),
		cmocka_unit_test(a_device_bound_without_its_iommu_has_to_be_bound_again),
		cmocka_unit_test(a_log_that_lacks_lines_is_not_silent_about_a_rejection),
		cmocka_unit_test(the_log_tells_that_the_timeout_came_first),
		cmocka_unit_test(the_log_tells_that_the_iommu_refused_it),
		cmocka_unit_test(a_stream_that_the_kernel_cannot_use_is_reported),
		cmocka_unit_test(entries_are_counted_for_streams_that_have_one),
		cmocka_unit_test(a_device_that_shares_two_streams_with_one_group_is_not_split),
		cmocka_unit_test(an_alias_that_is_no_function_has_no_stream_at_a_virtio_iommu),
		cmocka_unit_test(an_alias_without_an_id_or_of_an_existing_function_is_no_cause),
		cmocka_unit_test(a_stream_of_firmware_alone_owns_nothing),
		cmocka_unit_test(a_mask_that_covers_the_other_is_no_partial_overlap),
		cmocka_unit_test(a_stream_out_of_range_needs_no_registered_iommu),
		cmocka_unit_test(an_smmuv2_that_is_not_registered_is_not_full),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
