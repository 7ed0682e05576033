/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/file_systems.h"

#include "base/text.h"
#include "sources/usage/blocks.h"

#include <string.h>

/* The state while the sources of a mount, or the members of a btrfs, are listed. */
struct gathering {
	const struct root *root;
	struct arena *arena;
	struct file_systems *file_systems;
	size_t mount; /* index of the mount */
	struct pool *pools;
	size_t count, room;
};

void mount_sources(const struct root *root, struct arena *arena, const char *source,
		   void (*each)(void *context, const char *node), void *context)
{
	char *rest = arena_strdup(arena, source), *path;

	while ((path = strsep(&rest, ":"))) {
		const char *node = node_of_path(root, arena, path);

		if (node)
			each(context, node);
	}
}

/* Of two mounts the one in a main namespace is listed, else the first. */
static const struct mount *better_mount(const struct mount *one, const struct mount *other)
{
	if (!one || !other)
		return one ? one : other;
	if (one->is_main != other->is_main)
		return one->is_main ? one : other;
	return one < other ? one : other;
}

static const struct mount *mount_number(const struct file_systems *file_systems, size_t number)
{
	return number ? &file_systems->mounts.items[number - 1] : NULL;
}

static void add_mount_source(void *context, const char *node)
{
	const struct gathering *gathering = context;
	const struct file_systems *file_systems = gathering->file_systems;
	size_t *number = text_map_at(file_systems->by_source, node);
	const struct mount *mount = better_mount(mount_number(file_systems, *number),
						 &file_systems->mounts.items[gathering->mount]);

	*number = (size_t)(mount - file_systems->mounts.items) + 1;
}

static void index_sources(struct gathering *gathering)
{
	const struct mounts *mounts = &gathering->file_systems->mounts;
	size_t count;
	const struct mount *first = mounts_of_backing(mounts, MOUNT_SOURCES, &count);

	for (size_t i = 0; i < count; i++) {
		gathering->mount = (size_t)(first - mounts->items) + i;
		mount_sources(gathering->root, gathering->arena, first[i].source, add_mount_source,
			      gathering);
	}
}

static void add_member_name(const struct gathering *gathering, const char *name)
{
	const struct mount *mount = file_systems_mount(gathering->file_systems, name);
	struct pool *pool = &gathering->pools[gathering->count - 1];

	*text_map_at(gathering->file_systems->by_member, name) = gathering->count;
	if (mount && strcmp(mount->type, "btrfs") == 0)
		pool->mount = better_mount(pool->mount, mount);
}

static int add_member(void *context, const char *name)
{
	const struct gathering *gathering = context;
	const char *alias = block_alias(gathering->root, gathering->arena,
					arena_concat(gathering->arena, "/sys/block/", name, ""));

	add_member_name(gathering, name);
	if (alias)
		add_member_name(gathering, alias);
	return 0;
}

/* /sys/fs/btrfs also has entries that are no file systems, such as "features". */
static int read_pool(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *folder = arena_printf(gathering->arena, "/sys/fs/btrfs/%s/devices", name);

	gathering->pools = arena_grow(gathering->arena, gathering->pools, gathering->count,
				      &gathering->room, sizeof(*gathering->pools));
	gathering->pools[gathering->count++] = (struct pool){folder, NULL};
	if (root_list(gathering->root, folder, add_member, gathering) < 0)
		gathering->count--;
	return 0;
}

struct file_systems file_systems_read(const struct root *root, struct arena *arena,
				      struct processes *processes)
{
	struct file_systems file_systems = {
		.mounts = mounts_read(root, arena, processes),
		.by_source = text_map_new(arena),
		.by_member = text_map_new(arena),
	};
	struct gathering gathering = {.root = root, .arena = arena, .file_systems = &file_systems};

	index_sources(&gathering);
	root_list(root, "/sys/fs/btrfs", read_pool, &gathering);
	file_systems.pools = gathering.pools;
	return file_systems;
}

const struct mount *file_systems_mount(const struct file_systems *file_systems, const char *node)
{
	return mount_number(file_systems, text_map_find(file_systems->by_source, node));
}

const struct pool *file_systems_pool(const struct file_systems *file_systems, const char *name)
{
	size_t number = text_map_find(file_systems->by_member, name);

	return number ? &file_systems->pools[number - 1] : NULL;
}
