/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/path_map.h"

#include "base/arena.h"

#include <stdint.h>
#include <string.h>

enum { FIRST_ROOM = 1024 };

struct slot {
	const char *path;
	size_t number;
};

/*
 * A hash table with open addressing: @room is a power of two, and at most half of the slots are
 * used.
 */
struct path_map {
	struct arena *arena;
	struct slot *slots;
	size_t count, room;
};

static struct slot *new_slots(size_t room)
{
	struct slot *slots = calloc(room, sizeof(*slots));

	if (!slots)
		memory_exhausted();
	return slots;
}

struct path_map *path_map_new(void)
{
	struct path_map *map = calloc(1, sizeof(*map));

	if (!map)
		memory_exhausted();
	map->arena = arena_new();
	map->room = FIRST_ROOM;
	map->slots = new_slots(map->room);
	return map;
}

void path_map_free(struct path_map *map)
{
	if (!map)
		return;
	arena_free(map->arena);
	free(map->slots);
	free(map);
}

/* The FNV-1a hash of a path. */
static size_t hash(const char *path)
{
	uint64_t value = 14695981039346656037u;

	for (; *path; path++)
		value = (value ^ (unsigned char)*path) * 1099511628211u;
	return (size_t)(value ^ value >> 32);
}

/* The slot of @path in the hash table, or the free slot for it. */
static struct slot *find_slot(struct slot *slots, size_t room, const char *path)
{
	size_t at = hash(path) & (room - 1);

	while (slots[at].path && strcmp(slots[at].path, path) != 0)
		at = (at + 1) & (room - 1);
	return &slots[at];
}

static void double_room(struct path_map *map)
{
	struct slot *slots = new_slots(map->room * 2);

	for (size_t i = 0; i < map->room; i++)
		if (map->slots[i].path)
			*find_slot(slots, map->room * 2, map->slots[i].path) = map->slots[i];
	free(map->slots);
	map->slots = slots;
	map->room *= 2;
}

size_t *path_map_at(struct path_map *map, const char *path)
{
	struct slot *slot = find_slot(map->slots, map->room, path);

	if (slot->path)
		return &slot->number;
	if (map->count++ * 2 >= map->room) {
		double_room(map);
		slot = find_slot(map->slots, map->room, path);
	}
	slot->path = arena_strdup(map->arena, path);
	return &slot->number;
}

size_t path_map_find(const struct path_map *map, const char *path)
{
	return find_slot(map->slots, map->room, path)->number;
}
