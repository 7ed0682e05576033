/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/deferral_tree.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * The way from a cause to the device of @deferral: @count links to suppliers, from the cause on;
 * none where the cause is about the device itself
 */
struct path {
	const struct deferral *deferral;
	const struct link *const *links;
	size_t count;
};

/* The tree while it is made; @last: the path that was added last, and its nodes on each level. */
struct growth {
	struct deferral_node *nodes;
	size_t count, room;
	const struct path *last;
	int *levels;
	struct arena *arena;
};

/* Links have the order of a tree: the parent of a link is the last one before it that is higher. */
static struct path path_to(const struct deferral *deferral, struct arena *arena)
{
	const struct link *link = deferral->culprit;
	struct path path = {.deferral = deferral, .count = link ? link->depth + 1 : 0};
	const struct link **links = arena_array(arena, path.count, sizeof(*links));

	for (size_t i = 0; i < path.count; i++) {
		while (i && link->depth >= links[i - 1]->depth)
			link--;
		links[i] = link;
	}
	path.links = links;
	return path;
}

/* The thing on a level of a path: a supplier, or below all of them the device. */
static const struct device *device_on(const struct path *path, size_t level)
{
	return level < path->count ? path->links[level]->supplier->device : path->deferral->device;
}

/* Devices in the order of the system, other suppliers by name after them. */
static int compare_level(const struct path *one, const struct path *other, size_t level)
{
	const struct device *left = device_on(one, level), *right = device_on(other, level);

	if (left && right)
		return (left->index > right->index) - (left->index < right->index);
	if (left || right)
		return left ? -1 : 1;
	return strcmp(one->links[level]->supplier->name, other->links[level]->supplier->name);
}

/* A path that ends before the other goes first: the device is then above the devices behind it. */
static int order_of_paths(const void *a, const void *b)
{
	const struct path *one = a, *other = b;

	for (size_t level = 0; level <= one->count && level <= other->count; level++) {
		int order = compare_level(one, other, level);

		if (order)
			return order;
	}
	return (one->count > other->count) - (one->count < other->count);
}

static size_t levels_in_common(const struct path *one, const struct path *other)
{
	size_t level = 0;

	while (one && level <= one->count && level <= other->count &&
	       compare_level(one, other, level) == 0)
		level++;
	return level;
}

static void add_node(struct growth *growth, const struct path *path, size_t level)
{
	growth->nodes = arena_grow(growth->arena, growth->nodes, growth->count, &growth->room,
				   sizeof(*growth->nodes));
	growth->nodes[growth->count] = (struct deferral_node){
		.deferral = path->deferral,
		.link = level < path->count ? path->links[level] : NULL,
		.parent = level ? growth->levels[level - 1] : -1,
	};
	growth->levels[level] = (int)growth->count++;
}

static void add_path(struct growth *growth, const struct path *path)
{
	size_t level = levels_in_common(growth->last, path);

	for (; level <= path->count; level++)
		add_node(growth, path, level);
	growth->last = path;
}

static void add_paths_of_group(struct growth *growth, const struct deferral_group *group)
{
	struct path *paths = arena_array(growth->arena, group->count, sizeof(*paths));
	size_t deepest = 0;

	for (size_t i = 0; i < group->count; i++) {
		paths[i] = path_to(group->items[i], growth->arena);
		deepest = paths[i].count > deepest ? paths[i].count : deepest;
	}
	qsort(paths, group->count, sizeof(*paths), order_of_paths);
	growth->levels = arena_array(growth->arena, deepest + 1, sizeof(*growth->levels));
	growth->last = NULL;
	for (size_t i = 0; i < group->count; i++)
		add_path(growth, &paths[i]);
}

const struct deferral_node *deferral_tree(const struct deferrals *found, struct arena *arena,
					  size_t *ret_count)
{
	struct growth growth = {.arena = arena};
	size_t count;
	const struct deferral_group *groups = deferral_groups(found, arena, &count);

	for (size_t i = 0; i < count; i++)
		add_paths_of_group(&growth, &groups[i]);
	*ret_count = growth.count;
	return growth.nodes;
}
