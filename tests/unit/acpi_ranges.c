/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of IDs in tables of another machine, at the ends of their numbers. */
#include "model/build.h"
#include "sources/firmware/offline.h"
#include "support/check.h"
#include "support/iort_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Each stream as "SUBJECT INPUT: FIRST+COUNT", with "!" where it has an error. */
static void expect_ranges(struct blob *blob, const char *wanted)
{
	char path[] = "/tmp/acpi-ranges-XXXXXX", text[1024] = "";
	_autoclose_ int fd = mkstemp(path);
	const struct system *system;
	struct error error = {0};
	size_t used = 0;

	blob_finish(blob);
	assert_int_equal(write(fd, blob->bytes, blob->length), blob->length);
	assert_int_equal(system_from_acpi(path, &system, &error), 0);
	unlink(path);
	for (size_t i = 0; i < system->stream_count; i++) {
		const struct stream *stream = &system->streams[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s 0x%x: 0x%" PRIx64 "+0x%" PRIx64 "%s\n",
					 stream->device_name, stream->map.rid_base,
					 (uint64_t)stream->id, (uint64_t)stream->count,
					 stream->error ? "!" : "");
	}
	system_free(system);
	assert_string_equal(text, wanted);
}

static void output_ids_of_an_iort_go_on_at_0(void **state)
{
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 0x9050000);
	uint32_t root = iort_add_root_complex(&blob, 0);

	iort_add_mapping(&blob, root, 0, 0xffff, 0xffff8000, smmu, 0);
	iort_add_mapping(&blob, root, 0x100, 0xff, 0xffffff00, smmu, 0);
	expect_ranges(&blob, "PCI segment 0 0x0: 0xffff8000+0x8000\n"
			     "PCI segment 0 0x8000: 0x0+0x8000\n"
			     "PCI segment 0 0x100: 0xffffff00+0x100\n");
}

/* The number of IDs is one more than the field says. */
static void a_range_of_all_ids_has_all(void **state)
{
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 0x9050000);

	iort_add_mapping(&blob, iort_add_root_complex(&blob, 0), 0, UINT32_MAX, 0, smmu, 0);
	expect_ranges(&blob, "PCI segment 0 0x0: 0x0+0x100000000\n");
}

/* iort_id_map compares with the wrapped end. */
static void input_ids_of_an_iort_that_wrap_are_none(void **state)
{
	struct blob blob = iort_empty();
	uint32_t smmu = iort_add_smmu_v3(&blob, 0x9050000);

	iort_add_mapping(&blob, iort_add_root_complex(&blob, 0), 1, UINT32_MAX, 0, smmu, 0);
	expect_ranges(&blob, "");
}

/* A RIMT with an IOMMU at offset 48 and a root complex with one mapping. */
static struct blob rimt_with(uint32_t input, uint32_t more, uint32_t output)
{
	struct blob blob = blob_table("RIMT", 48);

	blob_set(&blob, 36, 4, 2);
	blob_set(&blob, 40, 4, 48);
	blob_zeros(&blob, 48 + 40);
	blob_set(&blob, 48 + 2, 2, 40);
	blob_set(&blob, 48 + 16, 8, 0x10010000);
	blob_zeros(&blob, 88 + 20);
	blob_set(&blob, 88, 1, 1);
	blob_set(&blob, 88 + 2, 2, 40);
	blob_set(&blob, 88 + 16, 2, 20);
	blob_set(&blob, 88 + 18, 2, 1);
	blob_u32(&blob, input);
	blob_u32(&blob, more);
	blob_u32(&blob, output);
	blob_u32(&blob, 48);
	blob_u32(&blob, 0);
	return blob;
}

static void ranges_of_a_rimt_end_as_those_of_an_iort(void **state)
{
	struct blob blob = rimt_with(0, 0xffff, 0xffff8000);

	expect_ranges(&blob, "PCI segment 0 0x0: 0xffff8000+0x8000\n"
			     "PCI segment 0 0x8000: 0x0+0x8000\n");
	blob = rimt_with(0xffffffff, 1, 0);
	expect_ranges(&blob, "");
	blob = rimt_with(0xffffffff, 0, 7);
	expect_ranges(&blob, "PCI segment 0 0xffffffff: 0x7+0x1\n");
}

/* A VIOT with a virtio-iommu at offset 48 and one range of PCI functions. */
static struct blob viot_with(uint16_t segment_last, uint16_t first, uint16_t last,
			     uint32_t endpoint)
{
	struct blob blob = blob_table("VIOT", 48);

	blob_set(&blob, 36, 2, 2);
	blob_set(&blob, 38, 2, 48);
	blob_zeros(&blob, 48 + 16);
	blob_set(&blob, 48, 1, 4);
	blob_set(&blob, 48 + 2, 2, 16);
	blob_set(&blob, 48 + 8, 8, 0x10010000);
	blob_zeros(&blob, 64 + 24);
	blob_set(&blob, 64, 1, 1);
	blob_set(&blob, 64 + 2, 2, 24);
	blob_set(&blob, 64 + 4, 4, endpoint);
	blob_set(&blob, 64 + 10, 2, segment_last);
	blob_set(&blob, 64 + 12, 2, first);
	blob_set(&blob, 64 + 14, 2, last);
	blob_set(&blob, 64 + 16, 2, 48);
	return blob;
}

static void ranges_of_a_viot_are_those_of_each_segment(void **state)
{
	struct blob blob = viot_with(0, 0, 0xffff, 0x10000);

	expect_ranges(&blob, "PCI segments 0-0 0x0: 0x10000+0x10000\n");
	blob = viot_with(2, 0, 0xffff, 0);
	expect_ranges(&blob, "PCI segments 0-2 0x0: 0x0+0x30000\n");
	blob = viot_with(2, 8, 0xf, 0x100);
	expect_ranges(&blob, "PCI segments 0-2 0x8: 0x100+0x8!\n");
	blob = viot_with(0, 0, 0xffff, 0xffffff00);
	expect_ranges(&blob, "PCI segments 0-0 0x0: 0xffffff00+0x100\n"
			     "PCI segments 0-0 0x100: 0x0+0xff00\n");
	blob = viot_with(0, 0xf, 8, 0);
	expect_ranges(&blob, "");
}

UNIT(acpi_ranges)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_ids_of_an_iort_go_on_at_0),
		cmocka_unit_test(a_range_of_all_ids_has_all),
		cmocka_unit_test(input_ids_of_an_iort_that_wrap_are_none),
		cmocka_unit_test(ranges_of_a_rimt_end_as_those_of_an_iort),
		cmocka_unit_test(ranges_of_a_viot_are_those_of_each_segment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
