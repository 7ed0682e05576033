/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that are locked: in /run, in /sys, and the root of debugfs. */
#include "support/check.h"
#include "support/locking.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Another mount namespace has the same /sys and another /run. */
static void one_sys_has_one_lock_whatever_run_there_is(void **state)
{
	static const char SYS[] = "/sys/bus/platform/drivers_probe = \n";
	_autofree_ char *other = tree_new(LOCKING_TREE), *from = NULL, *to = NULL, *line = NULL;
	_autoroot_ struct root *other_root = NULL;
	_autostore_ struct store *other_store = NULL;
	int locks[LOCK_COUNT] = NO_LOCKS, none[LOCK_COUNT] = NO_LOCKS;
	struct lock_holder holder;
	struct stat status;

	tree_unpack(SYS, locking.dir);
	tree_unpack(SYS, other);
	assert_true(asprintf(&from, "%s" LOCK_INODE, locking.dir) > 0);
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
	assert_int_equal(root_open(other, &other_root, &locking.error), 0);
	assert_int_equal(store_open(other_root, true, &other_store, &locking.error), 0);

	assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), 0);
	assert_int_equal(lock_take(other_store, 0, none, &holder, &locking.error), -EWOULDBLOCK);
	assert_int_equal(none[0], -1);
	assert_int_equal(holder.pid, 1);
	assert_int_equal(locking.error.code, ERROR_LOCKED);
	assert_non_null(strstr(locking.error.message, "other (process 1) is changing the machine"));
	locking_give_up(locks);
	assert_int_equal(lock_take(other_store, 0, none, &holder, &locking.error), 0);
	locking_give_up(none);
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

	tree_unpack("/sys/bus/platform/drivers_probe = \n/sys/kernel/debug/\n", locking.dir);
	assert_true(asprintf(&run, "%s" STORE_DIR, locking.dir) > 0);
	assert_true(asprintf(&moved, "%s/run/moved", locking.dir) > 0);
	assert_true(asprintf(&file, "%s" LOCK_INODE, locking.dir) > 0);
	assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), 0);
	for (int i = 0; i < LOCK_COUNT; i++)
		assert_true(locks[i] >= 0);

	assert_int_equal(rename(run, moved), 0);
	assert_int_equal(unlink(file), 0);
	tree_unpack("/sys/bus/platform/drivers_probe = \n", locking.dir);
	assert_int_equal(store_open(locking.root, true, &other_store, &locking.error), 0);
	assert_int_equal(lock_take(other_store, 0, none, &holder, &locking.error), -EWOULDBLOCK);
	assert_int_equal(locking.error.code, ERROR_LOCKED);
	for (int i = 0; i < LOCK_COUNT; i++)
		assert_int_equal(none[i], -1);
	locking_give_up(locks);
	assert_int_equal(lock_take(other_store, 0, none, &holder, &locking.error), 0);
	locking_give_up(none);
}

/* A kernel that was built without debugfs, and a container that may not open it. */
static void a_lock_that_others_would_not_notice_is_told(void **state)
{
	enum { NOBODY = 65534 };
	int locks[LOCK_COUNT] = NO_LOCKS;
	_autofree_ char *debug = NULL, *run = NULL, *file = NULL;
	struct lock_holder holder;
	char words[256];

	assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), 0);
	assert_true(lock_has_gap(locks, words, sizeof(words)));
	assert_string_equal(words,
			    "an iommuctl in a container with its own /run and network would not be "
			    "noticed: the root of debugfs cannot be locked: No such file or "
			    "directory");
	locking_give_up(locks);
	tree_unpack("/sys/kernel/debug/\n/sys/bus/platform/drivers_probe = \n", locking.dir);
	assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), 0);
	assert_false(lock_has_gap(locks, words, sizeof(words)));
	locking_give_up(locks);
	if (geteuid() != 0)
		skip();
	assert_true(asprintf(&debug, "%s/sys/kernel/debug", locking.dir) > 0);
	assert_true(asprintf(&run, "%s" STORE_DIR, locking.dir) > 0);
	assert_true(asprintf(&file, "%s" STORE_DIR "/lock", locking.dir) > 0);
	assert_int_equal(chmod(debug, 0700), 0);
	assert_int_equal(chmod(locking.dir, 0755), 0);
	assert_int_equal(chmod(run, 0755), 0);
	assert_int_equal(chmod(file, 0666), 0);
	setfsuid(NOBODY);
	assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), 0);
	setfsuid(0);
	assert_int_equal(locks[1], -EACCES);
	assert_true(lock_has_gap(locks, words, sizeof(words)));
	assert_non_null(strstr(words, "cannot be locked: Permission denied"));
	locking_give_up(locks);
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

	tree_unpack("/sys/bus/platform/drivers_probe = \n", locking.dir);
	assert_true(asprintf(&path, "%s" LOCK_INODE, locking.dir) > 0);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(fstat(fd, &status), 0);
	assert_true(
		asprintf(&line,
			 "/proc/locks = 1: FLOCK  ADVISORY  WRITE %d %s%02x:%s%02x:%s%lu 0 EOF\n",
			 row->pid, row->before[0], major(status.st_dev), row->before[1],
			 minor(status.st_dev), row->before[2], status.st_ino) > 0);
	tree_unpack(line, locking.dir);
	memset(&locking.error, 0, sizeof(locking.error));
	assert_int_equal(lock_take(locking.store, 0, locks, holder, &locking.error), -EWOULDBLOCK);
	assert_int_equal(locking.error.code, ERROR_LOCKED);
	assert_int_equal(locks[0], -1);
}

static void the_holder_of_a_lock_in_sys_is_found_by_the_file(void **state)
{
	static const char another[] = "another iommuctl is changing the machine";
	static const struct lock_line rows[] = {
		/* Process 1 always runs. */
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
		assert_non_null(strstr(locking.error.message, rows[i].words));
	}
}

static void a_lock_that_cannot_be_opened_is_an_error(void **state)
{
	int locks[LOCK_COUNT] = NO_LOCKS;
	_autofree_ char *path = NULL;
	struct lock_holder holder;

	tree_unpack(LOCK_INODE "/\n", locking.dir);
	assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), -EISDIR);
	assert_non_null(strstr(locking.error.message, "cannot open " LOCK_INODE));
	memset(&locking.error, 0, sizeof(locking.error));
	assert_true(asprintf(&path, "%s" STORE_DIR "/lock", locking.dir) > 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), -EISDIR);
	assert_non_null(strstr(locking.error.message, "cannot open " STORE_DIR "/lock"));
	lock_read_holder(locking.store, &holder);
	assert_int_equal(holder.state, HOLDER_UNKNOWN);
}

UNIT(lock_places)
{
	const struct CMUnitTest tests[] = {
		WITH_LOCKING(one_sys_has_one_lock_whatever_run_there_is),
		WITH_LOCKING(one_debugfs_has_one_lock_whatever_run_and_sys_there_are),
		WITH_LOCKING(a_lock_that_others_would_not_notice_is_told),
		WITH_LOCKING(the_holder_of_a_lock_in_sys_is_found_by_the_file),
		WITH_LOCKING(a_lock_that_cannot_be_opened_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
