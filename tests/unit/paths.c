/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A path has one number, and its text comes back. */
#include "capture/paths.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

static void a_path_has_one_number(void **state)
{
	struct paths *paths = paths_new();
	uint32_t vendor = paths_need(paths, "/sys/devices/x/vendor");
	char text[PATH_SIZE];

	assert_int_equal(paths_need(paths, "//sys/devices//x/vendor/"), vendor);
	assert_int_equal(paths_need_below(paths, paths_above(paths, vendor), "vendor"), vendor);
	assert_int_not_equal(paths_need(paths, "/sys/devices/y/vendor"), vendor);
	assert_string_equal(paths_text(paths, vendor, text), "/sys/devices/x/vendor");
	assert_string_equal(paths_name(paths, vendor), "vendor");
	assert_int_equal(paths_length(paths, vendor), strlen(text));
	assert_int_equal(paths_need(paths, "/"), PATHS_ROOT);
	assert_string_equal(paths_text(paths, PATHS_ROOT, text), "");
	paths_free(paths);
}

static void many_paths_are_told_apart(void **state)
{
	enum { FOLDERS = 200, NAMES = 40 };
	struct paths *paths = paths_new();
	struct path_numbers numbers = {0};
	char path[64], text[PATH_SIZE];

	for (uint32_t i = 0; i < FOLDERS * NAMES; i++) {
		snprintf(path, sizeof(path), "/x/%u/%u", i / NAMES, i % NAMES);
		*path_numbers_at(&numbers, paths_need(paths, path)) = i + 1;
	}
	for (uint32_t i = 0; i < FOLDERS * NAMES; i++) {
		uint32_t number;

		snprintf(path, sizeof(path), "/x/%u/%u", i / NAMES, i % NAMES);
		number = paths_need(paths, path);
		assert_int_equal(path_numbers_get(&numbers, number), i + 1);
		assert_string_equal(paths_text(paths, number, text), path);
	}
	assert_int_equal(path_numbers_get(&numbers, PATHS_ROOT), 0);
	assert_int_equal(path_numbers_get(&numbers, UINT32_MAX), 0);
	free(numbers.items);
	paths_free(paths);
}

static void a_folder_comes_before_all_that_is_below_it(void **state)
{
	static const char *const ordered[] = {"/", "/a", "/a/b", "/a/b/c", "/a/d", "/a-b", "/b"};
	struct paths *paths = paths_new();

	for (size_t i = 0; i < ARRAY_SIZE(ordered); i++)
		for (size_t k = 0; k < ARRAY_SIZE(ordered); k++) {
			int order = paths_compare(paths, paths_need(paths, ordered[i]),
						  paths_need(paths, ordered[k]));

			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
		}
	paths_free(paths);
}

UNIT(paths)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_one_number),
		cmocka_unit_test(many_paths_are_told_apart),
		cmocka_unit_test(a_folder_comes_before_all_that_is_below_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
