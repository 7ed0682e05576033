/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/duration.h"

#include "base/cleanup.h"
#include "support/check.h"

static void takes_seconds_and_the_units_of_systemd(void **state)
{
	static const struct {
		const char *text;
		int ms;
	} good[] = {
		{"30", 30000},	  {"0.5", 500},		 {"500ms", 500},      {"5s", 5000},
		{"5 sec", 5000},  {"2min", 120000},	 {"2m", 120000},      {"1h", 3600000},
		{"1hr", 3600000}, {"1h 30min", 5400000}, {"1min30s", 90000},  {"1d", 86400000},
		{"0.001", 1},	  {" 7 ", 7000},	 {"24d", 2073600000},
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		int ms = -1;

		if (!duration_parse(good[i].text, &ms))
			fail_msg("\"%s\" is refused", good[i].text);
		assert_int_equal(ms, good[i].ms);
	}
}

static void refuses_no_time_too_much_and_other_words(void **state)
{
	static const char *const bad[] = {"",	  "0",	"0ms", "0.0001", "-1",	 "+1",
					  "soon", "5x", "inf", "nan",	 "0x10", "1e3",
					  "1..5", "ms", "5 5", "25d",	 "1sms", "5s,"};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int ms = -1;

		if (duration_parse(bad[i], &ms))
			fail_msg("\"%s\" is taken for %d ms", bad[i], ms);
		assert_int_equal(ms, -1);
	}
}

UNIT(duration)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_seconds_and_the_units_of_systemd),
		cmocka_unit_test(refuses_no_time_too_much_and_other_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
