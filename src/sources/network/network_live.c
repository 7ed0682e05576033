/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network of the running machine. Only a process inside a network namespace can read it, so a
 * child process enters each of them. If a process holds rtnl, the lock of all networking, the child
 * blocks: it has a deadline.
 *
 * Namespaces are found through their processes (/proc/PID/ns/net) and through the files that keep a
 * namespace without processes (ip-netns(8)).
 */
#include "sources/network/network_live.h"
#include "base/child.h"
#include "base/process.h"
#include "base/text.h"
#include "sources/network/netlink.h"
#include "sources/network/network.h"
#include "sources/network/network_sockets.h"
#include "sources/network/network_words.h"
#include "sources/network/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum {
	/* time without output after which the child that reads namespaces is given up */
	SILENCE_MS = 3000,
	SPACES_MAX = 4096,
};

/* The number of the first PID namespace (include/linux/proc_ns.h: PROC_PID_INIT_INO). */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

struct tour {
	const struct root *root;
	struct arena *arena;
	FILE *out;
	const char *folder; /* the folder of files that keep network namespaces */
	int ours;
	uint64_t seen[SPACES_MAX];
	size_t count, denied;
	bool full;
};

/* True if the network namespace was not visited before; marks it as visited. */
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

static void write_unseen(struct tour *tour, const char *whose, const char *name, int cause)
{
	fprintf(tour->out, "unseen %s ", whose);
	network_write_rest(tour->out, arena_printf(tour->arena, "%s: %s", name, strerror(-cause)));
}

/*
 * Enter a namespace and print its lines. @space: a descriptor, which stays valid if the file is
 * removed.
 */
static void visit(struct tour *tour, int space, const char *file, const char *name)
{
	int result = setns(space, CLONE_NEWNET) < 0 ? -errno : 0;

	if (result == 0) {
		begin_namespace(tour, "other", file, name);
		/*
		 * If reading the namespace blocks, the parent has this line and knows which
		 * namespace it was.
		 */
		fflush(tour->out);
		result = netlink_lines(tour->ours, tour->out);
	}
	if (result < 0)
		write_unseen(tour, "other", name, result);
	fflush(tour->out);
}

static void visit_own(struct tour *tour)
{
	struct stat status;
	int result;

	tour->ours = root_openat(tour->root, "/proc/self/ns/net", O_RDONLY);
	if (tour->ours >= 0 && fstat(tour->ours, &status) == 0)
		is_new(tour, status.st_ino);
	begin_namespace(tour, "own", "/proc/self/ns/net", "this network namespace");
	fflush(tour->out);
	result = netlink_lines(-1, tour->out);
	if (result < 0)
		write_unseen(tour, "own", "rtnetlink", result);
	network_sockets(tour->root, tour->out);
	fflush(tour->out);
}

/* A file in the folder that keeps no namespace is skipped. */
static int visit_kept(void *context, const char *name)
{
	struct tour *tour = context;
	const char *file = arena_concat(tour->arena, tour->folder, "/", name);
	_autoclose_ int space = root_openat(tour->root, file, O_RDONLY | O_NONBLOCK);
	struct statfs system;
	struct stat status;

	if (space < 0)
		write_unseen(tour, "other", file, space);
	else if (fstatfs(space, &system) == 0 && system.f_type == NSFS_MAGIC &&
		 fstat(space, &status) == 0 && is_new(tour, status.st_ino))
		visit(tour, space, file, name);
	return 0;
}

/*
 * The inode of a process's namespace. The text of the link tells it without an open, which is
 * enough for namespaces that were visited.
 */
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

static int visit_process(void *context, const char *name, pid_t pid)
{
	struct tour *tour = context;
	char file[PATH_SIZE];
	const char *command;
	uint64_t inode;
	int space;

	if (root_path(tour->root, file, "/proc/%d/ns/net", pid) < 0)
		return 0;
	inode = inode_of(tour, file);
	if (!inode || !is_new(tour, inode))
		return 0;
	command = process_command(tour->root, tour->arena, pid);
	name = arena_printf(tour->arena, "the network namespace of %s (process %d)",
			    command ? command : "?", pid);
	space = root_openat(tour->root, file, O_RDONLY);
	if (space >= 0) {
		visit(tour, space, file, name);
		close(space);
	} else if (space != -ENOENT && space != -ESRCH) {
		write_unseen(tour, "other", name, space);
	} else {
		/*
		 * The process ended before its namespace was entered; others may be in that
		 * namespace, so it is not marked as visited.
		 */
		tour->count--;
	}
	return 0;
}

/* Processes that /proc hides may be in namespaces that were not visited: print "unseen" lines. */
static void admit_gaps(struct tour *tour)
{
	char text[64];

	if (tour->full)
		fprintf(tour->out, "unseen other there are more than %d network namespaces\n",
			SPACES_MAX);
	if (tour->denied)
		fprintf(tour->out, "unseen other /proc/*/ns/net: %zu processes may not be read\n",
			tour->denied);
	else if (root_has(tour->root, "/proc/1") <= 0)
		fputs("unseen other /proc does not show the processes of other users\n", tour->out);
	if (root_readlink(tour->root, "/proc/self/ns/pid", text, sizeof(text)) <= 0 ||
	    strcmp(text, FIRST_PID_NAMESPACE) != 0)
		fputs("unseen other /proc: in a container the processes outside of it are hidden\n",
		      tour->out);
}

/* The context of the child. */
struct live_look {
	const struct root *root;
	struct processes *processes;
};

static void look_everywhere(const struct live_look *look, FILE *out)
{
	const struct root *root = look->root;
	static const char *const kept[] = {"/run/netns", "/run/docker/netns"};
	_autoarena_ struct arena *arena = arena_new();
	static struct tour tour;
	int result;

	tour = (struct tour){.root = root, .arena = arena, .out = out};
	root_relay(out);
	/* This child itself has no login. */
	session_lines(root, getppid(), out);
	visit_own(&tour);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		tour.folder = kept[i];
		result = root_list(root, kept[i], visit_kept, &tour);
		if (result < 0 && result != -ENOENT)
			write_unseen(&tour, "other", kept[i], result);
	}
	result = processes_each(look->processes, visit_process, &tour);
	if (result < 0)
		write_unseen(&tour, "other", "/proc", result);
	else
		admit_gaps(&tour);
	fputs("end\n", out);
}

static void look_in_child(void *context, int channel)
{
	FILE *out = fdopen(channel, "w");

	if (!out)
		return;
	look_everywhere(context, out);
	fclose(out);
}

int network_live(const struct root *root, struct arena *arena, struct processes *processes,
		 char **ret_text)
{
	struct live_look look = {root, processes};
	_autofree_ char *text = NULL;
	int kept[2], result;
	const struct child_work work = {
		.run = look_in_child,
		.context = &look,
		.kept = kept,
		.kept_count = ARRAY_SIZE(kept),
	};
	struct child child;
	size_t length;

	root_descriptors(root, kept);
	result = child_start(&child, &work);
	if (result < 0)
		return result;
	result = child_read_all(&child, NETWORK_MAX, SILENCE_MS, &text, &length);
	length = root_take_relayed(root, text, length);
	if (result == -ETIMEDOUT) {
		*ret_text = network_cut_off(arena, text, child.pid);
		child_leave(&child);
		return 0;
	}
	child_end(&child);
	*ret_text = arena_text(arena, text, length);
	return 0;
}
