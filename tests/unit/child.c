/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Children that answer, hang, are stopped or lose their parent. */
#include "base/child.h"
#include "base/clock.h"
#include "support/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Nothing in these tests takes SOON_MS, unless the code is wrong. */
enum {
	DEADLINE_MS = 200,
	SOON_MS = 60 * 1000,
};

static struct child start(void (*run)(void *context, int channel), void *context, bool outlives)
{
	const struct child_work work = {
		.run = run, .context = context, .outlives_parent = outlives};
	struct child child;

	assert_int_equal(child_start(&child, &work), 0);
	return child;
}

/* True where no process has this number, within SOON_MS. */
static bool vanishes(pid_t pid)
{
	for (int waited = 0; waited < SOON_MS; waited += 10) {
		waitpid(pid, NULL, WNOHANG);
		if (kill(pid, 0) < 0 && errno == ESRCH)
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

static void say(int channel, const char *text)
{
	if (write(channel, text, strlen(text)) < 0)
		_exit(1);
}

static void greet(void *context, int channel)
{
	say(channel, "hello");
}

static void hang(void *context, int channel)
{
	for (;;)
		pause();
}

/* Opening a FIFO without a writer never returns. */
static void open_fifo(void *context, int channel)
{
	say(channel, "opening");
	open(context, O_RDONLY | O_CLOEXEC);
	say(channel, "opened");
}

static void stop_itself(void *context, int channel)
{
	raise(SIGSTOP);
	say(channel, "went on");
}

static void progress_and_greet(void *context, int channel)
{
	enum { STEPS = 16 };
	const int *deadline_ms = context;

	for (size_t i = 1; i <= STEPS; i++) {
		poll(NULL, 0, *deadline_ms / 4);
		child_progress(i);
	}
	say(channel, "hello");
}

static void crash(void *context, int channel)
{
	say(channel, "half");
	abort();
}

static void list_descriptors(void *context, int channel)
{
	DIR *listing = opendir("/proc/self/fd");
	const struct dirent *entry;
	char path[300], target[256], line[600];

	while (listing && (entry = readdir(listing))) {
		ssize_t length;

		snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
		length = readlink(path, target, sizeof(target) - 1);
		if (length < 0 || atoi(entry->d_name) == dirfd(listing))
			continue;
		target[length] = '\0';
		snprintf(line, sizeof(line), "%s %s\n", entry->d_name,
			 strncmp(target, "socket:", 7) == 0 ? "socket" : target);
		say(channel, line);
	}
}

static void print_blocked_signals(void *context, int channel)
{
	static const char word[] = "SigBlk:";
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];

	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, word, strlen(word)) == 0)
			say(channel, line);
}

static void print_session(void *context, int channel)
{
	char text[64];

	snprintf(text, sizeof(text), "%d", getsid(0) == getpid());
	say(channel, text);
}

static char *everything_from(struct child *child)
{
	char *text;
	size_t length;

	assert_int_equal(child_read_all(child, 1 << 20, SOON_MS, &text, &length), 0);
	assert_int_equal(strlen(text), length);
	child_end(child);
	return text;
}

static void a_child_answers_and_ends(void **state)
{
	struct child child = start(greet, NULL, false);
	pid_t pid = child.pid;
	_autofree_ char *text = everything_from(&child);

	assert_string_equal(text, "hello");
	/* The child was collected: it is not even a zombie. */
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void a_child_that_waits_for_a_pipe_misses_its_deadline_and_is_killed(void **state)
{
	char dir[] = "/tmp/childXXXXXX", fifo[64], byte[32];
	struct child child;
	int64_t began;
	pid_t pid;

	assert_non_null(mkdtemp(dir));
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	child = start(open_fifo, fifo, false);
	pid = child.pid;
	assert_int_equal(child_read(&child, byte, sizeof(byte), SOON_MS), strlen("opening"));
	began = clock_ms();
	assert_int_equal(child_read(&child, byte, sizeof(byte), DEADLINE_MS), -ETIMEDOUT);
	assert_in_range(clock_ms() - began, DEADLINE_MS, SOON_MS);
	child_leave(&child);
	assert_true(vanishes(pid));
	unlink(fifo);
	rmdir(dir);
}

static void no_signal_but_sigkill_ends_a_child(void **state)
{
	struct child child = start(hang, NULL, false);
	pid_t pid = child.pid;

	poll(NULL, 0, DEADLINE_MS);
	for (int number = 1; number <= SIGRTMAX; number++)
		if (number != SIGKILL && number != SIGSTOP)
			kill(pid, number);
	assert_int_equal(child_wait(&child, DEADLINE_MS), -ETIMEDOUT);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	child_end(&child);
	assert_true(vanishes(pid));
}

static void every_signal_is_blocked_in_a_child(void **state)
{
	struct child child = start(print_blocked_signals, NULL, false);
	_autofree_ char *text = everything_from(&child);
	unsigned long long blocked = 0;

	assert_int_equal(sscanf(text, "SigBlk: %llx", &blocked), 1);
	/* SIGKILL and SIGSTOP cannot be blocked. */
	assert_int_equal(blocked | 1ULL << (SIGKILL - 1) | 1ULL << (SIGSTOP - 1), ~0ULL);
}

static void a_stopped_child_misses_its_deadline_and_is_killed(void **state)
{
	struct child child = start(stop_itself, NULL, false);
	pid_t pid = child.pid;

	assert_int_equal(child_wait(&child, DEADLINE_MS), -ETIMEDOUT);
	child_end(&child);
	assert_true(vanishes(pid));
}

static void a_writer_that_is_left_behind_goes_on(void **state)
{
	struct child child = start(stop_itself, NULL, true);
	pid_t pid = child.pid;

	/* It has stopped: a SIGCONT before that would do nothing. */
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WSTOPPED | WNOWAIT), 0);
	assert_int_equal(child_wait(&child, DEADLINE_MS), -ETIMEDOUT);
	child_leave(&child);
	poll(NULL, 0, DEADLINE_MS);
	assert_int_equal(kill(pid, 0), 0);
	/* After SIGCONT the child ends by itself, and the next start collects it. */
	kill(pid, SIGCONT);
	assert_true(vanishes(pid));
}

static void a_child_left_behind_is_collected_by_the_next_start(void **state)
{
	struct child child = start(hang, NULL, false), next;
	pid_t pid = child.pid;

	child_leave(&child);
	/* The killed child is a zombie: WNOWAIT sees it without collecting it. */
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
	next = start(greet, NULL, false);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	free(everything_from(&next));
}

/* The whole work takes four deadlines. On a busy machine a short one may pass within a step. */
static void progress_starts_the_deadline_again(void **state)
{
	int result = -ETIMEDOUT;

	for (int ms = DEADLINE_MS; ms < SOON_MS / 4 && result == -ETIMEDOUT; ms *= 2) {
		struct child child = start(progress_and_greet, &ms, false);
		_autofree_ char *text = NULL;
		size_t length;

		result = child_read_all(&child, 64, ms, &text, &length);
		if (result == 0)
			assert_string_equal(text, "hello");
		child_end(&child);
	}
	assert_int_equal(result, 0);
}

static void all_of_the_work_can_have_a_deadline_too(void **state)
{
	int deadline_ms = DEADLINE_MS;
	const struct child_work work = {
		.run = progress_and_greet, .context = &deadline_ms, .total_ms = DEADLINE_MS * 2};
	_autofree_ char *text = NULL;
	struct child child;
	size_t length;

	assert_int_equal(child_start(&child, &work), 0);
	assert_int_equal(child_read_all(&child, 64, SOON_MS, &text, &length), -ETIMEDOUT);
	child_end(&child);
}

static void compute(void *context, int channel)
{
	for (volatile unsigned turns = 0;; turns++)
		;
}

static void a_loop_is_distinguished_from_a_wait(void **state)
{
	struct child loop = start(compute, NULL, false), wait = start(hang, NULL, false);

	/* On a busy machine the loop may get little processor time. */
	for (int turns = 0; turns < SOON_MS / DEADLINE_MS && child_cpu_ms(&loop) < 50; turns++)
		assert_int_equal(child_wait(&loop, DEADLINE_MS), -ETIMEDOUT);
	assert_true(child_cpu_ms(&loop) >= 50);
	assert_true(child_cpu_ms(&wait) < 50);
	child_end(&loop);
	child_end(&wait);
}

static void a_child_that_dies_is_distinguished_from_a_child_that_hangs(void **state)
{
	struct child child = start(crash, NULL, false);
	_autofree_ char *text = everything_from(&child);

	assert_string_equal(text, "half");
}

static void a_child_that_says_too_much_is_cut_off(void **state)
{
	struct child child = start(greet, NULL, false);
	_autofree_ char *text = NULL;
	size_t length;

	assert_int_equal(child_read_all(&child, 4, SOON_MS, &text, &length), -EFBIG);
	child_end(&child);
}

static void a_child_has_no_descriptors_but_its_own(void **state)
{
	int secret = open("/proc/self/status", O_RDONLY);
	int kept = open("/proc/self/stat", O_RDONLY);
	const int list[] = {-1, kept};
	const struct child_work work = {
		.run = list_descriptors, .kept = list, .kept_count = ARRAY_SIZE(list)};
	_autofree_ char *text = NULL;
	struct child child;
	int lines = 0;

	assert_true(secret >= 0 && kept >= 0);
	assert_int_equal(child_start(&child, &work), 0);
	text = everything_from(&child);
	assert_non_null(strstr(text, "0 /dev/null\n1 /dev/null\n2 /dev/null\n"));
	assert_non_null(strstr(text, "/stat\n"));
	assert_null(strstr(text, "/status\n"));
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	/* The child has the three outputs, the channel and the kept descriptor. */
	assert_int_equal(lines, 5);
	close(secret);
	close(kept);
}

static void a_child_has_a_session_of_its_own(void **state)
{
	struct child child = start(print_session, NULL, false);
	_autofree_ char *text = everything_from(&child);

	assert_string_equal(text, "1");
}

/* A parent that starts a child, reports its pid and is killed. */
static pid_t child_of_a_killed_parent(bool outlives)
{
	int ends[2];
	pid_t parent, pid = 0;

	assert_int_equal(pipe(ends), 0);
	parent = fork();
	if (parent == 0) {
		struct child child = start(hang, NULL, outlives);

		if (write(ends[1], &child.pid, sizeof(child.pid)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ends[0], &pid, sizeof(pid)), sizeof(pid));
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static void a_reader_dies_with_its_parent(void **state)
{
	assert_true(vanishes(child_of_a_killed_parent(false)));
}

static void a_writer_does_not(void **state)
{
	pid_t pid = child_of_a_killed_parent(true);

	poll(NULL, 0, DEADLINE_MS);
	assert_int_equal(kill(pid, 0), 0);
	kill(pid, SIGKILL);
	assert_true(vanishes(pid));
}

static void a_parent_that_ignores_sigchld_can_wait_all_the_same(void **state)
{
	struct child child;
	_autofree_ char *text = NULL;

	signal(SIGCHLD, SIG_IGN);
	child = start(greet, NULL, false);
	text = everything_from(&child);
	assert_string_equal(text, "hello");
}

static void nothing_is_sent_to_a_child_that_takes_nothing(void **state)
{
	static char bytes[1 << 20];
	struct child child = start(hang, NULL, false);

	assert_int_equal(child_send(&child, bytes, sizeof(bytes), DEADLINE_MS), -ETIMEDOUT);
	child_end(&child);
}

static void sending_to_a_dead_child_is_an_error_and_no_signal(void **state)
{
	struct child child = start(crash, NULL, false);
	char byte;

	while (child_read(&child, &byte, 1, SOON_MS) > 0)
		;
	assert_int_equal(child_send(&child, "x", 1, DEADLINE_MS), -EPIPE);
	child_end(&child);
}

UNIT(child)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_answers_and_ends),
		cmocka_unit_test(a_child_that_waits_for_a_pipe_misses_its_deadline_and_is_killed),
		cmocka_unit_test(no_signal_but_sigkill_ends_a_child),
		cmocka_unit_test(every_signal_is_blocked_in_a_child),
		cmocka_unit_test(a_stopped_child_misses_its_deadline_and_is_killed),
		cmocka_unit_test(a_writer_that_is_left_behind_goes_on),
		cmocka_unit_test(a_child_left_behind_is_collected_by_the_next_start),
		cmocka_unit_test(progress_starts_the_deadline_again),
		cmocka_unit_test(all_of_the_work_can_have_a_deadline_too),
		cmocka_unit_test(a_loop_is_distinguished_from_a_wait),
		cmocka_unit_test(a_child_that_dies_is_distinguished_from_a_child_that_hangs),
		cmocka_unit_test(a_child_that_says_too_much_is_cut_off),
		cmocka_unit_test(a_child_has_no_descriptors_but_its_own),
		cmocka_unit_test(a_child_has_a_session_of_its_own),
		cmocka_unit_test(a_reader_dies_with_its_parent),
		cmocka_unit_test(a_writer_does_not),
		cmocka_unit_test(a_parent_that_ignores_sigchld_can_wait_all_the_same),
		cmocka_unit_test(nothing_is_sent_to_a_child_that_takes_nothing),
		cmocka_unit_test(sending_to_a_dead_child_is_an_error_and_no_signal),
	};

	/* Children of a killed parent become children of this process, which can see their end. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
