/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/child.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/descriptors.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

enum {
	GLANCE_MS = 50,
	END_MS = 250, /* time in which an idle child ends */
	KEPT_MAX = 16,
	LEFT_MAX = 64,
	FIRST_SIZE = 1 << 14,
	STACK_SIZE = 1 << 17,
	BESIDE_SIZE = 256,
};

/* Children that were left behind and may have ended since. */
static pid_t left[LEFT_MAX];
static size_t left_count;

/* In a child: its progress counter, in memory shared with its parent. */
static volatile size_t *own_progress;

void child_progress(size_t steps)
{
	*own_progress = steps;
}

static void collect_left_behind(void)
{
	size_t still = 0;

	for (size_t i = 0; i < left_count; i++)
		if (waitpid(left[i], NULL, WNOHANG) == 0)
			left[still++] = left[i];
	left_count = still;
}

/*
 * glibc keeps signals 32 and 33 for itself, so only the system call blocks all. A fault of the
 * child (SIGSEGV, SIGABRT) still ends it.
 */
static void block_all_signals(void)
{
	static const uint64_t all = ~UINT64_C(0);

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
}

static void silence_outputs(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/*
	 * If /dev/null is missing, an O_PATH descriptor, which allows neither reads nor writes,
	 * takes its place.
	 */
	if (null < 0)
		null = open("/", O_PATH | O_CLOEXEC);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
}

static void close_other_descriptors(const struct child_work *work, int channel)
{
	int kept[KEPT_MAX + 4] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, channel};
	size_t count = 4;

	for (size_t i = 0; i < work->kept_count; i++)
		kept[count++] = work->kept[i];
	silence_outputs();
	descriptors_keep_only(kept, count);
}

/* Make the process a child by the rules. False: its parent has ended, so the child ends too. */
static bool settle_in(const struct child_work *work, int channel, pid_t parent)
{
	block_all_signals();
	setsid();
	if (!work->outlives_parent) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* The parent may have ended before prctl(PR_SET_PDEATHSIG) was called. */
		if (getppid() != parent)
			return false;
	}
	close_other_descriptors(work, channel);
	return true;
}

static _Noreturn void work_in_child(const struct child_work *work, int channel, pid_t parent)
{
	if (!settle_in(work, channel, parent))
		_exit(1);
	left_count = 0;
	work->run(work->context, channel);
	_exit(0);
}

/* The input of a child that shares memory, in the BESIDE_SIZE bytes above its stack. */
struct beside {
	struct child_work work;
	int channel;
	pid_t parent;
};
_Static_assert(sizeof(struct beside) <= BESIDE_SIZE, "else it would begin in the stack");

/* The process ends when this returns (clone(2)), without anything that is its parent's to do. */
static int work_beside(void *context)
{
	const struct beside *beside = context;

	if (settle_in(&beside->work, beside->channel, beside->parent))
		beside->work.run(beside->work.context, beside->channel);
	return 0;
}

static pid_t start_beside(const struct child *child, const struct child_work *work, int channel)
{
	struct beside *beside = (void *)((char *)child->stack + STACK_SIZE - BESIDE_SIZE);

	*beside = (struct beside){.work = *work, .channel = channel, .parent = child->parent};
	return clone(work_beside, beside, CLONE_VM | SIGCHLD, beside);
}

/* If SIGCHLD is ignored, the kernel may reuse the pid of a child before waitpid. */
static void need_child_signals(void)
{
	struct sigaction action;

	if (sigaction(SIGCHLD, NULL, &action) == 0 &&
	    (action.sa_handler == SIG_IGN || action.sa_flags & SA_NOCLDWAIT))
		signal(SIGCHLD, SIG_DFL);
}

static pid_t start_process(const struct child *child, const struct child_work *work, int channel)
{
	pid_t pid;

	if (child->stack)
		return start_beside(child, work, channel);
	pid = fork();
	if (pid == 0) {
		own_progress = child->progress;
		work_in_child(work, channel, child->parent);
	}
	return pid;
}

static int connect_child(struct child *child, const struct child_work *work)
{
	_autoclose_ int ours = -1;
	_autoclose_ int theirs = -1;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	ours = ends[0];
	theirs = ends[1];
	child->pid = start_process(child, work, theirs);
	if (child->pid < 0)
		return -errno;
	child->pidfd = pidfd_open(child->pid, 0);
	child->channel = steal_fd(&ours);
	return 0;
}

/* The lowest page of a stack is not to be used. */
static int map_stack(struct child *child, const struct child_work *work)
{
	void *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	if (stack == MAP_FAILED)
		return -errno;
	mprotect(stack, 1, PROT_NONE);
	child->stack = stack;
	child->progress = work->progress;
	return 0;
}

/*
 * Each child has its own counter: a child that was left behind must not count progress for the next
 * one.
 */
static int map_counter(struct child *child)
{
	void *counter = mmap(NULL, sizeof(size_t), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (counter == MAP_FAILED)
		return -errno;
	child->progress = counter;
	return 0;
}

static void unmap_memory(const struct child *child)
{
	if (child->stack)
		munmap(child->stack, STACK_SIZE);
	else
		munmap((void *)child->progress, sizeof(size_t));
}

int child_start(struct child *ret_child, const struct child_work *work)
{
	struct child child = {
		.parent = getpid(),
		.pidfd = -1,
		.channel = -1,
		.outlives_parent = work->outlives_parent,
		.last_ms = work->total_ms ? clock_ms() + work->total_ms : 0,
	};
	int result = work->shares_memory ? map_stack(&child, work) : map_counter(&child);

	if (result < 0)
		return result;
	assert(work->kept_count <= KEPT_MAX);
	need_child_signals();
	collect_left_behind();
	result = connect_child(&child, work);
	if (result < 0)
		unmap_memory(&child);
	else
		*ret_child = child;
	return result;
}

static int64_t smaller(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

/*
 * Signals wait until the end of the glance, so that this does not change errno (@shares_memory).
 * sigfillset leaves out 32 and 33, and one that is blocked otherwise would arrive.
 */
static int glance(const struct child *child, short events, int64_t wait_ms)
{
	struct pollfd poller = {.fd = child->channel, .events = events};
	const struct timespec wait = {.tv_nsec = (long)wait_ms * 1000000};
	sigset_t all;

	memset(&all, 0xff, sizeof(all));
	return ppoll(&poller, 1, &wait, &all);
}

/*
 * The deadline counts only while this process runs: after a stop, or a suspend of the machine, it
 * starts again.
 */
static int wait_for(const struct child *child, short events, int silence_ms)
{
	size_t seen = *child->progress;
	int64_t last = clock_ms(), silent = 0;

	for (;;) {
		int result = glance(child, events, smaller(GLANCE_MS, silence_ms - silent));
		int64_t now = clock_ms();

		if (result > 0)
			return 0;
		if (result < 0 && errno != EINTR)
			return -errno;
		if (silent >= silence_ms || (child->last_ms && now >= child->last_ms))
			return -ETIMEDOUT;
		silent += smaller(GLANCE_MS, now - last);
		silent = smaller(silent, silence_ms);
		last = now;
		if (*child->progress != seen)
			silent = 0;
		seen = *child->progress;
	}
}

int child_wait(const struct child *child, int silence_ms)
{
	return wait_for(child, POLLIN, silence_ms);
}

ssize_t child_read(const struct child *child, void *bytes, size_t size, int silence_ms)
{
	for (;;) {
		ssize_t got = recv(child->channel, bytes, size, MSG_DONTWAIT);
		int result;

		if (got >= 0)
			return got;
		if (errno == ECONNRESET)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		result = child_wait(child, silence_ms);
		if (result < 0)
			return result;
	}
}

int child_read_all(const struct child *child, size_t most, int silence_ms, char **ret_text,
		   size_t *ret_length)
{
	size_t size = FIRST_SIZE, length = 0;
	char *text = malloc(size);
	ssize_t got;

	if (!text)
		memory_exhausted();
	for (;;) {
		got = child_read(child, text + length, size - length - 1, silence_ms);
		if (got <= 0)
			break;
		length += (size_t)got;
		if (length > most) {
			got = -EFBIG;
			break;
		}
		if (length + 1 < size)
			continue;
		size *= 2;
		text = realloc(text, size);
		if (!text)
			memory_exhausted();
	}
	text[length] = '\0';
	*ret_text = text;
	*ret_length = length;
	return (int)got;
}

int child_send(const struct child *child, const void *bytes, size_t size, int silence_ms)
{
	for (size_t sent = 0; sent < size;) {
		ssize_t step = send(child->channel, (const char *)bytes + sent, size - sent,
				    MSG_DONTWAIT | MSG_NOSIGNAL);
		int result;

		if (step >= 0) {
			sent += (size_t)step;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		result = wait_for(child, POLLOUT, silence_ms);
		if (result < 0)
			return result;
	}
	return 0;
}

bool child_is_ours(const struct child *child)
{
	return child->parent == getpid();
}

int64_t child_cpu_ms(const struct child *child)
{
	struct timespec used;
	clockid_t clock;

	if (clock_getcpuclockid(child->pid, &clock) != 0 || clock_gettime(clock, &used) < 0)
		return 0;
	return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/*
 * True where the child's process ends within @timeout_ms.  @ret_status: of waitpid(2), or 0 in a
 * process that did not start the child
 */
static bool ends_within(const struct child *child, int timeout_ms, int *ret_status)
{
	struct pollfd poller = {.fd = child->pidfd, .events = POLLIN};
	/* Without a pidfd, poll(2) cannot notice the end of the child and only lets time pass. */
	int wait_ms = child->pidfd < 0 ? 1 : GLANCE_MS;
	int64_t began = clock_ms();

	*ret_status = 0;
	while (waitpid(child->pid, ret_status, WNOHANG) == 0) {
		if (clock_ms() - began > timeout_ms)
			return false;
		poll(&poller, 1, wait_ms);
	}
	return true;
}

/* @ended: else its stack stays, as it is still in use */
static void release(struct child *child, bool ended)
{
	cleanup_close(&child->pidfd);
	if (ended || !child->stack)
		unmap_memory(child);
	*child = (struct child){.pidfd = -1, .channel = -1};
}

static void kill_child(const struct child *child)
{
	if (!child->outlives_parent && child_is_ours(child))
		kill(child->pid, SIGKILL);
}

static void remember_left(const struct child *child)
{
	if (left_count < LEFT_MAX && child_is_ours(child))
		left[left_count++] = child->pid;
}

bool child_end(struct child *child)
{
	bool ended;
	int status;

	cleanup_close(&child->channel);
	if (!child->stack)
		kill_child(child);
	ended = ends_within(child, END_MS, &status);
	if (!ended) {
		kill_child(child);
		remember_left(child);
	}
	release(child, ended);
	return ended;
}

int child_finish(struct child *child, int timeout_ms)
{
	int status;

	cleanup_close(&child->channel);
	child->channel = -1;
	if (!ends_within(child, timeout_ms, &status)) {
		child_end(child);
		return -ETIMEDOUT;
	}
	release(child, true);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECONNABORTED;
}

void child_leave(struct child *child)
{
	cleanup_close(&child->channel);
	kill_child(child);
	remember_left(child);
	release(child, false);
}
