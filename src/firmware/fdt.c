/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/fdt.h"

#include <endian.h>
#include <errno.h>
#include <libfdt.h>
#include <stdalign.h>
#include <string.h>

/*
 * struct blob - a blob that is being decoded
 * @at: the walk's place; @end: the end of the structure block; both are offsets in the file
 * @strings: names of properties; a NUL follows every offset below @strings_length
 */
struct blob {
	const char *bytes;
	size_t at, end;
	const char *strings;
	size_t strings_length;
	struct tree_builder builder;
};

static int wrong_at(size_t offset, struct error *e)
{
	error_wrap(e, "malformed devicetree blob, at offset 0x%zx", offset);
	return -EINVAL;
}

static int truncated(const struct blob *blob, struct error *e)
{
	error_set(e, ERROR_MALFORMED, 0, "the structure block ends too early");
	return wrong_at(blob->at, e);
}

/* Read a 32-bit number at the walk's place in the blob; the caller has checked that it is there. */
static uint32_t next_cell(struct blob *blob)
{
	uint32_t number;

	memcpy(&number, blob->bytes + blob->at, 4);
	blob->at += 4;
	return be32toh(number);
}

/*
 * Move the walk through the blob by @length bytes, rounded up to a multiple of 4, but not past the
 * end.
 */
static void skip_bytes(struct blob *blob, size_t length)
{
	size_t left = blob->end - blob->at, padded = (length + 3) & ~(size_t)3;

	blob->at += padded < left ? padded : left;
}

static int open_node(struct blob *blob, struct error *e)
{
	const char *name = blob->bytes + blob->at;
	size_t length = strnlen(name, blob->end - blob->at);

	if (length == blob->end - blob->at)
		return truncated(blob, e);
	if (tree_open(&blob->builder, name, length, e) < 0)
		return wrong_at(blob->at, e);
	skip_bytes(blob, length + 1);
	return 0;
}

static int add_property(struct blob *blob, struct error *e)
{
	uint32_t length, name;

	if (blob->end - blob->at < 8)
		return truncated(blob, e);
	length = next_cell(blob);
	name = next_cell(blob);
	/* libfdt before 1.7 moves backwards for lengths near 2^32. */
	if (length > blob->end - blob->at) {
		error_set(e, ERROR_MALFORMED, 0, "a property ends beyond the structure block");
		return wrong_at(blob->at - 8, e);
	}
	if (name >= blob->strings_length) {
		error_set(e, ERROR_MALFORMED, 0, "a property's name is outside of the strings");
		return wrong_at(blob->at - 4, e);
	}
	if (tree_property(&blob->builder, blob->strings + name, blob->bytes + blob->at, length, e) <
	    0)
		return wrong_at(blob->at, e);
	skip_bytes(blob, length);
	return 0;
}

static int handle_tag(struct blob *blob, uint32_t tag, struct error *e)
{
	switch (tag) {
	case FDT_BEGIN_NODE:
		return open_node(blob, e);
	case FDT_PROP:
		return add_property(blob, e);
	case FDT_END_NODE:
		return tree_close(&blob->builder, e) < 0 ? wrong_at(blob->at - 4, e) : 0;
	case FDT_NOP:
	case FDT_END:
		return 0;
	default:
		error_set(e, ERROR_MALFORMED, 0, "0x%x is no tag", tag);
		return wrong_at(blob->at - 4, e);
	}
}

static int walk_structure(struct blob *blob, const struct tree **ret_tree, struct error *e)
{
	uint32_t tag;
	int result;

	do {
		if (blob->end - blob->at < 4)
			return truncated(blob, e);
		tag = next_cell(blob);
		result = handle_tag(blob, tag, e);
		if (result < 0)
			return result;
	} while (tag != FDT_END);
	return tree_seal(&blob->builder, ret_tree, e) < 0 ? wrong_at(blob->at - 4, e) : 0;
}

/* Find the blocks by the header, whose offsets and sizes libfdt has checked against totalsize. */
static void find_blocks(struct blob *blob, const struct fdt_header *header)
{
	const char *last_nul;

	blob->at = fdt_off_dt_struct(header);
	blob->end = fdt_version(header) >= 17 ? blob->at + fdt_size_dt_struct(header)
					      : fdt_totalsize(header);
	blob->strings = blob->bytes + fdt_off_dt_strings(header);
	last_nul = memrchr(blob->strings, '\0', fdt_size_dt_strings(header));
	blob->strings_length = last_nul ? (size_t)(last_nul + 1 - blob->strings) : 0;
}

static int check_header(const struct fdt_header *header, size_t length, struct error *e)
{
	int fault = fdt_check_header(header);

	if (fdt_magic(header) != FDT_MAGIC)
		return error_set(e, ERROR_MALFORMED, 0,
				 "not a devicetree blob: it starts with 0x%08x, not 0x%08x",
				 fdt_magic(header), FDT_MAGIC);
	if (fault == 0 && fdt_version(header) < 16)
		fault = -FDT_ERR_BADVERSION;
	if (fault)
		return error_set(e, ERROR_MALFORMED, 0,
				 "malformed devicetree blob, in its header: %s",
				 fdt_strerror(fault));
	if (length < fdt_totalsize(header))
		return error_set(
			e, ERROR_MALFORMED, 0,
			"malformed devicetree blob: it says it has %u bytes, there are %zu",
			fdt_totalsize(header), length);
	return 0;
}

int fdt_decode(struct arena *arena, const void *bytes, size_t length, const struct tree **ret_tree,
	       struct error *e)
{
	struct blob blob = {.bytes = bytes};
	/* libfdt requires a blob with this alignment; it reads no more than the header. */
	alignas(8) struct fdt_header header;
	int result;

	if (length < sizeof(header) || length > FDT_SIZE_MAX)
		return error_set(e, ERROR_MALFORMED, 0,
				 "not a devicetree blob: %zu bytes are too %s", length,
				 length < sizeof(header) ? "few" : "many");
	memcpy(&header, bytes, sizeof(header));
	result = check_header(&header, length, e);
	if (result < 0)
		return result;
	find_blocks(&blob, &header);
	tree_begin(&blob.builder, arena);
	return walk_structure(&blob, ret_tree, e);
}
