/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Offsets in the header that all ACPI tables have (ACPI 6.5, 5.2.6). */
enum {
	HEADER_LENGTH = 4,
	HEADER_SIZE = 36,
};

static uint64_t number(struct bytes bytes, size_t at, size_t size)
{
	uint64_t value = 0;

	if (at > bytes.length || size > bytes.length - at)
		return 0;
	for (size_t i = size; i-- > 0;)
		value = value << 8 | bytes.start[at + i];
	return value;
}

uint8_t bytes_u8(struct bytes bytes, size_t at)
{
	return (uint8_t)number(bytes, at, 1);
}

uint16_t bytes_u16(struct bytes bytes, size_t at)
{
	return (uint16_t)number(bytes, at, 2);
}

uint32_t bytes_u32(struct bytes bytes, size_t at)
{
	return (uint32_t)number(bytes, at, 4);
}

uint64_t bytes_u64(struct bytes bytes, size_t at)
{
	return number(bytes, at, 8);
}

bool bytes_slice(struct bytes bytes, size_t at, size_t length, struct bytes *ret_slice)
{
	if (at > bytes.length || length > bytes.length - at)
		return false;
	*ret_slice = (struct bytes){bytes.start + at, length, bytes.offset + at};
	return true;
}

char *bytes_text(struct bytes bytes, size_t at, struct arena *arena)
{
	const char *text;
	const char *end;

	if (at >= bytes.length)
		return NULL;
	text = (const char *)bytes.start + at;
	end = memchr(text, '\0', bytes.length - at);
	return end ? arena_text(arena, text, (size_t)(end - text)) : NULL;
}

static uint8_t sum(struct bytes bytes)
{
	uint8_t total = 0;

	for (size_t i = 0; i < bytes.length; i++)
		total = (uint8_t)(total + bytes.start[i]);
	return total;
}

int acpi_open(const void *data, size_t size, const char *name, size_t fixed, enum checksum checksum,
	      struct arena *arena, struct acpi_notes *notes, struct acpi_table *ret_table,
	      struct error *e)
{
	struct acpi_table table = {.bytes = {data, size, 0}, .arena = arena, .notes = notes};
	uint32_t length = bytes_u32(table.bytes, HEADER_LENGTH);

	snprintf(table.name, sizeof(table.name), "%s", name);
	if (size < HEADER_SIZE)
		return acpi_malformed(&table, e, "%zu bytes are no table: its header alone has %d",
				      size, HEADER_SIZE);
	if (memcmp(data, name, 4) != 0)
		return acpi_malformed(&table, e, "the signature is '%.4s'", (const char *)data);
	if (length > size)
		return acpi_malformed(&table, e, "the table is %u bytes long, the file only %zu",
				      length, size);
	if (length < fixed)
		return acpi_malformed(&table, e, "%u bytes are too few, the fixed part has %zu",
				      length, fixed);
	table.bytes.length = length;
	if (sum(table.bytes) != 0 && checksum == CHECKSUM_REQUIRED)
		return acpi_malformed(&table, e, "the checksum is wrong");
	if (sum(table.bytes) != 0)
		acpi_note(&table, 0, "the checksum is wrong");
	*ret_table = table;
	return 0;
}

void acpi_note(const struct acpi_table *table, size_t offset, const char *format, ...)
{
	struct acpi_notes *notes = table->notes;
	char text[256];
	va_list arguments;

	if (notes->count == ACPI_NOTES_MAX)
		return;
	if (!notes->list)
		notes->list = arena_array(table->arena, ACPI_NOTES_MAX, sizeof(*notes->list));
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	notes->list[notes->count++] = (struct acpi_note){
		.offset = (uint32_t)offset,
		.text = arena_strdup(table->arena, text),
	};
}

int acpi_malformed(const struct acpi_table *table, struct error *e, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return error_set(e, ERROR_MALFORMED, 0, "%s: %s", table->name, text);
}

int acpi_node(const struct acpi_table *table, const struct acpi_nodes *nodes, size_t index,
	      size_t offset, struct bytes *ret_node, struct error *e)
{
	enum { NODE_TYPE = 0, NODE_LENGTH = 2 };
	size_t least = nodes->header, length = bytes_u16(table->bytes, offset + NODE_LENGTH);
	uint8_t type = bytes_u8(table->bytes, offset + NODE_TYPE);

	if (!bytes_slice(table->bytes, offset, nodes->header, ret_node) ||
	    !bytes_slice(table->bytes, offset, length, ret_node))
		return acpi_malformed(table, e,
				      "node %zu at offset 0x%zx runs past the end of the table",
				      index, offset);
	if (type < nodes->count)
		least = nodes->sizes[type];
	if (length < least)
		return acpi_malformed(table, e,
				      "node %zu at offset 0x%zx is of type %u and %zu bytes long, "
				      "%zu are needed",
				      index, offset, type, length, least);
	return 0;
}
