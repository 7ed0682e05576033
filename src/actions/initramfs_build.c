/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/initramfs_build.h"

#include "base/arena.h"
#include "base/child.h"
#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum {
	/* Compressing an image on a small machine takes minutes without a line. */
	SILENCE_OF_TOOL_MS = 15 * 60 * 1000,
	ALL_IMAGES_MS = 60 * 60 * 1000,
	END_OF_TOOL_MS = 5000,
	TOOL_LINE_SIZE = 256,
	NOT_STARTED = 127,
};

/* The hooks of iommuctl fail where they cannot make the list; else they only warn of that. */
#define INITRAMFS_REQUIRES_PINS "IOMMUCTL_PINS_REQUIRED=1"

static char *path_below(const char *top, const char *path)
{
	char *full;

	if (asprintf(&full, "%s%s", top, path) < 0)
		memory_exhausted();
	return full;
}

static bool is_there(const char *top, const char *path, int mode)
{
	_autofree_ char *full = path_below(top, path);

	return access(full, mode) == 0;
}

static bool has_hook(const char *top, enum initramfs tool)
{
	for (const char *const *hooks = initramfs_hooks(tool); *hooks; hooks++)
		if (is_there(top, *hooks, F_OK))
			return true;
	return false;
}

int initramfs_find_builder(const char *top, enum initramfs *ret_tool, struct error *e)
{
	const char *without_hook = NULL;

	for (enum initramfs tool = INITRAMFS_UNKNOWN + 1; tool < INITRAMFS_COUNT; tool++) {
		const char *program = initramfs_rebuild_words(tool)[0];

		if (!is_there(top, program, X_OK))
			continue;
		if (has_hook(top, tool)) {
			*ret_tool = tool;
			return 0;
		}
		without_hook = program;
	}
	if (without_hook)
		error_set(e, ERROR_IO, 0, "%s has no hook of iommuctl, which puts pins into images",
			  without_hook);
	else
		error_set(e, ERROR_IO, 0,
			  "no program that builds an initramfs was found (update-initramfs, "
			  "dracut, mkinitcpio)");
	error_remedy(e, "With --no-initramfs the service alone applies pins at boot");
	return -ENOENT;
}

/* In the child: the tool, with the channel as its output and no signal blocked. */
static void become_tool(void *context, int channel)
{
	const char *const *words = context;
	const char *const environment[] = {"LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
					   "HOME=/root", INITRAMFS_REQUIRES_PINS, NULL};
	sigset_t none;

	sigemptyset(&none);
	if (dup2(channel, STDOUT_FILENO) < 0 || dup2(channel, STDERR_FILENO) < 0 ||
	    sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		_exit(NOT_STARTED);
	execve(words[0], (char *const *)words, (char *const *)environment);
	_exit(NOT_STARTED);
}

/* The output of the tool while it is read. @line: the last one, escaped; @length: of the one that
 * has not ended yet */
struct tool_output {
	FILE *progress;
	char raw[TOOL_LINE_SIZE];
	size_t length;
	char line[TOOL_LINE_SIZE];
};

static void end_tool_line(struct tool_output *output)
{
	if (!output->length)
		return;
	text_escape(output->raw, output->length, output->line, sizeof(output->line));
	output->length = 0;
	if (!output->progress)
		return;
	fprintf(output->progress, "%s\n", output->line);
	fflush(output->progress);
}

static void add_tool_bytes(struct tool_output *output, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i] == '\n' || bytes[i] == '\r')
			end_tool_line(output);
		else if (output->length < sizeof(output->raw))
			output->raw[output->length++] = bytes[i];
}

static int read_tool(const struct child *child, struct tool_output *output)
{
	char bytes[TOOL_LINE_SIZE];
	ssize_t got;

	while ((got = child_read(child, bytes, sizeof(bytes), SILENCE_OF_TOOL_MS)) > 0)
		add_tool_bytes(output, bytes, (size_t)got);
	end_tool_line(output);
	return (int)got;
}

static int judge_end(const char *program, int status, const struct tool_output *output,
		     struct error *e)
{
	if (status == 0)
		return 0;
	if (status == NOT_STARTED)
		return error_set(e, ERROR_IO, -ENOEXEC, "%s cannot be started", program);
	error_set(e, ERROR_IO, 0, "%s failed%s%s", program, *output->line ? ": " : "",
		  output->line);
	return -EIO;
}

int initramfs_build(const char *top, enum initramfs tool, FILE *progress, struct error *e)
{
	const char *words[INITRAMFS_WORDS_MAX];
	_autofree_ char *program = path_below(top, initramfs_rebuild_words(tool)[0]);
	const struct child_work work = {.run = become_tool,
					.context = words,
					.total_ms = ALL_IMAGES_MS,
					.outlives_parent = true};
	struct tool_output output = {.progress = progress};
	struct child child;
	int result;

	memcpy(words, initramfs_rebuild_words(tool), sizeof(words));
	words[0] = program;
	result = child_start(&child, &work);
	if (result < 0)
		return error_set(e, ERROR_IO, result, "%s cannot be started", program);
	result = read_tool(&child, &output);
	if (result < 0) {
		child_leave(&child);
		return error_set(e, ERROR_IO, result, "%s does not end", program);
	}
	return judge_end(program, child_finish(&child, END_OF_TOOL_MS), &output, e);
}
