/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One capture is kept of each boot, ten in all, and a boot is found by its distance from this one.
 */
#include "capture/boots.h"

#include "base/text.h"
#include "sources/boot_id.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* IDs of boots; %s: one digit. */
#define ID(digit) "0000000" digit "-1111-4222-8333-444444444444"

static char *dir;
static const char *folder;
static struct arena *arena;
static struct error error;

static int start(void **state)
{
	arena = arena_new();
	dir = tree_new("");
	folder = arena_concat(arena, dir, "/boots", "");
	return mkdir(folder, 0700);
}

static int end(void **state)
{
	tree_remove(dir);
	arena_free(arena);
	return 0;
}

static void put(const char *name)
{
	FILE *file = fopen(arena_printf(arena, "%s/%s", folder, name), "w");

	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static struct kept_boots list_boots(void)
{
	struct kept_boots boots;

	assert_int_equal(boots_list(folder, arena, &boots, &error), 0);
	return boots;
}

static void boots_stand_in_the_order_of_their_numbers(void **state)
{
	struct kept_boots boots;

	put("000010-" ID("a") ".tar.gz");
	put("000009-" ID("b") ".tar.gz");
	put("1000001-" ID("c") ".tar.gz");
	boots = list_boots();
	assert_int_equal(boots.count, 3);
	assert_string_equal(boots.items[0].id, ID("b"));
	assert_string_equal(boots.items[1].id, ID("a"));
	assert_int_equal(boots.items[2].number, 1000001);
}

static void other_files_are_left_out(void **state)
{
	put("000000-" ID("a") ".tar.gz");
	put("000001-" ID("A") ".tar.gz");
	put("000001-" ID("a") ".tar.gz.Xw3f9a");
	put("000001-" ID("a") ".tar");
	put("000001_" ID("a") ".tar.gz");
	put("99999999999999999999999-" ID("a") ".tar.gz");
	put("-1-" ID("a") ".tar.gz");
	put("notes");
	assert_int_equal(list_boots().count, 0);
}

static void a_missing_folder_has_no_boots(void **state)
{
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(list_boots().count, 0);
}

static void a_folder_that_is_none_is_an_error(void **state)
{
	struct kept_boots boots;

	assert_true(boots_list("/dev/null", arena, &boots, &error) < 0);
	assert_non_null(strstr(error.message, "cannot read /dev/null"));
}

static void a_boot_is_found_by_its_distance(void **state)
{
	struct kept_boots boots;

	put("000001-" ID("a") ".tar.gz");
	put("000002-" ID("b") ".tar.gz");
	put("000003-" ID("c") ".tar.gz");
	boots = list_boots();
	assert_string_equal(boots_find(&boots, ID("c"), 0)->id, ID("c"));
	assert_string_equal(boots_find(&boots, ID("c"), 1)->id, ID("b"));
	assert_string_equal(boots_find(&boots, ID("c"), 2)->id, ID("a"));
	assert_null(boots_find(&boots, ID("c"), 3));
	assert_null(boots_find(&boots, ID("c"), SIZE_MAX));
	/* An older capture that was booted from again would be the same boot: it never is. */
	assert_string_equal(boots_find(&boots, ID("b"), 1)->id, ID("a"));
}

static void a_boot_without_a_capture_comes_after_all_others(void **state)
{
	struct kept_boots boots;

	put("000001-" ID("a") ".tar.gz");
	put("000002-" ID("b") ".tar.gz");
	boots = list_boots();
	assert_null(boots_find(&boots, ID("c"), 0));
	assert_string_equal(boots_find(&boots, ID("c"), 1)->id, ID("b"));
	assert_string_equal(boots_find(&boots, ID("c"), 2)->id, ID("a"));
	assert_null(boots_find(&boots, ID("c"), 3));
}

static void a_boot_keeps_one_capture(void **state)
{
	struct kept_boots boots = list_boots();

	assert_string_equal(text_basename(boots_path(&boots, folder, ID("a"), arena)),
			    "000001-" ID("a") ".tar.gz");
	put("000007-" ID("b") ".tar.gz");
	boots = list_boots();
	assert_string_equal(text_basename(boots_path(&boots, folder, ID("b"), arena)),
			    "000007-" ID("b") ".tar.gz");
	assert_string_equal(text_basename(boots_path(&boots, folder, ID("c"), arena)),
			    "000008-" ID("c") ".tar.gz");
}

static void the_oldest_captures_go(void **state)
{
	struct kept_boots boots;

	for (unsigned i = 1; i <= BOOTS_KEPT + 2; i++)
		put(arena_printf(arena, "%06u-000000%02x-1111-4222-8333-444444444444.tar.gz", i,
				 i));
	put("notes");
	boots = list_boots();
	assert_int_equal(boots.count, BOOTS_KEPT + 2);
	assert_int_equal(boots_settle(folder, arena, &error), 0);
	boots = list_boots();
	assert_int_equal(boots.count, BOOTS_KEPT);
	assert_int_equal(boots.items[0].number, 3);
	assert_int_equal(access(arena_concat(arena, folder, "/notes", ""), F_OK), 0);
	assert_int_equal(boots_settle(folder, arena, &error), 0);
	assert_int_equal(list_boots().count, BOOTS_KEPT);
}

static void the_id_of_the_boot_has_one_form(void **state)
{
	struct root *root;

	tree_unpack("/proc/sys/kernel/random/boot_id = " ID("a") "\n", dir);
	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_string_equal(boot_id_read(root, arena), ID("a"));
	tree_unpack("/proc/sys/kernel/random/boot_id = " ID("a") "a\n", dir);
	assert_null(boot_id_read(root, arena));
	tree_unpack("/proc/sys/kernel/random/boot_id = 17\n", dir);
	assert_null(boot_id_read(root, arena));
	root_free(root);
}

static struct root *root_of_boot(const char *id)
{
	struct root *root;

	tree_unpack(arena_printf(arena, "/proc/sys/kernel/random/boot_id = %s\n", id), dir);
	assert_int_equal(root_open(dir, &root, &error), 0);
	return root;
}

static void a_boot_that_has_no_capture_names_those_that_have_one(void **state)
{
	_autoroot_ struct root *root = root_of_boot(ID("d"));
	const char *path = NULL;

	assert_int_equal(boots_choose(root, folder, 1, arena, &path, &error), -ENOENT);
	assert_int_equal(error.code, ERROR_NO_MATCH);
	assert_string_equal(error.message,
			    "no capture is kept of boot -1: No such file or directory");
	assert_non_null(strstr(error.remedy, "capture --keep"));
	put("000001-" ID("a") ".tar.gz");
	put("000002-" ID("b") ".tar.gz");
	assert_int_equal(boots_choose(root, folder, 0, arena, &path, &error), -ENOENT);
	assert_non_null(strstr(error.message, "of boot 0:"));
	assert_string_equal(error.remedy, "Captures are kept of the boots -2 to -1");
	assert_null(path);
	assert_int_equal(boots_choose(root, folder, 2, arena, &path, &error), 0);
	assert_string_equal(text_basename(path), "000001-" ID("a") ".tar.gz");
	assert_true(boots_choose(root, "/dev/null", 1, arena, &path, &error) < 0);
}

static void a_kernel_without_an_id_keeps_no_boots(void **state)
{
	_autoroot_ struct root *root = root_of_boot("17");
	const char *path = NULL;

	assert_true(boots_choose(root, folder, 1, arena, &path, &error) < 0);
	assert_non_null(strstr(error.message, "does not tell the ID"));
	assert_true(boots_place(root, folder, arena, &path, &error) < 0);
	assert_non_null(strstr(error.message, "does not tell the ID"));
	assert_null(path);
}

static void the_place_for_a_capture_is_made(void **state)
{
	_autoroot_ struct root *root = root_of_boot(ID("a"));
	const char *path = NULL, *below = arena_concat(arena, folder, "/new/boots", "");
	struct stat status;

	assert_int_equal(boots_place(root, below, arena, &path, &error), 0);
	assert_string_equal(text_basename(path), "000001-" ID("a") ".tar.gz");
	assert_int_equal(stat(below, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	assert_true(boots_place(root, "/dev/null/boots", arena, &path, &error) < 0);
	assert_non_null(strstr(error.message, "cannot make /dev/null/boots"));
	assert_true(boots_settle("/dev/null/boots", arena, &error) < 0);
	assert_non_null(strstr(error.message, "cannot flush /dev/null/boots"));
}

UNIT(boots)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(boots_stand_in_the_order_of_their_numbers, start,
						end),
		cmocka_unit_test_setup_teardown(other_files_are_left_out, start, end),
		cmocka_unit_test_setup_teardown(a_missing_folder_has_no_boots, start, end),
		cmocka_unit_test_setup_teardown(a_folder_that_is_none_is_an_error, start, end),
		cmocka_unit_test_setup_teardown(a_boot_is_found_by_its_distance, start, end),
		cmocka_unit_test_setup_teardown(a_boot_without_a_capture_comes_after_all_others,
						start, end),
		cmocka_unit_test_setup_teardown(a_boot_keeps_one_capture, start, end),
		cmocka_unit_test_setup_teardown(the_oldest_captures_go, start, end),
		cmocka_unit_test_setup_teardown(the_id_of_the_boot_has_one_form, start, end),
		cmocka_unit_test_setup_teardown(
			a_boot_that_has_no_capture_names_those_that_have_one, start, end),
		cmocka_unit_test_setup_teardown(a_kernel_without_an_id_keeps_no_boots, start, end),
		cmocka_unit_test_setup_teardown(the_place_for_a_capture_is_made, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
