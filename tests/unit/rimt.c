/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/rimt.h"
#include "support/acpi.h"
#include "support/check.h"

#include <errno.h>
#include <inttypes.h>

static void print_device(const struct rimt_device *device, FILE *out)
{
	if (device->path)
		fprintf(out, "0x%x device %s\n", device->offset, device->path);
	else
		fprintf(out, "0x%x root complex %04x\n", device->offset, device->segment);
	for (size_t i = 0; i < device->mapping_count; i++) {
		const struct rimt_mapping *mapping = &device->mappings[i];

		fprintf(out, "  0x%x+0x%x -> 0x%x 0x%x\n", mapping->input, mapping->more,
			mapping->iommu ? mapping->iommu->offset : 0, mapping->output);
	}
}

static void print_table(const void *data, size_t size, FILE *out)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error error = {0};
	struct rimt rimt;

	if (rimt_parse(data, size, arena, &rimt, &error) < 0) {
		fprintf(out, "refused: %s\n", error.message);
		return;
	}
	for (size_t i = 0; i < rimt.iommu_count; i++) {
		const struct rimt_iommu *iommu = &rimt.iommus[i];

		if (iommu->pci)
			fprintf(out, "0x%x iommu %04x 0x%x\n", iommu->offset, iommu->segment,
				iommu->bdf);
		else
			fprintf(out, "0x%x iommu at 0x%" PRIx64 "\n", iommu->offset, iommu->base);
	}
	for (size_t i = 0; i < rimt.device_count; i++)
		print_device(&rimt.devices[i], out);
	for (size_t i = 0; i < rimt.notes.count; i++)
		fprintf(out, "note 0x%x: %s\n", rimt.notes.list[i].offset, rimt.notes.list[i].text);
}

static void good_tables_give_their_facts(void **state)
{
	tables_check("good/rimt-*.aml", print_table);
}

static void bad_tables_are_refused_with_their_reason(void **state)
{
	tables_check("bad/rimt-*.aml", print_table);
}

static void the_first_mapping_that_holds_an_id_counts(void **state)
{
	const struct rimt_iommu iommu = {.base = 1};
	const struct rimt_mapping mappings[] = {{0x10, 0xf, 0x100, &iommu},
						{0, 0xffff, 0x8000, &iommu},
						{0xfffffff0, 0xff, 0, &iommu}};
	const struct rimt_device devices[] = {
		{.segment = 2, .mappings = mappings, .mapping_count = 3},
		{.path = "\\_SB_.DMA0", .mappings = mappings, .mapping_count = 2}};
	const struct rimt rimt = {.devices = devices, .device_count = 2};
	struct rimt_stream stream;

	assert_true(rimt_map_rid(&rimt, 2, 0x1f, &stream));
	assert_int_equal(stream.id, 0x10f);
	assert_true(rimt_map_rid(&rimt, 2, 0x20, &stream));
	assert_int_equal(stream.id, 0x8020);
	assert_false(rimt_map_rid(&rimt, 2, 0x10000, &stream));
	assert_false(rimt_map_rid(&rimt, 2, 0xfffffff8, &stream));
	assert_false(rimt_map_rid(&rimt, 0, 0x10, &stream));
	assert_true(rimt_map_named(&rimt, "\\_SB_.DMA0", 1, &stream));
	assert_int_equal(stream.id, 0x8000);
	assert_false(rimt_map_named(&rimt, "\\_SB_.DMA0", 2, &stream));
	assert_false(rimt_map_named(&rimt, "\\_SB_.DMA1", 0, &stream));
}

/* A table without a node says so by its count alone; its offset is not looked at. */
static void nodes_are_behind_the_header_and_within_the_table(void **state)
{
	static const struct {
		uint32_t count, offset;
		int result;
	} rows[] = {{0, 0x1000, 0}, {1, 0x1000, -EINVAL}, {1, 40, -EINVAL}};
	_autoarena_ struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct blob blob = blob_table("RIMT", 48);
		struct error error = {0};
		struct rimt rimt;

		blob_set(&blob, 36, 4, rows[i].count);
		blob_set(&blob, 40, 4, rows[i].offset);
		blob_finish(&blob);
		assert_int_equal(rimt_parse(blob.bytes, blob.length, arena, &rimt, &error),
				 rows[i].result);
		assert_int_equal(rimt.device_count, 0);
	}
}

/* Append a node of that type with @size bytes; returns its offset. */
static uint32_t add_node(struct blob *blob, uint8_t type, uint16_t size)
{
	uint32_t start = (uint32_t)blob->length;

	blob_u8(blob, type);
	blob_u8(blob, 0);
	blob_u16(blob, size);
	blob_zeros(blob, start + size);
	blob_set(blob, 36, 4, blob->bytes[36] + 1U);
	return start;
}

/* A table with three IOMMUs, and the root complex of segment 5 with one mapping to @iommu. */
static struct blob three_iommus(uint32_t iommu, uint16_t *ret_root)
{
	struct blob blob = blob_table("RIMT", 48);
	uint32_t root;

	blob_set(&blob, 40, 4, 48);
	for (uint32_t i = 0; i < 3; i++)
		blob_set(&blob, add_node(&blob, 0, 40) + 16, 8, 0x1000 * (i + 1));
	root = add_node(&blob, 1, 40);
	blob_set(&blob, root + 14, 2, 5);
	blob_set(&blob, root + 16, 2, 20);
	blob_set(&blob, root + 18, 2, 1);
	blob_set(&blob, root + 24, 4, 0xffff);
	blob_set(&blob, root + 32, 4, iommu);
	*ret_root = (uint16_t)root;
	return blob;
}

static struct rimt parsed(struct blob *blob, struct arena *arena)
{
	struct error error = {0};
	struct rimt rimt;

	blob_finish(blob);
	if (rimt_parse(blob->bytes, blob->length, arena, &rimt, &error) < 0)
		fail_msg("%s", error.message);
	return rimt;
}

static void a_mapping_finds_its_iommu_by_offset(void **state)
{
	static const struct {
		uint32_t iommu;
		uint64_t base;
	} rows[] = {{48, 0x1000}, {88, 0x2000}, {128, 0x3000}, {44, 0}, {92, 0}, {168, 0}};
	_autoarena_ struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rimt_stream stream;
		uint16_t root;
		struct blob blob = three_iommus(rows[i].iommu, &root);
		struct rimt rimt = parsed(&blob, arena);

		assert_int_equal(rimt_map_rid(&rimt, 5, 8, &stream), rows[i].base != 0);
		assert_int_equal(rimt.notes.count, rows[i].base == 0);
		if (rows[i].base)
			assert_int_equal(stream.iommu->base, rows[i].base);
	}
}

static void mappings_without_a_count_or_a_place_are_none(void **state)
{
	static const uint16_t rows[][3] = {{20, 1, 1}, {0, 1, 0}, {20, 0, 0}};
	_autoarena_ struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rimt_stream stream;
		uint16_t root;
		struct blob blob = three_iommus(48, &root);
		struct rimt rimt;

		blob_set(&blob, root + 16U, 2, rows[i][0]);
		blob_set(&blob, root + 18U, 2, rows[i][1]);
		rimt = parsed(&blob, arena);
		assert_int_equal(rimt.devices[0].mapping_count, rows[i][2]);
		assert_int_equal(rimt_map_rid(&rimt, 5, 8, &stream), rows[i][2]);
	}
}

static void a_named_device_whose_mapping_leads_to_no_iommu_has_no_stream(void **state)
{
	const struct rimt_mapping mapping = {.output = 7};
	const struct rimt_device device = {
		.path = "\\_SB_.DMA0", .mappings = &mapping, .mapping_count = 1};
	const struct rimt rimt = {.devices = &device, .device_count = 1};
	struct rimt_stream stream;

	assert_false(rimt_map_named(&rimt, "\\_SB_.DMA0", 0, &stream));
}

static void another_table_is_refused(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("VIOT", 48);
	struct error error = {0};
	struct rimt rimt;

	blob_finish(&blob);
	assert_int_equal(rimt_parse(blob.bytes, blob.length, arena, &rimt, &error), -EINVAL);
	assert_string_equal(error.message, "RIMT: the signature is 'VIOT'");
}

UNIT(rimt)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_tables_give_their_facts),
		cmocka_unit_test(bad_tables_are_refused_with_their_reason),
		cmocka_unit_test(the_first_mapping_that_holds_an_id_counts),
		cmocka_unit_test(nodes_are_behind_the_header_and_within_the_table),
		cmocka_unit_test(a_mapping_finds_its_iommu_by_offset),
		cmocka_unit_test(mappings_without_a_count_or_a_place_are_none),
		cmocka_unit_test(a_named_device_whose_mapping_leads_to_no_iommu_has_no_stream),
		cmocka_unit_test(another_table_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
