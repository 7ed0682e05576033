/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "support/check.h"

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

static void near_names_are_few_edits_away(void **state)
{
	assert_int_equal(text_distance("eth0", "eth0", 2), 0);
	assert_int_equal(text_distance("eth0", "eht0", 2), 2);
	assert_int_equal(text_distance("eth0", "et0", 2), 1);
	assert_int_equal(text_distance("eth0", "nvme0n1", 2), 3);
}

UNIT(text)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_digits_and_nothing_else),
		cmocka_unit_test(numbers_become_digits),
		cmocka_unit_test(natural_order_counts_as_people_do),
		cmocka_unit_test(escaping_leaves_nothing_that_a_terminal_obeys),
		cmocka_unit_test(escaping_cuts_at_a_whole_character),
		cmocka_unit_test(a_value_ends_with_its_line),
		cmocka_unit_test(links_resolve_as_the_kernel_writes_them),
		cmocka_unit_test(near_names_are_few_edits_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
