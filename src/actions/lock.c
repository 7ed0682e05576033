/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/lock.h"

#include "actions/debugfs.h"
#include "actions/record.h"
#include "base/process.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const char LOCK[] = "lock";

enum {
	GLANCE_MS = 50,
	LOCK_FILE_MAX = 4096,
};

/* The fields of the lock file, which name the process that took the lock. */
struct taker {
	int pid;
	const char *command;
	uint64_t start_time;
};

static const struct record_field taker_fields[] = {
	{RECORD_INT, offsetof(struct taker, pid)},
	{RECORD_TEXT, offsetof(struct taker, command)},
	{RECORD_UINT64, offsetof(struct taker, start_time)},
	{RECORD_END},
};

static const struct record_layout taker_layout = {"holder", taker_fields};

void lock_read_holder(const struct store *store, struct lock_holder *ret_holder)
{
	_autoarena_ struct arena *arena = arena_new();
	struct lock_holder holder = {.state = HOLDER_UNKNOWN};
	struct error ignored = {0};
	struct record_reader reader = {
		.file = LOCK, .remedy = "", .arena = arena, .error = &ignored};
	struct taker taker;
	struct span bytes;

	*ret_holder = holder;
	if (store_read(store, LOCK, LOCK_FILE_MAX, arena, &bytes, &ignored) < 0)
		return;
	reader.bytes = bytes.start;
	reader.length = bytes.length;
	if (record_expect(&reader, &taker_layout, &taker) < 0)
		return;
	holder.state = process_lives(store_root(store), taker.pid, taker.start_time) ? HOLDER_ALIVE
										     : HOLDER_DEAD;
	holder.pid = taker.pid;
	holder.start_time = taker.start_time;
	snprintf(holder.command, sizeof(holder.command), "%s", taker.command);
	*ret_holder = holder;
}

/*
 * Wait until the lock is free. Returns 0, or -EWOULDBLOCK where another process has it until the
 * timeout.
 */
static int wait_for_lock(int fd, int timeout_ms)
{
	for (int waited = 0;; waited += GLANCE_MS) {
		int result = flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;

		if (result != -EWOULDBLOCK || waited >= timeout_ms)
			return result;
		if (poll(NULL, 0, GLANCE_MS) < 0)
			return -errno;
	}
}

static int write_holder(const struct store *store, int fd)
{
	char command[16] = "";
	struct taker self = {
		.pid = getpid(),
		.command = command,
		.start_time = process_start_time(store_root(store), getpid()),
	};
	_autofree_ char *line = NULL;
	size_t length = 0;
	FILE *out;

	/* Truncate first: the file must not name the previous holder. */
	if (ftruncate(fd, 0) < 0)
		return -errno;
	prctl(PR_GET_NAME, command);
	out = open_memstream(&line, &length);
	if (!out)
		memory_exhausted();
	record_write(out, 1, &taker_layout, &self);
	if (fclose(out) != 0)
		memory_exhausted();
	return store_write(fd, (struct span){line, length}, 0);
}

static int report_holder(const struct lock_holder *holder, struct error *e)
{
	if (holder->state == HOLDER_UNKNOWN)
		error_set(e, ERROR_LOCKED, 0, "another iommuctl is changing the machine");
	else
		error_set(e, ERROR_LOCKED, 0, "%s (process %d) %s", holder->command, holder->pid,
			  holder->state == HOLDER_ALIVE
				  ? "is changing the machine"
				  : "has ended, but a write of it is still pending in the kernel");
	return -EWOULDBLOCK;
}

static int lock_file_in_run(const struct store *store, int timeout_ms, int *ret_lock,
			    struct lock_holder *ret_holder, struct error *e)
{
	_autoclose_ int fd = store_openat(store, LOCK, O_RDWR | O_CREAT);
	int result;

	if (fd < 0)
		return store_error(e, fd, "open", LOCK);
	result = wait_for_lock(fd, timeout_ms);
	if (result == -EWOULDBLOCK) {
		lock_read_holder(store, ret_holder);
		return report_holder(ret_holder, e);
	}
	if (result < 0)
		return store_error(e, result, "lock", LOCK);
	*ret_lock = steal_fd(&fd);
	return 0;
}

/*
 * True for the line of /proc/locks about that file: "1: FLOCK  ADVISORY  WRITE 383 00:16:1234 0
 * EOF" (fs/locks.c: lock_get_status)
 */
static bool is_lock_of(const char *line, const struct stat *status, int *ret_pid)
{
	unsigned major_number, minor_number;
	unsigned long long inode;

	return sscanf(line, "%*u: FLOCK %*s %*s %d %x:%x:%llu", ret_pid, &major_number,
		      &minor_number, &inode) == 4 &&
	       major_number == major(status->st_dev) && minor_number == minor(status->st_dev) &&
	       inode == status->st_ino;
}

/*
 * Find the process that has locked the file @fd of the kernel: it may have another /run, where its
 * lock file cannot be read.
 */
static void find_holder(const struct root *root, int fd, struct lock_holder *ret_holder)
{
	enum { LOCKS_MAX = 4 * 1024 * 1024 };
	_autoarena_ struct arena *arena = arena_new();
	struct lock_holder holder = {.state = HOLDER_UNKNOWN};
	struct stat status;
	char *lines, *line;
	size_t length;
	int pid;

	*ret_holder = holder;
	if (fstat(fd, &status) < 0 ||
	    root_read_all(root, arena, "/proc/locks", LOCKS_MAX, &lines, &length) < 0)
		return;
	while ((line = strsep(&lines, "\n"))) {
		const char *command;

		if (!is_lock_of(line, &status, &pid) || pid <= 0)
			continue;
		command = process_command(root, arena, pid);
		holder.state = process_lives(root, pid, 0) ? HOLDER_ALIVE : HOLDER_DEAD;
		holder.pid = pid;
		snprintf(holder.command, sizeof(holder.command), "%s", command ? command : "?");
		*ret_holder = holder;
	}
}

static int open_in_sysfs(const struct root *root)
{
	return root_openat(root, LOCK_INODE, O_WRONLY);
}

/* The files of the kernel that are locked after the file in /run. */
static const struct kernel_file {
	const char *name;
	int (*open)(const struct root *root);
} kernel_files[] = {
	{LOCK_INODE, open_in_sysfs},
	{"the root of debugfs", debugfs_open},
};

/*
 * Such a file does not exist, or this process may not open it: then it cannot write to /sys either,
 * or it lacks CAP_SYS_ADMIN for debugfs.
 */
static bool is_no_lock(int cause)
{
	return cause == -ENOENT || cause == -EACCES || cause == -EPERM || cause == -EROFS;
}

static int lock_kernel_file(const struct store *store, const struct kernel_file *file,
			    int timeout_ms, int *ret_lock, struct lock_holder *ret_holder,
			    struct error *e)
{
	const struct root *root = store_root(store);
	_autoclose_ int fd = file->open(root);
	int result;

	if (is_no_lock(fd)) {
		*ret_lock = fd;
		return 0;
	}
	if (fd < 0)
		return error_set(e, ERROR_IO, fd, "cannot open %s", file->name);
	result = wait_for_lock(fd, timeout_ms);
	if (result == -EWOULDBLOCK) {
		find_holder(root, fd, ret_holder);
		return report_holder(ret_holder, e);
	}
	if (result < 0)
		return error_set(e, ERROR_IO, result, "cannot lock %s", file->name);
	*ret_lock = steal_fd(&fd);
	return 0;
}

static void close_locks(int locks[static LOCK_COUNT])
{
	for (int i = 0; i < LOCK_COUNT; i++)
		cleanup_close(&locks[i]);
}

static int lock_all_files(const struct store *store, int timeout_ms, int locks[static LOCK_COUNT],
			  struct lock_holder *ret_holder, struct error *e)
{
	int result = lock_file_in_run(store, timeout_ms, &locks[0], ret_holder, e);

	static_assert(LOCK_COUNT == 1 + ARRAY_SIZE(kernel_files), "a lock for each file");
	for (size_t i = 0; result == 0 && i < ARRAY_SIZE(kernel_files); i++)
		result = lock_kernel_file(store, &kernel_files[i], timeout_ms, &locks[i + 1],
					  ret_holder, e);
	return result;
}

bool lock_has_gap(const int locks[static LOCK_COUNT], char *out, size_t size)
{
	int cause = locks[LOCK_COUNT - 1];

	if (cause >= 0)
		return false;
	snprintf(out, size,
		 "an iommuctl in a container with its own /run and network would not be noticed: "
		 "%s cannot be locked: %s",
		 kernel_files[LOCK_COUNT - 2].name, strerror(-cause));
	return true;
}

int lock_take(const struct store *store, int timeout_ms, int ret_locks[static LOCK_COUNT],
	      struct lock_holder *ret_holder, struct error *e)
{
	int locks[LOCK_COUNT] = NO_LOCKS;
	int result = lock_all_files(store, timeout_ms, locks, ret_holder, e);

	if (result == 0) {
		result = write_holder(store, locks[0]);
		if (result < 0)
			store_error(e, result, "write", LOCK);
	}
	if (result < 0) {
		close_locks(locks);
		return result;
	}
	memcpy(ret_locks, locks, sizeof(locks));
	return 0;
}
