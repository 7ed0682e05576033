/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena - memory that lives and dies together
 *
 * Everything a snapshot holds comes from one arena and goes with it. Out of memory ends the
 * process (exit status 1): reading changes nothing, so there is nothing to undo.
 */
#pragma once

#include "base/cleanup.h"

#include <stddef.h>

struct arena;

struct arena *arena_new(void);

/** arena_free - release all memory of @arena; accepts NULL */
void arena_free(struct arena *arena);

/** arena_alloc - @size zeroed bytes, aligned for any object */
void *arena_alloc(struct arena *arena, size_t size);

/** arena_array - zeroed room for @count objects of @size bytes */
void *arena_array(struct arena *arena, size_t count, size_t size);

/**
 * arena_grow - room for one more of @count objects
 * @items: the array so far, or NULL     @room: what it has room for; more afterwards
 * Returns: @items, or a copy of twice the room; the old array stays in the arena, so this is for
 * lists that stay short.
 */
void *arena_grow(struct arena *arena, const void *items, size_t count, size_t *room, size_t size);

/** arena_text - a NUL-terminated copy of @length bytes */
char *arena_text(struct arena *arena, const char *bytes, size_t length);

/** arena_strdup - a copy of a string; NULL gives NULL */
char *arena_strdup(struct arena *arena, const char *string);

/** arena_concat - three strings in one; what printf would do in four times the time */
char *arena_concat(struct arena *arena, const char *one, const char *two, const char *three);

char *arena_printf(struct arena *arena, const char *format, ...) _printf_(2, 3);

/**
 * arena_intern - one shared copy of a short string that repeats (driver names, domain types)
 * Returns: equal strings give the same pointer while few distinct ones are asked for; callers
 * must not rely on that.
 */
const char *arena_intern(struct arena *arena, const char *bytes, size_t length);

static inline void cleanup_arena(struct arena **arena)
{
	arena_free(*arena);
}

#define _autoarena_ _cleanup_(cleanup_arena)

/** memory_exhausted - say so and leave with status 1; for allocation failures everywhere */
_Noreturn void memory_exhausted(void);
