/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of the system: their output, their end, and the reason where they fail. */
#include "actions/tool.h"

#include "support/check.h"
#include "support/few_files.h"

#include <errno.h>
#include <string.h>

static struct error error;
static char *printed;
static size_t printed_length;

/* Run a line of the shell, and keep the lines that it prints. */
static int run_line(const char *line, const char *variable, int silence_ms)
{
	const char *const words[] = {"/bin/sh", "-c", line, NULL};
	struct tool tool = {
		.words = words, .variable = variable, .silence_ms = silence_ms, .total_ms = 20000};
	int result;

	free(printed);
	error = (struct error){0};
	tool.progress = open_memstream(&printed, &printed_length);
	assert_non_null(tool.progress);
	result = tool_run(&tool, &error);
	assert_int_equal(fclose(tool.progress), 0);
	return result;
}

static int forget(void **state)
{
	free(printed);
	printed = NULL;
	return 0;
}

static void each_line_is_progress(void **state)
{
	assert_int_equal(
		run_line("echo one; printf '\\rhalf'; echo two >&2; printf end", NULL, 9000), 0);
	assert_string_equal(printed, "one\nhalftwo\nend\n");
}

static void control_characters_are_escaped(void **state)
{
	assert_int_equal(run_line("printf 'a\\033[2Jb\\n'", NULL, 9000), 0);
	assert_string_equal(printed, "a\\x1b[2Jb\n");
}

static void a_line_without_end_is_cut(void **state)
{
	assert_int_equal(
		run_line("head -c 100000 /dev/zero | tr '\\0' x; echo; echo last", NULL, 9000), 0);
	assert_true(printed_length < 5000);
	assert_non_null(strstr(printed, "xxx\nlast\n"));
}

static void the_environment_is_plain(void **state)
{
	assert_int_equal(setenv("SECRET", "x", 1), 0);
	assert_int_equal(run_line("echo $LC_ALL $PATH $SECRET", NULL, 9000), 0);
	assert_string_equal(printed, "C /usr/sbin:/usr/bin:/sbin:/bin\n");
	assert_int_equal(run_line("echo $VERBOSE", "VERBOSE=1", 9000), 0);
	assert_string_equal(printed, "1\n");
}

static void a_failure_has_the_last_line(void **state)
{
	assert_int_equal(run_line("echo first; echo no space >&2; exit 3", NULL, 9000), -EIO);
	assert_string_equal(error.message, "/bin/sh failed: no space");
	assert_int_equal(run_line("exit 3", NULL, 9000), -EIO);
	assert_string_equal(error.message, "/bin/sh failed");
	assert_int_equal(run_line("kill -9 $$", NULL, 9000), -EIO);
	assert_string_equal(error.message, "/bin/sh failed");
}

static void a_program_that_is_none_cannot_be_started(void **state)
{
	const char *const words[] = {"/dev/null", NULL};
	const struct tool tool = {.words = words, .silence_ms = 9000, .total_ms = 20000};

	assert_int_equal(tool_run(&tool, &error), -ENOEXEC);
	assert_string_equal(error.message, "/dev/null cannot be started: Exec format error");
}

static void a_program_that_is_silent_is_left_behind(void **state)
{
	assert_int_equal(run_line("echo begun; exec sleep 4", NULL, 1000), -ETIMEDOUT);
	assert_string_equal(printed, "begun\n");
	assert_non_null(strstr(error.message, "/bin/sh does not end"));
}

static void a_program_without_a_process_cannot_be_started(void **state)
{
	const char *const words[] = {"/bin/true", NULL};
	const struct tool tool = {.words = words, .silence_ms = 9000, .total_ms = 20000};
	int result;

	few_files_start();
	result = tool_run(&tool, &error);
	few_files_end();
	assert_int_equal(result, -EMFILE);
	assert_string_equal(error.message, "/bin/true cannot be started: Too many open files");
}

UNIT(tool)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_progress),
		cmocka_unit_test(control_characters_are_escaped),
		cmocka_unit_test(a_line_without_end_is_cut),
		cmocka_unit_test(the_environment_is_plain),
		cmocka_unit_test(a_failure_has_the_last_line),
		cmocka_unit_test(a_program_that_is_none_cannot_be_started),
		cmocka_unit_test(a_program_without_a_process_cannot_be_started),
		cmocka_unit_test(a_program_that_is_silent_is_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
