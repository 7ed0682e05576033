/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text_map.h"

#include <stdint.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

struct slot {
	const char *text;
	size_t number;
};

/*
 * A hash table with open addressing: @room is a power of two, and at most three quarters of the
 * slots are used.
 */
struct text_map {
	struct arena *arena;
	struct slot *slots;
	size_t count, room;
};

static struct slot *new_slots(struct arena *arena, size_t room)
{
	return arena_array(arena, room, sizeof(struct slot));
}

struct text_map *text_map_new(struct arena *arena)
{
	struct text_map *map = arena_alloc(arena, sizeof(*map));

	map->arena = arena;
	map->room = FIRST_ROOM;
	map->slots = new_slots(arena, map->room);
	return map;
}

/* The FNV-1a hash of a text. */
static size_t hash(const char *text)
{
	uint64_t value = 14695981039346656037u;

	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * 1099511628211u;
	return (size_t)(value ^ value >> 32);
}

/* The slot of @text in the hash table, or the free slot for it. */
static struct slot *find_slot(struct slot *slots, size_t room, const char *text)
{
	size_t at = hash(text) & (room - 1);

	while (slots[at].text && strcmp(slots[at].text, text) != 0)
		at = (at + 1) & (room - 1);
	return &slots[at];
}

static void double_room(struct text_map *map)
{
	struct slot *slots = new_slots(map->arena, map->room * 2);

	for (size_t i = 0; i < map->room; i++)
		if (map->slots[i].text)
			*find_slot(slots, map->room * 2, map->slots[i].text) = map->slots[i];
	arena_release(map->arena, map->slots);
	map->slots = slots;
	map->room *= 2;
}

/* The slot of @text; a new one has no text yet. */
static struct slot *need_slot(struct text_map *map, const char *text)
{
	struct slot *slot = find_slot(map->slots, map->room, text);

	if (!slot->text && map->count++ * 4 >= map->room * 3) {
		double_room(map);
		slot = find_slot(map->slots, map->room, text);
	}
	return slot;
}

size_t *text_map_at(struct text_map *map, const char *text)
{
	struct slot *slot = need_slot(map, text);

	if (!slot->text)
		slot->text = arena_strdup(map->arena, text);
	return &slot->number;
}

size_t *text_map_lend(struct text_map *map, const char *text)
{
	struct slot *slot = need_slot(map, text);

	if (!slot->text)
		slot->text = text;
	return &slot->number;
}

size_t text_map_find(const struct text_map *map, const char *text)
{
	return find_slot(map->slots, map->room, text)->number;
}
