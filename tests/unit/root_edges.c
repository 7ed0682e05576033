/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door at its edges: trees that cannot be opened, paths that are too long, lines of any length.
 */
#include "base/lines.h"
#include "base/root.h"
#include "base/unreadable.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static char *dir;
static struct root *root;
static char long_name[PATH_SIZE + 8];

static int start(void **state)
{
	struct error error = {0};

	memset(long_name, 'a', sizeof(long_name) - 1);
	dir = tree_new(
		"/a/file = text\n/a/b/\n/a/link -> b\n/a/empty = \\c\n/a/last = one\\ntwo\\c\n"
		"/iommuctl/unreadable = /gone\\tdenied EACCES\\n/busy\\tbusy\\nno tab\\n"
		"/odd\\tnonsense EWHATEVER\\n/loop\\tfailed ELOOP\\n\n");
	return root_open(dir, &root, &error);
}

static int end(void **state)
{
	root_free(root);
	tree_remove(dir);
	return 0;
}

static int open_error(const char *path, enum error_code *ret_code)
{
	struct root *other = NULL;
	struct error error = {0};
	int result = root_open(path, &other, &error);

	*ret_code = error.code;
	root_free(other);
	return result;
}

static void a_tree_that_cannot_be_opened_says_why(void **state)
{
	_autofree_ char *file = NULL, *gone = NULL;
	enum error_code code;

	assert_true(asprintf(&file, "%s/a/file", dir) > 0);
	assert_true(asprintf(&gone, "%s/nothing", dir) > 0);
	assert_int_equal(open_error(gone, &code), -ENOENT);
	assert_int_equal(code, ERROR_IO);
	assert_int_equal(open_error(file, &code), -ENOTDIR);
	assert_int_equal(code, ERROR_IO);
}

static void a_list_of_unreadable_files_that_cannot_be_read_is_an_error(void **state)
{
	char *other = tree_new("/iommuctl/unreadable/\n");
	enum error_code code;

	assert_int_equal(open_error(other, &code), -EISDIR);
	assert_int_equal(code, ERROR_IO);
	tree_remove(other);
}

/* The capture says of these files why they are not in it. */
static void files_that_a_capture_could_not_read_have_their_cause(void **state)
{
	assert_int_equal(root_open_file(root, "/gone", O_RDONLY), -EACCES);
	assert_int_equal(root_open_file(root, "/busy", O_RDONLY), -ETIMEDOUT);
	assert_int_equal(root_open_file(root, "/odd", O_RDONLY), -EIO);
	assert_int_equal(root_open_file(root, "/loop", O_RDONLY), -ELOOP);
	assert_int_equal(root_open_file(root, "/no tab", O_RDONLY), -ENOENT);
}

static void each_cause_has_a_word(void **state)
{
	assert_string_equal(unreadable_word(-EACCES), "denied");
	assert_string_equal(unreadable_word(-EPERM), "denied");
	assert_string_equal(unreadable_word(-ETIMEDOUT), "busy");
	assert_string_equal(unreadable_word(-ELOOP), "failed");
}

static int end_list(void *context, const char *name)
{
	return 1;
}

static int stop_at_link(void *context, const char *name, const char *target)
{
	return 1;
}

/* It is not absent: whether there is such a file is unknown. */
static void a_path_that_is_too_long_is_too_long_in_every_formatted_function(void **state)
{
	char path[PATH_SIZE], text[16];

	assert_int_equal(root_path(root, path, "/%s", long_name), -ENAMETOOLONG);
	assert_int_equal(root_hasf(root, "/%s", long_name), -ENAMETOOLONG);
	assert_int_equal(root_readf_text(root, text, sizeof(text), "/%s", long_name),
			 -ENAMETOOLONG);
	assert_int_equal(root_readlinkf(root, text, sizeof(text), "/%s", long_name), -ENAMETOOLONG);
	assert_int_equal(root_followf(root, path, "/%s", long_name), -ENAMETOOLONG);
	assert_int_equal(root_listf(root, end_list, NULL, "/%s", long_name), -ENAMETOOLONG);
	assert_int_equal(root_listf_links(root, stop_at_link, NULL, "/%s", long_name),
			 -ENAMETOOLONG);
	assert_int_equal(root_follow(root, "/a", long_name, path), -ENAMETOOLONG);
}

static void lists_with_a_formatted_name_are_lists(void **state)
{
	assert_int_equal(root_listf(root, end_list, NULL, "/%s", "a"), 1);
	assert_int_equal(root_listf_links(root, stop_at_link, NULL, "/%s", "a"), 1);
	assert_int_equal(root_listf(root, end_list, NULL, "/%s", "nothing"), -ENOENT);
}

static void a_folder_is_made_where_its_parent_is(void **state)
{
	assert_int_equal(root_mkdir(root, "/a/new", 0700), 0);
	assert_int_equal(root_has(root, "/a/new"), 1);
	assert_int_equal(root_mkdir(root, "/a/new", 0700), -EEXIST);
	assert_int_equal(root_mkdir(root, "/nothing/new", 0700), -ENOENT);
	assert_int_equal(root_mkdir(root, "/a/file/new", 0700), -ENOTDIR);
}

static int collect(void *context, char *line)
{
	char *all = context;

	strcat(all, line);
	strcat(all, "|");
	return strcmp(line, "stop") == 0 ? 7 : 0;
}

static void a_last_line_needs_no_newline(void **state)
{
	char all[64] = "";

	assert_int_equal(lines_read(root, "/a/last", collect, all), 0);
	assert_string_equal(all, "one|two|");
	all[0] = '\0';
	assert_int_equal(lines_read(root, "/a/empty", collect, all), 0);
	assert_string_equal(all, "");
	assert_int_equal(lines_read(root, "/a/b", collect, all), -EISDIR);
	assert_int_equal(lines_read(root, "/a/nothing", collect, all), -ENOENT);
}

static int count_length(void *context, char *line)
{
	*(size_t *)context = strlen(line);
	return 0;
}

/* A file of one line of @length letters. */
static int read_long_line(size_t length, size_t *ret_length)
{
	_autofree_ char *path = NULL;
	FILE *file;

	assert_true(asprintf(&path, "%s/a/long", dir) > 0);
	file = fopen(path, "w");
	assert_non_null(file);
	for (size_t i = 0; i < length; i++)
		putc('x', file);
	putc('\n', file);
	fclose(file);
	return lines_read(root, "/a/long", count_length, ret_length);
}

static void a_line_may_be_long_and_not_endless(void **state)
{
	size_t length = 0;

	assert_int_equal(read_long_line(300 * 1000, &length), 0);
	assert_int_equal(length, 300 * 1000);
	assert_int_equal(read_long_line(3 * LINE_MAX_BYTES, &length), -EFBIG);
}

UNIT(root_edges)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_that_cannot_be_opened_says_why),
		cmocka_unit_test(a_list_of_unreadable_files_that_cannot_be_read_is_an_error),
		cmocka_unit_test(files_that_a_capture_could_not_read_have_their_cause),
		cmocka_unit_test(each_cause_has_a_word),
		cmocka_unit_test(a_path_that_is_too_long_is_too_long_in_every_formatted_function),
		cmocka_unit_test(lists_with_a_formatted_name_are_lists),
		cmocka_unit_test(a_folder_is_made_where_its_parent_is),
		cmocka_unit_test(a_last_line_needs_no_newline),
		cmocka_unit_test(a_line_may_be_long_and_not_endless),
	};

	return cmocka_run_group_tests(tests, start, end);
}
