/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many captures: what one of them does to its reader is its own answer alone. */
#include "commands/fleet.h"

#include "support/check.h"
#include "support/said.h"
#include "views/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct said said;
static struct error error;
static struct verdict verdict;

static const struct document_kind kind = {0};

/* The name of a capture tells what its reader does. */
static int judge(const struct options *options, struct verdict *ret_verdict, struct error *e)
{
	const char *name = options->root;

	if (strcmp(name, "crashes") == 0)
		_exit(3);
	if (strcmp(name, "fails") == 0) {
		error_set(e, ERROR_MALFORMED, 0, "it is no capture");
		error_remedy(e, "Make it again");
		return -EINVAL;
	}
	if (options->json && strcmp(name, "silent") == 0)
		return 0;
	if (options->json)
		printf("{\n}\n");
	else
		printf("text of %s\n", name);
	ret_verdict->blind = strcmp(name, "blind") == 0;
	ret_verdict->counts[SEVERITY_ALARM] = strcmp(name, "alarm") == 0;
	ret_verdict->counts[SEVERITY_WARNING] = 2 * (strcmp(name, "warnings") == 0);
	return output_flush(e);
}

static int print_fleet(struct options options, const char *const *names)
{
	int result;

	while (*names)
		options.roots[options.root_count++] = *names++;
	said_start();
	result = fleet_print(&options, judge, &kind, &verdict, &error);
	said_end(&said);
	return result;
}

static void the_worst_comes_first(void **state)
{
	static const char *const names[] = {"a",       "warnings", "fails", "alarm",
					    "crashes", "b",	   NULL};

	assert_int_equal(print_fleet((struct options){0}, names), 1);
	assert_string_equal(said.out, "alarm: 1 alarm, 0 warnings\n"
				      "text of alarm\n"
				      "warnings: 0 alarms, 2 warnings\n"
				      "text of warnings\n"
				      "fails: it is no capture. Make it again\n"
				      "crashes: the process that reads it ended before its answer\n"
				      "a: text of a\n"
				      "b: text of b\n");
	assert_string_equal(said.err, "iommuctl: 2 of 6 captures have no answer\n");
	assert_int_equal(verdict.counts[SEVERITY_ALARM], 1);
	assert_int_equal(verdict.counts[SEVERITY_WARNING], 2);
	assert_false(verdict.blind);
}

static void one_that_is_blind_makes_all_blind(void **state)
{
	static const char *const names[] = {"a", "blind", NULL};

	assert_int_equal(print_fleet((struct options){0}, names), 0);
	assert_string_equal(said.err, "");
	assert_true(verdict.blind);
}

static void a_document_is_one_line(void **state)
{
	static const char *const names[] = {"a \"b\"", "silent", "crashes", NULL};

	assert_int_equal(print_fleet((struct options){.json = true}, names), 1);
	assert_string_equal(said.out, "{\"root\":\"crashes\",\"document\":null}\n"
				      "{\"root\":\"a \\\"b\\\"\",\"document\":{ } }\n"
				      "{\"root\":\"silent\",\"document\":null}\n");
}

static void a_failure_is_a_document(void **state)
{
	static const char *const names[] = {"fails", NULL};

	assert_int_equal(print_fleet((struct options){.json = true}, names), 1);
	assert_true(strstr(said.out, "{\"root\":\"fails\",\"document\":{\"schema\":1,") ==
		    said.out);
	assert_non_null(strstr(said.out, "\"code\":\"malformed\""));
	assert_int_equal(strlen(strchr(said.out, '\n')), 1);
}

UNIT(fleet)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worst_comes_first),
		cmocka_unit_test(one_that_is_blind_makes_all_blind),
		cmocka_unit_test(a_document_is_one_line),
		cmocka_unit_test(a_failure_is_a_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
