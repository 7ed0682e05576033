/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/iort_table.h"

#include "support/check.h"

#include <string.h>

uint32_t iort_add(struct blob *blob, uint8_t type, uint16_t size)
{
	uint32_t start = (uint32_t)blob->length;

	blob_u8(blob, type);
	blob_u16(blob, size);
	blob_zeros(blob, start + size);
	blob_set(blob, 36, 4, blob->bytes[36] + 1U);
	return start;
}

void iort_add_mapping(struct blob *blob, uint32_t node, uint32_t input, uint32_t count_minus_one,
		      uint32_t output_base, uint32_t output, uint32_t flags)
{
	uint8_t count = blob->bytes[node + 8];

	if (!count)
		blob_set(blob, node + 12, 4, blob->length - node);
	blob_set(blob, node + 8, 4, count + 1U);
	blob_u32(blob, input);
	blob_u32(blob, count_minus_one);
	blob_u32(blob, output_base);
	blob_u32(blob, output);
	blob_u32(blob, flags);
	blob_set(blob, node + 1, 2, blob->length - node);
}

struct blob iort_empty(void)
{
	struct blob blob = blob_table("IORT", 48);

	blob_set(&blob, 40, 4, 48);
	return blob;
}

uint32_t iort_add_smmu_v3(struct blob *blob, uint64_t base)
{
	uint32_t start = iort_add(blob, IORT_SMMU_V3, 68);

	blob_set(blob, start + 16, 8, base);
	return start;
}

uint32_t iort_add_root_complex(struct blob *blob, uint32_t segment)
{
	uint32_t start = iort_add(blob, IORT_ROOT_COMPLEX, 32);

	blob_set(blob, start + 28, 4, segment);
	return start;
}

uint32_t iort_add_named(struct blob *blob, const char *path)
{
	uint32_t start = iort_add(blob, IORT_NAMED_COMPONENT, (uint16_t)(30 + strlen(path)));

	for (size_t i = 0; path[i]; i++)
		blob_set(blob, start + 29 + i, 1, (uint8_t)path[i]);
	return start;
}

struct iort iort_parsed(struct blob *blob, struct arena *arena)
{
	struct error error = {0};
	struct iort iort;

	blob_finish(blob);
	if (iort_parse(blob->bytes, blob->length, arena, &iort, &error) < 0)
		fail_msg("%s", error.message);
	return iort;
}

void iort_assert_noted(const struct iort *iort, const char *text)
{
	assert_true(iort->notes.count > 0);
	assert_string_equal(iort->notes.list[0].text, text);
}

void iort_assert_stream(bool found, struct iort_stream stream, uint32_t smmu, uint32_t id)
{
	assert_true(found);
	assert_int_equal(stream.smmu->offset, smmu);
	assert_int_equal(stream.id, id);
}
