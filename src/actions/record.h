/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record - one line of a file that iommuctl keeps: checksummed, numbered, and read back in full
 *
 *     <CRC-32> <number> <word>\t<field>\t<field>…\n
 *
 * The checksum is of all that follows it up to the newline; the number is that of the line, from 1
 * on. In a field every byte that is not printable ASCII, and the backslash, is \xNN; a field that
 * is \N is none, which is not the same as empty.
 *
 * Nothing here touches a file.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	RECORD_FIELDS_MAX = 16,
	/** digits of the checksum in front of a line */
	RECORD_CHECKSUM_DIGITS = 8,
};

/** enum record_kind - what a field of a struct is */
enum record_kind {
	RECORD_END,	 /* no more fields */
	RECORD_TEXT,	 /* const char *, never NULL */
	RECORD_OPTIONAL, /* const char *, NULL none */
	RECORD_INT,	 /* int */
	RECORD_UINT64,	 /* uint64_t */
	RECORD_FLAG,	 /* bool */
	RECORD_ACTION,	 /* enum action, by its name */
};

struct record_field {
	enum record_kind kind;
	size_t offset;
};

/**
 * struct record_layout - how a struct becomes a record and a record that struct
 * @fields: at most RECORD_FIELDS_MAX, and RECORD_END
 */
struct record_layout {
	const char *word;
	const struct record_field *fields;
};

/** struct record - a line taken apart; NULL among the fields is none */
struct record {
	const char *word;
	const char *fields[RECORD_FIELDS_MAX];
	size_t count;
};

/**
 * struct record_reader - the lines of one file, in order
 * @file: its path, and @remedy: what to do where it is malformed, both for messages
 * @bytes, @length: the file     @arena: owns what is read     @error: filled in on -EINVAL
 * @read: bytes of whole, good lines so far     @line: the number of lines so far
 * @torn: behind @read is an incomplete or damaged last line, as a crash leaves one; it was dropped
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

/** record_checksum - CRC-32 as in IEEE 802.3 */
uint32_t record_checksum(const char *bytes, size_t length);

/** record_write - add @object as line @number */
void record_write(FILE *out, uint64_t number, const struct record_layout *layout,
		  const void *object);

/**
 * record_next - the next line
 * Returns: 1; 0 at the end, also before a torn last line; -EINVAL where the file is malformed.
 */
int record_next(struct record_reader *reader, struct record *ret_record);

/** record_unpack - fill in @object, whose texts live as long as the record's; false where it does
 * not fit */
bool record_unpack(const struct record *record, const struct record_layout *layout, void *object);

/** record_expect - the next line, which must be there and be a @layout; 0 or -EINVAL */
int record_expect(struct record_reader *reader, const struct record_layout *layout, void *object);

/** record_malformed - what is wrong with the line read last; always -EINVAL */
int record_malformed(struct record_reader *reader, const char *format, ...) _printf_(2, 3);
