/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines as values, and the mistakes that each is refused for. */
#include "commands/options.h"

#include "support/check.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 80 };

/* @line: words separated by blanks; options borrow them until the next call */
static int parse(const char *line, struct options *ret_options, struct error *e)
{
	static char text[2048];
	char *argv[WORDS_MAX + 2] = {(char *)"iommuctl"}, *rest = text;
	int argc = 1;

	assert_true(strlen(line) < sizeof(text));
	strcpy(text, line);
	for (char *word = strsep(&rest, " "); word; word = strsep(&rest, " "))
		if (*word && argc <= WORDS_MAX)
			argv[argc++] = word;
	optind = 0;
	*e = (struct error){0};
	return options_parse(argc, argv, ret_options, e);
}

static struct options parsed(const char *line)
{
	struct options options;
	struct error error;

	if (parse(line, &options, &error) < 0)
		fail_msg("%s: %s", line, error.message);
	return options;
}

static void must_refuse(const char *line, const char *message, const char *remedy)
{
	struct options options;
	struct error error;

	assert_true(parse(line, &options, &error) < 0);
	assert_int_equal(error.code, ERROR_USAGE);
	if (!strstr(error.message, message) || !strstr(error.remedy, remedy))
		fail_msg("%s: %s (%s)", line, error.message, error.remedy);
}

static void options_may_stand_anywhere(void **state)
{
	struct options options = parsed("show -J eth0 --verbose -o name,group --count 3");

	assert_true(options.json);
	assert_true(options.verbose);
	assert_false(options.quiet);
	assert_string_equal(options.output, "name,group");
	assert_int_equal(options.count, 3);
	assert_int_equal(options.timeout_ms, -1);
	assert_int_equal(options.argument_count, 2);
}

static void each_word_of_color_is_known(void **state)
{
	struct options always = parsed("--color always"), never = parsed("--color never");
	struct options automatic = parsed("--color auto");

	assert_int_equal(always.color, COLOR_ALWAYS);
	assert_int_equal(never.color, COLOR_NEVER);
	assert_int_equal(automatic.color, COLOR_AUTO);
	assert_true(options_color(&always));
	assert_false(options_color(&never));
	must_refuse("--color alway", "not alway", "");
	must_refuse("--color neverx", "not neverx", "");
	must_refuse("--color xxxx", "not xxxx", "");
}

static void numbers_and_times_are_above_zero(void **state)
{
	assert_int_equal(parsed("--count 2147483647").count, 2147483647);
	must_refuse("--count 0", "--count takes a number above 0, not 0", "");
	must_refuse("--count 2147483648", "not 2147483648", "");
	must_refuse("--count three", "not three", "");
	assert_int_equal(parsed("--timeout 1.5").timeout_ms, 1500);
	must_refuse("--timeout 0", "--timeout takes a time above 0", "500ms");
}

/* The option @word so many times, each with @argument. */
static const char *repeat(const char *word, const char *argument, int times)
{
	static char line[2048];
	size_t used = 0;

	for (int i = 0; i < times; i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used, "%s=%s ", word,
					 argument);
	return line;
}

static void lists_have_an_end(void **state)
{
	assert_int_equal(parsed(repeat("--waive", "x", WAIVE_MAX)).waive_count, WAIVE_MAX);
	must_refuse(repeat("--waive", "x", WAIVE_MAX + 1), "at most 32 times --waive", "");
	assert_int_equal(parsed(repeat("--dtb", "x", FIRMWARE_FILES_MAX)).dtb_count,
			 FIRMWARE_FILES_MAX);
	must_refuse(repeat("--dtb", "x", FIRMWARE_FILES_MAX + 1), "at most 64 times --dtb", "");
}

static void standard_input_is_read_once(void **state)
{
	assert_int_equal(parsed("--dtb a --dtb - --dtb b").dtb_count, 3);
	must_refuse("--dtb - --dtb a --dtb -", "--dtb - stands twice", "");
}

static void forms_exclude_each_other(void **state)
{
	must_refuse("--dot -J", "--dot excludes", "");
	must_refuse("--dot --raw", "--dot excludes", "");
	must_refuse("--pairs --dot", "--dot excludes", "");
	must_refuse("-r -P", "--raw and --pairs exclude each other", "");
	must_refuse("--root a --dtb b", "exclude each other", "");
	must_refuse("--dtb b --acpi c", "exclude each other", "");
	must_refuse("--acpi c --root a", "exclude each other", "");
	assert_true(parsed("--dot").dot);
}

static void the_first_mistake_is_told_and_json_is_found_behind_it(void **state)
{
	struct options options;
	struct error error;

	assert_true(parse("--bogus --count 0 -J", &options, &error) < 0);
	assert_string_equal(error.message, "unknown option --bogus");
	assert_true(options.json);
}

static void unknown_options_have_the_nearest_one(void **state)
{
	must_refuse("--colour", "unknown option --colour", "Did you mean --color?");
	must_refuse("--zzzzzzzzzzz", "unknown option", "\"iommuctl --help\" lists the options.");
	must_refuse("-Z", "unknown option -Z", "");
	must_refuse("--output", "needs an argument", "");
	must_refuse("--json=yes", "--json=yes", "");
}

static void a_command_accepts_the_options_of_its_scope(void **state)
{
	assert_true(options_accept(0, "quiet"));
	assert_true(options_accept(SCOPE_WATCH, "json"));
	assert_false(options_accept(SCOPE_TABLE, "json"));
	/* Two options have this name. */
	assert_true(options_accept(SCOPE_METRICS, "output"));
	assert_false(options_accept(SCOPE_WATCH, "output"));
	assert_false(options_accept(SCOPE_WATCH, "bogus"));
}

UNIT(options)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_may_stand_anywhere),
		cmocka_unit_test(each_word_of_color_is_known),
		cmocka_unit_test(numbers_and_times_are_above_zero),
		cmocka_unit_test(lists_have_an_end),
		cmocka_unit_test(standard_input_is_read_once),
		cmocka_unit_test(forms_exclude_each_other),
		cmocka_unit_test(the_first_mistake_is_told_and_json_is_found_behind_it),
		cmocka_unit_test(unknown_options_have_the_nearest_one),
		cmocka_unit_test(a_command_accepts_the_options_of_its_scope),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
