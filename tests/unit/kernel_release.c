/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel_release.h"

#include "support/check.h"

static void versions_are_compared_as_numbers(void **state)
{
	assert_true(kernel_before("5.10.0-33-amd64", 5, 15));
	assert_true(kernel_before("6.1.0-42-arm64", 6, 6));
	assert_true(kernel_before("6.6.0", 6, 12));
	assert_true(kernel_before("5.19.17", 6, 0));
	assert_false(kernel_before("6.12.41+deb13-amd64", 6, 6));
	assert_false(kernel_before("6.6.0", 6, 6));
	assert_false(kernel_before("7.3-rc7", 6, 15));
}

static void what_is_no_version_is_older_than_nothing(void **state)
{
	assert_false(kernel_before(NULL, 6, 6));
	assert_false(kernel_before("", 6, 6));
	assert_false(kernel_before("linux", 6, 6));
	assert_false(kernel_before("5", 6, 6));
}

UNIT(kernel_release)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_compared_as_numbers),
		cmocka_unit_test(what_is_no_version_is_older_than_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
