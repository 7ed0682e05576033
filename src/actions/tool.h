/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tool - run a program of the system until its end, with its output */
#pragma once

#include "base/error.h"

#include <stdio.h>

enum { TOOL_LINE_SIZE = 256 };

/**
 * struct tool - a program and how long it may take
 * @words: its path first, NULL last     @variable: "NAME=value" for its environment, or NULL
 * @progress: gets each line that it prints, escaped, or NULL
 * @last_line: TOOL_LINE_SIZE bytes that get the last of them, or NULL; empty where it prints none
 * @silence_ms: the longest time without output     @total_ms: of all
 */
struct tool {
	const char *const *words;
	const char *variable;
	FILE *progress;
	char *last_line;
	int silence_ms, total_ms;
};

/**
 * tool_run - run it, with a plain environment and both outputs as one
 * It goes on where this process ends: it is not cut off half-way.
 * Returns: 0; a negative errno with the last line of the tool in @e: -EIO where it failed, -ENOEXEC
 * where it could not be started, -ETIMEDOUT where it has not ended: then it is left behind.
 */
_must_check_ int tool_run(const struct tool *tool, struct error *e) _nonnull_();
