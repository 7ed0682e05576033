/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/manual.h"

#include "base/child.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOOKUP_MS = 5000, LOOKUP_SIZE = 4096 };

static const char SECTION[] = "8";

/* In the child: man(1), which prints where the page is, and fails without one. */
static void look_up(void *context, int channel)
{
	const char *const words[] = {"man", "-w", SECTION, context, NULL};

	if (dup2(channel, STDOUT_FILENO) >= 0 && dup2(channel, STDERR_FILENO) >= 0)
		execvp(*words, (char *const *)words);
	_exit(EXIT_FAILURE);
}

static bool is_installed(const char *page)
{
	const struct child_work work = {
		.run = look_up, .context = (void *)page, .total_ms = LOOKUP_MS};
	_autofree_ char *text = NULL;
	struct child child;
	size_t length = 0;

	if (child_start(&child, &work) < 0)
		return false;
	/* Only the end tells whether there is a page. */
	if (child_read_all(&child, LOOKUP_SIZE, LOOKUP_MS, &text, &length) < 0)
		length = 0;
	return child_finish(&child, LOOKUP_MS) == 0 && length > 0;
}

static void become_man(const char *page)
{
	const char *const words[] = {"man", SECTION, page, NULL};

	if (is_installed(page))
		execvp(*words, (char *const *)words);
}

void manual_show(const char *command)
{
	char page[64];

	snprintf(page, sizeof(page), "iommuctl-%s", command);
	become_man(page);
	become_man("iommuctl");
}
