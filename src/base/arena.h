/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena - memory that is freed together
 *
 * All objects of a snapshot are in one arena and are freed with it. Out of memory ends the process
 * (exit status 1): reading changes nothing, so there is nothing to undo.
 */
#pragma once

#include "base/cleanup.h"

#include <stddef.h>

struct arena;

_must_check_ struct arena *arena_new(void);

/** arena_free - release all memory of @arena; accepts NULL */
void arena_free(struct arena *arena);

/** arena_alloc - @size zeroed bytes, aligned for any object */
void *arena_alloc(struct arena *arena, size_t size);

/** arena_array - a zeroed array of @count objects of @size bytes */
void *arena_array(struct arena *arena, size_t count, size_t size);

/**
 * arena_grow - an array with room for one more than @count objects
 * @items: the array so far, or NULL     @room: the number of objects it has room for; updated
 * Returns: @items, or a copy of twice the size; the old array stays in the arena, so this is for
 * short lists.
 */
void *arena_grow(struct arena *arena, const void *items, size_t count, size_t *room, size_t size);

/**
 * arena_room - the same for an array whose room is not kept: it doubles where @count is a power of
 * two, so every item must be added by this function
 */
void *arena_room(struct arena *arena, const void *items, size_t count, size_t size);

/**
 * arena_release - give back the memory of a large array before the arena is freed
 * @bytes: from arena_alloc or arena_array, not used any more. Small ones stay in the arena.
 */
void arena_release(struct arena *arena, const void *bytes) _nonnull_();

/** arena_text - a NUL-terminated copy of @length bytes */
char *arena_text(struct arena *arena, const char *bytes, size_t length);

/** arena_strdup - a copy of a string; NULL gives NULL */
char *arena_strdup(struct arena *arena, const char *string);

/** arena_concat - three strings in one; four times as fast as printf */
char *arena_concat(struct arena *arena, const char *one, const char *two, const char *three);

/** arena_join - @count texts with @separator between them; NULL where there are none */
char *arena_join(struct arena *arena, const char *const *texts, size_t count,
		 const char *separator);

char *arena_printf(struct arena *arena, const char *format, ...) _printf_(2, 3);

/**
 * arena_intern - a shared copy of a short string that repeats (driver names, domain types)
 * Returns: the same pointer for equal strings, as long as there are few distinct ones; callers must
 * not rely on that.
 */
const char *arena_intern(struct arena *arena, const char *bytes, size_t length);

static inline void cleanup_arena(struct arena **arena)
{
	arena_free(*arena);
}

#define _autoarena_ _cleanup_(cleanup_arena)

/** memory_exhausted - print a message and exit with status 1; for all allocation failures */
_Noreturn void memory_exhausted(void);
