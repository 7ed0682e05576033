/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/processes.h"

#include "base/text.h"
#include "base/text_map.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* The kinds of processes in the map. */
enum { OF_KERNEL = 1, OF_USER };

/* @kinds: of the number of each process that was asked, in digits; NULL: none was */
struct processes {
	const struct root *root;
	struct arena *arena;
	struct text_map *kinds;
};

/* @each is called with the processes that a visit finds. */
struct visit {
	struct processes *processes;
	int (*each)(void *context, const char *name, pid_t pid);
	void *context;
};

struct processes *processes_new(const struct root *root, struct arena *arena)
{
	struct processes *processes = arena_alloc(arena, sizeof(*processes));

	*processes = (struct processes){.root = root, .arena = arena};
	return processes;
}

/*
 * Only a process without memory has no program: a thread of the kernel, or a zombie
 * (fs/proc/base.c: proc_exe_link). The question is not noted as an access: its answer is no fact
 * about the machine, and no capture needs it.
 */
static bool has_no_program(const char *name)
{
	char file[64], program[1];

	snprintf(file, sizeof(file), "/proc/%s/exe", name);
	return readlink(file, program, sizeof(program)) < 0 && errno == ENOENT;
}

static bool is_of_kernel(struct processes *processes, const char *name)
{
	size_t *kind;

	if (!root_is_live(processes->root))
		return false;
	if (!processes->kinds)
		processes->kinds = text_map_new(processes->arena);
	kind = text_map_at(processes->kinds, name);
	if (!*kind)
		*kind = has_no_program(name) ? OF_KERNEL : OF_USER;
	return *kind == OF_KERNEL;
}

static int visit_entry_of_proc(void *context, const char *name)
{
	const struct visit *visit = context;
	uint64_t pid;

	if (!text_number(name, 10, &pid) || pid > INT_MAX || is_of_kernel(visit->processes, name))
		return 0;
	return visit->each(visit->context, name, (pid_t)pid);
}

int processes_each(struct processes *processes,
		   int (*each)(void *context, const char *name, pid_t pid), void *context)
{
	struct visit visit = {processes, each, context};

	return root_list(processes->root, "/proc", visit_entry_of_proc, &visit);
}
