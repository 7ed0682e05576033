/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/ivrs.h"
#include "support/acpi.h"
#include "support/check.h"

#include <inttypes.h>

/* Add an IVHD without entries; returns its offset. */
static uint32_t iommu(struct blob *blob, uint8_t type, uint16_t segment, uint16_t id, uint64_t base)
{
	uint32_t start = (uint32_t)blob->length, size = type == 0x10 ? 24 : 40;

	blob_u8(blob, type);
	blob_zeros(blob, start + size);
	blob_set(blob, start + 2, 2, size);
	blob_set(blob, start + 4, 2, id);
	blob_set(blob, start + 8, 8, base);
	blob_set(blob, start + 16, 2, segment);
	return start;
}

/* Add an entry to the last block; @extended counts for long types. */
static void entry(struct blob *blob, uint32_t start, uint8_t type, uint16_t id, uint32_t extended)
{
	blob_u8(blob, type);
	blob_u16(blob, id);
	blob_u8(blob, 0);
	if (type >= 0x40)
		blob_u32(blob, extended);
	blob_set(blob, start + 2, 2, blob->length - start);
}

static void named(struct blob *blob, uint32_t start, uint16_t id, const char *hid, const char *uid)
{
	size_t at = blob->length;

	blob_u8(blob, 0xf0);
	blob_u16(blob, id);
	blob_u8(blob, 0);
	blob_text(blob, hid);
	blob_zeros(blob, at + 22);
	blob_text(blob, uid);
	blob_set(blob, at + 20, 1, *uid ? 2 : 0);
	blob_set(blob, at + 21, 1, blob->length - at - 22);
	blob_set(blob, start + 2, 2, blob->length - start);
}

static struct ivrs parsed(struct blob *blob, struct arena *arena)
{
	struct error error = {0};
	struct ivrs ivrs;

	blob_finish(blob);
	if (ivrs_parse(blob->bytes, blob->length, arena, &ivrs, &error) < 0)
		fail_msg("%s", error.message);
	return ivrs;
}

static void assert_stream(const struct ivrs *ivrs, uint32_t segment, uint16_t id, uint64_t base,
			  uint16_t expected)
{
	struct ivrs_stream stream;

	assert_true(ivrs_map(ivrs, segment, id, &stream));
	assert_int_equal(stream.iommu->base, base);
	assert_int_equal(stream.id, expected);
}

static void assert_none(const struct ivrs *ivrs, uint32_t segment, uint16_t id)
{
	struct ivrs_stream stream;

	assert_false(ivrs_map(ivrs, segment, id, &stream));
}

static void a_range_runs_from_start_to_end(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("IVRS", 48);
	uint32_t start = iommu(&blob, 0x10, 3, 2, 0xfeb80000);
	struct ivrs ivrs;

	entry(&blob, start, 0x03, 8, 0);
	entry(&blob, start, 0x04, 0x1ff, 0);
	entry(&blob, start, 0x02, 0x300, 0);
	ivrs = parsed(&blob, arena);
	assert_stream(&ivrs, 3, 8, 0xfeb80000, 8);
	assert_stream(&ivrs, 3, 0x1ff, 0xfeb80000, 0x1ff);
	assert_stream(&ivrs, 3, 0x300, 0xfeb80000, 0x300);
	assert_none(&ivrs, 3, 7);
	assert_none(&ivrs, 3, 0x200);
	assert_none(&ivrs, 0, 8);
}

static void an_iommu_does_not_translate_itself(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("IVRS", 48);
	uint32_t start = iommu(&blob, 0x10, 0, 2, 1);
	struct ivrs ivrs;

	entry(&blob, start, 0x01, 0, 0);
	ivrs = parsed(&blob, arena);
	assert_none(&ivrs, 0, 2);
	assert_stream(&ivrs, 0, 0xffff, 1, 0xffff);
}

static void an_alias_replaces_the_id_and_is_served_itself(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("IVRS", 48);
	uint32_t start = iommu(&blob, 0x10, 0, 2, 1);
	struct ivrs ivrs;

	entry(&blob, start, 0x42, 0x100, 0x00a500);
	entry(&blob, start, 0x43, 0x200, 0x0b0000);
	entry(&blob, start, 0x04, 0x2ff, 0);
	ivrs = parsed(&blob, arena);
	assert_stream(&ivrs, 0, 0x100, 1, 0xa5);
	assert_stream(&ivrs, 0, 0xa5, 1, 0xa5);
	assert_stream(&ivrs, 0, 0x2ff, 1, 0x0b00);
	assert_stream(&ivrs, 0, 0x0b00, 1, 0x0b00);
}

static void a_later_entry_takes_the_id_but_leaves_the_alias(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("IVRS", 48);
	uint32_t start = iommu(&blob, 0x10, 0, 2, 1);
	struct ivrs ivrs;

	entry(&blob, start, 0x42, 0x100, 0x00a500);
	start = iommu(&blob, 0x10, 0, 3, 0x2000);
	entry(&blob, start, 0x46, 0x100, 0);
	ivrs = parsed(&blob, arena);
	assert_stream(&ivrs, 0, 0x100, 0x2000, 0xa5);
	assert_stream(&ivrs, 0, 0xa5, 1, 0xa5);
}

static void the_last_type_of_the_first_iommu_counts(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("IVRS", 48);
	uint32_t start = iommu(&blob, 0x10, 0, 2, 0x1000);
	struct ivrs ivrs;

	entry(&blob, start, 0x02, 0x10, 0);
	start = iommu(&blob, 0x11, 0, 2, 0x1100);
	entry(&blob, start, 0x02, 0x11, 0);
	start = iommu(&blob, 0x40, 0, 3, 0x4000);
	entry(&blob, start, 0x02, 0x40, 0);
	ivrs = parsed(&blob, arena);
	assert_int_equal(ivrs.iommu_count, 1);
	assert_stream(&ivrs, 0, 0x11, 0x1100, 0x11);
	assert_none(&ivrs, 0, 0x10);
	assert_none(&ivrs, 0, 0x40);
}

static void a_range_without_start_is_noted_and_starts_at_0(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("IVRS", 48);
	uint32_t start = iommu(&blob, 0x10, 0, 2, 1);
	struct ivrs ivrs;

	entry(&blob, start, 0x04, 0x10, 0);
	ivrs = parsed(&blob, arena);
	assert_stream(&ivrs, 0, 0, 1, 0);
	assert_string_equal(ivrs.notes.list[0].text,
			    "a range ends that did not start; the kernel starts it at 0x0");
}

static void special_devices_have_an_id(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("IVRS", 48);
	uint32_t start = iommu(&blob, 0x10, 0, 2, 1);
	struct ivrs ivrs;

	entry(&blob, start, 0x48, 0, 0x0100a021);
	ivrs = parsed(&blob, arena);
	assert_int_equal(ivrs.special_count, 1);
	assert_int_equal(ivrs.specials[0].variety, IVRS_IOAPIC);
	assert_int_equal(ivrs.specials[0].handle, 0x21);
	assert_stream(&ivrs, 0, 0xa0, 1, 0xa0);
}

static void named_devices_are_found_by_hid_and_uid(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("IVRS", 48);
	uint32_t start = iommu(&blob, 0x40, 0, 2, 1);
	struct ivrs_stream stream;
	struct ivrs ivrs;

	named(&blob, start, 0xa5, "AMDI0020", "ID00");
	named(&blob, start, 0xa6, "AMDI0020", "ID01");
	named(&blob, start, 0xa7, "AMDI99", "");
	ivrs = parsed(&blob, arena);
	assert_true(ivrs_map_named(&ivrs, "AMDI0020", "ID01", &stream));
	assert_int_equal(stream.id, 0xa6);
	assert_true(ivrs_map_named(&ivrs, "AMDI0020", "", &stream));
	assert_int_equal(stream.id, 0xa5);
	assert_true(ivrs_map_named(&ivrs, "AMDI99", "7", &stream));
	assert_int_equal(stream.id, 0xa7);
	assert_false(ivrs_map_named(&ivrs, "AMDI0020", "ID02", &stream));
	assert_false(ivrs_map_named(&ivrs, "AMDI002", "", &stream));
}

static void an_entry_that_crosses_its_block_is_noted(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("IVRS", 48);
	uint32_t start = iommu(&blob, 0x10, 0, 2, 1);
	struct ivrs ivrs;

	entry(&blob, start, 0x02, 8, 0);
	entry(&blob, start, 0x46, 0x10, 0);
	blob_set(&blob, start + 2, 2, 24 + 4 + 4);
	/* An empty block, into which the entry extends. */
	blob.length -= 4;
	blob_u32(&blob, 0x00080077);
	blob_u32(&blob, 0);
	ivrs = parsed(&blob, arena);
	assert_stream(&ivrs, 0, 0x10, 1, 0x10);
	assert_string_equal(ivrs.notes.list[0].text, "the entry runs past the end of its block");
}

static void describe_entries(const struct ivrs *ivrs, FILE *out)
{
	for (size_t i = 0; i < ivrs->range_count; i++)
		fprintf(out, "0x%x range 0x%x-0x%x alias %d -> 0x%x\n", ivrs->ranges[i].offset,
			ivrs->ranges[i].first, ivrs->ranges[i].last, ivrs->ranges[i].alias,
			ivrs->ranges[i].iommu->offset);
	for (size_t i = 0; i < ivrs->special_count; i++)
		fprintf(out, "0x%x special %u handle 0x%x id 0x%x -> 0x%x\n",
			ivrs->specials[i].offset, ivrs->specials[i].variety,
			ivrs->specials[i].handle, ivrs->specials[i].id,
			ivrs->specials[i].iommu->offset);
	for (size_t i = 0; i < ivrs->named_count; i++)
		fprintf(out, "0x%x named '%s' '%s' id 0x%x -> 0x%x\n", ivrs->named[i].offset,
			ivrs->named[i].hid, ivrs->named[i].uid, ivrs->named[i].id,
			ivrs->named[i].iommu->offset);
}

static void print_ivrs(const void *data, size_t size, FILE *out)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error error = {0};
	struct ivrs ivrs;

	if (ivrs_parse(data, size, arena, &ivrs, &error) < 0) {
		fprintf(out, "refused: %s\n", error.message);
		return;
	}
	for (size_t i = 0; i < ivrs.iommu_count; i++)
		fprintf(out, "0x%x iommu type 0x%x flags 0x%x %04x 0x%x base 0x%" PRIx64 "\n",
			ivrs.iommus[i].offset, ivrs.iommus[i].type, ivrs.iommus[i].flags,
			ivrs.iommus[i].segment, ivrs.iommus[i].id, ivrs.iommus[i].base);
	describe_entries(&ivrs, out);
	for (size_t i = 0; i < ivrs.memory_count; i++)
		fprintf(out, "0x%x memory flags 0x%x %04x 0x%x-0x%x 0x%" PRIx64 " +0x%" PRIx64 "\n",
			ivrs.memory[i].offset, ivrs.memory[i].flags, ivrs.memory[i].segment,
			ivrs.memory[i].first, ivrs.memory[i].last, ivrs.memory[i].start,
			ivrs.memory[i].length);
	for (size_t i = 0; i < ivrs.notes.count; i++)
		fprintf(out, "note 0x%x: %s\n", ivrs.notes.list[i].offset, ivrs.notes.list[i].text);
}

static void good_tables_give_their_facts(void **state)
{
	tables_check("good/ivrs-*.aml", print_ivrs);
}

static void bad_tables_are_refused_with_their_reason(void **state)
{
	tables_check("bad/ivrs-*.aml", print_ivrs);
}

static void named_devices_of_older_blocks_are_left_out_as_by_linux(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("IVRS", 48);
	uint32_t start = iommu(&blob, 0x11, 0, 2, 1);
	struct ivrs_stream stream;
	struct ivrs ivrs;

	entry(&blob, start, 0x02, 8, 0);
	named(&blob, start, 0xa5, "AMDI0020", "ID00");
	ivrs = parsed(&blob, arena);
	assert_false(ivrs_map_named(&ivrs, "AMDI0020", "ID00", &stream));
	assert_none(&ivrs, 0, 0xa5);
	assert_string_equal(ivrs.notes.list[0].text,
			    "the kernel takes named devices from blocks of type 0x40 only");
}

UNIT(ivrs)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_runs_from_start_to_end),
		cmocka_unit_test(an_iommu_does_not_translate_itself),
		cmocka_unit_test(an_alias_replaces_the_id_and_is_served_itself),
		cmocka_unit_test(a_later_entry_takes_the_id_but_leaves_the_alias),
		cmocka_unit_test(the_last_type_of_the_first_iommu_counts),
		cmocka_unit_test(a_range_without_start_is_noted_and_starts_at_0),
		cmocka_unit_test(special_devices_have_an_id),
		cmocka_unit_test(named_devices_are_found_by_hid_and_uid),
		cmocka_unit_test(an_entry_that_crosses_its_block_is_noted),
		cmocka_unit_test(good_tables_give_their_facts),
		cmocka_unit_test(bad_tables_are_refused_with_their_reason),
		cmocka_unit_test(named_devices_of_older_blocks_are_left_out_as_by_linux),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
