/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/root.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const char TREE[] = "/sys/a/word = hello\n"
			   "/sys/a/lines = one\\ntwo\\n\n"
			   "/sys/links/inside -> ../a/word\n"
			   "/sys/links/absolute -> /sys/a/word\n"
			   "/sys/links/outside -> ../../../../../../../../etc/passwd\n"
			   "/sys/links/outside-absolute -> /etc/passwd\n"
			   "/sys/links/nowhere -> ../gone\n"
			   "/sys/links/loop -> loop\n"
			   "/sys/evil -> /\n"
			   "/sys/links/device -> ../../sys/a\n";

static char *dir;
static struct root *root;

static int open_tree(void **state)
{
	struct error error;

	dir = tree_new(TREE);
	return root_open(dir, &root, &error);
}

static int close_tree(void **state)
{
	root_free(root);
	tree_remove(dir);
	return 0;
}

static void text_comes_without_its_newlines(void **state)
{
	char text[64];

	assert_int_equal(root_read_text(root, "/sys/a/word", text, sizeof(text)), 5);
	assert_string_equal(text, "hello");
	assert_int_equal(root_read_text(root, "/sys/a/lines", text, sizeof(text)), 7);
	assert_string_equal(text, "one\ntwo");
	assert_int_equal(root_read_text(root, "/sys/a/word", text, 3), 2);
	assert_string_equal(text, "he");
	assert_int_equal(root_read_text(root, "/sys/a/gone", text, sizeof(text)), -ENOENT);
}

static void links_resolve_inside_the_tree(void **state)
{
	char text[64];

	assert_int_equal(root_read_text(root, "/sys/links/inside", text, sizeof(text)), 5);
	assert_int_equal(root_read_text(root, "/sys/links/absolute", text, sizeof(text)), 5);
	assert_int_equal(root_read_text(root, "/sys/evil/sys/a/word", text, sizeof(text)), 5);
}

static void links_never_lead_out_of_the_tree(void **state)
{
	char text[64];

	assert_int_equal(root_read_text(root, "/sys/links/outside", text, sizeof(text)), -ENOENT);
	assert_int_equal(root_read_text(root, "/sys/links/outside-absolute", text, sizeof(text)),
			 -ENOENT);
	assert_int_equal(root_read_text(root, "/../../../etc/passwd", text, sizeof(text)), -ENOENT);
	assert_int_equal(root_readlink(root, "/sys/evil/proc/self/exe", text, sizeof(text)),
			 -ENOENT);
	assert_int_equal(root_has(root, "/sys/links/outside"), 0);
	assert_int_equal(root_has(root, "/sys/evil/etc"), 0);
}

static void odd_links_are_errors_not_loops(void **state)
{
	char text[64];

	assert_int_equal(root_read_text(root, "/sys/links/nowhere", text, sizeof(text)), -ENOENT);
	assert_int_equal(root_read_text(root, "/sys/links/loop", text, sizeof(text)), -ELOOP);
	assert_int_equal(root_readlink(root, "/sys/links/loop", text, sizeof(text)), 4);
	assert_int_equal(root_readlink(root, "/sys/a/word", text, sizeof(text)), -EINVAL);
	assert_int_equal(root_readlink(root, "/sys/links/inside", text, 3), -ENAMETOOLONG);
}

static void what_is_no_regular_file_is_not_read(void **state)
{
	_autofree_ char *pipe = NULL;
	char text[64];

	assert_true(asprintf(&pipe, "%s/sys/a/pipe", dir) > 0);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(root_read_text(root, "/sys/a/pipe", text, sizeof(text)), -ENOTSUP);
	assert_int_equal(root_read_blocking(root, "/sys/a/pipe", text, sizeof(text)), -ENOTSUP);
	assert_int_equal(root_openat(root, "/sys/a/pipe", O_RDONLY), -ENOTSUP);
	assert_int_equal(root_read_text(root, "/sys/a", text, sizeof(text)), -EISDIR);
	assert_int_equal(remove(pipe), 0);
}

/* Opening the node would answer -ENXIO: no driver has that number. */
static void a_device_node_of_a_tree_is_not_opened(void **state)
{
	_autofree_ char *node = NULL, *link = NULL;
	char text[64];
	dev_t number;

	if (geteuid() != 0)
		skip();
	assert_true(asprintf(&node, "%s/sys/a/node", dir) > 0);
	assert_true(asprintf(&link, "%s/sys/a/to-node", dir) > 0);
	if (mknod(node, S_IFCHR | 0600, makedev(4095, 1)) < 0)
		skip();
	assert_int_equal(symlink("node", link), 0);
	assert_int_equal(root_read_text(root, "/sys/a/node", text, sizeof(text)), -ENOTSUP);
	assert_int_equal(root_read_text(root, "/sys/a/to-node", text, sizeof(text)), -ENOTSUP);
	assert_int_equal(root_openat(root, "/sys/a/node", O_RDONLY | O_EXCL), -ENOTSUP);
	assert_int_equal(root_device_number(root, "/sys/a/to-node", S_IFCHR, &number), 1);
	assert_int_equal(number, makedev(4095, 1));
	assert_int_equal(remove(node), 0);
	assert_int_equal(remove(link), 0);
}

static void a_path_that_is_too_long_is_an_error_and_not_absence(void **state)
{
	_autofree_ char *name = malloc(PATH_SIZE + 1);
	struct root_failures failures;
	char text[8];

	memset(name, 'a', PATH_SIZE);
	name[PATH_SIZE] = '\0';
	root_forget_failures(root);
	assert_int_equal(root_hasf(root, "/sys/%s", name), -ENAMETOOLONG);
	assert_int_equal(root_readf_text(root, text, sizeof(text), "/sys/%s", name), -ENAMETOOLONG);
	root_take_failures(root, &failures);
	assert_int_equal(failures.count, 1);
	assert_int_equal(failures.cause, -ENAMETOOLONG);
	assert_int_equal(root_hasf(root, "/sys/%s/%s", "a", "word"), 1);
}

static int fail_at(void *context, enum root_access access, const char *path)
{
	return strcmp(path, "/sys/a/word") == 0 ? *(const int *)context : 0;
}

static void the_door_notes_unreadable_files_and_not_absent_ones(void **state)
{
	int cause = -EIO;
	const struct root_watch watch = {.before = fail_at, .context = &cause};
	struct root_failures failures;

	root_forget_failures(root);
	root_watch(&watch);
	assert_int_equal(root_has(root, "/sys/a/gone"), 0);
	assert_int_equal(root_has(root, "/sys/a/word"), -EIO);
	cause = -EMFILE;
	assert_int_equal(root_has(root, "/sys/a/word"), -EMFILE);
	root_watch(NULL);
	root_take_failures(root, &failures);
	assert_int_equal(failures.count, 1);
	assert_int_equal(failures.cause, -EMFILE);
	assert_string_equal(failures.file, "/sys/a/word");
	root_take_failures(root, &failures);
	assert_int_equal(failures.count, 0);
}

static int count_names(void *context, const char *name)
{
	assert_true(strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
	return ++*(int *)context == 3 ? 17 : 0;
}

static void a_listing_ends_when_the_caller_says_so(void **state)
{
	int names = 0;

	assert_int_equal(root_list(root, "/sys/links", count_names, &names), 17);
	assert_int_equal(names, 3);
	assert_int_equal(root_list(root, "/sys/gone", count_names, &names), -ENOENT);
}

static int find_device_link(void *context, const char *name, const char *target)
{
	if (strcmp(name, "device") == 0)
		*(bool *)context = strcmp(target, "/sys/a") == 0;
	return 0;
}

static void listed_links_come_with_their_targets(void **state)
{
	bool right = false;

	assert_int_equal(root_list_links(root, "/sys/links", find_device_link, &right), 0);
	assert_true(right);
}

static void a_folder_that_is_not_there_is_said_so(void **state)
{
	struct root *none = NULL;
	struct error error;

	assert_int_equal(root_open("/nonexistent/tree", &none, &error), -ENOENT);
	assert_null(none);
	assert_non_null(strstr(error.message, "/nonexistent/tree"));
}

static void a_whole_file_has_a_limit(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t length;
	char *bytes;

	assert_int_equal(root_read_all(root, arena, "/sys/a/lines", 100, &bytes, &length), 0);
	assert_int_equal(length, 9);
	assert_int_equal(root_read_all(root, arena, "/sys/a/lines", 5, &bytes, &length), -EFBIG);
}

static int note_kind(void *context, const char *name, enum root_kind kind)
{
	char *kinds = context;

	kinds[strlen(kinds)] = (char)(kind == ROOT_FOLDER    ? *name - 'a' + 'A'
				      : kind == ROOT_SYMLINK ? *name - 'a' + '0'
							     : *name);
	return 0;
}

static void folders_are_distinguished_from_links_to_them(void **state)
{
	char *other = tree_new("/x/apple/\n/x/book = 1\n/x/cat -> apple\n");
	_autoroot_ struct root *tree = NULL;
	struct error error = {0};
	char kinds[8] = "";

	assert_int_equal(root_open(other, &tree, &error), 0);
	assert_int_equal(root_list_kinds(tree, "/x", note_kind, kinds), 0);
	assert_int_equal(strlen(kinds), 3);
	assert_non_null(strchr(kinds, 'A'));
	assert_non_null(strchr(kinds, 'b'));
	assert_non_null(strchr(kinds, '2'));
	assert_int_equal(root_list_kinds(tree, "/y", note_kind, kinds), -ENOENT);
	tree_remove(other);
}

static void only_a_node_of_its_kind_has_a_device_number(void **state)
{
	_autoroot_ struct root *live = NULL;
	struct error error = {0};
	dev_t number = 0;

	assert_int_equal(root_open(NULL, &live, &error), 0);
	assert_int_equal(root_device_number(live, "/dev/null", S_IFCHR, &number), 1);
	assert_int_equal(number, makedev(1, 3));
	assert_int_equal(root_device_number(live, "/dev/null", S_IFBLK, &number), 0);
	assert_int_equal(root_device_number(live, "/dev/nothing", S_IFCHR, &number), 0);
	assert_int_equal(root_device_number(root, "/sys/a/lines", S_IFCHR, &number), 0);
}

UNIT(root)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_comes_without_its_newlines),
		cmocka_unit_test(links_resolve_inside_the_tree),
		cmocka_unit_test(links_never_lead_out_of_the_tree),
		cmocka_unit_test(odd_links_are_errors_not_loops),
		cmocka_unit_test(what_is_no_regular_file_is_not_read),
		cmocka_unit_test(a_device_node_of_a_tree_is_not_opened),
		cmocka_unit_test(a_path_that_is_too_long_is_an_error_and_not_absence),
		cmocka_unit_test(the_door_notes_unreadable_files_and_not_absent_ones),
		cmocka_unit_test(a_listing_ends_when_the_caller_says_so),
		cmocka_unit_test(listed_links_come_with_their_targets),
		cmocka_unit_test(a_folder_that_is_not_there_is_said_so),
		cmocka_unit_test(a_whole_file_has_a_limit),
		cmocka_unit_test(folders_are_distinguished_from_links_to_them),
		cmocka_unit_test(only_a_node_of_its_kind_has_a_device_number),
	};

	return cmocka_run_group_tests(tests, open_tree, close_tree);
}
