/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/prose.h"
#include "support/check.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* Compare what a screen of that width gets of @text. */
static void expect_prose(const char *width, bool is_command, const char *text, const char *expected)
{
	_autofree_ char *shown = NULL;
	size_t length;
	FILE *screen = open_memstream(&shown, &length);
	struct prose prose;

	assert_non_null(screen);
	setenv("COLUMNS", width, true);
	prose_start(&prose);
	fputs(text, prose.out);
	if (is_command)
		prose_print_command(&prose, screen);
	else
		prose_print(&prose, screen);
	unsetenv("COLUMNS");
	assert_int_equal(fclose(screen), 0);
	assert_string_equal(shown, expected);
}

static void a_line_that_fits_stays(void **state)
{
	expect_prose("24", false, "warning: it is bound.\n  Restore it.\n",
		     "warning: it is bound.\n  Restore it.\n");
	expect_prose("24", false, "without a newline", "without a newline");
	expect_prose("24", false, "", "");
}

static void a_long_line_goes_on_below_at_a_blank(void **state)
{
	expect_prose("24", false, "warning: it is bound to vfio-pci now\nnext\n",
		     "warning: it is bound to\n    vfio-pci now\nnext\n");
}

static void a_word_that_is_wider_than_the_screen_is_cut(void **state)
{
	expect_prose("20", false, "see /sys/devices/pci0000:00/0000:00:1f.0\n",
		     "see\n    /sys/devices/pci\n    0000:00/0000:00:\n    1f.0\n");
}

#define WIDE "\xe7\xb6\xb2\xe7\xb6\xb2"

static void wide_characters_take_two_columns(void **state)
{
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	expect_prose("20", false, WIDE WIDE " " WIDE WIDE " " WIDE "\n",
		     WIDE WIDE " " WIDE WIDE "\n    " WIDE "\n");
}

static void a_command_goes_on_behind_a_backslash(void **state)
{
	expect_prose("24", true, "  1. echo vfio-pci > /sys/bus/pci/drivers_probe\n",
		     "  1. echo vfio-pci > \\\n    /sys/bus/pci/drivers_probe\n");
}

static void a_word_in_quotes_is_not_broken(void **state)
{
	expect_prose("24", true, "  echo 'a b c d e f g h i j k l m n o p' > x\n",
		     "  echo \\\n    'a b c d e f g h i j k l m n o p' \\\n    > x\n");
}

static void a_pipe_gets_a_line_as_it_is(void **state)
{
	expect_prose("0", false, "warning: it is bound to vfio-pci now\n",
		     "warning: it is bound to vfio-pci now\n");
}

UNIT(prose)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_that_fits_stays),
		cmocka_unit_test(a_long_line_goes_on_below_at_a_blank),
		cmocka_unit_test(a_word_that_is_wider_than_the_screen_is_cut),
		cmocka_unit_test(wide_characters_take_two_columns),
		cmocka_unit_test(a_command_goes_on_behind_a_backslash),
		cmocka_unit_test(a_word_in_quotes_is_not_broken),
		cmocka_unit_test(a_pipe_gets_a_line_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
