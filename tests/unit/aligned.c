/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for users: the branches of a tree, columns that go, and screens that are too narrow. */
#include "support/check.h"
#include "support/said.h"
#include "views/table.h"

#include <stdlib.h>
#include <string.h>

static struct said said;

/* The subject and the message of a finding stand for any two facts. */
static struct value get_subject(const struct row *row, struct arena *arena)
{
	return value_text(row->finding->subject);
}

static struct value get_message(const struct row *row, struct arena *arena)
{
	struct value value = value_text(row->finding->message);

	value.color = row->finding->severity == SEVERITY_ALARM ? "red" : "mauve";
	return value;
}

static struct value get_count(const struct row *row, struct arena *arena)
{
	return value_number((int64_t)row->finding->device_count - 1);
}

static const struct column subject = {"subject", "NAME", "", 0, get_subject};
static const struct column message = {"message", "TEXT", "", 0, get_message, .gives_way = true};
static const struct column count = {"count", "N", "", 0, get_count, .right = true};
static const struct column *const columns[] = {&subject, &count, &message};

/* @unasked: the first so many columns may go */
static const char *print_rows(const struct row *rows, size_t row_count, size_t unasked,
			      const char *screen)
{
	const struct table table = {
		.columns = columns,
		.column_count = ARRAY_SIZE(columns),
		.unasked_count = unasked,
		.tree_column = &subject,
		.rows = rows,
		.row_count = row_count,
		.headings = true,
	};
	struct error error;

	if (screen)
		setenv("COLUMNS", screen, 1);
	said_start();
	assert_int_equal(table_print(&table, &error), 0);
	said_end(&said);
	unsetenv("COLUMNS");
	return said.out;
}

static const struct finding a = {.subject = "a", .message = "first", .device_count = 13};
static const struct finding b = {.subject = "b", .message = "a text that is longer"};

static void children_hang_below_their_parents(void **state)
{
	static const struct row rows[] = {
		{.finding = &a, .parent = -1}, {.finding = &b, .parent = 0},
		{.finding = &a, .parent = 1},  {.finding = &a, .parent = 2},
		{.finding = &a, .parent = 0},  {.finding = &b, .parent = 4},
		{.finding = &a, .parent = -1}, {.finding = &b, .parent = 6},
	};

	assert_string_equal(print_rows(rows, ARRAY_SIZE(rows), 0, NULL),
			    "NAME     N TEXT\n"
			    "a       12 first\n"
			    "|-b        a text that is longer\n"
			    "| `-a   12 first\n"
			    "|   `-a 12 first\n"
			    "`-a     12 first\n"
			    "  `-b      a text that is longer\n"
			    "a       12 first\n"
			    "`-b        a text that is longer\n");
}

static void empty_columns_go_unless_asked_for(void **state)
{
	static const struct row rows[] = {{.finding = &b, .parent = -1}};

	assert_string_equal(print_rows(rows, 1, 3, NULL),
			    "NAME TEXT\nb    a text that is longer\n");
	assert_string_equal(print_rows(rows, 1, 1, NULL),
			    "NAME N TEXT\nb      a text that is longer\n");
}

static void a_table_without_a_text_has_no_column(void **state)
{
	static const struct finding nothing = {0};
	static const struct row rows[] = {{.finding = &nothing, .parent = -1}};

	assert_string_equal(print_rows(rows, 1, 3, "80"), "\n\n");
}

static void the_long_text_gives_way_first(void **state)
{
	static const struct row rows[] = {{.finding = &a, .parent = -1},
					  {.finding = &b, .parent = -1}};

	assert_string_equal(print_rows(rows, 2, 0, "19"), "NAME  N TEXT\n"
							  "a    12 first\n"
							  "b       a text that\n");
	/* A screen that is no number, or one that nothing has, is none. */
	assert_non_null(strstr(print_rows(rows, 2, 0, "20x"), "a text that is longer\n"));
	assert_non_null(strstr(print_rows(rows, 2, 0, "0"), "a text that is longer\n"));
	assert_non_null(strstr(print_rows(rows, 2, 0, "99999"), "a text that is longer\n"));
}

static void no_column_is_narrower_than_one_character(void **state)
{
	static const struct row rows[] = {{.finding = &a, .parent = -1},
					  {.finding = &b, .parent = -1}};

	assert_string_equal(print_rows(rows, 2, 0, "3"), "N N T\na 1 f\nb   a\n");
}

static void an_unknown_colour_is_none(void **state)
{
	static const struct finding alarm = {
		.subject = "b", .message = "text", .severity = SEVERITY_ALARM};
	static const struct row rows[] = {{.finding = &a, .parent = -1},
					  {.finding = &alarm, .parent = -1}};
	const struct table table = {
		.columns = columns, .column_count = 3, .rows = rows, .row_count = 2, .color = true};
	struct error error;

	said_start();
	assert_int_equal(table_print(&table, &error), 0);
	said_end(&said);
	assert_string_equal(said.out, "a 12 first\nb    \033[31mtext\033[0m\n");
}

UNIT(aligned)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(children_hang_below_their_parents),
		cmocka_unit_test(empty_columns_go_unless_asked_for),
		cmocka_unit_test(a_table_without_a_text_has_no_column),
		cmocka_unit_test(the_long_text_gives_way_first),
		cmocka_unit_test(no_column_is_narrower_than_one_character),
		cmocka_unit_test(an_unknown_colour_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
