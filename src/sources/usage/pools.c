/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/pools.h"

#include <string.h>

struct pool_member {
	const struct pool_member *next;
	const char *name;
};

struct gathering {
	const struct root *root;
	struct arena *arena;
	const struct pool *pools;
	const struct pool_member *members;
};

static int add_member(void *context, const char *name)
{
	struct gathering *gathering = context;
	struct pool_member *member = arena_alloc(gathering->arena, sizeof(*member));

	*member = (struct pool_member){gathering->members, arena_strdup(gathering->arena, name)};
	gathering->members = member;
	return 0;
}

static int read_pool(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *folder = arena_printf(gathering->arena, "/sys/fs/btrfs/%s/devices", name);
	struct pool *pool;

	gathering->members = NULL;
	/* /sys/fs/btrfs also has entries that are no file systems, such as "features". */
	if (root_list(gathering->root, folder, add_member, gathering) < 0)
		return 0;
	pool = arena_alloc(gathering->arena, sizeof(*pool));
	*pool = (struct pool){gathering->pools, folder, gathering->members};
	gathering->pools = pool;
	return 0;
}

const struct pool *pools_read(const struct root *root, struct arena *arena)
{
	struct gathering gathering = {.root = root, .arena = arena};

	root_list(root, "/sys/fs/btrfs", read_pool, &gathering);
	return gathering.pools;
}

bool pool_has(const struct pool *pool, const char *name)
{
	for (const struct pool_member *member = pool->members; member; member = member->next)
		if (strcmp(member->name, name) == 0)
			return true;
	return false;
}
