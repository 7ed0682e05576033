/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file appears whole under its name, or not at all. */
#include "base/new_file.h"

#include "base/arena.h"
#include "support/check.h"
#include "support/tree.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;
static struct error error;

static int make_folder(void **state)
{
	dir = tree_new("/old = before\n/folder/\n");
	memset(&error, 0, sizeof(error));
	return 0;
}

static int remove_folder(void **state)
{
	tree_remove(dir);
	return 0;
}

static const char *path_of(const char *name, struct arena *arena)
{
	return arena_concat(arena, dir, "/", name);
}

/* The whole text of a file, or NULL where it is not there. */
static const char *text_of(const char *path, struct arena *arena)
{
	char text[64];
	FILE *in = fopen(path, "r");
	size_t length;

	if (!in)
		return NULL;
	length = fread(text, 1, sizeof(text), in);
	fclose(in);
	return arena_text(arena, text, length);
}

static size_t count_entries(void)
{
	DIR *folder = opendir(dir);
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void the_name_exists_only_once_the_file_is_whole(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	_autonewfile_ struct new_file *file = NULL;
	const char *path = path_of("new", arena);
	struct stat status;

	assert_int_equal(new_file_open(path, false, 0600, &file, &error), 0);
	fputs("all of it", new_file_stream(file));
	assert_null(text_of(path, arena));
	assert_int_equal(new_file_publish(file, &error), 0);
	assert_string_equal(text_of(path, arena), "all of it");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
}

static void a_file_that_is_given_up_leaves_the_old_one(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	const char *path = path_of("old", arena);
	size_t before = count_entries();
	struct new_file *file;

	assert_int_equal(new_file_open(path, true, 0600, &file, &error), 0);
	fputs("half", new_file_stream(file));
	new_file_free(file);
	assert_string_equal(text_of(path, arena), "before\n");
	assert_int_equal(count_entries(), before);
}

static void only_a_regular_file_is_replaced_and_only_on_request(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct new_file *file;

	assert_int_equal(new_file_open(path_of("old", arena), false, 0600, &file, &error), -EEXIST);
	assert_string_equal(error.remedy, "--overwrite replaces it.");
	assert_int_equal(new_file_open(path_of("folder", arena), true, 0600, &file, &error),
			 -EEXIST);
	assert_int_equal(new_file_open("/dev/null", true, 0600, &file, &error), -EEXIST);
	assert_int_equal(new_file_open(path_of("nowhere/x", arena), true, 0600, &file, &error),
			 -ENOENT);
}

static void a_file_that_another_process_makes_meanwhile_is_not_replaced(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	_autonewfile_ struct new_file *file = NULL;
	const char *path = path_of("new", arena);

	assert_int_equal(new_file_open(path, false, 0600, &file, &error), 0);
	assert_int_equal(symlink("old", path), 0);
	assert_int_equal(new_file_publish(file, &error), -EEXIST);
	assert_string_equal(text_of(path, arena), "before\n");
}

static void a_full_disk_is_a_failure(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	_autonewfile_ struct new_file *file = NULL;
	const char *path = path_of("old", arena);

	assert_int_equal(new_file_open(path, true, 0600, &file, &error), 0);
	/* /dev/full fails each write with ENOSPC, as a full disk does. */
	assert_non_null(freopen("/dev/full", "w", new_file_stream(file)));
	fputs("does not fit", new_file_stream(file));
	assert_int_equal(new_file_publish(file, &error), -ENOSPC);
	assert_string_equal(text_of(path, arena), "before\n");
}

UNIT(new_file)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_name_exists_only_once_the_file_is_whole,
						make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(a_file_that_is_given_up_leaves_the_old_one,
						make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(only_a_regular_file_is_replaced_and_only_on_request,
						make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			a_file_that_another_process_makes_meanwhile_is_not_replaced, make_folder,
			remove_folder),
		cmocka_unit_test_setup_teardown(a_full_disk_is_a_failure, make_folder,
						remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
