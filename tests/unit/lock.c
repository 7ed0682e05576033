/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/lock.h"

#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static const char TREE[] = "/proc/sys/kernel/random/boot_id = 11111111-2222\n"
			   "/run/\n";

static char *dir;
static struct root *root;
static struct store *store;
static struct error error;

static void give_up(int locks[static LOCK_COUNT])
{
	for (int i = 0; i < LOCK_COUNT; i++)
		cleanup_close(&locks[i]);
}

static int open_tree(void **state)
{
	dir = tree_new(TREE);
	memset(&error, 0, sizeof(error));
	return root_open(dir, &root, &error) < 0 ? -1 : store_open(root, true, &store, &error);
}

static int close_tree(void **state)
{
	store_free(store);
	root_free(root);
	tree_remove(dir);
	return 0;
}

/* A child that runs @work and ends with its result. */
static pid_t start_child(int (*work)(int pipe), int pipe)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(work(pipe));
	return pid;
}

static int exit_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/*
 * In a child, cmocka's assertions do not work: returns 0 where the error named the holder of the
 * lock.
 */
static int is_refused_and_told(int pipe)
{
	struct lock_holder holder;
	int locks[LOCK_COUNT] = NO_LOCKS;

	if (lock_take(store, 0, locks, &holder, &error) != -EWOULDBLOCK || locks[0] != -1)
		return 1;
	if (holder.state != HOLDER_ALIVE || holder.pid != getppid())
		return 2;
	if (strcmp(holder.command, "lock\t\\ (test)") != 0)
		return 3;
	if (error.code != ERROR_LOCKED || !strstr(error.message, "is changing the machine"))
		return 4;
	return 0;
}

static void a_second_taker_is_refused_and_told_who_has_it(void **state)
{
	int locks[LOCK_COUNT] = NO_LOCKS;
	struct lock_holder holder;

	prctl(PR_SET_NAME, "lock\t\\ (test)");
	assert_int_equal(lock_take(store, 0, locks, &holder, &error), 0);
	assert_int_equal(exit_of(start_child(is_refused_and_told, -1)), 0);
	give_up(locks);
}

static void closing_the_descriptor_gives_the_lock_up(void **state)
{
	struct lock_holder holder;
	int locks[LOCK_COUNT] = NO_LOCKS;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(lock_take(store, 0, locks, &holder, &error), 0);
		give_up(locks);
	}
}

/* Take the lock, report it, and end a little later. */
static int hold_for_a_while(int pipe)
{
	struct lock_holder holder;
	int locks[LOCK_COUNT] = NO_LOCKS;

	if (lock_take(store, 0, locks, &holder, &error) < 0 || write(pipe, "", 1) != 1)
		return 1;
	usleep(150 * 1000);
	return 0;
}

static void a_waiting_process_gets_the_lock_when_it_is_free(void **state)
{
	int locks[LOCK_COUNT] = NO_LOCKS;
	struct lock_holder holder;
	int ends[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe(ends), 0);
	pid = start_child(hold_for_a_while, ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(lock_take(store, 30 * 1000, locks, &holder, &error), 0);
	assert_int_equal(exit_of(pid), 0);
	close(ends[0]);
	close(ends[1]);
	give_up(locks);
}

/* A transaction whose writer hangs in the kernel: the transaction ends, its child goes on. */
static int leave_a_writer_behind(int pipe)
{
	struct lock_holder holder;
	char byte;
	int locks[LOCK_COUNT] = NO_LOCKS;

	if (lock_take(store, 0, locks, &holder, &error) < 0)
		return 1;
	switch (fork()) {
	case -1:
		return 2;
	case 0:
		/* Wait until the test closes its end. */
		return read(pipe, &byte, 1) == 0 ? 0 : 3;
	default:
		return 0;
	}
}

static void a_writer_that_was_left_behind_keeps_the_lock(void **state)
{
	int locks[LOCK_COUNT] = NO_LOCKS;
	struct lock_holder holder;
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	/* The child must not hold the end open for whose closing it waits. */
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		_exit(leave_a_writer_behind(ends[0]));
	}
	close(ends[0]);
	assert_int_equal(exit_of(pid), 0);

	assert_int_equal(lock_take(store, 100, locks, &holder, &error), -EWOULDBLOCK);
	assert_int_equal(holder.state, HOLDER_DEAD);
	assert_int_equal(holder.pid, pid);
	assert_int_equal(error.code, ERROR_LOCKED);
	assert_non_null(strstr(error.message, "has ended, but a write of it is still pending"));

	close(ends[1]);
	assert_int_equal(lock_take(store, 30 * 1000, locks, &holder, &error), 0);
	give_up(locks);
}

/* Another mount namespace has the same /sys and another /run. */
static void one_sys_has_one_lock_whatever_run_there_is(void **state)
{
	static const char SYS[] = "/sys/bus/platform/drivers_probe = \n";
	_autofree_ char *other = tree_new(TREE), *from = NULL, *to = NULL, *line = NULL;
	_autoroot_ struct root *other_root = NULL;
	_autostore_ struct store *other_store = NULL;
	int locks[LOCK_COUNT] = NO_LOCKS, none[LOCK_COUNT] = NO_LOCKS;
	struct lock_holder holder;
	struct stat status;

	tree_unpack(SYS, dir);
	tree_unpack(SYS, other);
	assert_true(asprintf(&from, "%s" LOCK_INODE, dir) > 0);
	assert_true(asprintf(&to, "%s" LOCK_INODE, other) > 0);
	assert_int_equal(unlink(to), 0);
	assert_int_equal(link(from, to), 0);
	assert_int_equal(stat(from, &status), 0);
	assert_true(asprintf(&line,
			     "/proc/locks = 1: POSIX  ADVISORY  WRITE 2 00:01:7 0 EOF\\n"
			     "2: FLOCK  ADVISORY  WRITE 1 %02x:%02x:%lu 0 EOF\\n\n"
			     "/proc/1/comm = other",
			     major(status.st_dev), minor(status.st_dev), status.st_ino) > 0);
	tree_unpack(line, other);
	assert_int_equal(root_open(other, &other_root, &error), 0);
	assert_int_equal(store_open(other_root, true, &other_store, &error), 0);

	assert_int_equal(lock_take(store, 0, locks, &holder, &error), 0);
	assert_int_equal(lock_take(other_store, 0, none, &holder, &error), -EWOULDBLOCK);
	assert_int_equal(none[0], -1);
	assert_int_equal(holder.pid, 1);
	assert_int_equal(error.code, ERROR_LOCKED);
	assert_non_null(strstr(error.message, "other (process 1) is changing the machine"));
	give_up(locks);
	assert_int_equal(lock_take(other_store, 0, none, &holder, &error), 0);
	give_up(none);
	tree_remove(other);
	other = NULL;
}

/*
 * A container with a /run and a network namespace of its own: the store is another one, and so is
 * the file in /sys. Both have the same debugfs.
 */
static void one_debugfs_has_one_lock_whatever_run_and_sys_there_are(void **state)
{
	_autostore_ struct store *other_store = NULL;
	int locks[LOCK_COUNT] = NO_LOCKS, none[LOCK_COUNT] = NO_LOCKS;
	_autofree_ char *run = NULL, *file = NULL, *moved = NULL;
	struct lock_holder holder;

	tree_unpack("/sys/bus/platform/drivers_probe = \n/sys/kernel/debug/\n", dir);
	assert_true(asprintf(&run, "%s" STORE_DIR, dir) > 0);
	assert_true(asprintf(&moved, "%s/run/moved", dir) > 0);
	assert_true(asprintf(&file, "%s" LOCK_INODE, dir) > 0);
	assert_int_equal(lock_take(store, 0, locks, &holder, &error), 0);
	for (int i = 0; i < LOCK_COUNT; i++)
		assert_true(locks[i] >= 0);

	assert_int_equal(rename(run, moved), 0);
	assert_int_equal(unlink(file), 0);
	tree_unpack("/sys/bus/platform/drivers_probe = \n", dir);
	assert_int_equal(store_open(root, true, &other_store, &error), 0);
	assert_int_equal(lock_take(other_store, 0, none, &holder, &error), -EWOULDBLOCK);
	assert_int_equal(error.code, ERROR_LOCKED);
	for (int i = 0; i < LOCK_COUNT; i++)
		assert_int_equal(none[i], -1);
	give_up(locks);
	assert_int_equal(lock_take(other_store, 0, none, &holder, &error), 0);
	give_up(none);
}

/* A kernel that was built without debugfs, and a container that may not open it. */
static void a_lock_that_others_would_not_notice_is_told(void **state)
{
	enum { NOBODY = 65534 };
	int locks[LOCK_COUNT] = NO_LOCKS;
	_autofree_ char *debug = NULL, *run = NULL, *file = NULL;
	struct lock_holder holder;
	char words[256];

	assert_int_equal(lock_take(store, 0, locks, &holder, &error), 0);
	assert_true(lock_has_gap(locks, words, sizeof(words)));
	assert_string_equal(words,
			    "an iommuctl in a container with its own /run and network would not be "
			    "noticed: the root of debugfs cannot be locked: No such file or "
			    "directory");
	give_up(locks);
	tree_unpack("/sys/kernel/debug/\n/sys/bus/platform/drivers_probe = \n", dir);
	assert_int_equal(lock_take(store, 0, locks, &holder, &error), 0);
	assert_false(lock_has_gap(locks, words, sizeof(words)));
	give_up(locks);
	if (geteuid() != 0)
		skip();
	assert_true(asprintf(&debug, "%s/sys/kernel/debug", dir) > 0);
	assert_true(asprintf(&run, "%s" STORE_DIR, dir) > 0);
	assert_true(asprintf(&file, "%s" STORE_DIR "/lock", dir) > 0);
	assert_int_equal(chmod(debug, 0700), 0);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(chmod(run, 0755), 0);
	assert_int_equal(chmod(file, 0666), 0);
	setfsuid(NOBODY);
	assert_int_equal(lock_take(store, 0, locks, &holder, &error), 0);
	setfsuid(0);
	assert_int_equal(locks[1], -EACCES);
	assert_true(lock_has_gap(locks, words, sizeof(words)));
	assert_non_null(strstr(words, "cannot be locked: Permission denied"));
	give_up(locks);
}

static void an_empty_lock_file_names_no_process(void **state)
{
	static const char *const texts[] = {"", "hello\n", "00000000 1 holder\t1\tinit\t0\n"};
	struct lock_holder holder;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct span bytes = {texts[i], strlen(texts[i])};

		assert_int_equal(store_replace(store, "lock", bytes, &error), 0);
		lock_read_holder(store, &holder);
		assert_int_equal(holder.state, HOLDER_UNKNOWN);
		assert_int_equal(holder.pid, 0);
	}
}

/* A line of /proc/locks: @before stands before major, minor and inode of the file in /sys. */
struct lock_line {
	const char *before[3];
	const char *words;
	int pid;
	enum holder_state state;
};

/* Lock the file in /sys as another process does, and take the lock where /proc/locks has @row. */
static void lock_in_sys_with(const struct lock_line *row, struct lock_holder *holder)
{
	int locks[LOCK_COUNT] = NO_LOCKS;
	_autofree_ char *path = NULL, *line = NULL;
	_autoclose_ int fd = -1;
	struct stat status;

	tree_unpack("/sys/bus/platform/drivers_probe = \n", dir);
	assert_true(asprintf(&path, "%s" LOCK_INODE, dir) > 0);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(fstat(fd, &status), 0);
	assert_true(
		asprintf(&line,
			 "/proc/locks = 1: FLOCK  ADVISORY  WRITE %d %s%02x:%s%02x:%s%lu 0 EOF\n",
			 row->pid, row->before[0], major(status.st_dev), row->before[1],
			 minor(status.st_dev), row->before[2], status.st_ino) > 0);
	tree_unpack(line, dir);
	memset(&error, 0, sizeof(error));
	assert_int_equal(lock_take(store, 0, locks, holder, &error), -EWOULDBLOCK);
	assert_int_equal(error.code, ERROR_LOCKED);
	assert_int_equal(locks[0], -1);
}

static void the_holder_of_a_lock_in_sys_is_found_by_the_file(void **state)
{
	static const char another[] = "another iommuctl is changing the machine";
	static const struct lock_line rows[] = {
		{{"", "", ""}, "(process 1) is changing the machine", 1, HOLDER_ALIVE},
		/* The kernel gives no process this number (PID_MAX_LIMIT, include/linux/threads.h).
		 */
		{{"", "", ""},
		 "(process 4194304) has ended, but a write of it is still pending",
		 4194304,
		 HOLDER_DEAD},
		{{"1", "", ""}, another, 1, HOLDER_UNKNOWN},
		{{"", "1", ""}, another, 1, HOLDER_UNKNOWN},
		{{"", "", "1"}, another, 1, HOLDER_UNKNOWN},
		/* A process of another PID namespace. */
		{{"", "", ""}, another, 0, HOLDER_UNKNOWN},
	};
	struct lock_holder holder;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		lock_in_sys_with(&rows[i], &holder);
		assert_int_equal(holder.state, rows[i].state);
		assert_non_null(strstr(error.message, rows[i].words));
	}
}

static void a_lock_that_cannot_be_opened_is_an_error(void **state)
{
	int locks[LOCK_COUNT] = NO_LOCKS;
	_autofree_ char *path = NULL;
	struct lock_holder holder;

	tree_unpack(LOCK_INODE "/\n", dir);
	assert_int_equal(lock_take(store, 0, locks, &holder, &error), -EISDIR);
	assert_non_null(strstr(error.message, "cannot open " LOCK_INODE));
	memset(&error, 0, sizeof(error));
	assert_true(asprintf(&path, "%s" STORE_DIR "/lock", dir) > 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(lock_take(store, 0, locks, &holder, &error), -EISDIR);
	assert_non_null(strstr(error.message, "cannot open " STORE_DIR "/lock"));
	lock_read_holder(store, &holder);
	assert_int_equal(holder.state, HOLDER_UNKNOWN);
}

static void note_signal(int signal)
{
}

/* Wait for the lock until a signal comes, and compare the error. */
static void expect_signal_in_wait(const char *words)
{
	const struct itimerval soon = {.it_value = {.tv_usec = 120 * 1000}};
	const struct sigaction noted = {.sa_handler = note_signal};
	int locks[LOCK_COUNT] = NO_LOCKS;
	struct sigaction before;
	struct lock_holder holder;

	memset(&error, 0, sizeof(error));
	assert_int_equal(sigaction(SIGALRM, &noted, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	assert_int_equal(lock_take(store, 30 * 1000, locks, &holder, &error), -EINTR);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	assert_non_null(strstr(error.message, words));
	for (int i = 0; i < LOCK_COUNT; i++)
		assert_int_equal(locks[i], -1);
}

static void a_signal_ends_the_wait_for_the_lock(void **state)
{
	int locks[LOCK_COUNT] = NO_LOCKS;
	struct lock_holder holder;
	_autofree_ char *path = NULL, *file = NULL;
	_autoclose_ int fd = -1, in_run = -1;

	/* No list of locks: the holder is unknown. */
	tree_unpack("/sys/kernel/debug/\n", dir);
	assert_true(asprintf(&path, "%s/sys/kernel/debug", dir) > 0);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(lock_take(store, 0, locks, &holder, &error), -EWOULDBLOCK);
	assert_int_equal(holder.state, HOLDER_UNKNOWN);
	expect_signal_in_wait("cannot lock the root of debugfs");
	/* The same for the first of the files. */
	tree_unpack(STORE_DIR "/lock = \n", dir);
	assert_true(asprintf(&file, "%s" STORE_DIR "/lock", dir) > 0);
	in_run = open(file, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(in_run, LOCK_EX), 0);
	expect_signal_in_wait("cannot lock " STORE_DIR "/lock");
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, open_tree, close_tree)

UNIT(lock)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(a_second_taker_is_refused_and_told_who_has_it),
		WITH_TREE(closing_the_descriptor_gives_the_lock_up),
		WITH_TREE(a_waiting_process_gets_the_lock_when_it_is_free),
		WITH_TREE(a_writer_that_was_left_behind_keeps_the_lock),
		WITH_TREE(one_sys_has_one_lock_whatever_run_there_is),
		WITH_TREE(one_debugfs_has_one_lock_whatever_run_and_sys_there_are),
		WITH_TREE(a_lock_that_others_would_not_notice_is_told),
		WITH_TREE(an_empty_lock_file_names_no_process),
		WITH_TREE(the_holder_of_a_lock_in_sys_is_found_by_the_file),
		WITH_TREE(a_lock_that_cannot_be_opened_is_an_error),
		WITH_TREE(a_signal_ends_the_wait_for_the_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
