/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/record.h"

#include "actions/plan.h"
#include "base/text.h"
#include "support/arena.h"
#include "support/check.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

struct thing {
	const char *text, *other;
	int number;
	uint64_t large;
	bool flag;
	enum action action;
};

static const struct record_field thing_fields[] = {
	{RECORD_TEXT, offsetof(struct thing, text)},
	{RECORD_OPTIONAL, offsetof(struct thing, other)},
	{RECORD_INT, offsetof(struct thing, number)},
	{RECORD_UINT64, offsetof(struct thing, large)},
	{RECORD_FLAG, offsetof(struct thing, flag)},
	{RECORD_ACTION, offsetof(struct thing, action)},
	{RECORD_END},
};

static const struct record_layout layout = {"thing", thing_fields};

static struct error error;

static struct record_reader reader_of(const char *bytes, size_t length)
{
	memset(&error, 0, sizeof(error));
	return (struct record_reader){.file = "/run/file",
				      .remedy = "look",
				      .bytes = bytes,
				      .length = length,
				      .arena = arena,
				      .error = &error};
}

static char *write_things(const struct thing *things, size_t count, size_t *ret_length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, ret_length);

	assert_non_null(out);
	for (size_t i = 0; i < count; i++)
		record_write(out, i + 1, &layout, &things[i]);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* A line with any text and a valid checksum. */
static char *forge(const char *body, size_t length)
{
	char *line = arena_alloc(arena, length + 11);

	snprintf(line, 10, "%08x ", record_checksum(body, length));
	memcpy(line + 9, body, length);
	line[length + 9] = '\n';
	return line;
}

static void assert_same_text(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static void assert_comes_back(const struct thing *thing)
{
	size_t length = 0;
	_autofree_ char *text = write_things(thing, 1, &length);
	struct record_reader reader = reader_of(text, length);
	struct thing back = {0};

	assert_int_equal(record_expect(&reader, &layout, &back), 0);
	assert_same_text(back.text, thing->text);
	assert_same_text(back.other, thing->other);
	assert_int_equal(back.number, thing->number);
	assert_true(back.large == thing->large);
	assert_int_equal(back.flag, thing->flag);
	assert_int_equal(back.action, thing->action);
	assert_int_equal(reader.read, length);
	assert_false(reader.torn);
}

static void the_checksum_is_the_one_that_other_tools_print(void **state)
{
	assert_true(record_checksum("123456789", 9) == 0xcbf43926);
	assert_true(record_checksum("", 0) == 0);
}

static void a_line_is_text_that_people_can_read(void **state)
{
	const struct thing thing = {"0000:01:00.0", NULL, -1, 7, true, ACTION_UNBIND};
	size_t length = 0;
	_autofree_ char *text = write_things(&thing, 1, &length);

	assert_string_equal(text + 9, "1 thing\t0000:01:00.0\t\\N\t-1\t7\t1\tunbind\n");
}

static void every_kind_of_field_comes_back(void **state)
{
	static const int numbers[] = {INT_MIN, -1, 0, 1, INT_MAX};
	struct thing thing = {.text = "x", .large = UINT64_MAX};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		thing.number = numbers[i];
		thing.flag = i % 2;
		thing.action = i % ACTION_COUNT;
		assert_comes_back(&thing);
	}
}

static void hostile_text_comes_back_byte_for_byte(void **state)
{
	static const char *const texts[] = {"",	     "\t",	  "\n",		  "\\",	  "\\N",
					    "\\x41", "a\tb\nc\\", " x",		  "x ",	  "\xff",
					    "\r",    "\x7f\x1b",  "\303\244\xc3", "\\\\N"};
	struct thing thing = {0};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		thing.text = texts[i];
		thing.other = texts[ARRAY_SIZE(texts) - 1 - i];
		assert_comes_back(&thing);
	}
}

static void every_byte_comes_back(void **state)
{
	char all[256];
	struct thing thing = {.text = all};

	for (int i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	assert_comes_back(&thing);
}

static void none_is_not_empty(void **state)
{
	struct thing none = {.text = "x"}, empty = {.text = "x", .other = ""};

	assert_comes_back(&none);
	assert_comes_back(&empty);
}

static void no_changed_byte_goes_unnoticed(void **state)
{
	const struct thing things[] = {{.text = "one", .other = "\t"}, {.text = "two"}};
	size_t length = 0;
	_autofree_ char *text = write_things(things, 2, &length);
	struct record record;

	for (size_t i = 0; i < length; i++) {
		for (int flip = 1; flip < 256; flip++) {
			struct record_reader reader = reader_of(text, length);
			int result, good = 0;

			text[i] = (char)(text[i] ^ flip);
			while ((result = record_next(&reader, &record)) == 1)
				good++;
			text[i] = (char)(text[i] ^ flip);
			assert_true(good < 2);
			assert_true(result == -EINVAL || reader.torn);
		}
	}
}

static void a_cut_line_is_torn_and_the_lines_before_it_are_good(void **state)
{
	const struct thing things[] = {{.text = "one"}, {.text = "two"}};
	size_t length = 0;
	_autofree_ char *text = write_things(things, 2, &length);
	size_t first = (size_t)(strchr(text, '\n') - text) + 1;
	struct record record;

	for (size_t cut = 0; cut < length; cut++) {
		struct record_reader reader = reader_of(text, cut);
		int good = 0;

		while (record_next(&reader, &record) == 1)
			good++;
		assert_int_equal(good, cut >= first);
		assert_int_equal(reader.torn, cut != 0 && cut != first);
		assert_int_equal(reader.read, cut >= first ? first : 0);
	}
}

static void a_damaged_line_in_the_middle_is_malformed_and_named(void **state)
{
	const struct thing things[] = {{.text = "one"}, {.text = "two"}, {.text = "three"}};
	size_t length = 0;
	_autofree_ char *text = write_things(things, 3, &length);
	struct record_reader reader = reader_of(text, length);
	struct record record;

	strstr(text, "two")[0] = 'T';
	assert_int_equal(record_next(&reader, &record), 1);
	assert_int_equal(record_next(&reader, &record), -EINVAL);
	assert_false(reader.torn);
	assert_int_equal(error.code, ERROR_MALFORMED);
	assert_non_null(strstr(error.message, "/run/file, line 2"));
	assert_string_equal(error.evidence, "/run/file");
	assert_string_equal(error.remedy, "look");
}

static void a_line_that_is_no_record_is_refused_even_with_its_checksum(void **state)
{
	static const struct span bodies[] = {
		{"", 0},
		{"1", 1},
		{"2 word", 6},
		{"x word", 6},
		{"1 w\t\0", 5},
		{"1 w\t\\", 5},
		{"1 w\t\\x4", 7},
		{"1 w\t\\x00", 8},
		{"1 w\t\\xzz", 8},
		{"1 w\t\\Nx", 7},
		{"1 w\ta\rb", 7},
		{"1 w\t\377", 5},
		{"1 w\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t", 24},
	};
	struct record record;

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct record_reader reader =
			reader_of(forge(bodies[i].start, bodies[i].length), bodies[i].length + 10);

		assert_int_equal(record_next(&reader, &record), -EINVAL);
	}
}

static void a_record_must_fit_its_layout(void **state)
{
	static const char *const bodies[] = {
		"1 thing\tx\t\\N\t1\t1\t1\tbind\tmore",
		"1 thing\tx\t\\N\t1\t1\t1",
		"1 thinG\tx\t\\N\t1\t1\t1\tbind",
		"1 thing\t\\N\t\\N\t1\t1\t1\tbind",
		"1 thing\tx\t\\N\t2147483648\t1\t1\tbind",
		"1 thing\tx\t\\N\t-2147483649\t1\t1\tbind",
		"1 thing\tx\t\\N\t--1\t1\t1\tbind",
		"1 thing\tx\t\\N\t\t1\t1\tbind",
		"1 thing\tx\t\\N\t1\t-1\t1\tbind",
		"1 thing\tx\t\\N\t1\t18446744073709551616\t1\tbind",
		"1 thing\tx\t\\N\t1\t1\t2\tbind",
		"1 thing\tx\t\\N\t1\t1\t1\tbinD",
		"1 thing\tx\t\\N\t1\t1\t1\t\\N",
	};
	struct thing thing;

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		size_t length = strlen(bodies[i]);
		struct record_reader reader = reader_of(forge(bodies[i], length), length + 10);

		assert_int_equal(record_expect(&reader, &layout, &thing), -EINVAL);
		assert_non_null(strstr(error.message, "\"thing\""));
	}
}

UNIT(record)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_checksum_is_the_one_that_other_tools_print),
		cmocka_unit_test(a_line_is_text_that_people_can_read),
		cmocka_unit_test(every_kind_of_field_comes_back),
		cmocka_unit_test(hostile_text_comes_back_byte_for_byte),
		cmocka_unit_test(every_byte_comes_back),
		cmocka_unit_test(none_is_not_empty),
		cmocka_unit_test(no_changed_byte_goes_unnoticed),
		cmocka_unit_test(a_cut_line_is_torn_and_the_lines_before_it_are_good),
		cmocka_unit_test(a_damaged_line_in_the_middle_is_malformed_and_named),
		cmocka_unit_test(a_line_that_is_no_record_is_refused_even_with_its_checksum),
		cmocka_unit_test(a_record_must_fit_its_layout),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
