/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/suggest.h"
#include "support/check.h"

static const char *nearest(const char *word, const char *const *names)
{
	struct suggestion suggestion = {.word = word};

	for (; *names; names++)
		suggest_name(&suggestion, *names);
	return suggestion.nearest;
}

static const char *const verbs[] = {"show", "status", "streams", "rebind", "unbind", NULL};

static void a_typing_error_leads_to_its_name(void **state)
{
	assert_string_equal(nearest("shwo", verbs), "show");
	assert_string_equal(nearest("stauts", verbs), "status");
	assert_string_equal(nearest("rebnid", verbs), "rebind");
}

static void the_nearest_of_two_counts(void **state)
{
	assert_string_equal(nearest("ubbind", verbs), "unbind");
	assert_string_equal(nearest("statu", (const char *const[]){"stats", "status", NULL}),
			    "stats");
	assert_string_equal(nearest("rbind", verbs), "rebind");
}

static void other_words_lead_nowhere(void **state)
{
	assert_null(nearest("frobnicate", verbs));
	assert_null(nearest("shovel", verbs));
	assert_null(nearest("ls", (const char *const[]){"vfs", NULL}));
	assert_null(nearest("", verbs));
}

static void no_suggestion_keeps_the_remedy(void **state)
{
	struct suggestion none = {.word = "x"}, one = {.word = "prboed"};
	struct error e = {0};

	error_remedy(&e, "before");
	assert_false(suggest_remedy(&none, &e));
	assert_string_equal(e.remedy, "before");
	suggest_name(&one, "probed");
	assert_true(suggest_remedy(&one, &e));
	assert_string_equal(e.remedy, "Did you mean probed?");
}

UNIT(suggest)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_typing_error_leads_to_its_name),
		cmocka_unit_test(the_nearest_of_two_counts),
		cmocka_unit_test(other_words_lead_nowhere),
		cmocka_unit_test(no_suggestion_keeps_the_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
