/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record - one line of a file of iommuctl: checksummed, numbered, and read back in full
 *
 *     <CRC-32> <number> <word>\t<field>\t<field>…\n
 *
 * The checksum covers everything after it up to the newline; the number is that of the line, from
 * 1. In a field every byte that is not printable ASCII, and the backslash, is written \xNN; the
 * field \N is none, which differs from an empty one.
 *
 * These functions use no files.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	RECORD_FIELDS_MAX = 20,
	/** digits of the checksum at the start of a line */
	RECORD_CHECKSUM_DIGITS = 8,
};

/** enum record_kind - the type of a struct's member that is a field */
enum record_kind {
	RECORD_END,	 /* the end of the list of fields */
	RECORD_TEXT,	 /* field of type const char *, never NULL */
	RECORD_OPTIONAL, /* field of type const char *, NULL is none */
	RECORD_INT,	 /* field of a record, of type int */
	RECORD_UINT64,	 /* field of a record, of type uint64_t */
	RECORD_FLAG,	 /* field of a record, of type bool */
	RECORD_ACTION,	 /* field of type enum action, written by its name */
};

struct record_field {
	enum record_kind kind;
	size_t offset;
};

/**
 * struct record_layout - how a struct is converted to a record and back
 * @fields: at most RECORD_FIELDS_MAX, then RECORD_END
 */
struct record_layout {
	const char *word;
	const struct record_field *fields;
};

/** struct record - a parsed line; NULL fields are none */
struct record {
	const char *word;
	const char *fields[RECORD_FIELDS_MAX];
	size_t count;
};

/**
 * struct record_reader - the lines of one file, in order
 * @file: its path, and @remedy: what to do if it is malformed, both for messages
 * @bytes, @length: the file     @arena: owns the texts read     @error: set on -EINVAL
 * @read: bytes of complete, good lines so far     @line: the number of lines so far
 * @torn: an incomplete or damaged last line, such as a crash leaves, follows @read; it was dropped
 */
struct record_reader {
	const char *file, *remedy;
	const char *bytes;
	size_t length;
	struct arena *arena;
	struct error *error;
	size_t read, line;
	bool torn;
};

/** record_checksum - the CRC-32 (IEEE 802.3) of some bytes */
uint32_t record_checksum(const char *bytes, size_t length);

/** record_write - write @object as the line @number of a file */
void record_write(FILE *out, uint64_t number, const struct record_layout *layout,
		  const void *object);

/**
 * record_next - read the next line
 * Returns: 1; 0 at the end, also before a torn last line; -EINVAL where the file is malformed.
 */
int record_next(struct record_reader *reader, struct record *ret_record);

/**
 * record_unpack - set @object from a record; its texts live as long as the record's; false where
 * they do not fit
 */
bool record_unpack(const struct record *record, const struct record_layout *layout, void *object);

/** record_expect - read the next line, which must exist and have the layout; 0 or -EINVAL */
int record_expect(struct record_reader *reader, const struct record_layout *layout, void *object);

/** record_malformed - set the error for the line read last; always returns -EINVAL */
int record_malformed(struct record_reader *reader, const char *format, ...) _printf_(2, 3);
