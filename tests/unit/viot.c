/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/viot.h"
#include "support/acpi.h"
#include "support/check.h"

#include <errno.h>
#include <inttypes.h>

static struct blob empty(void)
{
	struct blob blob = blob_table("VIOT", 48);

	blob_set(&blob, 38, 2, 48);
	return blob;
}

static uint16_t node(struct blob *blob, uint8_t type, uint16_t size)
{
	uint16_t start = (uint16_t)blob->length;

	blob_u8(blob, type);
	blob_u8(blob, 0);
	blob_u16(blob, size);
	blob_zeros(blob, (size_t)start + size);
	blob_set(blob, 36, 2, blob->bytes[36] + 1U);
	return start;
}

static uint16_t iommu_pci(struct blob *blob, uint16_t segment, uint16_t bdf)
{
	uint16_t start = node(blob, 3, 16);

	blob_set(blob, start + 4U, 2, segment);
	blob_set(blob, start + 6U, 2, bdf);
	return start;
}

static uint16_t iommu_mmio(struct blob *blob, uint64_t base)
{
	uint16_t start = node(blob, 4, 16);

	blob_set(blob, start + 8U, 8, base);
	return start;
}

static void range(struct blob *blob, uint32_t segments, uint16_t first, uint16_t last,
		  uint32_t endpoint, uint16_t iommu)
{
	uint16_t start = node(blob, 1, 24);

	blob_set(blob, start + 4U, 4, endpoint);
	blob_set(blob, start + 8U, 4, segments);
	blob_set(blob, start + 12U, 2, first);
	blob_set(blob, start + 14U, 2, last);
	blob_set(blob, start + 16U, 2, iommu);
}

static void device(struct blob *blob, uint64_t base, uint32_t endpoint, uint16_t iommu)
{
	uint16_t start = node(blob, 2, 24);

	blob_set(blob, start + 4U, 4, endpoint);
	blob_set(blob, start + 8U, 8, base);
	blob_set(blob, start + 16U, 2, iommu);
}

static struct viot parsed(struct blob *blob, struct arena *arena)
{
	struct error error = {0};
	struct viot viot;

	blob_finish(blob);
	if (viot_parse(blob->bytes, blob->length, arena, &viot, &error) < 0)
		fail_msg("%s", error.message);
	return viot;
}

static void assert_endpoint(const struct viot *viot, uint32_t segment, uint16_t bdf, uint32_t iommu,
			    uint32_t id)
{
	struct viot_endpoint endpoint;

	assert_true(viot_map_pci(viot, segment, bdf, &endpoint));
	assert_int_equal(endpoint.iommu->offset, iommu);
	assert_int_equal(endpoint.id, id);
}

static void assert_none(const struct viot *viot, uint32_t segment, uint16_t bdf)
{
	struct viot_endpoint endpoint;

	assert_false(viot_map_pci(viot, segment, bdf, &endpoint));
}

static void a_function_is_mapped_by_its_distance_from_the_start(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint16_t iommu = iommu_pci(&blob, 0, 0x10);
	struct viot viot;

	/* The segments 1 and 2. */
	range(&blob, 0x00020001, 0x100, 0x1ff, 0x5000, iommu);
	viot = parsed(&blob, arena);
	assert_endpoint(&viot, 1, 0x100, iommu, 0x5000);
	assert_endpoint(&viot, 1, 0x1ff, iommu, 0x50ff);
	assert_endpoint(&viot, 2, 0x108, iommu, 0x15008);
	assert_none(&viot, 1, 0x0ff);
	assert_none(&viot, 1, 0x200);
	assert_none(&viot, 0, 0x100);
	assert_none(&viot, 3, 0x100);
	assert_none(&viot, 0x10001, 0x100);
}

static void the_last_range_wins_where_two_overlap(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint16_t one = iommu_pci(&blob, 0, 0x10), two = iommu_pci(&blob, 0, 0x18);
	struct viot viot;

	range(&blob, 0, 0, 0xffff, 0, one);
	range(&blob, 0, 0x100, 0x1ff, 0, two);
	viot = parsed(&blob, arena);
	assert_endpoint(&viot, 0, 0x100, two, 0);
	assert_endpoint(&viot, 0, 0x200, one, 0x200);
}

static void an_iommu_does_not_translate_itself(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint16_t pci = iommu_pci(&blob, 0, 0x10), mmio = iommu_mmio(&blob, 0x1000);
	struct viot_endpoint endpoint;
	struct viot viot;

	range(&blob, 0x00010000, 0, 0xff, 0, pci);
	device(&blob, 0x1000, 1, mmio);
	viot = parsed(&blob, arena);
	assert_none(&viot, 0, 0x10);
	assert_endpoint(&viot, 1, 0x10, pci, 0x10010);
	assert_false(viot_map_mmio(&viot, 0x1000, &endpoint));
}

static void an_iommu_may_follow_its_endpoints(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	struct viot_endpoint endpoint = {0};
	uint16_t iommu;
	struct viot viot;

	device(&blob, 0x9000000, 0x77, 72);
	iommu = iommu_mmio(&blob, 0xa000000);
	viot = parsed(&blob, arena);
	assert_true(viot_map_mmio(&viot, 0x9000000, &endpoint));
	assert_int_equal(endpoint.iommu->offset, iommu);
	assert_int_equal(endpoint.iommu->base, 0xa000000);
	assert_int_equal(endpoint.id, 0x77);
	assert_false(viot_map_mmio(&viot, 0x9000004, &endpoint));
}

static void an_endpoint_behind_no_iommu_is_left_out(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint16_t iommu = iommu_pci(&blob, 0, 0x10);
	struct viot viot;

	range(&blob, 0, 0, 0xff, 0, iommu);
	range(&blob, 0, 0, 0xff, 0x100, iommu + 4);
	viot = parsed(&blob, arena);
	assert_endpoint(&viot, 0, 8, iommu, 8);
	assert_string_equal(viot.notes.list[0].text,
			    "the endpoint is behind offset 0x34, where no virtio-iommu is");
}

static void endpoint_ids_wrap_as_in_the_kernel(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint16_t iommu = iommu_pci(&blob, 0, 0x10);
	struct viot viot;

	range(&blob, 0, 0, 0xff, 0xfffffff0, iommu);
	viot = parsed(&blob, arena);
	assert_endpoint(&viot, 0, 0x20, iommu, 0x10);
	assert_int_equal(viot.notes.count, 1);
}

static void print_viot(const void *data, size_t size, FILE *out)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error error = {0};
	struct viot viot;

	if (viot_parse(data, size, arena, &viot, &error) < 0) {
		fprintf(out, "refused: %s\n", error.message);
		return;
	}
	for (size_t i = 0; i < viot.iommu_count; i++) {
		const struct viot_iommu *iommu = &viot.iommus[i];

		if (iommu->pci)
			fprintf(out, "0x%x iommu %04x 0x%x\n", iommu->offset, iommu->segment,
				iommu->bdf);
		else
			fprintf(out, "0x%x iommu base 0x%" PRIx64 "\n", iommu->offset, iommu->base);
	}
	for (size_t i = 0; i < viot.range_count; i++)
		fprintf(out, "0x%x range %04x-%04x 0x%x-0x%x -> 0x%x 0x%x\n", viot.ranges[i].offset,
			viot.ranges[i].segment_first, viot.ranges[i].segment_last,
			viot.ranges[i].bdf_first, viot.ranges[i].bdf_last,
			viot.ranges[i].iommu->offset, viot.ranges[i].endpoint);
	for (size_t i = 0; i < viot.device_count; i++)
		fprintf(out, "0x%x device 0x%" PRIx64 " -> 0x%x 0x%x\n", viot.devices[i].offset,
			viot.devices[i].base, viot.devices[i].iommu->offset,
			viot.devices[i].endpoint);
	for (size_t i = 0; i < viot.notes.count; i++)
		fprintf(out, "note 0x%x: %s\n", viot.notes.list[i].offset, viot.notes.list[i].text);
}

static void good_tables_give_their_facts(void **state)
{
	tables_check("good/viot-*.aml", print_viot);
}

static void bad_tables_are_refused_with_their_reason(void **state)
{
	tables_check("bad/viot-*.aml", print_viot);
}

static void a_table_without_nodes_may_have_any_offset(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	struct viot viot;

	blob_set(&blob, 38, 2, 0xffff);
	viot = parsed(&blob, arena);
	assert_none(&viot, 0, 0);
}

static void a_range_that_ends_before_it_starts_covers_nothing(void **state)
{
	static const struct {
		uint32_t segments;
		uint16_t first, last;
	} rows[] = {{0, 0x200, 0x1ff}, {0x00000001, 0, 0xff}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_autoarena_ struct arena *arena = arena_new();
		struct blob blob = empty();
		uint16_t iommu = iommu_mmio(&blob, 0x1000);
		struct viot viot;

		range(&blob, rows[i].segments, rows[i].first, rows[i].last, 0, iommu);
		viot = parsed(&blob, arena);
		assert_none(&viot, 0, rows[i].first);
		assert_none(&viot, 1, rows[i].first);
		assert_int_equal(viot.notes.count, 1);
		assert_string_equal(viot.notes.list[0].text, "the range ends before it starts");
	}
}

/* A virtio-iommu on PCI has no base address, and one at an address has no PCI function. */
static void an_iommu_of_the_other_kind_is_not_the_endpoint(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = empty();
	uint16_t pci = iommu_pci(&blob, 0, 0x10), mmio = iommu_mmio(&blob, 0x1000);
	struct viot_endpoint endpoint = {0};
	struct viot viot;

	device(&blob, 0, 1, pci);
	device(&blob, 0x2000, 2, mmio);
	range(&blob, 0, 0, 0xff, 0, mmio);
	viot = parsed(&blob, arena);
	assert_true(viot_map_mmio(&viot, 0, &endpoint));
	assert_int_equal(endpoint.iommu->offset, pci);
	assert_true(viot_map_mmio(&viot, 0x2000, &endpoint));
	assert_int_equal(endpoint.iommu->offset, mmio);
	assert_endpoint(&viot, 0, 0, mmio, 0);
}

static void another_table_is_refused(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = blob_table("RIMT", 48);
	struct error error = {0};
	struct viot viot;

	blob_finish(&blob);
	assert_int_equal(viot_parse(blob.bytes, blob.length, arena, &viot, &error), -EINVAL);
	assert_string_equal(error.message, "VIOT: the signature is 'RIMT'");
}

UNIT(viot)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_is_mapped_by_its_distance_from_the_start),
		cmocka_unit_test(the_last_range_wins_where_two_overlap),
		cmocka_unit_test(an_iommu_does_not_translate_itself),
		cmocka_unit_test(an_iommu_may_follow_its_endpoints),
		cmocka_unit_test(an_endpoint_behind_no_iommu_is_left_out),
		cmocka_unit_test(endpoint_ids_wrap_as_in_the_kernel),
		cmocka_unit_test(good_tables_give_their_facts),
		cmocka_unit_test(bad_tables_are_refused_with_their_reason),
		cmocka_unit_test(a_table_without_nodes_may_have_any_offset),
		cmocka_unit_test(a_range_that_ends_before_it_starts_covers_nothing),
		cmocka_unit_test(an_iommu_of_the_other_kind_is_not_the_endpoint),
		cmocka_unit_test(another_table_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
