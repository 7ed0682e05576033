/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses that a signal interrupts, files in pieces, files that grow, folders that change. */
#include "base/root.h"
#include "support/check.h"
#include "support/tree.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIGNAL_US = 5000, PAUSE_US = 60000 };

static int signals;

static void count_signal(int number)
{
	signals++;
}

/* Interrupt this process every few milliseconds; 0 ends that. */
static void interrupt_every(int microseconds)
{
	/* Without SA_RESTART the kernel does not make an interrupted call again. */
	const struct sigaction action = {.sa_handler = count_signal};
	const struct itimerval timer = {{0, microseconds}, {0, microseconds}};

	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

/* A process that opens the pipe after a while, and writes two pieces with a pause between them. */
static pid_t start_writer(const char *path)
{
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	usleep(PAUSE_US);
	fd = open(path, O_WRONLY);
	if (write(fd, "hel", 3) != 3)
		_exit(1);
	usleep(PAUSE_US);
	_exit(write(fd, "lo\n", 3) != 3);
}

static void a_signal_is_no_answer_and_a_file_may_come_in_pieces(void **state)
{
	char *dir = tree_new("/sys/x = 1\n"), text[32];
	_autoroot_ struct root *live = NULL;
	_autofree_ char *path = NULL;
	struct error error;
	int status;
	pid_t writer;

	assert_true(asprintf(&path, "%s/pipe", dir) > 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(root_open("/", &live, &error), 0);
	signals = 0;
	writer = start_writer(path);
	interrupt_every(SIGNAL_US);
	assert_int_equal(root_read_blocking(live, path, text, sizeof(text)), 5);
	interrupt_every(0);
	assert_string_equal(text, "hello");
	assert_true(signals > 2);
	assert_int_equal(waitpid(writer, &status, 0), writer);
	assert_int_equal(status, 0);
	tree_remove(dir);
}

/* Appends to the file once, after its first read. */
struct appending {
	const char *file;
	bool done;
};

static void append_after_read(void *context, enum root_access access, const char *path,
			      ssize_t result)
{
	struct appending *appending = context;
	FILE *file;

	if (access != ROOT_READ || appending->done)
		return;
	appending->done = true;
	file = fopen(appending->file, "a");
	assert_non_null(file);
	fputs("more\n", file);
	assert_int_equal(fclose(file), 0);
}

static void a_file_that_grows_is_read_to_its_end(void **state)
{
	char *dir = tree_new("/proc/lines = one\n"), *bytes;
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	_autofree_ char *path = NULL;
	struct appending appending = {0};
	const struct root_watch watch = {.after = append_after_read, .context = &appending};
	struct error error;
	size_t length;

	assert_true(asprintf(&path, "%s/proc/lines", dir) > 0);
	appending.file = path;
	assert_int_equal(root_open(dir, &root, &error), 0);
	root_watch(&watch);
	assert_int_equal(root_read_all(root, arena, "/proc/lines", 100, &bytes, &length), 0);
	root_watch(NULL);
	assert_string_equal(bytes, "one\nmore\n");
	assert_int_equal(length, strlen(bytes));
	tree_remove(dir);
}

struct removing {
	const char *dir;
	size_t seen;
};

static int remove_others(void *context, const char *name, const char *target)
{
	static const char *const names[] = {"a", "b", "c"};
	struct removing *removing = context;
	char path[PATH_SIZE];

	removing->seen++;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/sys/links/%s", removing->dir, names[i]);
		if (strcmp(names[i], name) != 0)
			assert_int_equal(unlink(path), 0);
	}
	return 0;
}

static void a_name_that_is_gone_after_it_was_listed_is_absent(void **state)
{
	char *dir = tree_new("/sys/x = 1\n/sys/links/a -> ../x\n/sys/links/b -> ../x\n"
			     "/sys/links/c -> ../x\n");
	_autoroot_ struct root *root = NULL;
	struct removing removing = {.dir = dir};
	struct root_failures failures;
	struct error error;

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(root_list_links(root, "/sys/links", remove_others, &removing), 0);
	assert_int_equal(removing.seen, 1);
	root_take_failures(root, &failures);
	assert_int_equal(failures.count, 0);
	tree_remove(dir);
}

UNIT(root_disturbed)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_is_no_answer_and_a_file_may_come_in_pieces),
		cmocka_unit_test(a_file_that_grows_is_read_to_its_end),
		cmocka_unit_test(a_name_that_is_gone_after_it_was_listed_is_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
