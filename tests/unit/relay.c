/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Failures of a child process are noted in its parent, for each source that reads in a child. */
#include "base/guard.h"
#include "sources/modules/modules.h"
#include "sources/network/network_live.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char TREE[] = "/sys/a/one = 1\n"
			   "/lib/modules/6.0/modules.alias.bin = x\n"
			   "/lib/modules/6.0/modules.dep.bin = x\n"
			   "/lib/modules/6.0/modules.softdep = x\n"
			   "/lib/modules/6.0/kernel/\n"
			   "/etc/modprobe.d/a.conf = blacklist x\n";

/* The access that fails, and the failure that the parent noted. */
static const char *failing;
static int calls_until_failure;
static struct {
	enum root_access access;
	char path[256];
	int cause; /* 0 or a negative errno */
} told[8192];
static size_t told_count;

static int fail_one(void *context, enum root_access access, const char *path)
{
	if (!failing || strcmp(path, failing) != 0 || calls_until_failure-- > 0)
		return 0;
	return -EIO;
}

static void remember(void *context, enum root_access access, const char *path, ssize_t result)
{
	if (told_count == ARRAY_SIZE(told))
		return;
	told[told_count].access = access;
	told[told_count].cause = result < 0 ? (int)result : 0;
	snprintf(told[told_count++].path, sizeof(told[0].path), "%s", path);
}

static const struct root_watch faults = {.before = fail_one, .after = remember};

static bool was_told(enum root_access access, const char *path, int cause)
{
	for (size_t i = 0; i < told_count; i++)
		if (told[i].access == access && told[i].cause == cause &&
		    strcmp(told[i].path, path) == 0)
			return true;
	return false;
}

static struct root *open_machine(const char *dir)
{
	struct root *root;
	struct error error;

	assert_int_equal(root_open(dir, &root, &error), 0);
	root_forget_failures(root);
	told_count = 0;
	return root;
}

static void assert_noted(const struct root *root, const char *path)
{
	struct root_failures failures;

	root_take_failures(root, &failures);
	assert_string_equal(failures.file, path);
	assert_int_equal(failures.cause, -EIO);
}

static void look_up(const struct root *root)
{
	_autoarena_ struct arena *arena = arena_new();
	struct module_query query = {.alias = "pci:x"};
	struct error error;

	error_ignore(modules_look_up(root, "6.0", arena, &query, 1, &error));
}

static void files_of_libkmod_are_noted(void **state)
{
	static const char *const files[] = {
		"/lib/modules/6.0/modules.alias.bin",
		"/lib/modules/6.0/modules.dep.bin",
		"/lib/modules/6.0/modules.builtin.bin",
		"/lib/modules/6.0/modules.softdep",
		"/lib/modules/6.0/kernel",
		"/lib/modules/6.0/weak-updates",
		"/etc/modprobe.d/a.conf",
		"/run/modprobe.d",
	};
	char *dir = tree_new(TREE);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_autoroot_ struct root *root = open_machine(dir);

		failing = files[i];
		calls_until_failure = 0;
		root_watch(&faults);
		look_up(root);
		root_watch(NULL);
		assert_noted(root, files[i]);
	}
	tree_remove(dir);
}

static void a_watch_is_told_of_every_file_that_libkmod_is_given(void **state)
{
	char *dir = tree_new(TREE);
	_autoroot_ struct root *root = open_machine(dir);

	failing = NULL;
	root_watch(&faults);
	look_up(root);
	root_watch(NULL);
	tree_remove(dir);
	assert_true(was_told(ROOT_LIST, "/etc/modprobe.d", 0));
	assert_true(was_told(ROOT_READ, "/etc/modprobe.d/a.conf", 0));
	assert_true(was_told(ROOT_OPEN, "/lib/modules/6.0/modules.builtin.bin", -ENOENT));
	assert_true(was_told(ROOT_LIST, "/run/modprobe.d", -ENOENT));
}

static void files_of_the_network_are_noted(void **state)
{
	static const struct {
		enum root_access access;
		const char *path;
	} files[] = {{ROOT_OPEN, "/proc/self/ns/net"},
		     {ROOT_OPEN, "/proc/self/net/packet"},
		     {ROOT_LIST, "/run/netns"},
		     {ROOT_LINK, "/proc/self/ns/pid"}};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_autoarena_ struct arena *arena = arena_new();
		_autoroot_ struct root *root = open_machine("/");
		struct root_failures failures;
		char *text;

		failing = files[i].path;
		calls_until_failure = 0;
		root_watch(&faults);
		assert_int_equal(network_live(root, arena, processes_new(root, arena), &text), 0);
		root_watch(NULL);
		assert_true(was_told(files[i].access, files[i].path, -EIO));
		/* Where /proc shows little, other files fail before. */
		root_take_failures(root, &failures);
		assert_int_not_equal(failures.count, 0);
		assert_null(strstr(text, "file "));
	}
}

static void a_guarded_file_is_noted(void **state)
{
	char *dir = tree_new(TREE);
	_autoroot_ struct root *root = open_machine(dir);
	_autoarena_ struct arena *arena = arena_new();
	struct guarded file = {.dir = "/sys/a", .name = "one"};
	struct error error;

	failing = "/sys/a/one";
	calls_until_failure = 0;
	root_watch(&faults);
	assert_int_equal(guard_read(root, arena, &file, 1, &error), 0);
	root_watch(NULL);
	tree_remove(dir);
	assert_int_equal(file.status, -EIO);
	assert_noted(root, "/sys/a/one");
}

/* Reads a file twice, and returns the text so far if the second read fails. */
static ssize_t read_twice(const struct root *root, const char *path, char *bytes, size_t size)
{
	ssize_t first = root_read_text(root, path, bytes, size);
	ssize_t second = root_read_text(root, path, bytes, size);

	return second < 0 ? first : second;
}

static void a_guarded_file_of_which_a_part_is_missing_is_noted(void **state)
{
	char *dir = tree_new(TREE);
	_autoroot_ struct root *root = open_machine(dir);
	_autoarena_ struct arena *arena = arena_new();
	struct guarded file = {.dir = "/sys/a", .name = "one", .reader = read_twice};
	struct error error;

	failing = "/sys/a/one";
	calls_until_failure = 2;
	root_watch(&faults);
	assert_int_equal(guard_read(root, arena, &file, 1, &error), 0);
	root_watch(NULL);
	tree_remove(dir);
	assert_int_equal(file.status, 0);
	assert_string_equal(file.text, "1");
	assert_noted(root, "/sys/a/one");
}

static void a_claimed_disk_and_a_failed_write_are_no_failures_to_read(void **state)
{
	char *dir = tree_new(TREE);
	_autoroot_ struct root *root = open_machine(dir);
	struct root_failures failures;

	root_passed(root, ROOT_CLAIM, "/dev/sda", -EBUSY);
	root_passed(root, ROOT_CLAIM, "/dev/sr0", -ENOMEDIUM);
	root_passed(root, ROOT_WRITE, "/run/iommuctl/lock", -EACCES);
	root_take_failures(root, &failures);
	assert_int_equal(failures.count, 0);
	root_passed(root, ROOT_CLAIM, "/dev/sda", -EIO);
	root_take_failures(root, &failures);
	assert_int_equal(failures.count, 1);
	tree_remove(dir);
}

static void any_name_survives_the_relay(void **state)
{
	static const char *const paths[] = {"/a b", "/a\nb", "/\\n", "/\\", "/\n\n\\\\n"};
	char *dir = tree_new(TREE);
	_autoroot_ struct root *root = open_machine(dir);

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_autofree_ char *text = NULL;
		size_t length;
		FILE *out = open_memstream(&text, &length);

		fputs("before\n", out);
		root_relay(out);
		root_passed(root, ROOT_READ, paths[i], -EIO);
		root_relay(NULL);
		fputs("after\nfile 1 -5 /cut", out);
		fclose(out);
		root_forget_failures(root);
		assert_int_equal(root_take_relayed(root, text, length), strlen("before\nafter\n"));
		assert_string_equal(text, "before\nafter\n");
		assert_noted(root, paths[i]);
	}
	tree_remove(dir);
}

UNIT(relay)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_libkmod_are_noted),
		cmocka_unit_test(a_watch_is_told_of_every_file_that_libkmod_is_given),
		cmocka_unit_test(files_of_the_network_are_noted),
		cmocka_unit_test(a_guarded_file_is_noted),
		cmocka_unit_test(a_guarded_file_of_which_a_part_is_missing_is_noted),
		cmocka_unit_test(a_claimed_disk_and_a_failed_write_are_no_failures_to_read),
		cmocka_unit_test(any_name_survives_the_relay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
