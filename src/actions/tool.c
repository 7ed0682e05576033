/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/tool.h"

#include "base/child.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum {
	END_OF_TOOL_MS = 5000,
	NOT_STARTED = 127,
	ENDED_OTHERWISE = 128,
};

/* In a child: the tool, with the channel as its output and no signal blocked. */
static void become_tool(void *context, int channel)
{
	const struct tool *tool = context;
	const char *const environment[] = {"LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
					   "HOME=/root", tool->variable, NULL};
	sigset_t none;

	sigemptyset(&none);
	if (dup2(channel, STDOUT_FILENO) < 0 || dup2(channel, STDERR_FILENO) < 0 ||
	    sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		_exit(NOT_STARTED);
	execve(tool->words[0], (char *const *)tool->words, (char *const *)environment);
	_exit(NOT_STARTED);
}

/*
 * In the child that is between this process and the tool: SIGPIPE would end the tool at its next
 * line where its lines went to this process, and that was killed.
 */
static void pass_output_on(void *context, int channel)
{
	const struct child_work work = {
		.run = become_tool, .context = context, .outlives_parent = true};
	char bytes[TOOL_LINE_SIZE];
	struct child child;
	ssize_t got;
	int status;

	if (child_start(&child, &work) < 0)
		_exit(NOT_STARTED);
	while ((got = child_read(&child, bytes, sizeof(bytes), INT_MAX)) > 0)
		if (write(channel, bytes, (size_t)got) < 0)
			continue; /* no process takes it */
	status = child_finish(&child, END_OF_TOOL_MS);
	_exit(status < 0 ? ENDED_OTHERWISE : status);
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

static int read_tool(const struct child *child, int silence_ms, struct tool_output *output)
{
	char bytes[TOOL_LINE_SIZE];
	ssize_t got;

	while ((got = child_read(child, bytes, sizeof(bytes), silence_ms)) > 0)
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

int tool_run(const struct tool *tool, struct error *e)
{
	const struct child_work work = {.run = pass_output_on,
					.context = (void *)tool,
					.total_ms = tool->total_ms,
					.outlives_parent = true};
	struct tool_output output = {.progress = tool->progress};
	const char *program = tool->words[0];
	struct child child;
	int result = child_start(&child, &work);

	if (result < 0)
		return error_set(e, ERROR_IO, result, "%s cannot be started", program);
	result = read_tool(&child, tool->silence_ms, &output);
	if (tool->last_line)
		memcpy(tool->last_line, output.line, sizeof(output.line));
	if (result < 0) {
		child_leave(&child);
		return error_set(e, ERROR_IO, result, "%s does not end", program);
	}
	return judge_end(program, child_finish(&child, END_OF_TOOL_MS), &output, e);
}
