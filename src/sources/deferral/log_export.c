/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/log_export.h"

#include "base/arena.h"
#include "base/text.h"
#include "sources/deferral/log_ring.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* longer than any field of a kernel record with its name */
	CHUNK = 64 * 1024,
	LENGTH_BYTES = 8,
};

/* One record of the journal while its fields are read. */
struct record {
	char message[LOG_RING_LINE_MAX];
	size_t length;
	bool has_message, has_time, is_kernel, is_driver, is_missed;
	uint64_t facility, level, time_us;
};

/*
 * @skipped: bytes of a value that is dropped, as it is too long     @skips_line: a line is dropped
 */
struct log_export {
	struct log_intake *intake;
	struct journald_answer *answer;
	uint64_t before_us;
	struct record record;
	char buffer[CHUNK];
	size_t used;
	uint64_t skipped;
	bool skips_line;
};

static struct record empty_record(void)
{
	return (struct record){.facility = UINT64_MAX, .level = UINT64_MAX};
}

static void pass_record(const struct log_export *reader)
{
	const struct record *record = &reader->record;
	char line[LOG_RING_LINE_MAX + 64];
	int length = snprintf(line, sizeof(line), "<%" PRIu64 ">[%5" PRIu64 ".%06" PRIu64 "] %.*s",
			      record->level, record->time_us / 1000000, record->time_us % 1000000,
			      (int)record->length, record->message);

	log_intake_line(reader->intake, (struct span){line, (size_t)length});
}

static void end_record(struct log_export *reader)
{
	const struct record *record = &reader->record;

	reader->answer->missed |= record->is_driver && record->is_missed;
	if (record->is_kernel && record->has_time) {
		if (record->time_us >= reader->before_us)
			reader->answer->reached = true;
		else if (record->facility == 0 && record->level <= 7 && record->has_message)
			pass_record(reader);
	}
	reader->record = empty_record();
}

/* The ring's own reader (log_ring.c) replaces control characters in the same way. */
static void set_message(struct record *record, struct span text)
{
	record->length =
		text.length < sizeof(record->message) ? text.length : sizeof(record->message);
	record->has_message = true;
	for (size_t i = 0; i < record->length; i++) {
		unsigned char byte = (unsigned char)text.start[i];
		bool is_control = (byte < ' ' && byte != '\t') || byte == 0x7f;

		record->message[i] = '?';
		if (!is_control)
			record->message[i] = text.start[i];
	}
}

static uint64_t parse_field_number(struct span value)
{
	uint64_t number;

	return span_take_number(&value, 10, &number) && !value.length ? number : UINT64_MAX;
}

static void add_field(struct record *record, struct span name, struct span value)
{
	if (span_is(name, "MESSAGE")) {
		set_message(record, value);
	} else if (span_is(name, "_SOURCE_MONOTONIC_TIMESTAMP")) {
		record->time_us = parse_field_number(value);
		record->has_time = record->time_us != UINT64_MAX;
	} else if (span_is(name, "_TRANSPORT")) {
		record->is_kernel = span_is(value, "kernel");
		record->is_driver = span_is(value, "driver");
	} else if (span_is(name, "SYSLOG_FACILITY")) {
		record->facility = parse_field_number(value);
	} else if (span_is(name, "PRIORITY")) {
		record->level = parse_field_number(value);
	} else if (span_is(name, "MESSAGE_ID")) {
		record->is_missed = span_is(value, JOURNALD_MISSED);
	}
}

static uint64_t little_endian(const char *bytes)
{
	uint64_t number = 0;

	for (size_t i = LENGTH_BYTES; i--;)
		number = number << 8 | (unsigned char)bytes[i];
	return number;
}

/*
 * A value with newlines or control characters: its name, a newline, its length in 8 bytes, the
 * value and a newline.
 * Returns: the bytes of it that are done; 0 where more must be read first.
 */
static size_t read_binary_field(struct log_export *reader, struct span rest, size_t name_length)
{
	const size_t head = name_length + 1 + LENGTH_BYTES;
	uint64_t length;

	if (rest.length < head)
		return 0;
	length = little_endian(rest.start + name_length + 1);
	if (length >= CHUNK - head - 1) {
		reader->skipped = length < UINT64_MAX ? length + 1 : length;
		return head;
	}
	if (rest.length < head + length + 1)
		return 0;
	add_field(&reader->record, (struct span){rest.start, name_length},
		  (struct span){rest.start + head, length});
	return head + length + 1;
}

/* Returns: the bytes of @rest that are done; 0 where more must be read first. */
static size_t read_field(struct log_export *reader, struct span rest)
{
	const char *newline = memchr(rest.start, '\n', rest.length), *equals;
	size_t length = newline ? (size_t)(newline - rest.start) : 0;

	if (!newline)
		return 0;
	if (reader->skips_line) {
		reader->skips_line = false;
		return length + 1;
	}
	if (!length) {
		end_record(reader);
		return 1;
	}
	equals = memchr(rest.start, '=', length);
	if (!equals)
		return read_binary_field(reader, rest, length);
	add_field(&reader->record, (struct span){rest.start, (size_t)(equals - rest.start)},
		  (struct span){equals + 1, (size_t)(newline - equals - 1)});
	return length + 1;
}

static size_t skip_value(struct log_export *reader, size_t count)
{
	size_t skipped = reader->skipped < count ? (size_t)reader->skipped : count;

	reader->skipped -= skipped;
	return skipped;
}

/* Read the whole fields of the buffer, and keep the rest. */
static void read_fields(struct log_export *reader)
{
	size_t at = 0, step = 1;

	while (step && at < reader->used) {
		struct span rest = {reader->buffer + at, reader->used - at};

		step = reader->skipped ? skip_value(reader, rest.length) : read_field(reader, rest);
		at += step;
	}
	reader->used -= at;
	memmove(reader->buffer, reader->buffer + at, reader->used);
	if (reader->used == sizeof(reader->buffer)) {
		reader->used = 0;
		reader->skips_line = true;
	}
}

struct log_export *log_export_new(uint64_t before_us, struct log_intake *intake,
				  struct journald_answer *answer)
{
	struct log_export *reader = calloc(1, sizeof(*reader));

	if (!reader)
		memory_exhausted();
	*answer = (struct journald_answer){0};
	reader->intake = intake;
	reader->answer = answer;
	reader->before_us = before_us;
	reader->record = empty_record();
	return reader;
}

void log_export_free(struct log_export *reader)
{
	free(reader);
}

void log_export_bytes(struct log_export *reader, struct span bytes)
{
	while (bytes.length) {
		size_t room = sizeof(reader->buffer) - reader->used;
		size_t length = bytes.length < room ? bytes.length : room;

		memcpy(reader->buffer + reader->used, bytes.start, length);
		reader->used += length;
		bytes.start += length;
		bytes.length -= length;
		read_fields(reader);
	}
}
