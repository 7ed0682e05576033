/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/modules/modules.h"

#include "base/child.h"
#include "base/process.h"
#include "base/text.h"
#include "base/text_map.h"
#include "sources/modules/modules_child.h"
#include "sources/modules/modules_files.h"
#include "sources/modules/modules_kmod.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	DEADLINE_MS = 2000,    /* for the next query of the child */
	TOTAL_MS = 30 * 1000,  /* for all of them */
	ANSWERS_MAX = 1 << 20, /* largest size of the child's answers, in bytes */
	NAME_MAX_LENGTH = 63,  /* longest name of a module (MODULE_NAME_LEN of the kernel) */
};

static bool is_module_name(const char *name)
{
	size_t length = strlen(name);

	return length && length <= NAME_MAX_LENGTH && !strchr(name, '/') && *name != '.';
}

/*
 * The state of a module. libkmod's index lists the built-in modules. Loaded modules are read here:
 * libkmod would read this machine's /sys even for a captured tree.
 */
static enum module_state state_of(const struct root *root, const char *name, bool builtin)
{
	char state[32];

	if (builtin)
		return MODULE_BUILTIN;
	if (root_readf_text(root, state, sizeof(state), "/sys/module/%s/initstate", name) <= 0)
		return MODULE_NOT_LOADED;
	return strcmp(state, "live") == 0 ? MODULE_LIVE : MODULE_LOADING;
}

struct answers {
	const struct root *root;
	struct arena *arena;
	struct module_query *queries;
	size_t count;
	/* the module to which the next lines of the child's answers belong, or NULL */
	struct module *last;
	bool complete;
	int result;
};

static struct module *add_claiming_module(struct answers *answers, struct module_query *query,
					  const char *name, const char *flags)
{
	struct module *modules =
		arena_array(answers->arena, query->count + 1, sizeof(*query->modules));

	/* The array of a query's modules grows by copying: one or two modules claim a device. */
	if (query->count)
		memcpy(modules, query->modules, query->count * sizeof(*modules));
	modules[query->count] = (struct module){
		.name = arena_strdup(answers->arena, name),
		.state = state_of(answers->root, name, flags[0] == 'b'),
		.blacklisted = flags[1] == 'x',
		.has_install_command = flags[2] == 'i',
	};
	query->modules = modules;
	return &modules[query->count++];
}

static void parse_module(struct answers *answers, const char *line)
{
	enum { PER_QUERY_MAX = 64 };
	char name[256], flags[4];
	unsigned long query;

	answers->last = NULL;
	if (sscanf(line, "m %lu %3s %255s", &query, flags, name) == 3 && query < answers->count &&
	    is_module_name(name) && answers->queries[query].count < PER_QUERY_MAX)
		answers->last = add_claiming_module(answers, &answers->queries[query], name, flags);
}

static void parse_need(const struct answers *answers, const char *name)
{
	struct module *module = answers->last;
	const char **needs;

	if (!is_module_name(name) || module->need_count == MODULE_NEEDS_MAX)
		return;
	if (!module->needs)
		module->needs =
			arena_array(answers->arena, MODULE_NEEDS_MAX, sizeof(*module->needs));
	needs = (const char **)module->needs;
	needs[module->need_count++] = arena_strdup(answers->arena, name);
}

static void parse_answer(struct answers *answers, const char *line)
{
	int code;

	if (sscanf(line, "end %d", &code) == 1) {
		answers->complete = true;
		answers->result = -code;
	} else if (text_starts(line, "m ")) {
		parse_module(answers, line);
	} else if (answers->last && text_starts(line, "o ")) {
		answers->last->options = arena_strdup(answers->arena, line + 2);
	} else if (answers->last && text_starts(line, "n ")) {
		parse_need(answers, line + 2);
	}
}

/* If the line "end" is missing, the child died half-way. */
static int parse_answers(struct answers *answers, char *text)
{
	char *save;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		parse_answer(answers, line);
	return answers->complete ? answers->result : -EBADMSG;
}

/* False where the child waits, or where /proc does not tell. */
static bool is_running(const struct child *child)
{
	_autoroot_ struct root *here = NULL;
	struct error ignored = {0};
	struct process_stat stat;

	return root_open(NULL, &here, &ignored) == 0 && process_stat(here, child->pid, &stat) &&
	       stat.state == 'R';
}

/* Read all answers of the child; on failure a result of modules_child_silence, or -EFBIG. */
static int receive_answers(const struct child *child, char **ret_text, size_t *ret_length)
{
	struct modules_silence silence = {0};
	char *text = NULL;
	size_t length = 0;
	int result;

	do {
		_autofree_ char *part = NULL;
		size_t part_length;

		result = child_read_all(child, ANSWERS_MAX - length, DEADLINE_MS, &part,
					&part_length);
		text = realloc(text, length + part_length + 1);
		if (!text)
			memory_exhausted();
		memcpy(text + length, part, part_length + 1);
		length += part_length;
		if (result != -ETIMEDOUT)
			break;
		result = modules_child_silence(&silence, *child->progress, child_cpu_ms(child),
					       is_running(child));
	} while (result == 0);
	*ret_text = text;
	*ret_length = length;
	return result;
}

/*
 * Make the queries in a child process; if this returns -ETIMEDOUT, *@ret_pid is the child, which is
 * left behind.
 */
static int look_up_in_child(struct modules_request *request, struct answers *answers,
			    pid_t *ret_pid)
{
	int kept[2], result;
	const struct child_work work = {
		.run = modules_child_run,
		.context = request,
		.kept = kept,
		.kept_count = ARRAY_SIZE(kept),
		.total_ms = TOTAL_MS,
	};
	_autofree_ char *text = NULL;
	struct child child;
	size_t length;

	root_descriptors(request->root, kept);
	result = child_start(&child, &work);
	if (result < 0)
		return result;
	*ret_pid = child.pid;
	result = receive_answers(&child, &text, &length);
	if (result == -ETIMEDOUT)
		child_leave(&child);
	else
		child_end(&child);
	root_take_relayed(request->root, text, length);
	if (result == -EFBIG)
		return -EBADMSG;
	return result < 0 ? result : parse_answers(answers, text);
}

static int report_failure_to_ask(int result, const char *release, pid_t pid, struct error *e)
{
	if (result == -ENOSYS)
		return error_set(e, ERROR_IO, result, "libkmod is not installed");
	if (result == -EBADMSG)
		return error_set(e, ERROR_MALFORMED, result,
				 "the module index in /lib/modules/%s is malformed", release);
	if (result == -ETIME)
		return error_set(e, ERROR_IO, result,
				 "libkmod got too little processor time for the module index in "
				 "/lib/modules/%s: this machine is slow or busy",
				 release);
	if (result == -ETIMEDOUT)
		return error_set(e, ERROR_IO, result,
				 "a file of /lib/modules/%s or modprobe.d does not answer; process "
				 "%d waits for it",
				 release, pid);
	return error_set(e, result == -EACCES ? ERROR_PERMISSION : ERROR_IO, result,
			 "/lib/modules/%s", release);
}

/*
 * Queries of which no two are equal, and for each query of the caller the place of its equal. A
 * machine has many devices of one model, and libkmod takes as long for the second as for the first.
 */
struct distinct {
	struct module_query *queries;
	size_t count;
	size_t *places;
};

/* Of two queries with the same alias. */
static bool asks_the_same(const struct module_query *one, const struct module_query *other)
{
	return one->in_full == other->in_full && one->for_options == other->for_options;
}

static struct distinct find_distinct(const struct module_query *queries, size_t count,
				     struct arena *arena)
{
	struct text_map *known = text_map_new(arena);
	struct distinct distinct = {
		.queries = arena_array(arena, count, sizeof(*distinct.queries)),
		.places = arena_array(arena, count, sizeof(*distinct.places)),
	};

	for (size_t i = 0; i < count; i++) {
		size_t *number = text_map_at(known, queries[i].alias);

		if (!*number || !asks_the_same(&distinct.queries[*number - 1], &queries[i])) {
			distinct.queries[distinct.count++] = (struct module_query){
				.alias = queries[i].alias,
				.in_full = queries[i].in_full,
				.for_options = queries[i].for_options,
			};
			*number = distinct.count;
		}
		distinct.places[i] = *number - 1;
	}
	return distinct;
}

static int look_up_distinct(const struct root *root, const char *release, struct arena *arena,
			    struct module_query *queries, size_t count, struct error *e)
{
	struct answers answers = {.root = root, .arena = arena, .queries = queries, .count = count};
	char shelf[SHELF_SIZE] = "";
	struct modules_request request = {
		.root = root,
		.release = release,
		.shelf = shelf,
		.queries = queries,
		.count = count,
	};
	/*
	 * Only a captured tree needs a shelf (modules_files.h): links of the running machine may
	 * lead anywhere.
	 */
	int result = root_is_live(root) ? 0 : shelf_make(shelf);
	pid_t pid = 0;

	if (result < 0)
		return error_set(e, ERROR_IO, result, "cannot make a folder for libkmod: %s",
				 shelf);
	result = look_up_in_child(&request, &answers, &pid);
	shelf_remove(shelf);
	return result < 0 ? report_failure_to_ask(result, release, pid, e) : 0;
}

int modules_look_up(const struct root *root, const char *release, struct arena *arena,
		    struct module_query *queries, size_t count, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct distinct distinct = find_distinct(queries, count, scratch);
	int result = look_up_distinct(root, release, arena, distinct.queries, distinct.count, e);

	for (size_t i = 0; i < count; i++) {
		queries[i].modules = distinct.queries[distinct.places[i]].modules;
		queries[i].count = distinct.queries[distinct.places[i]].count;
	}
	return result;
}

int modules_without_release(int cause, const char *file, struct error *e)
{
	if (!cause)
		cause = -ENOENT;
	return error_set(e, cause == -EACCES ? ERROR_PERMISSION : ERROR_IO, cause, "%s", file);
}

enum source_state modules_state(int result)
{
	switch (result) {
	case -ENOENT:
	case -ENOSYS:
		return SOURCE_ABSENT;
	case -EACCES:
	case -EPERM:
		return SOURCE_DENIED;
	case -ETIME:
	case -ETIMEDOUT:
		return SOURCE_BUSY;
	default:
		return SOURCE_MALFORMED;
	}
}

const char *modules_modalias(const struct root *root, struct arena *arena, const char *path)
{
	char modalias[ATTRIBUTE_MAX];

	if (root_readf_text(root, modalias, sizeof(modalias), "%s/modalias", path) <= 0)
		return NULL;
	return arena_strdup(arena, modalias);
}
