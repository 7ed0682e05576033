/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/process.h"

#include <stdio.h>

const char *process_command(const struct root *root, struct arena *arena, pid_t pid)
{
	char path[64], text[ATTRIBUTE_MAX];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (root_read_text(root, path, text, sizeof(text)) < 0)
		return NULL;
	return arena_strdup(arena, text);
}
