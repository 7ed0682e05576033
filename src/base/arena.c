/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"

#include <poll.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum {
	/* Most arenas stay small, so chunks begin small. */
	FIRST_SIZE = 16 * 1024,
	CHUNK_SIZE = 128 * 1024,
	/* the size from which an arena is large enough that it will fill its next chunk, too */
	LARGE_SIZE = 4 * CHUNK_SIZE,
	INTERN_SLOTS = 256,
};

/*
 * With the address sanitizer every allocation is a chunk of its own, from malloc: mapped memory is
 * never poisoned, so an overrun, or a pointer that outlives its arena, would not be noticed.
 */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* @alone: the chunk is one large allocation */
struct chunk {
	struct chunk *older;
	size_t used, size;
	bool alone;
	alignas(max_align_t) char bytes[];
};

/*
 * @size: of all chunks but those of large allocations
 * @interned: INTERN_SLOTS texts, or NULL: most arenas are short-lived and have none
 */
struct arena {
	struct chunk *newest;
	size_t size;
	const char **interned;
};

void memory_exhausted(void)
{
	static const char words[] = "iommuctl: out of memory\n";
	struct pollfd poller = {.fd = STDERR_FILENO, .events = POLLOUT};

	/* A process that must end must not block on standard error. */
	if (poll(&poller, 1, 0) > 0 && write(STDERR_FILENO, words, strlen(words)) < 0)
		_exit(1);
	_exit(1);
}

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		memory_exhausted();
	return arena;
}

static void *map_chunk(size_t bytes, int populate)
{
	void *chunk;

	if (SANITIZED)
		return calloc(1, bytes);
	chunk = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | populate,
		     -1, 0);
	return chunk == MAP_FAILED ? NULL : chunk;
}

/*
 * The first chunk of an arena that was freed, zeroed again, or NULL. Most arenas live shortly and
 * use a part of a page: to clear that takes less time than to map memory.
 */
static struct chunk *spare;

static bool save_chunk(struct chunk *chunk)
{
	enum { CLEARED_MAX = 4096 };

	if (SANITIZED || spare || chunk->alone || chunk->used > CLEARED_MAX ||
	    sizeof(*chunk) + chunk->size != FIRST_SIZE)
		return false;
	memset(chunk->bytes, 0, chunk->used);
	chunk->used = 0;
	spare = chunk;
	return true;
}

static void unmap_chunk(struct chunk *chunk)
{
	if (SANITIZED)
		free(chunk);
	else if (!save_chunk(chunk))
		munmap(chunk, sizeof(*chunk) + chunk->size);
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct chunk *chunk = arena->newest, *older; chunk; chunk = older) {
		older = chunk->older;
		unmap_chunk(chunk);
	}
	free(arena);
}

/*
 * Map memory from the kernel: it is zeroed, and but for one small chunk returned at once when
 * freed. malloc would keep it, and the benchmark measures peak memory.
 */
static struct chunk *new_chunk(size_t size, int populate)
{
	struct chunk *chunk = spare;

	if (spare && spare->size == size) {
		spare = NULL;
		return chunk;
	}
	chunk = map_chunk(sizeof(*chunk) + size, populate);
	if (!chunk)
		memory_exhausted();
	chunk->size = size;
	return chunk;
}

/*
 * A large allocation has a chunk of its own size, so that it wastes nothing; the newest chunk stays
 * the one that smaller allocations come from.
 */
static void *allocate_chunk(struct arena *arena, size_t size)
{
	struct chunk *chunk = new_chunk(size, 0);
	struct chunk **place = arena->newest ? &arena->newest->older : &arena->newest;

	chunk->used = size;
	chunk->alone = true;
	chunk->older = *place;
	*place = chunk;
	return chunk->bytes;
}

/*
 * Mapping all pages of a chunk at once is cheaper than a fault for each, but to clear a page that
 * is never used costs more than both.
 */
static void add_usual_chunk(struct arena *arena, size_t size)
{
	struct chunk *chunk =
		new_chunk(size - sizeof(*chunk), arena->size >= LARGE_SIZE ? MAP_POPULATE : 0);

	chunk->older = arena->newest;
	arena->newest = chunk;
	arena->size += size;
}

/* The size of the next chunk: that of all before it, within the limits. */
static size_t usual_size(const struct arena *arena)
{
	if (arena->size < FIRST_SIZE)
		return FIRST_SIZE;
	return arena->size < CHUNK_SIZE ? arena->size : CHUNK_SIZE;
}

static void *allocate_bytes(struct arena *arena, size_t size, size_t align)
{
	struct chunk *chunk = arena->newest;
	size_t start = chunk ? (chunk->used + align - 1) & ~(align - 1) : 0;

	if (SANITIZED || !chunk || start > chunk->size || size > chunk->size - start) {
		size_t usual = usual_size(arena);

		if (SANITIZED || size > usual / 4)
			return allocate_chunk(arena, size);
		add_usual_chunk(arena, usual);
		chunk = arena->newest;
		start = 0;
	}
	chunk->used = start + size;
	return chunk->bytes + start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	/* No byte of an arena is used twice, so all are still zero. */
	return allocate_bytes(arena, size, alignof(max_align_t));
}

void arena_release(struct arena *arena, const void *bytes)
{
	for (struct chunk **place = &arena->newest; *place; place = &(*place)->older) {
		struct chunk *chunk = *place;

		if (!chunk->alone || chunk->bytes != bytes)
			continue;
		*place = chunk->older;
		unmap_chunk(chunk);
		return;
	}
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		memory_exhausted();
	return arena_alloc(arena, bytes);
}

void *arena_grow(struct arena *arena, const void *items, size_t count, size_t *room, size_t size)
{
	enum { ROOM_AT_FIRST = 16 };
	void *grown;

	if (count < *room)
		return (void *)items;
	*room = *room ? *room * 2 : ROOM_AT_FIRST;
	grown = arena_array(arena, *room, size);
	if (count)
		memcpy(grown, items, count * size);
	return grown;
}

void *arena_room(struct arena *arena, const void *items, size_t count, size_t size)
{
	void *grown;

	if (count & (count - 1))
		return (void *)items;
	grown = arena_array(arena, count ? count * 2 : 1, size);
	if (count)
		memcpy(grown, items, count * size);
	return grown;
}

char *arena_text(struct arena *arena, const char *bytes, size_t length)
{
	char *copy = allocate_bytes(arena, length + 1, 1);

	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *string)
{
	return string ? arena_text(arena, string, strlen(string)) : NULL;
}

char *arena_concat(struct arena *arena, const char *one, const char *two, const char *three)
{
	size_t first = strlen(one), second = strlen(two), third = strlen(three);
	char *text = allocate_bytes(arena, first + second + third + 1, 1);

	memcpy(text, one, first);
	memcpy(text + first, two, second);
	memcpy(text + first + second, three, third + 1);
	return text;
}

char *arena_join(struct arena *arena, const char *const *texts, size_t count, const char *separator)
{
	size_t length = 1;
	char *text, *end;

	if (!count)
		return NULL;
	for (size_t i = 0; i < count; i++)
		length += strlen(texts[i]) + strlen(separator);
	text = end = allocate_bytes(arena, length, 1);
	for (size_t i = 0; i < count; i++)
		end = stpcpy(stpcpy(end, i ? separator : ""), texts[i]);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments, again;
	char small[256], *text;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(small, sizeof(small), format, arguments);
	va_end(arguments);
	if (length < 0)
		memory_exhausted();
	if ((size_t)length < sizeof(small)) {
		text = arena_text(arena, small, (size_t)length);
	} else {
		text = allocate_bytes(arena, (size_t)length + 1, 1);
		vsnprintf(text, (size_t)length + 1, format, again);
	}
	va_end(again);
	return text;
}

const char *arena_intern(struct arena *arena, const char *bytes, size_t length)
{
	uint32_t hash = 2166136261u;
	const char **slot;

	if (!arena->interned)
		arena->interned = arena_array(arena, INTERN_SLOTS, sizeof(*arena->interned));
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
	slot = &arena->interned[hash % INTERN_SLOTS];
	if (!*slot || strlen(*slot) != length || memcmp(*slot, bytes, length) != 0)
		*slot = arena_text(arena, bytes, length);
	return *slot;
}
