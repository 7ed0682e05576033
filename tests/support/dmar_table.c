/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/dmar_table.h"

#include "support/check.h"

#include <stdio.h>

struct blob dmar_empty(void)
{
	struct blob blob = blob_table("DMAR", 48);

	blob_set(&blob, 36, 1, 38);
	return blob;
}

uint32_t dmar_add_unit(struct blob *blob, uint16_t segment, uint64_t base, uint8_t flags)
{
	uint32_t start = (uint32_t)blob->length;

	blob_u16(blob, 0);
	blob_u16(blob, 16);
	blob_u8(blob, flags);
	blob_u8(blob, 0);
	blob_u16(blob, segment);
	blob_u64(blob, base);
	return start;
}

uint32_t dmar_add_memory(struct blob *blob, uint16_t segment, uint64_t base, uint64_t limit)
{
	uint32_t start = (uint32_t)blob->length;

	blob_u16(blob, 1);
	blob_u16(blob, 24);
	blob_u16(blob, 0);
	blob_u16(blob, segment);
	blob_u64(blob, base);
	blob_u64(blob, limit);
	return start;
}

void dmar_add_scope(struct blob *blob, uint32_t structure, uint8_t type, uint8_t number,
		    uint8_t bus, const char *path)
{
	size_t at = blob->length;
	unsigned device, function;

	blob_u8(blob, type);
	blob_u8(blob, 0);
	blob_u16(blob, 0);
	blob_u8(blob, number);
	blob_u8(blob, bus);
	for (int used = 0; sscanf(path, "%x.%x%n", &device, &function, &used) == 2; path += used) {
		blob_u8(blob, (uint8_t)device);
		blob_u8(blob, (uint8_t)function);
		used += path[used] == '/';
	}
	blob_set(blob, at + 1, 1, blob->length - at);
	blob_set(blob, structure + 2, 2, blob->length - structure);
}

void dmar_add_named(struct blob *blob, uint8_t number, const char *path)
{
	size_t start = blob->length;

	blob_u16(blob, 4);
	blob_u16(blob, 0);
	blob_zeros(blob, start + 7);
	blob_u8(blob, number);
	blob_text(blob, path);
	blob_u8(blob, 0);
	blob_set(blob, start + 2, 2, blob->length - start);
}

struct dmar dmar_parsed(struct blob *blob, struct arena *arena)
{
	struct error error = {0};
	struct dmar dmar;

	blob_finish(blob);
	if (dmar_parse(blob->bytes, blob->length, arena, &dmar, &error) < 0)
		fail_msg("%s", error.message);
	return dmar;
}
