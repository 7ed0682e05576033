/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that makes the writes: its start, its end while it waits, and its end at work. */
#include "actions/writer.h"

#include "support/check.h"
#include "support/few_files.h"
#include "support/tree.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *dir;
static struct root *root;

/* Runs in the child: the value is the result of the write, "end" its end, "sleep" a hang. */
static int write_value(const struct kernel *kernel, const struct root *tree, const char *file,
		       const char *value)
{
	if (strcmp(value, "end") == 0)
		_exit(3);
	while (strcmp(value, "sleep") == 0)
		pause();
	return -atoi(value);
}

static int load(const struct kernel *kernel, const struct root *tree, const char *module)
{
	return strcmp(module, "vfio-pci") == 0 ? 0 : -ENOENT;
}

static const struct kernel kernel = {.write = write_value, .load = load};
static struct host host;
static const int no_locks[LOCK_COUNT] = NO_LOCKS;
static struct writer writer;
static pid_t pid, hung;

static int start(void **state)
{
	struct error error = {0};
	int result;

	dir = tree_new("/sys/\n");
	result = root_open(dir, &root, &error);
	host = (struct host){.root = root, .kernel = &kernel, .timeout_ms = 10 * 1000};
	writer = (struct writer){.host = &host, .locks = no_locks};
	pid = hung = 0;
	return result;
}

static int end(void **state)
{
	writer_end(&writer);
	if (hung)
		kill(hung, SIGKILL);
	root_free(root);
	tree_remove(dir);
	return 0;
}

static int write_word(const char *value)
{
	const struct writing writing = {ACTION_BIND, "/sys/bind", value};

	return writer_write(&writer, &writing, "a test", &pid);
}

static void one_process_makes_all_writes(void **state)
{
	const struct writing load_it = {ACTION_LOAD, NULL, "vfio-pci"};
	pid_t first;

	assert_int_equal(write_word("0"), 0);
	first = pid;
	assert_true(first > 0 && first != getpid());
	assert_int_equal(write_word("16"), -EBUSY);
	assert_int_equal(writer_write(&writer, &load_it, "a test", &pid), 0);
	assert_int_equal(pid, first);
}

/* Nothing was written by the process that ended: the write is made by another. */
static void a_process_that_ended_while_it_waited_is_replaced(void **state)
{
	siginfo_t info;
	pid_t first;

	assert_int_equal(write_word("0"), 0);
	first = pid;
	assert_int_equal(kill(first, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)first, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(write_word("16"), -EBUSY);
	assert_int_not_equal(pid, first);
}

/* Whether the write was made is unknown: it is not made again. */
static void a_write_whose_process_ended_at_work_is_not_repeated(void **state)
{
	assert_int_equal(write_word("0"), 0);
	assert_int_equal(write_word("end"), -ECONNABORTED);
	assert_int_equal(write_word("0"), 0);
}

static void a_write_that_hangs_is_left_to_its_process(void **state)
{
	host.timeout_ms = 50;
	assert_int_equal(write_word("sleep"), -EINPROGRESS);
	hung = pid;
	host.timeout_ms = 10 * 1000;
	assert_int_equal(write_word("0"), 0);
	assert_int_not_equal(pid, hung);
}

static void without_a_process_nothing_is_written(void **state)
{
	int result;

	few_files_start();
	result = write_word("0");
	few_files_end();
	assert_int_equal(result, -ECHILD);
	assert_false(writer.running);
	assert_int_equal(write_word("0"), 0);
}

#define WITH_WRITER(test) cmocka_unit_test_setup_teardown(test, start, end)

UNIT(writer)
{
	const struct CMUnitTest tests[] = {
		WITH_WRITER(one_process_makes_all_writes),
		WITH_WRITER(a_process_that_ended_while_it_waited_is_replaced),
		WITH_WRITER(a_write_whose_process_ended_at_work_is_not_repeated),
		WITH_WRITER(a_write_that_hangs_is_left_to_its_process),
		WITH_WRITER(without_a_process_nothing_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
