/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes that reach the kernel when a step is written: one write, exactly these bytes, and no
 * new file.
 */
#include "actions/kernel.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static char *dir;
static struct root *root;

static int make_tree(void **state)
{
	struct error error;

	dir = tree_new("/sys/override = (null)\n/sys/folder/\n");
	return root_open(dir, &root, &error);
}

static int clean_up(void **state)
{
	root_free(root);
	tree_remove(dir);
	return 0;
}

static int write_text(const char *file, const char *text)
{
	return kernel_live.write(&kernel_live, root, file, text);
}

/* A pipe receives the bytes as the kernel would. */
static void expect_bytes(const char *text, const char *bytes)
{
	_autofree_ char *path = NULL;
	_autoclose_ int fd = -1;
	char got[64];
	ssize_t length;

	assert_true(asprintf(&path, "%s/sys/pipe", dir) > 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write_text("/sys/pipe", text), 0);
	length = read(fd, got, sizeof(got));
	assert_int_equal(length, strlen(bytes));
	assert_memory_equal(got, bytes, strlen(bytes));
	assert_int_equal(unlink(path), 0);
}

static void a_text_is_written_as_it_is(void **state)
{
	expect_bytes("0000:01:00.0", "0000:01:00.0");
}

static void an_empty_text_is_a_newline(void **state)
{
	expect_bytes("", "\n");
}

static void a_file_is_neither_made_nor_cut(void **state)
{
	char text[32];

	assert_int_equal(write_text("/sys/nothing", "x"), -ENOENT);
	assert_false(root_has(root, "/sys/nothing"));
	assert_int_equal(write_text("/sys/override", "vf"), 0);
	assert_int_equal(root_read_text(root, "/sys/override", text, sizeof(text)), 6);
	assert_string_equal(text, "vfull)");
}

static void what_cannot_be_written_says_why(void **state)
{
	assert_int_equal(write_text("/sys/folder", "x"), -EISDIR);
}

static void a_module_is_loaded_for_no_tree(void **state)
{
	assert_int_equal(kernel_live.load(&kernel_live, root, "vfio_pci"), -EROFS);
}

static void a_module_that_does_not_exist_is_not_loaded(void **state)
{
	_autoroot_ struct root *live = NULL;
	struct error error = {0};

	assert_int_equal(root_open(NULL, &live, &error), 0);
	assert_true(kernel_live.load(&kernel_live, live, "no_module_has_this_name") < 0);
}

static void only_the_block_device_of_that_number_is_claimed(void **state)
{
	char name[2 * PATH_SIZE];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	tree_unpack("/dev/sda = a file\n", dir);
	assert_int_equal(kernel_live.claim(&kernel_live, root, "sda", makedev(8, 0)), -ENODEV);
	assert_int_equal(kernel_live.claim(&kernel_live, root, "sdb", makedev(8, 16)), -ENOENT);
	assert_int_equal(kernel_live.claim(&kernel_live, root, name, makedev(8, 0)), -ENAMETOOLONG);
}

/* /dev/full takes no byte. */
static void a_write_that_the_kernel_refuses_says_why(void **state)
{
	_autofree_ char *path = NULL;

	assert_true(asprintf(&path, "%s/sys/full", dir) > 0);
	if (mknod(path, S_IFCHR | 0600, makedev(1, 7)) < 0)
		skip();
	assert_int_equal(write_text("/sys/full", "x"), -ENOSPC);
	assert_int_equal(unlink(path), 0);
}

/* The rest would be a second request to the kernel. */
static void a_write_of_which_only_a_part_was_taken_has_failed(void **state)
{
	struct rlimit before, small;
	int result;

	tree_unpack("/sys/short = \\c\n", dir);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 2;
	setrlimit(RLIMIT_FSIZE, &small);
	result = write_text("/sys/short", "abc");
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(result, -EIO);
}

UNIT(kernel)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_written_as_it_is),
		cmocka_unit_test(an_empty_text_is_a_newline),
		cmocka_unit_test(a_file_is_neither_made_nor_cut),
		cmocka_unit_test(what_cannot_be_written_says_why),
		cmocka_unit_test(a_write_of_which_only_a_part_was_taken_has_failed),
		cmocka_unit_test(a_module_is_loaded_for_no_tree),
		cmocka_unit_test(a_module_that_does_not_exist_is_not_loaded),
		cmocka_unit_test(only_the_block_device_of_that_number_is_claimed),
		cmocka_unit_test(a_write_that_the_kernel_refuses_says_why),
	};

	return cmocka_run_group_tests(tests, make_tree, clean_up);
}
