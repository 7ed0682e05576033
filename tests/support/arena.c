/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/arena.h"

struct arena *arena;

int open_arena(void **state)
{
	arena = arena_new();
	return 0;
}

int close_arena(void **state)
{
	arena_free(arena);
	arena = NULL;
	return 0;
}
