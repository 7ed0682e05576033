/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The root of debugfs is one folder for all: wherever it is mounted, and where it is not. */
#include "actions/debugfs.h"

#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PLAIN_USER = 65534, IS_DEBUGFS = 1, NO_NAMESPACE = 77 };

/* The answer of debugfs_open on the running machine: the errno, or IS_DEBUGFS. */
static int open_on_this_machine(void)
{
	struct root *root;
	struct statfs status;
	struct error error;
	int fd, answer;

	if (root_open(NULL, &root, &error) < 0)
		return EIO;
	fd = debugfs_open(root);
	answer = fd >= 0 && fstatfs(fd, &status) == 0 && status.f_type == DEBUGFS_MAGIC ? IS_DEBUGFS
											: -fd;
	root_free(root);
	return answer;
}

/* The answer in a child with mounts of its own: @file_system stands at the usual place. */
static int answer_with(const char *file_system, uid_t user)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount("none", "/sys/kernel/debug", file_system, 0, NULL) < 0)
			_exit(NO_NAMESPACE);
		if (user && setresuid(user, user, user) < 0)
			_exit(NO_NAMESPACE);
		_exit(open_on_this_machine());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_NAMESPACE)
		skip();
	return WEXITSTATUS(status);
}

static void one_that_is_mounted_is_opened(void **state)
{
	assert_int_equal(answer_with("debugfs", 0), IS_DEBUGFS);
}

static void another_file_system_in_its_place_is_not_taken_for_it(void **state)
{
	assert_int_equal(answer_with("tmpfs", 0), IS_DEBUGFS);
}

static void a_plain_user_may_not(void **state)
{
	assert_int_equal(answer_with("tmpfs", PLAIN_USER), EPERM);
}

static void a_tree_has_a_folder_in_its_place(void **state)
{
	char *dir = tree_new("/sys/kernel/debug/\n");
	struct root *root;
	struct error error;
	int fd;

	assert_int_equal(root_open(dir, &root, &error), 0);
	fd = debugfs_open(root);
	assert_true(fd >= 0);
	close(fd);
	root_free(root);
	tree_remove(dir);
	dir = tree_new("/sys/kernel/\n");
	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(debugfs_open(root), -ENOENT);
	root_free(root);
	tree_remove(dir);
}

UNIT(debugfs)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_mounted_is_opened),
		cmocka_unit_test(another_file_system_in_its_place_is_not_taken_for_it),
		cmocka_unit_test(a_plain_user_may_not),
		cmocka_unit_test(a_tree_has_a_folder_in_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
