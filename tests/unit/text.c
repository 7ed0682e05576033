/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "support/check.h"

#include <errno.h>
#include <string.h>

static void numbers_are_digits_and_nothing_else(void **state)
{
	uint64_t value = 7;

	assert_true(text_number("42", 10, &value));
	assert_int_equal(value, 42);
	assert_true(text_number("0xfee00000", 16, &value));
	assert_int_equal(value, 0xfee00000);
	assert_true(text_number("ffffffffffffffff", 16, &value));
	assert_true(value == UINT64_MAX);
	value = 7;
	assert_false(text_number("", 10, &value));
	assert_false(text_number("-1", 10, &value));
	assert_false(text_number("1 ", 10, &value));
	assert_false(text_number("12a", 10, &value));
	assert_false(text_number("0x", 16, &value));
	assert_false(text_number("18446744073709551616", 10, &value));
	assert_int_equal(value, 7);
}

static void what_is_before_an_end_is_at_least_one_byte(void **state)
{
	assert_int_equal(text_before_end("nic.conf", ".conf"), 3);
	assert_int_equal(text_before_end("a.conf.conf", ".conf"), 6);
	assert_int_equal(text_before_end(".conf", ".conf"), 0);
	assert_int_equal(text_before_end("conf", ".conf"), 0);
	assert_int_equal(text_before_end("nic.confs", ".conf"), 0);
	assert_int_equal(text_before_end("nic", ""), 3);
	assert_int_equal(text_before_end("", ""), 0);
}

static void numbers_become_digits(void **state)
{
	char out[TEXT_NUMBER_SIZE];

	assert_int_equal(text_from_number(0, 10, 1, out), 1);
	assert_string_equal(out, "0");
	text_from_number(-42, 10, 1, out);
	assert_string_equal(out, "-42");
	text_from_number(0x8086, 16, 6, out);
	assert_string_equal(out, "008086");
	text_from_number(INT64_MIN, 10, 1, out);
	assert_string_equal(out, "-9223372036854775808");
	text_from_number(INT64_MAX, 8, 1, out);
	assert_string_equal(out, "777777777777777777777");
}

static void natural_order_counts_as_people_do(void **state)
{
	assert_true(text_natural("eth2", "eth10") < 0);
	assert_true(text_natural("eth10", "eth2") > 0);
	assert_true(text_natural("eth10", "eth10") == 0);
	assert_true(text_natural("eth12", "eth112") < 0);
	assert_true(text_natural("a1b2", "a1b10") < 0);
	assert_true(text_natural("0000:00:01.0", "0000:00:01.1") < 0);
	assert_true(text_natural("0000:0a:00.0", "0000:0b:00.0") < 0);
	assert_true(text_natural("a01", "a1") != 0);
	assert_true(text_natural("", "a") < 0);
	assert_true(text_natural("19", "2") > 0);
}

static void escaping_leaves_nothing_that_a_terminal_obeys(void **state)
{
	char out[64];

	text_escape("a\x1b[2J\n\x7f", 7, out, sizeof(out));
	assert_string_equal(out, "a\\x1b[2J\\x0a\\x7f");
	text_escape("caf\xc3\xa9", 5, out, sizeof(out));
	assert_string_equal(out, "caf\xc3\xa9");
	text_escape("\xc3", 1, out, sizeof(out));
	assert_string_equal(out, "\\xc3");
	text_escape("\xe2\x80\xae", 3, out, sizeof(out));
	assert_string_equal(out, "\\xe2\\x80\\xae");
	text_escape("\xc0\x80", 2, out, sizeof(out));
	assert_string_equal(out, "\\xc0\\x80");
}

static void escaping_cuts_at_a_whole_character(void **state)
{
	char out[6];

	assert_int_equal(text_escape("abc\xc3\xa9\xc3\xa9", 7, out, sizeof(out)), 5);
	assert_string_equal(out, "abc\xc3\xa9");
	assert_int_equal(text_escape("ab\x01", 3, out, sizeof(out)), 2);
	assert_string_equal(out, "ab");
}

static void a_value_ends_with_its_line(void **state)
{
	static const char lines[] = "DRIVER=nvme\nPCI_ID=144D:A808\nEMPTY=\nLAST=x";
	struct span all = {lines, strlen(lines)};

	assert_int_equal(text_line_value(all, "DRIVER").length, 4);
	assert_memory_equal(text_line_value(all, "PCI_ID").start, "144D:A808", 9);
	assert_int_equal(text_line_value(all, "EMPTY").length, 0);
	assert_int_equal(text_line_value(all, "LAST").length, 1);
	assert_null(text_line_value(all, "RIVER").start);
	assert_null(text_line_value(all, "PCI").start);
}

static void links_resolve_as_the_kernel_writes_them(void **state)
{
	char out[64];

	assert_true(text_resolve("/sys/bus/pci/devices", "../../../devices/pci0000:00/x", out,
				 sizeof(out)) > 0);
	assert_string_equal(out, "/sys/devices/pci0000:00/x");
	text_resolve("/sys", "../../../../etc", out, sizeof(out));
	assert_string_equal(out, "/etc");
	text_resolve("/sys/a", "/dev/null", out, sizeof(out));
	assert_string_equal(out, "/dev/null");
	text_resolve("/sys/a", ".//./b/", out, sizeof(out));
	assert_string_equal(out, "/sys/a/b");
	assert_true(text_resolve(
			    "/sys/a",
			    "a-name-that-is-longer-than-the-room-that-is-left-for-it-in-the-buffer",
			    out, sizeof(out)) < 0);
}

/* Plain parts are copied in one step, all others one by one: both give the same. */
static void odd_parts_of_links_resolve_too(void **state)
{
	static const struct {
		const char *dir, *target, *path;
	} rows[] = {
		{"/sys/a/b", "../..", "/sys"},
		{"/sys/a/b", "../c/", "/sys/a/c"},
		{"/sys/a", "../b/../c", "/sys/c"},
		{"/sys/a", "b//c", "/sys/a/b/c"},
		{"/sys/a", "..b/.c", "/sys/a/..b/.c"},
		{"/sys/a", "..", "/sys"},
		{"/sys/a", "", "/sys/a"},
		{"/sys", "../../../x/y", "/x/y"},
	};
	char out[64];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(text_resolve(rows[i].dir, rows[i].target, out, sizeof(out)),
				 strlen(rows[i].path));
		assert_string_equal(out, rows[i].path);
	}
	/* 12 bytes and a NUL */
	assert_int_equal(text_resolve("/sys/ab", "cdef", out, 13), 12);
	assert_int_equal(text_resolve("/sys/ab", "cdef", out, 12), -ENAMETOOLONG);
	assert_int_equal(text_resolve("/sys/ab", "cdef/", out, 12), -ENAMETOOLONG);
}

static void near_names_are_few_edits_away(void **state)
{
	assert_int_equal(text_distance("eth0", "eth0", 2), 0);
	assert_int_equal(text_distance("eth0", "eht0", 2), 2);
	assert_int_equal(text_distance("eth0", "et0", 2), 1);
	assert_int_equal(text_distance("eth0", "nvme0n1", 2), 3);
}

static void numbers_of_any_base_end_at_their_limits(void **state)
{
	uint64_t value;

	assert_true(text_number("0XfF", 16, &value));
	assert_int_equal(value, 255);
	assert_false(text_number("0x", 16, &value));
	assert_false(text_number("0x10", 10, &value));
	assert_true(text_number("18446744073709551615", 10, &value));
	assert_false(text_number("18446744073709551616", 10, &value));
	assert_false(text_number("10000000000000000", 16, &value));
	assert_false(text_number("1g", 16, &value));
}

static void equal_numbers_with_fewer_zeros_come_first(void **state)
{
	assert_true(text_natural("a7b", "a007b") < 0);
	assert_true(text_natural("a007b", "a7b") > 0);
	assert_true(text_natural("a1x2", "a1y1") < 0);
	assert_true(text_natural("01.5", "1.07") > 0);
	assert_int_equal(text_natural("a1", "a1"), 0);
}

static void long_texts_are_never_near(void **state)
{
	static const char sixty_five[] =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

	assert_int_equal(strlen(sixty_five), 65);
	assert_int_equal(text_distance(sixty_five, "a", 2), 3);
	assert_int_equal(text_distance("a", sixty_five, 2), 3);
	assert_int_equal(text_distance(sixty_five + 1, sixty_five + 1, 2), 0);
}

static bool is_safe(const char *text)
{
	return text_is_safe(text, strlen(text));
}

static void text_with_other_than_printable_utf_8_is_not_safe(void **state)
{
	static const char *const safe[] = {
		"plain",	"\xc3\xa9",	"\xe2\x82\xac", "\xf0\x9f\x98\x80",
		"\xed\x9f\xbf", "\xee\x80\x80", "\xe2\x80\xaf"};
	/* no character; too long; a surrogate; past the last one; C1; changes of direction; cut */
	static const char *const unsafe[] = {
		"\xff",		"\x80",		 "\xc0\xaf",	     "\xe0\x80\xaf",
		"\xed\xa0\x80", "\xed\xbf\xbf",	 "\xf4\x90\x80\x80", "\xc2\x9b",
		"\xe2\x80\x8e", "\xe2\x80\x8f",	 "\xe2\x80\xa8",     "\xe2\x80\xae",
		"\xe2\x81\xa6", "\xe2\x81\xa9",	 "\xe2\x82",	     "\xc3(",
		"\xe2(\xac",	"\xf0\x9f\x98(", "\x1b[0m",	     "\x7f",
	};

	for (size_t i = 0; i < ARRAY_SIZE(safe); i++)
		assert_true(is_safe(safe[i]));
	for (size_t i = 0; i < ARRAY_SIZE(unsafe); i++)
		assert_false(is_safe(unsafe[i]));
}

static void nothing_is_written_where_there_is_no_room(void **state)
{
	char out[4] = "xyz";

	assert_int_equal(text_escape("abc", 3, out, 0), 0);
	assert_string_equal(out, "xyz");
	assert_int_equal(text_escape("\n", 1, out, sizeof(out)), 0);
	assert_string_equal(out, "");
	assert_int_equal(text_resolve("/abc", "d", out, sizeof(out)), -ENAMETOOLONG);
	assert_int_equal(text_resolve("/", "/abcd", out, sizeof(out)), -ENAMETOOLONG);
}

static void a_number_ends_at_the_first_other_character(void **state)
{
	static const struct {
		const char *text;
		unsigned base;
		uint64_t number;
		const char *rest; /* NULL: there is no number */
	} rows[] = {
		{"12ab", 10, 12, "ab"}, {"12ag", 16, 0x12a, "g"},
		{"7", 10, 7, ""},	{"a1", 10, 0, NULL},
		{"", 10, 0, NULL},	{"18446744073709551616", 10, 0, NULL},
		{"0x10", 16, 0, "x10"}, {"ffffffffffffffff1", 16, 0, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span rest = {rows[i].text, strlen(rows[i].text)};
		uint64_t number = 0;

		assert_int_equal(span_take_number(&rest, rows[i].base, &number),
				 rows[i].rest != NULL);
		assert_int_equal(number, rows[i].number);
		assert_true(span_is(rest, rows[i].rest ? rows[i].rest : rows[i].text));
	}
}

UNIT(text)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_digits_and_nothing_else),
		cmocka_unit_test(what_is_before_an_end_is_at_least_one_byte),
		cmocka_unit_test(numbers_become_digits),
		cmocka_unit_test(a_number_ends_at_the_first_other_character),
		cmocka_unit_test(natural_order_counts_as_people_do),
		cmocka_unit_test(escaping_leaves_nothing_that_a_terminal_obeys),
		cmocka_unit_test(escaping_cuts_at_a_whole_character),
		cmocka_unit_test(a_value_ends_with_its_line),
		cmocka_unit_test(links_resolve_as_the_kernel_writes_them),
		cmocka_unit_test(odd_parts_of_links_resolve_too),
		cmocka_unit_test(near_names_are_few_edits_away),
		cmocka_unit_test(numbers_of_any_base_end_at_their_limits),
		cmocka_unit_test(equal_numbers_with_fewer_zeros_come_first),
		cmocka_unit_test(long_texts_are_never_near),
		cmocka_unit_test(text_with_other_than_printable_utf_8_is_not_safe),
		cmocka_unit_test(nothing_is_written_where_there_is_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
