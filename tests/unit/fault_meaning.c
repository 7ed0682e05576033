/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sentences about a fault, and what it is linked to: each from one fault made by hand. */
#include "checks/fault_meaning.h"
#include "model/build.h"
#include "support/arena.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

static void assert_part(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" has no \"%s\"", text ? text : "(none)", part);
}

static const char *place_of(enum fault_kind kind, uint64_t address, int16_t mask_bits)
{
	struct device device = {.label = "card", .dma_mask_bits = mask_bits};
	struct fault fault = {.kind = kind, .has_address = true, .address = address};
	struct fault_entry entry = {.fault = &fault, .device = &device};

	return fault_place(&entry, arena);
}

static void an_address_is_too_large_only_for_a_mask_below_64_bits(void **state)
{
	assert_part(place_of(FAULT_PERMISSION, UINT64_MAX, 63), "larger than the 63 bits");
	assert_null(place_of(FAULT_PERMISSION, UINT64_MAX, 64));
	assert_null(place_of(FAULT_PERMISSION, UINT64_MAX, -1));
}

static void the_first_page_is_remarkable_only_where_nothing_is_mapped(void **state)
{
	assert_part(place_of(FAULT_TRANSLATION, 4095, 64), "first page");
	assert_null(place_of(FAULT_TRANSLATION, 4096, 64));
	assert_null(place_of(FAULT_PERMISSION, 4095, 64));
}

struct meaning_row {
	int64_t stream;
	const char *cause, *remedy;
	enum fault_kind kind;
	bool device, group, driver_known;
};

static void check_meaning(const struct meaning_row *row)
{
	static const struct group group = {.id = 7};
	struct device device = {.name = "card", .label = "card", .bus = "pci"};
	struct fault fault = {.kind = row->kind, .stream = row->stream};
	struct fault_entry entry = {.fault = &fault, .device = row->device ? &device : NULL};

	device.driver_known = row->driver_known;
	device.group = row->group ? &group : NULL;
	assert_part(fault_cause(&entry, arena), row->cause);
	assert_part(fault_remedy(&entry, arena), row->remedy);
}

static void cause_and_remedy_depend_on_device_group_and_driver(void **state)
{
	static const struct meaning_row rows[] = {
		{-1, "the device has no IOMMU group", "iommuctl deferred card", FAULT_NO_STREAM,
		 true, false, true},
		{-1, "not attached to a domain", "update the system's firmware", FAULT_NO_STREAM,
		 true, true, true},
		{8, "firmware does not name the ID", "Describe the ID in firmware",
		 FAULT_NO_STREAM},
		{-1, "not attached to a domain", "lspci", FAULT_NO_STREAM},
		{-1, "the device has no driver", "drivers_probe", FAULT_TRANSLATION, true, true,
		 true},
		{-1, "DMA API", "Update the driver", FAULT_TRANSLATION, true, true, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_meaning(&rows[i]);
}

static void equal_faults_have_their_times_in_the_sentence(void **state)
{
	struct fault fault = {.kind = FAULT_IOMMU, .stream = -1, .pasid = -1, .count = 3};
	struct fault_entry entry = {.fault = &fault, .meaning = "it broke"};

	assert_part(fault_sentence(&entry, arena), ", 3 times: it broke");
	strcpy(fault.first_time, "1.5");
	strcpy(fault.time, "2.5");
	assert_part(fault_sentence(&entry, arena), ", 3 times, from 1.5 to 2.5: it broke");
}

/*
 * Add @count devices, "d01", "d02", …, that all send as stream 8 of an SMMU, and seal; @state: of
 * the streams
 */
static const struct system *stream_of(struct build *build, size_t count, enum source_state state)
{
	static const char *const smmus[] = {"smmu3.0", "smmu3.1"};
	struct stream *stream = build_stream(build, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(smmus); i++)
		build_iommu(build, smmus[i]);
	for (size_t i = 0; i <= count; i++) {
		if (i)
			stream = build_stream(
				build,
				build_device(build, "platform",
					     arena_printf(build_arena(build), "d%02zu", i),
					     arena_printf(build_arena(build), "/d%02zu", i)));
		stream->iommu_name = "smmu3.0";
		stream->id = 8;
	}
	build_source(build, "streams", state, NULL);
	if (state == SOURCE_READ)
		build_source(build, "log", SOURCE_READ, NULL);
	return build_seal(build, FACT_FAULTS | FACT_STREAMS);
}

static struct fault fault_at(const char *iommu, int64_t stream)
{
	struct fault fault = {.stream = stream, .pasid = -1, .count = 1};

	snprintf(fault.iommu, sizeof(fault.iommu), "%s", iommu);
	return fault;
}

static void a_stream_of_firmware_alone_leads_to_no_device(void **state)
{
	_autosystem_ const struct system *system = stream_of(build_new(), 0, SOURCE_READ);
	struct fault fault = fault_at("smmu3.0", 8);
	struct fault_entry entry = fault_entry_of(system, &fault, arena);

	assert_int_equal(entry.link, FAULT_UNLINKED);
	assert_string_equal(entry.subject, "stream 0x8 of smmu3.0");
	assert_ptr_equal(entry.iommu, system->iommus[0]);
}

static void devices_of_one_stream_are_one_subject(void **state)
{
	static const struct {
		size_t count;
		const char *subject;
	} rows[] = {{1, "d01"}, {2, "d01 or d02"}, {3, "d01 or 2 others"}};
	struct fault fault = fault_at("smmu3.0", 8);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_autosystem_ const struct system *system =
			stream_of(build_new(), rows[i].count, SOURCE_READ);
		struct fault_entry entry = fault_entry_of(system, &fault, arena);

		assert_string_equal(entry.subject, rows[i].subject);
		assert_int_equal(
			strstr(fault_sentence(&entry, arena), "tell these devices apart") != NULL,
			rows[i].count > 1);
	}
	{
		_autosystem_ const struct system *system = stream_of(build_new(), 300, SOURCE_READ);
		struct fault_entry entry = fault_entry_of(system, &fault, arena);
		bool chosen[300] = {0};

		assert_int_equal(entry.device_count, 300);
		assert_non_null(strstr(entry.subject, " or 299 others"));
		assert_false(fault_entry_is_chosen(&entry, chosen));
		chosen[299] = true;
		assert_true(fault_entry_is_chosen(&entry, chosen));
	}
}

static void a_device_that_has_the_stream_twice_is_the_only_one(void **state)
{
	struct build *build = build_new();
	struct device *device = build_device(build, "platform", "card", "/card");
	struct fault fault = fault_at("smmu3.0", 8);

	for (int i = 0; i < 2; i++) {
		struct stream *stream = build_stream(build, device);

		stream->iommu_name = "smmu3.0";
		stream->id = 8;
	}
	{
		_autosystem_ const struct system *system = stream_of(build, 0, SOURCE_READ);

		assert_string_equal(fault_entry_of(system, &fault, arena).device->name, "card");
	}
}

static void what_has_no_device_is_called_by_its_iommu(void **state)
{
	_autosystem_ const struct system *system = stream_of(build_new(), 0, SOURCE_READ);
	static const struct {
		const char *iommu;
		int64_t stream;
		enum iommu_kind kind;
		const char *subject;
	} rows[] = {
		{"smmu9", -1, IOMMU_KIND_INTEL, "smmu9"},
		{"smmu9", 8, IOMMU_KIND_SMMU, "stream 0x8 of smmu9"},
		{"", 8, IOMMU_KIND_SMMU, "stream 0x8"},
		{"", -1, IOMMU_KIND_INTEL, "intel-iommu"},
		{"", -1, IOMMU_KIND_UNKNOWN, "an IOMMU"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault fault = fault_at(rows[i].iommu, rows[i].stream);

		fault.iommu_kind = rows[i].kind;
		assert_string_equal(fault_entry_of(system, &fault, arena).subject, rows[i].subject);
	}
}

static void faults_without_a_device_count_only_against_a_choice(void **state)
{
	_autosystem_ const struct system *read = stream_of(build_new(), 1, SOURCE_READ);
	_autosystem_ const struct system *denied = stream_of(build_new(), 1, SOURCE_DENIED);
	const struct fault_entries unlinked = {.unlinked = 1}, linked = {0};
	const bool chosen[] = {true};

	assert_null(faults_blind(denied, &unlinked, NULL));
	assert_null(faults_blind(denied, &linked, chosen));
	assert_ptr_equal(faults_blind(denied, &unlinked, chosen), system_source(denied, "streams"));
	assert_ptr_equal(faults_blind(read, &unlinked, chosen), system_source(read, "log"));
}

UNIT(fault_meaning)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_too_large_only_for_a_mask_below_64_bits),
		cmocka_unit_test(the_first_page_is_remarkable_only_where_nothing_is_mapped),
		cmocka_unit_test(cause_and_remedy_depend_on_device_group_and_driver),
		cmocka_unit_test(equal_faults_have_their_times_in_the_sentence),
		cmocka_unit_test(a_stream_of_firmware_alone_leads_to_no_device),
		cmocka_unit_test(devices_of_one_stream_are_one_subject),
		cmocka_unit_test(a_device_that_has_the_stream_twice_is_the_only_one),
		cmocka_unit_test(what_has_no_device_is_called_by_its_iommu),
		cmocka_unit_test(faults_without_a_device_count_only_against_a_choice),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
