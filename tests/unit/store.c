/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/store.h"

#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char TREE[] = "/proc/sys/kernel/random/boot_id = 11111111-2222\n"
			   "/run/\n"
			   "/elsewhere/\n";

static char *dir;
static struct root *root;
static struct store *store;
static struct error error;

static int open_tree(void **state)
{
	dir = tree_new(TREE);
	store = NULL;
	memset(&error, 0, sizeof(error));
	return root_open(dir, &root, &error);
}

static int close_tree(void **state)
{
	store_free(store);
	root_free(root);
	tree_remove(dir);
	return 0;
}

static const char *in_tree(const char *path)
{
	static char whole[PATH_SIZE];

	snprintf(whole, sizeof(whole), "%s%s", dir, path);
	return whole;
}

static void the_folder_is_made_for_us_alone(void **state)
{
	struct stat status;

	assert_int_equal(store_open(root, true, &store, &error), 0);
	assert_int_equal(stat(in_tree(STORE_DIR), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	assert_string_equal(store_boot_id(store), "11111111-2222");
}

static void who_only_looks_makes_no_folder(void **state)
{
	assert_int_equal(store_open(root, false, &store, &error), -ENOENT);
	assert_int_equal(error.code, ERROR_NONE);
	assert_false(root_has(root, STORE_DIR));
}

static void a_folder_that_others_may_write_to_is_refused(void **state)
{
	static const mode_t modes[] = {0720, 0702, 0777, 01777};

	assert_int_equal(mkdir(in_tree(STORE_DIR), 0700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		assert_int_equal(chmod(in_tree(STORE_DIR), modes[i]), 0);
		assert_true(store_open(root, true, &store, &error) < 0);
		assert_non_null(strstr(error.message, "other users may write"));
		assert_true(error.remedy[0]);
	}
	assert_null(store);
}

static void a_folder_of_somebody_else_is_refused(void **state)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir(in_tree(STORE_DIR), 0700), 0);
	assert_int_equal(chown(in_tree(STORE_DIR), 12345, 0), 0);
	assert_true(store_open(root, true, &store, &error) < 0);
	assert_non_null(strstr(error.message, "belongs to user 12345"));
	assert_null(store);
}

static void a_link_in_the_place_of_the_folder_is_refused(void **state)
{
	assert_int_equal(symlink("../elsewhere", in_tree(STORE_DIR)), 0);
	assert_int_equal(store_open(root, true, &store, &error), -ENOTDIR);
	assert_non_null(strstr(error.message, STORE_DIR));
	assert_null(store);
}

static void a_file_in_the_place_of_the_folder_is_refused(void **state)
{
	assert_int_equal(mknod(in_tree(STORE_DIR), S_IFREG | 0600, 0), 0);
	assert_int_equal(store_open(root, true, &store, &error), -ENOTDIR);
}

static void a_boot_that_does_not_say_which_is_an_error(void **state)
{
	assert_int_equal(unlink(in_tree("/proc/sys/kernel/random/boot_id")), 0);
	assert_int_equal(store_open(root, true, &store, &error), -ENOENT);
	assert_non_null(strstr(error.message, "boot_id"));
}

static void a_file_is_replaced_as_a_whole(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct span bytes;
	struct stat status;

	assert_int_equal(store_open(root, true, &store, &error), 0);
	assert_int_equal(store_read(store, "file", 100, arena, &bytes, &error), -ENOENT);
	assert_int_equal(store_replace(store, "file", (struct span){"longer text", 11}, &error), 0);
	assert_int_equal(store_replace(store, "file", (struct span){"short", 5}, &error), 0);
	assert_int_equal(store_read(store, "file", 100, arena, &bytes, &error), 0);
	assert_int_equal(bytes.length, 5);
	assert_memory_equal(bytes.start, "short", 5);
	assert_int_equal(stat(in_tree(STORE_DIR "/file"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_false(root_has(root, STORE_DIR "/file.new"));
	assert_int_equal(store_read(store, "file", 4, arena, &bytes, &error), -EFBIG);
}

static void a_link_in_the_place_of_a_file_is_not_followed(void **state)
{
	assert_int_equal(store_open(root, true, &store, &error), 0);
	assert_int_equal(symlink("../../elsewhere/file", in_tree(STORE_DIR "/file")), 0);
	assert_int_equal(store_openat(store, "file", O_WRONLY | O_CREAT), -ELOOP);
	assert_int_equal(symlink("../../elsewhere/file", in_tree(STORE_DIR "/other.new")), 0);
	assert_int_equal(store_replace(store, "other", (struct span){"x", 1}, &error), -ELOOP);
	assert_false(root_has(root, "/elsewhere/file"));
}

static void where_there_is_no_room_the_old_file_stays(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct rlimit before, small;
	struct span bytes;
	int result;

	assert_int_equal(store_open(root, true, &store, &error), 0);
	assert_int_equal(store_replace(store, "file", (struct span){"old", 3}, &error), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 4;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	result = store_replace(store, "file", (struct span){"much longer", 11}, &error);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(result, -EFBIG);
	assert_non_null(strstr(error.message, STORE_DIR "/file"));
	assert_int_equal(store_read(store, "file", 100, arena, &bytes, &error), 0);
	assert_string_equal(bytes.start, "old");
	assert_false(root_has(root, STORE_DIR "/file.new"));
}

static void a_name_that_is_too_long_reaches_no_file(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	char name[2 * PATH_SIZE];
	struct span bytes = {"x", 1};

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(store_open(root, true, &store, &error), 0);
	assert_int_equal(store_read(store, name, 100, arena, &bytes, &error), -ENAMETOOLONG);
	assert_int_equal(store_replace(store, name, bytes, &error), -ENAMETOOLONG);
	assert_int_equal(error.code, ERROR_IO);
}

static void the_cause_of_a_failure_decides_its_code_and_remedy(void **state)
{
	static const struct {
		int cause;
		enum error_code code;
		const char *remedy;
	} rows[] = {
		{-EACCES, ERROR_PERMISSION, ""},  {-EPERM, ERROR_PERMISSION, ""},
		{-ENOSPC, ERROR_IO, "Make room"}, {-EDQUOT, ERROR_IO, "Make room"},
		{-EROFS, ERROR_IO, "writable"},	  {-EIO, ERROR_IO, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(&error, 0, sizeof(error));
		assert_int_equal(store_error(&error, rows[i].cause, "write", "x"), rows[i].cause);
		assert_int_equal(error.code, rows[i].code);
		assert_non_null(strstr(error.message, "cannot write " STORE_DIR "/x"));
		assert_non_null(strstr(error.remedy, rows[i].remedy));
		assert_int_equal(!*error.remedy, !*rows[i].remedy);
	}
}

static void a_run_that_leads_in_circles_has_no_store(void **state)
{
	assert_int_equal(rmdir(in_tree("/run")), 0);
	assert_int_equal(symlink("run", in_tree("/run")), 0);
	assert_true(store_open(root, true, &store, &error) < 0);
	assert_non_null(strstr(error.message, STORE_DIR));
	assert_null(store);
}

static void an_empty_boot_id_is_malformed(void **state)
{
	tree_unpack("/proc/sys/kernel/random/boot_id = \\c\n", dir);
	assert_true(store_open(root, true, &store, &error) < 0);
	assert_int_equal(error.code, ERROR_MALFORMED);
	assert_null(store);
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, open_tree, close_tree)

UNIT(store)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(the_folder_is_made_for_us_alone),
		WITH_TREE(who_only_looks_makes_no_folder),
		WITH_TREE(a_folder_that_others_may_write_to_is_refused),
		WITH_TREE(a_folder_of_somebody_else_is_refused),
		WITH_TREE(a_link_in_the_place_of_the_folder_is_refused),
		WITH_TREE(a_file_in_the_place_of_the_folder_is_refused),
		WITH_TREE(a_boot_that_does_not_say_which_is_an_error),
		WITH_TREE(a_file_is_replaced_as_a_whole),
		WITH_TREE(a_link_in_the_place_of_a_file_is_not_followed),
		WITH_TREE(where_there_is_no_room_the_old_file_stays),
		WITH_TREE(a_name_that_is_too_long_reaches_no_file),
		WITH_TREE(the_cause_of_a_failure_decides_its_code_and_remedy),
		WITH_TREE(a_run_that_leads_in_circles_has_no_store),
		WITH_TREE(an_empty_boot_id_is_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
