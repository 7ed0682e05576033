/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/paths.h"

#include "base/text_map.h"

#include <string.h>

enum { FIRST_PATHS = 1024 };

/* @above: the folder     @name: index of the last name     @next: in the same slot, 0 none */
struct node {
	uint32_t above, name, next;
};

/*
 * @slots: a hash table of as many chains as there is room for nodes; the root, number 0, is in none
 * @numbers: for each name its index + 1
 */
struct paths {
	struct node *nodes;
	uint32_t *slots;
	size_t count, room;
	struct arena *arena;
	struct text_map *numbers;
	const char **names;
	size_t name_count, name_room;
};

/* Large arrays grow in place (mremap(2)), and pages that were never written take no memory. */
static void *resize(void *items, size_t count, size_t size)
{
	void *grown = reallocarray(items, count, size);

	if (!grown)
		memory_exhausted();
	return grown;
}

static size_t slot_of(const struct paths *paths, uint32_t above, uint32_t name)
{
	uint64_t key = ((uint64_t)above << 32 | name) * 0x9e3779b97f4a7c15u;

	return (size_t)(key >> 32) & (paths->room - 1);
}

static void link_node(struct paths *paths, uint32_t number)
{
	struct node *node = &paths->nodes[number];
	uint32_t *slot = &paths->slots[slot_of(paths, node->above, node->name)];

	node->next = *slot;
	*slot = number;
}

static void set_room(struct paths *paths, size_t room)
{
	paths->room = room;
	paths->nodes = resize(paths->nodes, room, sizeof(*paths->nodes));
	free(paths->slots);
	paths->slots = calloc(room, sizeof(*paths->slots));
	if (!paths->slots)
		memory_exhausted();
	for (size_t i = 1; i < paths->count; i++)
		link_node(paths, (uint32_t)i);
}

static uint32_t intern_name(struct paths *paths, const char *name)
{
	name = arena_strdup(paths->arena, name);
	if (paths->name_count == paths->name_room) {
		paths->name_room = paths->name_room ? paths->name_room * 2 : FIRST_PATHS;
		paths->names = resize(paths->names, paths->name_room, sizeof(*paths->names));
	}
	paths->names[paths->name_count++] = name;
	*text_map_lend(paths->numbers, name) = paths->name_count;
	return (uint32_t)paths->name_count - 1;
}

static uint32_t need_name(struct paths *paths, const char *name)
{
	size_t number = text_map_find(paths->numbers, name);

	return number ? (uint32_t)number - 1 : intern_name(paths, name);
}

struct paths *paths_new(void)
{
	struct paths *paths = calloc(1, sizeof(*paths));

	if (!paths)
		memory_exhausted();
	paths->arena = arena_new();
	paths->numbers = text_map_new(paths->arena);
	set_room(paths, FIRST_PATHS);
	paths->nodes[PATHS_ROOT] = (struct node){PATHS_ROOT, intern_name(paths, ""), 0};
	paths->count = 1;
	return paths;
}

void paths_free(struct paths *paths)
{
	if (!paths)
		return;
	arena_free(paths->arena);
	free(paths->names);
	free(paths->nodes);
	free(paths->slots);
	free(paths);
}

uint32_t paths_need_below(struct paths *paths, uint32_t folder, const char *name)
{
	uint32_t text = need_name(paths, name);
	uint32_t number = paths->slots[slot_of(paths, folder, text)];

	while (number &&
	       (paths->nodes[number].above != folder || paths->nodes[number].name != text))
		number = paths->nodes[number].next;
	if (number)
		return number;
	if (paths->count == UINT32_MAX)
		memory_exhausted();
	if (paths->count == paths->room)
		set_room(paths, paths->room * 2);
	number = (uint32_t)paths->count++;
	paths->nodes[number] = (struct node){.above = folder, .name = text};
	link_node(paths, number);
	return number;
}

uint32_t paths_need(struct paths *paths, const char *path)
{
	uint32_t number = PATHS_ROOT;
	char name[PATH_SIZE];

	while (*(path += strspn(path, "/"))) {
		size_t length = strcspn(path, "/");
		size_t kept = length < sizeof(name) ? length : sizeof(name) - 1;

		memcpy(name, path, kept);
		name[kept] = '\0';
		number = paths_need_below(paths, number, name);
		path += length;
	}
	return number;
}

uint32_t paths_above(const struct paths *paths, uint32_t path)
{
	return paths->nodes[path].above;
}

const char *paths_name(const struct paths *paths, uint32_t path)
{
	return paths->names[paths->nodes[path].name];
}

size_t paths_length(const struct paths *paths, uint32_t path)
{
	size_t length = 0;

	for (; path != PATHS_ROOT; path = paths_above(paths, path))
		length += 1 + strlen(paths_name(paths, path));
	return length;
}

const char *paths_text(const struct paths *paths, uint32_t path, char text[static PATH_SIZE])
{
	size_t at = paths_length(paths, path);

	if (at >= PATH_SIZE)
		at = 0;
	text[at] = '\0';
	for (; path != PATHS_ROOT && at; path = paths_above(paths, path)) {
		const char *name = paths_name(paths, path);
		size_t length = strlen(name);

		at -= length;
		memcpy(text + at, name, length);
		text[--at] = '/';
	}
	return text;
}

static size_t depth_of(const struct paths *paths, uint32_t path)
{
	size_t depth = 0;

	for (; path != PATHS_ROOT; path = paths_above(paths, path))
		depth++;
	return depth;
}

int paths_compare(const struct paths *paths, uint32_t one, uint32_t other)
{
	size_t depth = depth_of(paths, one), other_depth = depth_of(paths, other);
	int shorter = (depth > other_depth) - (depth < other_depth);

	for (; depth > other_depth; depth--)
		one = paths_above(paths, one);
	for (; other_depth > depth; other_depth--)
		other = paths_above(paths, other);
	if (one == other)
		return shorter;
	while (paths_above(paths, one) != paths_above(paths, other)) {
		one = paths_above(paths, one);
		other = paths_above(paths, other);
	}
	return strcmp(paths_name(paths, one), paths_name(paths, other));
}

uint32_t *path_numbers_at(struct path_numbers *numbers, uint32_t path)
{
	size_t room = numbers->room ? numbers->room : FIRST_PATHS;

	while (room <= path)
		room *= 2;
	if (room > numbers->room) {
		numbers->items = resize(numbers->items, room, sizeof(*numbers->items));
		memset(numbers->items + numbers->room, 0,
		       (room - numbers->room) * sizeof(*numbers->items));
		numbers->room = room;
	}
	return &numbers->items[path];
}

uint32_t path_numbers_get(const struct path_numbers *numbers, uint32_t path)
{
	return path < numbers->room ? numbers->items[path] : 0;
}
