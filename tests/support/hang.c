/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/hang.h"

#include "base/root.h"

#include <string.h>
#include <unistd.h>

enum { PATHS_MAX = 8 };

static const char *paths[PATHS_MAX];

static int hang_if_listed(void *context, enum root_access access, const char *path)
{
	for (size_t i = 0; i < PATHS_MAX && paths[i]; i++)
		while (strcmp(paths[i], path) == 0)
			pause();
	return 0;
}

void hang_at(const char *path)
{
	static const struct root_watch watch = {.before = hang_if_listed};
	size_t count = 0;

	while (count < PATHS_MAX && paths[count])
		count++;
	if (count < PATHS_MAX)
		paths[count] = path;
	root_watch(&watch);
}

void hang_nowhere(void)
{
	memset(paths, 0, sizeof(paths));
	root_watch(NULL);
}
