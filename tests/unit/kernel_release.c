/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel_release.h"

#include "support/check.h"

static void versions_are_compared_as_numbers(void **state)
{
	assert_int_equal(kernel_has("5.10.0-33-amd64", KERNEL_RESET_METHOD), ANSWER_NO);
	assert_int_equal(kernel_has("6.1.0-42-arm64", KERNEL_DIRECT_REFUSED), ANSWER_NO);
	assert_int_equal(kernel_has("6.6.0", KERNEL_PROBE_AT_REGISTRATION), ANSWER_NO);
	assert_int_equal(kernel_has("5.18.17", KERNEL_DMA_OWNERSHIP), ANSWER_NO);
	assert_int_equal(kernel_has("5.19.17", KERNEL_DMA_OWNERSHIP), ANSWER_YES);
	assert_int_equal(kernel_has("6.12.41+deb13-amd64", KERNEL_DIRECT_REFUSED), ANSWER_YES);
	assert_int_equal(kernel_has("6.6.0", KERNEL_DIRECT_REFUSED), ANSWER_YES);
	assert_int_equal(kernel_has("6.18.15", KERNEL_AUTOPROBE_OFF), ANSWER_NO);
	assert_int_equal(kernel_has("6.19.14", KERNEL_AUTOPROBE_OFF), ANSWER_YES);
	assert_int_equal(kernel_has("7.1.13", KERNEL_MAP_CELLS), ANSWER_NO);
	assert_int_equal(kernel_has("7.2.12", KERNEL_MAP_CELLS), ANSWER_YES);
	assert_int_equal(kernel_has("7.3-rc7", KERNEL_PROBE_AT_REGISTRATION), ANSWER_YES);
	assert_int_equal(kernel_has("6.13.7", KERNEL_ACPI_WAIT_ENDS), ANSWER_NO);
	assert_int_equal(kernel_has("6.14.0", KERNEL_ACPI_WAIT_ENDS), ANSWER_YES);
	assert_int_equal(kernel_has("6.14.11", KERNEL_ACPI_BOUND_ONCE), ANSWER_NO);
	assert_int_equal(kernel_has("6.15.9", KERNEL_ACPI_BOUND_ONCE), ANSWER_YES);
	assert_int_equal(kernel_has("6.9.12", KERNEL_INTERRUPT_MAP_LINKS), ANSWER_NO);
	assert_int_equal(kernel_has("6.10-rc1", KERNEL_INTERRUPT_MAP_LINKS), ANSWER_YES);
	assert_int_equal(kernel_has("5.12.9", KERNEL_LINKS_GIVEN_UP), ANSWER_NO);
	assert_int_equal(kernel_has("5.13.0-19-generic", KERNEL_LINKS_GIVEN_UP), ANSWER_YES);
	assert_int_equal(kernel_has("5.19.0", KERNEL_PROBE_TIMEOUT), ANSWER_NO);
	assert_int_equal(kernel_has("6.0.0", KERNEL_PROBE_TIMEOUT), ANSWER_YES);
}

static void a_text_that_is_no_version_tells_nothing(void **state)
{
	assert_int_equal(kernel_has(NULL, KERNEL_RESET_METHOD), ANSWER_UNKNOWN);
	assert_int_equal(kernel_has("", KERNEL_RESET_METHOD), ANSWER_UNKNOWN);
	assert_int_equal(kernel_has("linux", KERNEL_RESET_METHOD), ANSWER_UNKNOWN);
	assert_int_equal(kernel_has("5", KERNEL_RESET_METHOD), ANSWER_UNKNOWN);
}

static void between_two_known_versions_nothing_is_known(void **state)
{
	assert_int_equal(kernel_has("6.18.15", KERNEL_BRIDGE_FORWARDS), ANSWER_NO);
	assert_int_equal(kernel_has("7.0.13", KERNEL_BRIDGE_FORWARDS), ANSWER_UNKNOWN);
	assert_int_equal(kernel_has("7.2.12", KERNEL_BRIDGE_FORWARDS), ANSWER_YES);
}

static void each_feature_came_with_some_version(void **state)
{
	for (enum kernel_feature feature = 0; feature < KERNEL_FEATURE_COUNT; feature++) {
		assert_int_equal(kernel_has("4.19.0", feature), ANSWER_NO);
		assert_int_equal(kernel_has("7.3.4", feature), ANSWER_YES);
	}
}

UNIT(kernel_release)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_compared_as_numbers),
		cmocka_unit_test(a_text_that_is_no_version_tells_nothing),
		cmocka_unit_test(between_two_known_versions_nothing_is_known),
		cmocka_unit_test(each_feature_came_with_some_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
