/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One process at a time has the lock; others wait for it, or are told which process has it. */
#include "support/check.h"
#include "support/locking.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

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

	if (lock_take(locking.store, 0, locks, &holder, &locking.error) != -EWOULDBLOCK ||
	    locks[0] != -1)
		return 1;
	if (holder.state != HOLDER_ALIVE || holder.pid != getppid())
		return 2;
	if (strcmp(holder.command, "lock\t\\ (test)") != 0)
		return 3;
	if (locking.error.code != ERROR_LOCKED ||
	    !strstr(locking.error.message, "is changing the machine"))
		return 4;
	return 0;
}

static void a_second_taker_is_refused_and_told_who_has_it(void **state)
{
	int locks[LOCK_COUNT] = NO_LOCKS;
	struct lock_holder holder;

	prctl(PR_SET_NAME, "lock\t\\ (test)");
	assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), 0);
	assert_int_equal(exit_of(start_child(is_refused_and_told, -1)), 0);
	locking_give_up(locks);
}

static void closing_the_descriptor_gives_the_lock_up(void **state)
{
	struct lock_holder holder;
	int locks[LOCK_COUNT] = NO_LOCKS;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), 0);
		locking_give_up(locks);
	}
}

/* Take the lock, report it, and end a little later. */
static int hold_for_a_while(int pipe)
{
	struct lock_holder holder;
	int locks[LOCK_COUNT] = NO_LOCKS;

	if (lock_take(locking.store, 0, locks, &holder, &locking.error) < 0 ||
	    write(pipe, "", 1) != 1)
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
	assert_int_equal(lock_take(locking.store, 30 * 1000, locks, &holder, &locking.error), 0);
	assert_int_equal(exit_of(pid), 0);
	close(ends[0]);
	close(ends[1]);
	locking_give_up(locks);
}

/* A transaction whose writer hangs in the kernel: the transaction ends, its child goes on. */
static int leave_a_writer_behind(int pipe)
{
	struct lock_holder holder;
	char byte;
	int locks[LOCK_COUNT] = NO_LOCKS;

	if (lock_take(locking.store, 0, locks, &holder, &locking.error) < 0)
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

	assert_int_equal(lock_take(locking.store, 100, locks, &holder, &locking.error),
			 -EWOULDBLOCK);
	assert_int_equal(holder.state, HOLDER_DEAD);
	assert_int_equal(holder.pid, pid);
	assert_int_equal(locking.error.code, ERROR_LOCKED);
	assert_non_null(
		strstr(locking.error.message, "has ended, but a write of it is still pending"));

	close(ends[1]);
	assert_int_equal(lock_take(locking.store, 30 * 1000, locks, &holder, &locking.error), 0);
	locking_give_up(locks);
}

static void an_empty_lock_file_names_no_process(void **state)
{
	static const char *const texts[] = {"", "hello\n", "00000000 1 holder\t1\tinit\t0\n"};
	struct lock_holder holder;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct span bytes = {texts[i], strlen(texts[i])};

		assert_int_equal(store_replace(locking.store, "lock", bytes, &locking.error), 0);
		lock_read_holder(locking.store, &holder);
		assert_int_equal(holder.state, HOLDER_UNKNOWN);
		assert_int_equal(holder.pid, 0);
	}
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

	memset(&locking.error, 0, sizeof(locking.error));
	assert_int_equal(sigaction(SIGALRM, &noted, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	assert_int_equal(lock_take(locking.store, 30 * 1000, locks, &holder, &locking.error),
			 -EINTR);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	assert_non_null(strstr(locking.error.message, words));
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
	tree_unpack("/sys/kernel/debug/\n", locking.dir);
	assert_true(asprintf(&path, "%s/sys/kernel/debug", locking.dir) > 0);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(lock_take(locking.store, 0, locks, &holder, &locking.error), -EWOULDBLOCK);
	assert_int_equal(holder.state, HOLDER_UNKNOWN);
	expect_signal_in_wait("cannot lock the root of debugfs");
	/* The same for the first of the files. */
	tree_unpack(STORE_DIR "/lock = \n", locking.dir);
	assert_true(asprintf(&file, "%s" STORE_DIR "/lock", locking.dir) > 0);
	in_run = open(file, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(in_run, LOCK_EX), 0);
	expect_signal_in_wait("cannot lock " STORE_DIR "/lock");
}

UNIT(lock)
{
	const struct CMUnitTest tests[] = {
		WITH_LOCKING(a_second_taker_is_refused_and_told_who_has_it),
		WITH_LOCKING(closing_the_descriptor_gives_the_lock_up),
		WITH_LOCKING(a_waiting_process_gets_the_lock_when_it_is_free),
		WITH_LOCKING(a_writer_that_was_left_behind_keeps_the_lock),
		WITH_LOCKING(an_empty_lock_file_names_no_process),
		WITH_LOCKING(a_signal_ends_the_wait_for_the_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
