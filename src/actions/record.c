/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/record.h"

#include "actions/plan.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

static const char NONE[] = "\\N";

uint32_t record_checksum(const char *bytes, size_t length)
{
	uint32_t crc = ~0U;

	/* The CRC is computed bit by bit: lines are short and few, so a table is not needed. */
	for (size_t i = 0; i < length; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static bool is_plain(char byte)
{
	return byte >= ' ' && byte <= '~' && byte != '\\';
}

static void put_text(FILE *out, const char *text)
{
	if (!text) {
		fputs(NONE, out);
		return;
	}
	for (; *text; text++) {
		if (is_plain(*text))
			fputc(*text, out);
		else
			fprintf(out, "\\x%02x", (unsigned char)*text);
	}
}

static void put_field(FILE *out, enum record_kind kind, const void *at)
{
	switch (kind) {
	case RECORD_TEXT:
	case RECORD_OPTIONAL:
		put_text(out, *(const char *const *)at);
		break;
	case RECORD_INT:
		fprintf(out, "%d", *(const int *)at);
		break;
	case RECORD_UINT64:
		fprintf(out, "%" PRIu64, *(const uint64_t *)at);
		break;
	case RECORD_FLAG:
		fputc(*(const bool *)at ? '1' : '0', out);
		break;
	case RECORD_ACTION:
		fputs(action_name(*(const enum action *)at), out);
		break;
	case RECORD_END:
		break;
	}
}

static size_t count_fields(const struct record_layout *layout)
{
	size_t count = 0;

	while (layout->fields[count].kind != RECORD_END)
		count++;
	return count;
}

void record_write(FILE *out, uint64_t number, const struct record_layout *layout,
		  const void *object)
{
	_autofree_ char *line = NULL;
	size_t length = 0;
	FILE *text = open_memstream(&line, &length);

	if (!text)
		memory_exhausted();
	fprintf(text, "%" PRIu64 " %s", number, layout->word);
	for (size_t i = 0; i < count_fields(layout); i++) {
		fputc('\t', text);
		put_field(text, layout->fields[i].kind,
			  (const char *)object + layout->fields[i].offset);
	}
	if (fclose(text) != 0)
		memory_exhausted();
	fprintf(out, "%0*" PRIx32 " %s\n", RECORD_CHECKSUM_DIGITS, record_checksum(line, length),
		line);
}

int record_malformed(struct record_reader *reader, const char *format, ...)
{
	char what[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	error_set(reader->error, ERROR_MALFORMED, 0, "%s, line %zu: %s", reader->file, reader->line,
		  what);
	snprintf(reader->error->evidence, sizeof(reader->error->evidence), "%s", reader->file);
	error_remedy(reader->error, "%s", reader->remedy);
	return -EINVAL;
}

/* Undo the escapes in place; false for text that put_text never writes. */
static bool unescape_word(char *text)
{
	char *out = text;
	uint64_t byte;

	for (; *text; text++) {
		if (*text == '\\') {
			char digits[3] = {0};

			if (text[1] != 'x')
				return false;
			memcpy(digits, text + 2, strnlen(text + 2, 2));
			if (strlen(digits) != 2 || !text_number(digits, 16, &byte) || !byte)
				return false;
			text += 3;
			*out++ = (char)byte;
		} else if (is_plain(*text)) {
			*out++ = *text;
		} else {
			return false;
		}
	}
	*out = '\0';
	return true;
}

/* Parse the part of a record after the line's number: a word and its fields. */
static bool split_record(char *text, struct record *ret_record)
{
	struct record record = {.word = strsep(&text, "\t")};
	char *field;

	while ((field = strsep(&text, "\t"))) {
		if (record.count == RECORD_FIELDS_MAX)
			return false;
		if (strcmp(field, NONE) == 0)
			field = NULL;
		else if (!unescape_word(field))
			return false;
		record.fields[record.count++] = field;
	}
	*ret_record = record;
	return true;
}

static bool checksum_fits(const char *line, size_t length)
{
	char digits[RECORD_CHECKSUM_DIGITS + 2];

	if (length <= RECORD_CHECKSUM_DIGITS)
		return false;
	snprintf(digits, sizeof(digits), "%0*" PRIx32 " ", RECORD_CHECKSUM_DIGITS,
		 record_checksum(line + RECORD_CHECKSUM_DIGITS + 1,
				 length - RECORD_CHECKSUM_DIGITS - 1));
	return memcmp(line, digits, RECORD_CHECKSUM_DIGITS + 1) == 0;
}

int record_next(struct record_reader *reader, struct record *ret_record)
{
	const char *line = reader->bytes + reader->read, *newline;
	size_t left = reader->length - reader->read, length;
	char *text, *number;
	uint64_t value;

	if (!left)
		return 0;
	newline = memchr(line, '\n', left);
	length = newline ? (size_t)(newline - line) : left;
	if (!newline || !checksum_fits(line, length)) {
		reader->torn = length + 1 >= left;
		reader->line += !reader->torn;
		return reader->torn
			       ? 0
			       : record_malformed(reader, "the checksum is not that of the text");
	}
	reader->line++;
	text = arena_text(reader->arena, line + RECORD_CHECKSUM_DIGITS + 1,
			  length - RECORD_CHECKSUM_DIGITS - 1);
	if (strlen(text) != length - RECORD_CHECKSUM_DIGITS - 1)
		return record_malformed(reader, "there is a NUL byte");
	number = strsep(&text, " ");
	if (!text_number(number, 10, &value) || value != reader->line)
		return record_malformed(reader, "the line has a wrong number");
	if (!text || !split_record(text, ret_record))
		return record_malformed(reader, "this is no record");
	reader->read += length + 1;
	return 1;
}

static bool parse_int(const char *text, int *ret_value)
{
	bool negative = *text == '-';
	uint64_t value;

	if (!text_number(text + negative, 10, &value) || value > (uint64_t)INT_MAX + negative)
		return false;
	*ret_value = (int)(negative ? -(int64_t)value : (int64_t)value);
	return true;
}

static bool parse_field(enum record_kind kind, const char *text, void *at)
{
	uint64_t flag;

	if (kind == RECORD_OPTIONAL || (kind == RECORD_TEXT && text)) {
		*(const char **)at = text;
		return true;
	}
	if (!text)
		return false;
	switch (kind) {
	case RECORD_INT:
		return parse_int(text, at);
	case RECORD_UINT64:
		return text_number(text, 10, at);
	case RECORD_FLAG:
		if (!text_number(text, 10, &flag) || flag > 1)
			return false;
		*(bool *)at = flag;
		return true;
	case RECORD_ACTION:
		return action_from_name(text, at);
	default:
		return false;
	}
}

bool record_unpack(const struct record *record, const struct record_layout *layout, void *object)
{
	if (strcmp(record->word, layout->word) != 0 || record->count != count_fields(layout))
		return false;
	for (size_t i = 0; i < record->count; i++)
		if (!parse_field(layout->fields[i].kind, record->fields[i],
				 (char *)object + layout->fields[i].offset))
			return false;
	return true;
}

int record_expect(struct record_reader *reader, const struct record_layout *layout, void *object)
{
	struct record record;
	int result = record_next(reader, &record);

	if (result == 0)
		return record_malformed(reader, "the file ends too early");
	if (result < 0)
		return result;
	if (!record_unpack(&record, layout, object))
		return record_malformed(reader, "this is no \"%s\" record", layout->word);
	return 0;
}
