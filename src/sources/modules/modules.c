/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/modules/modules.h"

#include "base/clock.h"
#include "base/text.h"
#include "sources/modules/module_options.h"
#include "sources/modules/modules_kmod.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum {
	DEADLINE_MS = 2000,
	ANSWERS_MAX = 1 << 20, /* bytes */
	NAME_MAX_LENGTH = 63,  /* MODULE_NAME_LEN of the kernel */
	CONFIGURATIONS = 4,
	FOLDER_SIZE = 32,
};

/* Where modprobe looks, the folder that overrides the others first (kmod_new). */
static const char *const configurations[CONFIGURATIONS] = {
	"/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/lib/modprobe.d"};

/* Open folders, named so that libkmod finds them in a captured tree too. */
struct folders {
	int index;
	int configuration[CONFIGURATIONS];
};

static void close_folders(struct folders *folders)
{
	cleanup_close(&folders->index);
	for (size_t i = 0; i < CONFIGURATIONS; i++)
		cleanup_close(&folders->configuration[i]);
}

/* A link in a captured tree would lead libkmod to a file of this machine. */
static bool has_links(int folder)
{
	static const char *const files[] = {"modules.alias.bin",      "modules.dep.bin",
					    "modules.builtin.bin",    "modules.builtin.alias.bin",
					    "modules.symbols.bin",    "modules.softdep",
					    "modules.builtin.modinfo"};
	struct stat status;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (fstatat(folder, files[i], &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    !S_ISREG(status.st_mode))
			return true;
	return false;
}

static int open_folders(const struct root *root, const char *release, struct folders *folders)
{
	char path[PATH_SIZE];

	*folders = (struct folders){.index = -1};
	for (size_t i = 0; i < CONFIGURATIONS; i++)
		folders->configuration[i] =
			root_openat(root, configurations[i], O_RDONLY | O_DIRECTORY);
	if (!*release || *release == '.' || strchr(release, '/'))
		return -EBADMSG;
	snprintf(path, sizeof(path), "/lib/modules/%s", release);
	folders->index = root_openat(root, path, O_RDONLY | O_DIRECTORY);
	if (folders->index < 0)
		return folders->index;
	if (faccessat(folders->index, "modules.alias.bin", F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return has_links(folders->index) ? -EBADMSG : 0;
}

/*
 * The child's side: a line for each answer, "m QUERY FLAGS NAME" with letters for what it is; then,
 * where asked for in full, "o OPTIONS" and a line "n NAME" for each module that it needs.
 */
struct teller {
	FILE *out;
	size_t query;
};

static void tell(void *context, const struct module_answer *answer)
{
	const struct teller *teller = context;

	fprintf(teller->out, "m %zu %c%c%c %s\n", teller->query, answer->builtin ? 'b' : '-',
		answer->blacklisted ? 'x' : '-', answer->has_install_command ? 'i' : '-',
		answer->name);
	if (answer->options)
		fprintf(teller->out, "o %s\n", answer->options);
	for (size_t i = 0; i < answer->need_count; i++)
		fprintf(teller->out, "n %s\n", answer->needs[i]);
}

static int ask_kmod(const struct folders *folders, const struct module_query *queries, size_t count,
		    FILE *out)
{
	char index[FOLDER_SIZE], names[CONFIGURATIONS][FOLDER_SIZE];
	const char *configuration[CONFIGURATIONS + 1] = {0};
	struct teller teller = {.out = out};
	struct modules_kmod *kmod;
	size_t used = 0;
	int result;

	snprintf(index, sizeof(index), "/proc/self/fd/%d", folders->index);
	for (size_t i = 0; i < CONFIGURATIONS; i++) {
		if (folders->configuration[i] < 0)
			continue;
		snprintf(names[used], FOLDER_SIZE, "/proc/self/fd/%d", folders->configuration[i]);
		configuration[used] = names[used];
		used++;
	}
	result = modules_kmod_open(index, configuration, &kmod);
	for (; result == 0 && teller.query < count; teller.query++)
		result = modules_kmod_find(kmod, queries[teller.query].alias,
					   queries[teller.query].in_full, tell, &teller);
	return result;
}

static _Noreturn void answer_in_child(const struct folders *folders,
				      const struct module_query *queries, size_t count, int pipe)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	FILE *out = fdopen(pipe, "w");
	int result;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* What libkmod or a crash in it has to say is not for our users. */
	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	if (!out)
		_exit(1);
	result = ask_kmod(folders, queries, count, out);
	/* Without this line the child died half-way. */
	fprintf(out, "end %d\n", result == -ENOSYS ? ENOSYS : result < 0 ? EBADMSG : 0);
	fclose(out);
	_exit(0);
}

/* All that the child says until it ends, at most ANSWERS_MAX bytes; false where it takes too long.
 */
static bool listen_to(int pipe, char *text, size_t *ret_length)
{
	int64_t deadline = clock_ms() + DEADLINE_MS;
	struct pollfd poller = {.fd = pipe, .events = POLLIN};
	size_t length = 0;

	while (length < ANSWERS_MAX) {
		int64_t left = deadline - clock_ms();
		ssize_t got;

		if (left <= 0 || poll(&poller, 1, (int)left) <= 0)
			return false;
		got = read(pipe, text + length, ANSWERS_MAX - length);
		if (got < 0)
			return false;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	text[length] = '\0';
	*ret_length = length;
	return true;
}

static bool is_name(const char *name)
{
	size_t length = strlen(name);

	return length && length <= NAME_MAX_LENGTH && !strchr(name, '/') && *name != '.';
}

/* Built in or not is for the index to say; the rest is up to the kernel, not to libkmod, which
 * would look at this machine's even for a captured tree. */
static enum module_state state_of(const struct root *root, const char *name, bool builtin)
{
	char path[PATH_SIZE], state[32];

	if (builtin)
		return MODULE_BUILTIN;
	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	if (root_read_text(root, path, state, sizeof(state)) <= 0)
		return MODULE_NOT_LOADED;
	return strcmp(state, "live") == 0 ? MODULE_LIVE : MODULE_LOADING;
}

struct answers {
	const struct root *root;
	struct arena *arena;
	struct module_query *queries;
	size_t count;
	struct module *last; /* the module that the next lines are about, or NULL */
	bool complete;
	int result;
};

static struct module *add_module(struct answers *answers, struct module_query *query,
				 const char *name, const char *flags)
{
	struct module *modules =
		arena_array(answers->arena, query->count + 1, sizeof(*query->modules));

	/* One or two claim a device, so copying the few before it is no matter. */
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

static void take_module(struct answers *answers, const char *line)
{
	enum { PER_QUERY_MAX = 64 };
	char name[256], flags[4];
	unsigned long query;

	answers->last = NULL;
	if (sscanf(line, "m %lu %3s %255s", &query, flags, name) == 3 && query < answers->count &&
	    is_name(name) && answers->queries[query].count < PER_QUERY_MAX)
		answers->last = add_module(answers, &answers->queries[query], name, flags);
}

static void take_need(const struct answers *answers, const char *name)
{
	struct module *module = answers->last;
	const char **needs;

	if (!is_name(name) || module->need_count == MODULE_NEEDS_MAX)
		return;
	if (!module->needs)
		module->needs =
			arena_array(answers->arena, MODULE_NEEDS_MAX, sizeof(*module->needs));
	needs = (const char **)module->needs;
	needs[module->need_count++] = arena_strdup(answers->arena, name);
}

static void take_line(struct answers *answers, const char *line)
{
	int code;

	if (sscanf(line, "end %d", &code) == 1) {
		answers->complete = true;
		answers->result = -code;
	} else if (text_starts(line, "m ")) {
		take_module(answers, line);
	} else if (answers->last && text_starts(line, "o ")) {
		answers->last->options = arena_strdup(answers->arena, line + 2);
	} else if (answers->last && text_starts(line, "n ")) {
		take_need(answers, line + 2);
	}
}

static int ask_child(const struct folders *folders, struct answers *answers)
{
	_autoarena_ struct arena *scratch = arena_new();
	char *text = arena_alloc(scratch, ANSWERS_MAX + 1);
	_autoclose_ int out = -1;
	size_t length;
	int ends[2];
	bool heard;
	pid_t pid;
	char *save;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	out = ends[0];
	pid = fork();
	if (pid == 0)
		answer_in_child(folders, answers->queries, answers->count, ends[1]);
	close(ends[1]);
	if (pid < 0)
		return -errno;
	heard = listen_to(out, text, &length);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (!heard)
		return -EBADMSG;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take_line(answers, line);
	return answers->complete ? answers->result : -EBADMSG;
}

/* libkmod reads the command line of the machine that it runs on, whatever tree it is given. */
static void take_options_of_tree(const struct answers *answers)
{
	char ours[ATTRIBUTE_MAX] = "", theirs[ATTRIBUTE_MAX];
	_autoclose_ int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, ours, sizeof(ours) - 1);

	ours[length > 0 ? text_trim(ours, (size_t)length) : 0] = '\0';
	if (root_read_text(answers->root, "/proc/cmdline", theirs, sizeof(theirs)) < 0)
		*theirs = '\0';
	for (size_t i = 0; i < answers->count; i++) {
		const struct module_query *query = &answers->queries[i];

		for (size_t j = 0; query->in_full && j < query->count; j++) {
			struct module *module = (struct module *)&query->modules[j];

			module->options = module_options_swap(answers->arena, module->options,
							      module->name, ours, theirs);
		}
	}
}

static int fail(int result, const char *release, struct error *e)
{
	if (result == -ENOSYS)
		return error_set(e, ERROR_IO, result, "libkmod is not installed");
	if (result == -EBADMSG)
		return error_set(e, ERROR_MALFORMED, result,
				 "the module index in /lib/modules/%s makes no sense", release);
	return error_set(e, result == -EACCES ? ERROR_PERMISSION : ERROR_IO, result,
			 "/lib/modules/%s", release);
}

int modules_look_up(const struct root *root, const char *release, struct arena *arena,
		    struct module_query *queries, size_t count, struct error *e)
{
	struct answers answers = {.root = root, .arena = arena, .queries = queries, .count = count};
	struct folders folders;
	int result = open_folders(root, release, &folders);

	for (size_t i = 0; i < count; i++)
		queries[i].count = 0;
	if (result == 0 && count)
		result = ask_child(&folders, &answers);
	if (result == 0 && !root_is_live(root))
		take_options_of_tree(&answers);
	close_folders(&folders);
	return result < 0 ? fail(result, release, e) : 0;
}

const char *modules_modalias(const struct root *root, struct arena *arena, const char *path)
{
	char file[PATH_SIZE], modalias[ATTRIBUTE_MAX];

	if (!text_join(path, "modalias", file, sizeof(file)) ||
	    root_read_text(root, file, modalias, sizeof(modalias)) <= 0)
		return NULL;
	return arena_strdup(arena, modalias);
}
