/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/processes.h"

#include "base/text.h"
#include "base/text_map.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kinds of processes in the map. */
enum { OF_KERNEL = 1, OF_USER, WITHOUT_FIRST_THREAD };

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

/* Each thread counts as a link of that folder (fs/proc/base.c: proc_task_getattr). */
static bool has_other_threads(const char *name)
{
	enum { LINKS_OF_ONE = 3 };
	char folder[64];
	struct stat status;

	snprintf(folder, sizeof(folder), "/proc/%s/task", name);
	return stat(folder, &status) == 0 && status.st_nlink > LINKS_OF_ONE;
}

static size_t find_kind(const char *name)
{
	if (!has_no_program(name))
		return OF_USER;
	return has_other_threads(name) ? WITHOUT_FIRST_THREAD : OF_KERNEL;
}

static size_t kind_of_process(struct processes *processes, const char *name)
{
	size_t *kind;

	if (!root_is_live(processes->root))
		return OF_USER;
	if (!processes->kinds)
		processes->kinds = text_map_new(processes->arena);
	kind = text_map_at(processes->kinds, name);
	if (!*kind)
		*kind = find_kind(name);
	return *kind;
}

static int visit_thread(void *context, const char *name)
{
	const struct visit *visit = context;
	uint64_t tid;

	if (!text_number(name, 10, &tid) || tid > INT_MAX || has_no_program(name))
		return 0;
	return visit->each(visit->context, name, (pid_t)tid);
}

static int visit_entry_of_proc(void *context, const char *name)
{
	struct visit *visit = context;
	int result = 0;
	uint64_t pid;

	if (!text_number(name, 10, &pid) || pid > INT_MAX)
		return 0;
	switch (kind_of_process(visit->processes, name)) {
	case OF_KERNEL:
		break;
	case OF_USER:
		result = visit->each(visit->context, name, (pid_t)pid);
		break;
	case WITHOUT_FIRST_THREAD:
		result = root_listf(visit->processes->root, visit_thread, visit, "/proc/%s/task",
				    name);
		break;
	}
	/* A process that ends during the visit is none. */
	return root_is_absence(result) ? 0 : result;
}

int processes_each(struct processes *processes,
		   int (*each)(void *context, const char *name, pid_t pid), void *context)
{
	struct visit visit = {processes, each, context};

	return root_list(processes->root, "/proc", visit_entry_of_proc, &visit);
}
