/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * acpi - ACPI tables for tests: built by hand, or read from tests/tables
 *
 *     struct blob blob = blob_table("IORT", 48);
 *     blob_u32(&blob, 7);                 append, little-endian
 *     blob_set(&blob, 36, 4, 1);          overwrite 4 bytes at offset 36
 *     blob_finish(&blob);                 length and checksum
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** struct blob - bytes of a table; if they are too many, the test fails */
struct blob {
	uint8_t bytes[65536];
	size_t length;
};

/** blob_table - the header of a table, and zeros up to its @fixed size */
struct blob blob_table(const char *signature, size_t fixed);

void blob_u8(struct blob *blob, uint8_t value);
void blob_u16(struct blob *blob, uint16_t value);
void blob_u32(struct blob *blob, uint32_t value);
void blob_u64(struct blob *blob, uint64_t value);

/** blob_zeros - append zeros until the blob has @length bytes */
void blob_zeros(struct blob *blob, size_t length);

/** blob_text - append a string without its NUL */
void blob_text(struct blob *blob, const char *text);

/** blob_set - overwrite @size bytes at offset @at */
void blob_set(struct blob *blob, size_t at, size_t size, uint64_t value);

/** blob_finish - set length and checksum of the header */
void blob_finish(struct blob *blob);

/** blob_put - print the line of a tree (support/tree.h) that makes the table's file in /sys */
void blob_put(const struct blob *blob, FILE *out);

/**
 * tables_check - compare the facts of each table of tests/tables with the .facts file beside it
 * @pattern: such as "good/iort-*.aml"; at least one file must match
 * @describe: prints the facts of a table, or "refused: " and the error's message
 * With UPDATE=1 in the environment it writes the .facts files instead.
 */
void tables_check(const char *pattern, void (*describe)(const void *data, size_t size, FILE *out));
