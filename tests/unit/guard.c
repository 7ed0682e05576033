/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pipe without a writer takes the place of an attribute whose lock is held: opening it blocks. */
#include "base/guard.h"
#include "support/check.h"
#include "support/hang.h"
#include "support/tree.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static char *dir;
static struct root *root;

static int open_tree(void **state)
{
	struct error error;

	dir = tree_new("/sys/a/one = 1\n/sys/a/two = 2\n/sys/a/three = 3\n");
	return root_open(dir, &root, &error);
}

static int close_tree(void **state)
{
	root_free(root);
	tree_remove(dir);
	return 0;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void read_files(struct guarded *files, size_t count, struct arena *arena)
{
	struct error error = {0};

	assert_int_equal(guard_read(root, arena, files, count, &error), 0);
}

static void every_file_gets_its_text_or_its_error(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct guarded files[] = {{.dir = "/sys/a", .name = "one"},
				  {.dir = "/sys/a", .name = "gone"},
				  {.dir = "/sys/a", .name = "three"}};

	read_files(files, ARRAY_SIZE(files), arena);
	assert_string_equal(files[0].text, "1");
	assert_int_equal(files[0].length, 1);
	assert_int_equal(files[1].status, -ENOENT);
	assert_null(files[1].text);
	assert_string_equal(files[2].text, "3");
}

static void no_files_need_no_child(void **state)
{
	_autoarena_ struct arena *arena = arena_new();

	read_files(NULL, 0, arena);
}

static void a_file_that_hangs_is_busy_and_the_others_are_read(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct guarded files[] = {{.dir = "/sys/a", .name = "one"},
				  {.dir = "/sys/a", .name = "stuck"},
				  {.dir = "/sys/a", .name = "two"},
				  {.dir = "/sys/a", .name = "three"}};
	double start = seconds();

	hang_at("/sys/a/stuck");
	read_files(files, ARRAY_SIZE(files), arena);
	hang_nowhere();
	assert_string_equal(files[0].text, "1");
	assert_int_equal(files[1].status, -ETIMEDOUT);
	assert_string_equal(files[2].text, "2");
	assert_string_equal(files[3].text, "3");
	assert_true(seconds() - start < 3 * GUARD_DEADLINE_MS / 1000.0);
}

static void after_a_few_hangs_the_rest_is_not_tried(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct guarded files[] = {{.dir = "/sys/a", .name = "p0"},
				  {.dir = "/sys/a", .name = "p1"},
				  {.dir = "/sys/a", .name = "p2"},
				  {.dir = "/sys/a", .name = "p3"},
				  {.dir = "/sys/a", .name = "one"}};

	hang_at("/sys/a/p0");
	hang_at("/sys/a/p1");
	hang_at("/sys/a/p2");
	hang_at("/sys/a/p3");
	read_files(files, ARRAY_SIZE(files), arena);
	hang_nowhere();
	/* The last file hangs nowhere: it has this status because it was not tried. */
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		assert_int_equal(files[i].status, -ETIMEDOUT);
}

static void thousands_of_files_are_read_by_one_child(void **state)
{
	enum { COUNT = 5000 };
	_autoarena_ struct arena *arena = arena_new();
	static struct guarded files[COUNT];

	for (size_t i = 0; i < COUNT; i++)
		files[i] = (struct guarded){.dir = "/sys/a", .name = i % 2 ? "one" : "two"};
	read_files(files, COUNT, arena);
	for (size_t i = 0; i < COUNT; i++)
		assert_string_equal(files[i].text, i % 2 ? "1" : "2");
}

static ssize_t fill(const struct root *tree, const char *path, char *bytes, size_t size)
{
	memset(bytes, path[strlen(path) - 1], size);
	return (ssize_t)size;
}

/* The longest texts do not all fit into the memory that the child reads into. */
static void long_texts_are_kept_before_others_take_their_room(void **state)
{
	enum { COUNT = 50 };
	_autoarena_ struct arena *arena = arena_new();
	struct guarded files[COUNT];

	for (size_t i = 0; i < COUNT; i++)
		files[i] = (struct guarded){
			.dir = "/sys/a", .name = i % 2 ? "one" : "two", .reader = fill};
	read_files(files, COUNT, arena);
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(files[i].length, ATTRIBUTE_MAX);
		assert_int_equal(strspn(files[i].text, i % 2 ? "e" : "o"), ATTRIBUTE_MAX);
	}
}

static ssize_t print_pid(const struct root *tree, const char *path, char *bytes, size_t size)
{
	return snprintf(bytes, size, "%d", (int)getpid());
}

static ssize_t wait_without_end(const struct root *tree, const char *path, char *bytes, size_t size)
{
	while (pause())
		;
	return 0;
}

/* The pid of the process that reads. */
static pid_t reading_process(void)
{
	_autoarena_ struct arena *arena = arena_new();
	struct guarded files[] = {{.dir = "/sys/a", .name = "one", .reader = print_pid}};

	read_files(files, ARRAY_SIZE(files), arena);
	return atoi(files[0].text);
}

static void one_child_serves_all_readings(void **state)
{
	pid_t child = reading_process();

	assert_int_not_equal(child, getpid());
	assert_int_equal(reading_process(), child);
}

static void count_access(void *context, enum root_access access, const char *path, ssize_t result)
{
	++*(int *)context;
}

static int let_pass(void *context, enum root_access access, const char *path)
{
	return 0;
}

static void a_watch_notes_each_file_once_and_keeps_the_child(void **state)
{
	int noted = 0;
	const struct root_watch watch = {
		.before = let_pass, .after = count_access, .context = &noted};
	pid_t child = reading_process();

	root_watch(&watch);
	assert_int_equal(reading_process(), child);
	assert_int_equal(reading_process(), child);
	root_watch(NULL);
	assert_int_equal(noted, 2);
}

static void a_child_that_hung_is_replaced(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct guarded files[] = {{.dir = "/sys/a", .name = "one", .reader = wait_without_end}};
	pid_t child = reading_process();

	read_files(files, ARRAY_SIZE(files), arena);
	assert_int_equal(files[0].status, -ETIMEDOUT);
	assert_int_not_equal(reading_process(), child);
}

static void a_child_that_was_killed_is_replaced(void **state)
{
	pid_t child = reading_process();

	kill(child, SIGKILL);
	assert_int_not_equal(reading_process(), child);
}

static void a_child_that_was_stopped_is_replaced(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct guarded files[] = {{.dir = "/sys/a", .name = "one"},
				  {.dir = "/sys/a", .name = "two"}};

	kill(reading_process(), SIGSTOP);
	read_files(files, ARRAY_SIZE(files), arena);
	assert_int_equal(files[0].status, -ETIMEDOUT);
	assert_string_equal(files[1].text, "2");
}

static void a_forked_process_reads_by_a_child_of_its_own(void **state)
{
	pid_t child = reading_process(), forked = fork();
	int status;

	if (forked == 0)
		_exit(reading_process() == child);
	assert_int_equal(waitpid(forked, &status, 0), forked);
	assert_int_equal(status, 0);
	/* The end of the other process did not affect the child of this one. */
	assert_int_equal(reading_process(), child);
}

static void another_root_has_another_child(void **state)
{
	struct error error;
	pid_t child = reading_process();
	struct root *first = root;

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_not_equal(reading_process(), child);
	root_free(root);
	root = first;
}

static void long_paths_pass_and_too_long_ones_fail_alone(void **state)
{
	enum { COUNT = 64, LONG = 3900 };
	_autoarena_ struct arena *arena = arena_new();
	struct guarded files[COUNT];
	char *longest = arena_alloc(arena, PATH_SIZE + 1);

	memset(longest, '/', PATH_SIZE);
	memcpy(longest, "/sys/a", 6);
	for (size_t i = 0; i < COUNT; i++)
		files[i] = (struct guarded){.dir = arena_text(arena, longest, LONG), .name = "one"};
	files[3].dir = longest;
	read_files(files, COUNT, arena);
	assert_int_equal(files[3].status, -ENAMETOOLONG);
	for (size_t i = 0; i < COUNT; i++)
		if (i != 3)
			assert_string_equal(files[i].text, "1");
}

UNIT(guard)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_gets_its_text_or_its_error),
		cmocka_unit_test(no_files_need_no_child),
		cmocka_unit_test(a_file_that_hangs_is_busy_and_the_others_are_read),
		cmocka_unit_test(after_a_few_hangs_the_rest_is_not_tried),
		cmocka_unit_test(thousands_of_files_are_read_by_one_child),
		cmocka_unit_test(long_texts_are_kept_before_others_take_their_room),
		cmocka_unit_test(one_child_serves_all_readings),
		cmocka_unit_test(a_watch_notes_each_file_once_and_keeps_the_child),
		cmocka_unit_test(a_child_that_hung_is_replaced),
		cmocka_unit_test(a_child_that_was_killed_is_replaced),
		cmocka_unit_test(a_child_that_was_stopped_is_replaced),
		cmocka_unit_test(a_forked_process_reads_by_a_child_of_its_own),
		cmocka_unit_test(another_root_has_another_child),
		cmocka_unit_test(long_paths_pass_and_too_long_ones_fail_alone),
	};

	return cmocka_run_group_tests(tests, open_tree, close_tree);
}
