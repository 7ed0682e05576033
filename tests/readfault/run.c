/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of the program in a child, with one access that fails. */
#include "base/root.h"
#include "base/text.h"
#include "readfault/sweep.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The program itself (src/main.c), under a name that leaves main to the test. */
int program_main(int argc, char **argv);

/* Shared with the command's child and with that child's own children. */
struct counter {
	size_t accesses, fail_at;
	int cause;
	char path[PATH_ROOM];
	struct access_kind kinds[ACCESSES_MAX];
};

/* FNV-1a */
static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash;
}

static int count_access(void *context, enum root_access access, const char *path)
{
	struct counter *counter = context;
	size_t number = __atomic_add_fetch(&counter->accesses, 1, __ATOMIC_RELAXED);

	if (number < ACCESSES_MAX)
		counter->kinds[number] = (struct access_kind){access, hash_of(text_basename(path))};
	if (number != counter->fail_at)
		return 0;
	snprintf(counter->path, sizeof(counter->path), "%s", path);
	return counter->cause;
}

static struct counter *shared_counter(void)
{
	static struct counter *counter;

	if (counter)
		return counter;
	counter = mmap(NULL, sizeof(*counter), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (counter == MAP_FAILED)
		abort();
	return counter;
}

static _Noreturn void run_in_child(char *const *arguments, struct counter *counter, int output)
{
	const struct root_watch watch = {.before = count_access, .context = counter};
	int count = 0, status;

	while (arguments[count])
		count++;
	dup2(output, STDOUT_FILENO);
	if (!freopen("/dev/null", "w", stderr))
		_exit(99);
	root_watch(&watch);
	status = program_main(count, (char **)arguments);
	fflush(stdout);
	_exit(status);
}

static void read_output(int output, struct run *run)
{
	off_t end = lseek(output, 0, SEEK_END);

	run->length = end > 0 ? (size_t)end : 0;
	run->text = calloc(1, run->length + 1);
	if (!run->text || pread(output, run->text, run->length, 0) != (ssize_t)run->length)
		abort();
}

void load_libraries(void)
{
	dlopen("libkmod.so.2", RTLD_NOW);
	dlopen("libudev.so.1", RTLD_NOW);
}

static void copy_kinds(const struct counter *counter, struct run *run)
{
	if (counter->accesses >= ACCESSES_MAX)
		abort();
	memcpy(run->kinds, counter->kinds, sizeof(run->kinds));
}

struct run run_command(char *const *arguments, size_t fail_at, int cause)
{
	struct counter *counter = shared_counter();
	_autoclose_ int output = memfd_create("output", MFD_CLOEXEC);
	struct run run = {0};
	int status;
	pid_t pid;

	fflush(stdout);
	counter->accesses = 0;
	counter->fail_at = fail_at;
	counter->cause = cause;
	*counter->path = '\0';
	pid = fork();
	if (pid == 0)
		run_in_child(arguments, counter, output);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		abort();
	read_output(output, &run);
	run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
	run.accesses = counter->accesses;
	copy_kinds(counter, &run);
	memcpy(run.path, counter->path, sizeof(run.path));
	return run;
}
