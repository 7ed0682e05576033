/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/acpi.h"

#include "base/cleanup.h"
#include "support/check.h"

#include <glob.h>
#include <string.h>

/* The folder of the tables; the build sets it, by default it is the folder above. */
#ifndef TESTS_DIR
#define TESTS_DIR "tests"
#endif

static void append(struct blob *blob, size_t size, uint64_t value)
{
	assert_true(blob->length + size <= sizeof(blob->bytes));
	blob->length += size;
	blob_set(blob, blob->length - size, size, value);
}

struct blob blob_table(const char *signature, size_t fixed)
{
	struct blob blob = {0};

	blob_text(&blob, signature);
	blob_zeros(&blob, fixed);
	return blob;
}

void blob_u8(struct blob *blob, uint8_t value)
{
	append(blob, 1, value);
}

void blob_u16(struct blob *blob, uint16_t value)
{
	append(blob, 2, value);
}

void blob_u32(struct blob *blob, uint32_t value)
{
	append(blob, 4, value);
}

void blob_u64(struct blob *blob, uint64_t value)
{
	append(blob, 8, value);
}

void blob_zeros(struct blob *blob, size_t length)
{
	while (blob->length < length)
		append(blob, 1, 0);
}

void blob_text(struct blob *blob, const char *text)
{
	for (; *text; text++)
		append(blob, 1, (uint8_t)*text);
}

void blob_set(struct blob *blob, size_t at, size_t size, uint64_t value)
{
	assert_true(at + size <= blob->length);
	for (size_t i = 0; i < size; i++)
		blob->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

void blob_finish(struct blob *blob)
{
	uint8_t sum = 0;

	blob_set(blob, 4, 4, blob->length);
	blob_set(blob, 9, 1, 0);
	for (size_t i = 0; i < blob->length; i++)
		sum = (uint8_t)(sum + blob->bytes[i]);
	blob_set(blob, 9, 1, (uint8_t)-sum);
}

void blob_put(const struct blob *blob, FILE *out)
{
	fprintf(out, "/sys/firmware/acpi/tables/%.4s = ", (const char *)blob->bytes);
	for (size_t i = 0; i < blob->length; i++)
		fprintf(out, "\\x%02x", blob->bytes[i]);
	fputs("\\c\n", out);
}

/* A whole file, exactly as large as it is, so that sanitizers notice a read beyond its end. */
static char *read_file(const char *path, size_t *ret_size)
{
	FILE *file = fopen(path, "r");
	char *bytes;

	if (!file)
		fail_msg("cannot open %s", path);
	fseek(file, 0, SEEK_END);
	*ret_size = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(*ret_size ? *ret_size : 1);
	assert_int_equal(fread(bytes, 1, *ret_size, file), *ret_size);
	fclose(file);
	return bytes;
}

static void write_facts(const char *path, const char *facts)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(facts, file);
	fclose(file);
}

static void check_facts(const char *path, const char *facts)
{
	size_t size;
	_autofree_ char *expected = read_file(path, &size);

	if (size != strlen(facts) || memcmp(expected, facts, size) != 0)
		fail_msg("%s: expected\n%.*s\ngot\n%s", path, (int)size, expected, facts);
}

static void check_table(const char *path,
			void (*describe)(const void *data, size_t size, FILE *out))
{
	_autofree_ char *facts = NULL;
	size_t size, facts_size;
	_autofree_ char *table = read_file(path, &size);
	FILE *out = open_memstream(&facts, &facts_size);
	char facts_path[4096];

	describe(table, size, out);
	fclose(out);
	snprintf(facts_path, sizeof(facts_path), "%.*s.facts", (int)(strlen(path) - 4), path);
	if (getenv("UPDATE"))
		write_facts(facts_path, facts);
	else
		check_facts(facts_path, facts);
}

void tables_check(const char *pattern, void (*describe)(const void *data, size_t size, FILE *out))
{
	char whole[4096];
	glob_t found;

	snprintf(whole, sizeof(whole), "%s/tables/%s", TESTS_DIR, pattern);
	if (glob(whole, 0, NULL, &found) != 0)
		fail_msg("no table is called %s", whole);
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_table(found.gl_pathv[i], describe);
	globfree(&found);
}
