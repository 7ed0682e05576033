/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Claims of disks; files take the place of nodes, which only root can make. */
#include "sources/usage/claims.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static void a_disk_that_can_be_opened_is_not_claimed(void **state)
{
	char *dir = tree_new("/dev/sda = bytes\n"), bytes[8] = "";
	_autoroot_ struct root *root = NULL;
	struct error error = {0};

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(claim_try(root, "/dev/sda", bytes, sizeof(bytes)), 0);
	assert_string_equal(bytes, "");
	assert_int_equal(claim_try(root, "/dev/sdb", bytes, sizeof(bytes)), -ENOENT);
	tree_remove(dir);
}

static void only_regular_files_of_a_tree_are_opened(void **state)
{
	char *dir = tree_new("/dev/\n"), bytes[8] = "";
	_autoroot_ struct root *root = NULL;
	_autofree_ char *path = NULL;
	struct error error = {0};

	assert_true(asprintf(&path, "%s/dev/sda", dir) > 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(claim_try(root, "/dev/sda", bytes, sizeof(bytes)), -ENOTSUP);
	tree_remove(dir);
}

UNIT(claims)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_disk_that_can_be_opened_is_not_claimed),
		cmocka_unit_test(only_regular_files_of_a_tree_are_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
