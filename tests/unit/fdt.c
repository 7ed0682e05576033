/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/fdt.h"

#include "support/check.h"
#include "support/dts.h"

#include <errno.h>
#include <libfdt.h>
#include <string.h>

static const char SOURCE[] = "/dts-v1/;\n"
			     "/ {\n"
			     "	compatible = \"a,board\";\n"
			     "	soc {\n"
			     "		smmu: iommu@1000 { #iommu-cells = <1>; };\n"
			     "		dma@2000 { iommus = <&smmu 0x20>; empty; };\n"
			     "	};\n"
			     "};\n";

enum {
	/* offsets of the fields of a header */
	TOTALSIZE = 4,
	OFF_STRUCT = 8,
	OFF_STRINGS = 12,
	VERSION = 20,
	SIZE_STRINGS = 32,
	SIZE_STRUCT = 36,
};

struct sample {
	struct arena *arena;
	uint8_t *blob;
	size_t length;
	const struct tree *tree;
	struct error e;
};

static int setup(void **state)
{
	struct arena *arena = arena_new();
	struct sample *sample = arena_alloc(arena, sizeof(*sample));

	sample->arena = arena;
	sample->blob = (uint8_t *)dts_blob(arena, SOURCE, &sample->length);
	*state = sample;
	return 0;
}

static int teardown(void **state)
{
	struct sample *sample = *state;

	arena_free(sample->arena);
	return 0;
}

static uint32_t get(const struct sample *sample, size_t at)
{
	return fdt32_ld((const fdt32_t *)(const void *)(sample->blob + at));
}

static void set(struct sample *sample, size_t at, uint32_t value)
{
	fdt32_st(sample->blob + at, value);
}

/* Decode from memory of exactly @length bytes, so that sanitizers notice each read beyond. */
static int decode(struct sample *sample, size_t length)
{
	_autofree_ uint8_t *exact = malloc(length ? length : 1);

	memcpy(exact, sample->blob, length);
	return fdt_decode(sample->arena, exact, length, &sample->tree, &sample->e);
}

static void refused(struct sample *sample, const char *message)
{
	assert_int_equal(decode(sample, sample->length), -EINVAL);
	assert_int_equal(sample->e.code, ERROR_MALFORMED);
	assert_string_equal(sample->e.message, message);
}

static size_t find_tag(const struct sample *sample, uint32_t tag)
{
	size_t at = get(sample, OFF_STRUCT);

	while (get(sample, at) != tag)
		at += 4;
	return at;
}

static void decodes_nodes_and_properties(void **state)
{
	struct sample *sample = *state;
	const struct node *dma;

	assert_int_equal(
		fdt_decode(sample->arena, sample->blob, sample->length, &sample->tree, &sample->e),
		0);
	assert_int_equal(sample->tree->count, 4);
	dma = dts_node(sample->tree, "/soc/dma@2000");
	assert_string_equal(property_string(node_property(sample->tree->root, "compatible"), 0),
			    "a,board");
	assert_int_equal(property_cells(node_property(dma, "iommus")), 2);
	assert_int_equal(property_cell(node_property(dma, "iommus"), 1), 0x20);
	assert_int_equal(node_property(dma, "empty")->length, 0);
	assert_ptr_equal(
		tree_by_phandle(sample->tree, property_cell(node_property(dma, "iommus"), 0)),
		dts_node(sample->tree, "/soc/iommu@1000"));
}

static void takes_blobs_at_any_address(void **state)
{
	struct sample *sample = *state;
	uint8_t *odd = (uint8_t *)arena_alloc(sample->arena, sample->length + 8) + 1;

	memcpy(odd, sample->blob, sample->length);
	assert_int_equal(fdt_decode(sample->arena, odd, sample->length, &sample->tree, &sample->e),
			 0);
	assert_int_equal(sample->tree->count, 4);
}

static void ignores_bytes_after_the_blob(void **state)
{
	struct sample *sample = *state;

	assert_int_equal(decode(sample, sample->length + 1000), 0);
}

static void takes_version_16_which_does_not_say_how_long_the_structure_is(void **state)
{
	struct sample *sample = *state;

	set(sample, VERSION, 16);
	set(sample, SIZE_STRUCT, 0);
	assert_int_equal(decode(sample, sample->length), 0);
	assert_int_equal(sample->tree->count, 4);
}

static void refuses_bytes_that_are_no_blob(void **state)
{
	struct sample *sample = *state;

	set(sample, 0, 0x7f454c46);
	refused(sample, "not a devicetree blob: it starts with 0x7f454c46, not 0xd00dfeed");
	sample->length = 39;
	refused(sample, "not a devicetree blob: 39 bytes are too few");
	sample->length = 0;
	refused(sample, "not a devicetree blob: 0 bytes are too few");
}

static void refuses_a_blob_that_says_it_is_longer_than_its_file(void **state)
{
	struct sample *sample = *state;
	char message[128];

	snprintf(message, sizeof(message),
		 "malformed devicetree blob: it says it has %zu bytes, there are %zu",
		 sample->length + 1, sample->length);
	set(sample, TOTALSIZE, (uint32_t)sample->length + 1);
	refused(sample, message);
}

static void refuses_headers_that_point_outside(void **state)
{
	static const size_t fields[] = {OFF_STRUCT, OFF_STRINGS, SIZE_STRINGS, SIZE_STRUCT};
	struct sample *sample = *state;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		uint32_t good = get(sample, fields[i]);

		set(sample, fields[i], 0x7ffffff0);
		assert_int_equal(decode(sample, sample->length), -EINVAL);
		assert_int_equal(sample->e.code, ERROR_MALFORMED);
		set(sample, fields[i], good);
	}
	set(sample, VERSION, 15);
	refused(sample, "malformed devicetree blob, in its header: FDT_ERR_BADVERSION");
}

static void refuses_properties_longer_than_the_structure(void **state)
{
	struct sample *sample = *state;
	size_t at = find_tag(sample, FDT_PROP);
	char message[128];

	snprintf(message, sizeof(message),
		 "malformed devicetree blob, at offset 0x%zx: "
		 "a property ends beyond the structure block",
		 at + 4);
	set(sample, at + 4, 0x1000);
	refused(sample, message);
	/* With this length the next position is the property's own tag, by a sum that wraps. */
	set(sample, at + 4, 0xfffffff4);
	refused(sample, message);
}

static void refuses_property_names_outside_of_the_strings(void **state)
{
	struct sample *sample = *state;
	size_t at = find_tag(sample, FDT_PROP);
	char message[128];

	set(sample, at + 8, get(sample, SIZE_STRINGS));
	snprintf(message, sizeof(message),
		 "malformed devicetree blob, at offset 0x%zx: "
		 "a property's name is outside of the strings",
		 at + 8);
	refused(sample, message);
}

static void refuses_property_names_without_end(void **state)
{
	struct sample *sample = *state;

	/* The last name in the strings loses its NUL. */
	set(sample, SIZE_STRINGS, get(sample, SIZE_STRINGS) - 1);
	assert_int_equal(decode(sample, sample->length), -EINVAL);
	assert_non_null(strstr(sample->e.message, "name is outside of the strings"));
}

static void refuses_unknown_tags(void **state)
{
	struct sample *sample = *state;
	size_t at = find_tag(sample, FDT_END_NODE);
	char message[128];

	set(sample, at, 5);
	snprintf(message, sizeof(message),
		 "malformed devicetree blob, at offset 0x%zx: 0x5 is no tag", at);
	refused(sample, message);
}

static void refuses_nodes_that_do_not_end(void **state)
{
	struct sample *sample = *state;
	char message[128];

	set(sample, find_tag(sample, FDT_END_NODE), FDT_NOP);
	snprintf(message, sizeof(message),
		 "malformed devicetree blob, at offset 0x%zx: a node does not end",
		 find_tag(sample, FDT_END));
	refused(sample, message);
}

static void refuses_every_shorter_structure(void **state)
{
	struct sample *sample = *state;
	uint32_t whole = get(sample, SIZE_STRUCT);

	for (uint32_t size = 0; size < whole; size++) {
		set(sample, SIZE_STRUCT, size);
		assert_int_equal(decode(sample, sample->length), -EINVAL);
		assert_int_equal(sample->e.code, ERROR_MALFORMED);
	}
}

static void refuses_every_shorter_file(void **state)
{
	struct sample *sample = *state;

	for (size_t length = 0; length < sample->length; length++)
		assert_int_equal(decode(sample, length), -EINVAL);
}

/* True for errors that libfdt does not report: firmware/tree.h sets limits. */
static bool has_limits(const struct error *e)
{
	return strstr(e->message, "a node's name is empty or has a '/' in it") ||
	       strstr(e->message, "more than one root") || strstr(e->message, "no root");
}

/*
 * True for bytes that fdt_decode ignores: the memory reservations, and the field with their offset.
 */
static bool is_unread(const struct sample *sample, size_t at)
{
	return at / 4 * 4 == 16 ||
	       (at >= sizeof(struct fdt_header) && at < get(sample, OFF_STRUCT));
}

/* Invert each bit in turn. libfdt accepts versions before 16, fdt_decode does not. */
static void accepts_all_blobs_that_libfdt_accepts(void **state)
{
	struct sample *sample = *state;

	for (size_t bit = 0; bit < sample->length * 8; bit++) {
		bool ours, theirs;

		if (is_unread(sample, bit / 8))
			continue;
		sample->blob[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ours = decode(sample, sample->length) == 0;
		theirs = fdt_check_full(sample->blob, sample->length) == 0;
		if (ours != theirs && get(sample, VERSION) >= 16 &&
		    !(theirs && has_limits(&sample->e)))
			fail_msg("bit %zu: libfdt says %d, we say %s", bit, theirs,
				 ours ? "fine" : sample->e.message);
		sample->blob[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void refuses_a_file_that_is_too_long(void **state)
{
	struct sample *sample = *state;
	_autofree_ uint8_t *bytes = calloc(1, FDT_SIZE_MAX + 1);

	memcpy(bytes, sample->blob, sample->length);
	assert_int_equal(fdt_decode(sample->arena, bytes, FDT_SIZE_MAX, &sample->tree, &sample->e),
			 0);
	assert_int_equal(fdt_decode(sample->arena, bytes, (size_t)FDT_SIZE_MAX + 1, &sample->tree,
				    &sample->e),
			 -EINVAL);
	assert_string_equal(sample->e.message, "not a devicetree blob: 8388609 bytes are too many");
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

UNIT(fdt)
{
	const struct CMUnitTest tests[] = {
		test(decodes_nodes_and_properties),
		test(takes_blobs_at_any_address),
		test(ignores_bytes_after_the_blob),
		test(takes_version_16_which_does_not_say_how_long_the_structure_is),
		test(refuses_bytes_that_are_no_blob),
		test(refuses_a_blob_that_says_it_is_longer_than_its_file),
		test(refuses_headers_that_point_outside),
		test(refuses_properties_longer_than_the_structure),
		test(refuses_property_names_outside_of_the_strings),
		test(refuses_property_names_without_end),
		test(refuses_unknown_tags),
		test(refuses_nodes_that_do_not_end),
		test(refuses_every_shorter_structure),
		test(refuses_every_shorter_file),
		test(accepts_all_blobs_that_libfdt_accepts),
		test(refuses_a_file_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
