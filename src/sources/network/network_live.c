/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running machine. A namespace is looked at from inside, so a child process goes there; and
 * whoever holds rtnl, the lock of all networking, keeps it waiting: it has a deadline.
 *
 * Namespaces are found by who is in them (/proc/PID/ns/net) and by the files that keep those that
 * nobody is in (ip-netns(8)).
 */
#include "sources/network/network_live.h"
#include "base/descriptors.h"
#include "base/process.h"
#include "base/text.h"
#include "sources/network/netlink.h"
#include "sources/network/network.h"
#include "sources/network/network_words.h"
#include "sources/network/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

enum {
	SILENCE_MS = 3000, /* how long the child may say nothing */
	SPACES_MAX = 4096,
	FIRST_SIZE = 1 << 16, /* of what the child says */
};

/* The number of the first PID namespace (include/linux/proc_ns.h: PROC_PID_INIT_INO). */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

struct tour {
	const struct root *root;
	struct arena *arena;
	FILE *out;
	const char *folder; /* of files that keep namespaces */
	int ours;
	uint64_t seen[SPACES_MAX];
	size_t count, denied;
	bool full;
};

/* True the first time. */
static bool is_new(struct tour *tour, uint64_t inode)
{
	for (size_t i = 0; i < tour->count; i++)
		if (tour->seen[i] == inode)
			return false;
	tour->full |= tour->count == SPACES_MAX;
	if (tour->full)
		return false;
	tour->seen[tour->count++] = inode;
	return true;
}

static void begin_namespace(struct tour *tour, const char *whose, const char *file,
			    const char *name)
{
	fprintf(tour->out, "namespace %s ", whose);
	network_write_word(tour->out, file, strlen(file));
	putc(' ', tour->out);
	network_write_rest(tour->out, name);
}

static void not_seen(struct tour *tour, const char *whose, const char *name, int cause)
{
	fprintf(tour->out, "unseen %s ", whose);
	network_write_rest(tour->out, arena_printf(tour->arena, "%s: %s", name, strerror(-cause)));
}

/* Go there and look. What was opened stays the same namespace whatever becomes of the file. */
static void visit(struct tour *tour, int space, const char *file, const char *name)
{
	int result = setns(space, CLONE_NEWNET) < 0 ? -errno : 0;

	if (result == 0) {
		begin_namespace(tour, "other", file, name);
		result = netlink_lines(tour->ours, tour->out);
	}
	if (result < 0)
		not_seen(tour, "other", name, result);
	fflush(tour->out);
}

static void visit_own(struct tour *tour)
{
	struct stat status;
	int result;

	tour->ours = root_openat(tour->root, "/proc/self/ns/net", O_RDONLY);
	if (tour->ours >= 0 && fstat(tour->ours, &status) == 0)
		is_new(tour, status.st_ino);
	begin_namespace(tour, "own", "/proc/self/ns/net", "our own");
	result = netlink_lines(-1, tour->out);
	if (result < 0)
		not_seen(tour, "own", "rtnetlink", result);
	fflush(tour->out);
}

/* A file that keeps no namespace is nobody's business. */
static int visit_kept(void *context, const char *name)
{
	struct tour *tour = context;
	const char *file = arena_concat(tour->arena, tour->folder, "/", name);
	_autoclose_ int space = root_openat(tour->root, file, O_RDONLY | O_NONBLOCK);
	struct statfs system;
	struct stat status;

	if (space < 0)
		not_seen(tour, "other", file, space);
	else if (fstatfs(space, &system) == 0 && system.f_type == NSFS_MAGIC &&
		 fstat(space, &status) == 0 && is_new(tour, status.st_ino))
		visit(tour, space, file, name);
	return 0;
}

/* Most processes are where we have been: the text of a link tells without opening it. */
static uint64_t inode_of(struct tour *tour, const char *file)
{
	char text[64];
	ssize_t length = root_readlink(tour->root, file, text, sizeof(text));
	const char *number = length > 0 ? text_after(text, "net:[") : NULL;
	uint64_t inode;

	tour->denied += length == -EACCES || length == -EPERM;
	if (!number)
		return 0;
	text[length - 1] = '\0';
	return text_number(number, 10, &inode) ? inode : 0;
}

static int visit_process(void *context, const char *name)
{
	struct tour *tour = context;
	char file[64];
	const char *command;
	uint64_t pid, inode;
	int space;

	if (!text_number(name, 10, &pid) || pid > INT_MAX)
		return 0;
	snprintf(file, sizeof(file), "/proc/%d/ns/net", (int)pid);
	inode = inode_of(tour, file);
	if (!inode || !is_new(tour, inode))
		return 0;
	command = process_command(tour->root, tour->arena, (pid_t)pid);
	name = arena_printf(tour->arena, "the network namespace of %s (process %d)",
			    command ? command : "?", (int)pid);
	space = root_openat(tour->root, file, O_RDONLY);
	if (space >= 0) {
		visit(tour, space, file, name);
		close(space);
	} else if (space != -ENOENT && space != -ESRCH) {
		not_seen(tour, "other", name, space);
	} else {
		/* It ended; others may be in there. */
		tour->count--;
	}
	return 0;
}

/* Processes that /proc does not show are in namespaces that we know nothing of. */
static void admit_gaps(struct tour *tour)
{
	char text[64];

	if (tour->full)
		fprintf(tour->out, "unseen other there are more than %d network namespaces\n",
			SPACES_MAX);
	if (tour->denied)
		fprintf(tour->out,
			"unseen other /proc/*/ns/net: %zu processes may not be looked at\n",
			tour->denied);
	else if (root_has(tour->root, "/proc/1") <= 0)
		fputs("unseen other /proc does not show the processes of others\n", tour->out);
	if (root_readlink(tour->root, "/proc/self/ns/pid", text, sizeof(text)) <= 0 ||
	    strcmp(text, FIRST_PID_NAMESPACE) != 0)
		fputs("unseen other /proc: in a container the processes outside do not show\n",
		      tour->out);
}

static void go(const struct root *root, FILE *out)
{
	static const char *const kept[] = {"/run/netns", "/run/docker/netns"};
	_autoarena_ struct arena *arena = arena_new();
	static struct tour tour;
	int result;

	tour = (struct tour){.root = root, .arena = arena, .out = out};
	session_lines(root, getpid(), out);
	visit_own(&tour);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		tour.folder = kept[i];
		result = root_list(root, kept[i], visit_kept, &tour);
		if (result < 0 && result != -ENOENT)
			not_seen(&tour, "other", kept[i], result);
	}
	result = root_list(root, "/proc", visit_process, &tour);
	if (result < 0)
		not_seen(&tour, "other", "/proc", result);
	else
		admit_gaps(&tour);
	fputs("end\n", out);
}

static _Noreturn void go_in_child(const struct root *root, int pipe)
{
	int kept[3] = {[2] = pipe};
	FILE *out;

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	root_descriptors(root, kept);
	descriptors_keep_only(kept, ARRAY_SIZE(kept));
	out = fdopen(pipe, "w");
	if (!out)
		_exit(1);
	go(root, out);
	_exit(fclose(out) != 0);
}

/* What the child says until it ends (true), falls silent or says too much. */
static bool listen_to(int pipe, struct arena *arena, char **ret_text)
{
	struct pollfd poller = {.fd = pipe, .events = POLLIN};
	_autofree_ char *bytes = NULL;
	size_t used = 0, size = 0;
	ssize_t got = -1;

	while (got && used < NETWORK_MAX) {

		if (used == size) {
			size = size ? size * 2 : FIRST_SIZE;
			bytes = realloc(bytes, size);
			if (!bytes)
				memory_exhausted();
		}
		if (poll(&poller, 1, SILENCE_MS) <= 0)
			break;
		got = read(pipe, bytes + used, size - used);
		used += got > 0 ? (size_t)got : 0;
	}
	*ret_text = arena_text(arena, bytes ? bytes : "", used);
	return got == 0;
}

int network_live(const struct root *root, struct arena *arena, char **ret_text)
{
	_autoclose_ int out = -1;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	out = ends[0];
	pid = fork();
	if (pid < 0) {
		close(ends[1]);
		return -errno;
	}
	if (pid == 0)
		go_in_child(root, ends[1]);
	close(ends[1]);
	if (listen_to(out, arena, ret_text)) {
		waitpid(pid, NULL, 0);
	} else {
		/* One that waits for a lock ends when it gets it: nobody waits for that. */
		kill(pid, SIGKILL);
		waitpid(pid, NULL, WNOHANG);
	}
	return 0;
}
