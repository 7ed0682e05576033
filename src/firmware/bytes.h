/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bytes - a window into an ACPI table, and the helpers of all table decoders
 *
 * A decoder takes the bytes of one table (a file of /sys/firmware/acpi/tables) and an arena, and
 * gives a value that no longer needs the bytes. It never reads outside the window, allocates no
 * more than some twenty bytes for each byte of the table, and ends in time about proportional to
 * its length, whatever the table says.
 *
 * A violation of the format is an error (ERROR_MALFORMED) whose message names it and its offset in
 * the table: "IORT: node 3 at offset 0x120 runs past the end of the table". A violation that the
 * kernel tolerates is a note in the result, and decoding goes on as the kernel would.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct bytes - a window: some successive bytes of a table
 * @start: its first byte; borrowed     @length: in bytes     @offset: of @start in the table
 */
struct bytes {
	const uint8_t *start;
	size_t length;
	size_t offset;
};

/**
 * bytes_u8, … - the little-endian number @at bytes into the window
 * Callers check sizes beforehand; a read that leaves the window gives 0.
 */
uint8_t bytes_u8(struct bytes bytes, size_t at);
uint16_t bytes_u16(struct bytes bytes, size_t at);
uint32_t bytes_u32(struct bytes bytes, size_t at);
uint64_t bytes_u64(struct bytes bytes, size_t at);

/** bytes_slice - the window of @length bytes @at; false where it would leave @bytes */
bool bytes_slice(struct bytes bytes, size_t at, size_t length, struct bytes *ret_slice) _nonnull_();

/** bytes_text - a copy of the string @at, or NULL where no NUL ends it within the window */
char *bytes_text(struct bytes bytes, size_t at, struct arena *arena) _nonnull_();

/**
 * struct acpi_note - an oddity that the kernel accepts
 * @offset: its place in the table     @text: one clause that describes it
 */
struct acpi_note {
	uint32_t offset;
	const char *text;
};

enum {
	/** the most notes that are kept for one table */
	ACPI_NOTES_MAX = 64,
};

/** struct acpi_notes - in the order in which they were found; empty when zero-initialised */
struct acpi_notes {
	struct acpi_note *list;
	size_t count;
};

/**
 * struct acpi_table - a table whose header was checked, and the places for a decoder's results
 * @name: its signature, such as "IORT"     @bytes: the whole table, without what follows it
 * @arena, @notes: where results go; borrowed
 */
struct acpi_table {
	char name[5];
	struct bytes bytes;
	struct arena *arena;
	struct acpi_notes *notes;
};

/** enum checksum - whether a wrong checksum is a note or an error */
enum checksum {
	CHECKSUM_NOTED,	   /* a wrong checksum is only logged by the kernel (ACPICA) */
	CHECKSUM_REQUIRED, /* a table with a wrong checksum is refused by the kernel (IVRS) */
};

/**
 * acpi_open - check the header that all tables have
 * @data, @size: the file; borrowed for as long as the table is decoded
 * @name: signature that it must have     @fixed: bytes that such a table has at least
 * @notes: empty; filled by acpi_note
 * Returns: 0, or -EINVAL with @e set.
 */
_must_check_ int acpi_open(const void *data, size_t size, const char *name, size_t fixed,
			   enum checksum checksum, struct arena *arena, struct acpi_notes *notes,
			   struct acpi_table *ret_table, struct error *e) _nonnull_();

/** acpi_note - record an oddity at @offset of the table; beyond ACPI_NOTES_MAX it is dropped */
void acpi_note(const struct acpi_table *table, size_t offset, const char *format, ...) _nonnull_()
	_printf_(3, 4);

/**
 * acpi_malformed - refuse the table; the message is "IORT: " (its name) and the clause
 * Returns: -EINVAL.
 */
int acpi_malformed(const struct acpi_table *table, struct error *e, const char *format, ...)
	_nonnull_() _printf_(3, 4);

/**
 * struct acpi_nodes - a list of nodes that begin with a type (8 bits, at 0) and a length (16 bits,
 * at 2)
 * @header: bytes that every node has     @sizes: the least size of each type, @count of them; a
 * type from @count on needs no more than @header
 */
struct acpi_nodes {
	size_t header;
	const size_t *sizes;
	size_t count;
};

/**
 * acpi_node - the node at @offset, whose length and type have been checked
 * @index: its number, for the message     Returns: 0; -EINVAL where it does not fit.
 */
_must_check_ int acpi_node(const struct acpi_table *table, const struct acpi_nodes *nodes,
			   size_t index, size_t offset, struct bytes *ret_node, struct error *e)
	_nonnull_();
