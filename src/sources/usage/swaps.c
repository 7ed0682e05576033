/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/swaps.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

/* room for the text of a device number */
enum { KEY_SIZE = 32 };

/* The state while one line is parsed. */
struct parsing {
	struct arena *arena;
	struct swaps swaps;
	const char *area;
};

/*
 * A block device is found by the node or alias below /dev, by its number, or by the folder of the
 * btrfs that it belongs to: "sda1", "8:1", "/sys/fs/btrfs/UUID/devices". No two of them look alike.
 */
static void write_number_key(dev_t number, char key[static KEY_SIZE])
{
	snprintf(key, KEY_SIZE, "%u:%u", major(number), minor(number));
}

static void add_swap(void *context, const char *key)
{
	struct parsing *parsing = context;
	struct swaps *swaps = &parsing->swaps;
	size_t *number = text_map_at(swaps->by_device, key);

	swaps->items = arena_grow(parsing->arena, swaps->items, swaps->count, &swaps->room,
				  sizeof(*swaps->items));
	swaps->items[swaps->count++] = (struct swap){parsing->area, *number};
	*number = swaps->count;
}

/* A swap file holds the disk under its file system, which is found by its mount. */
static void add_swap_file(struct parsing *parsing, const struct root *root,
			  const struct file_systems *file_systems)
{
	const struct mount *mount = mount_holding(&file_systems->mounts, parsing->area);
	char number[KEY_SIZE];
	const char *node;
	const struct pool *pool = NULL;

	if (!mount)
		return;
	if (mount->backing == MOUNT_NUMBER) {
		write_number_key(mount->number, number);
		add_swap(parsing, number);
	}
	if (mount->backing != MOUNT_SOURCES)
		return;
	if (strcmp(mount->type, "btrfs") == 0) {
		node = node_of_path(root, parsing->arena, mount->source);
		pool = node ? file_systems_pool(file_systems, node) : NULL;
	}
	if (pool)
		add_swap(parsing, pool->folder);
	else
		mount_sources(root, parsing->arena, mount->source, add_swap, parsing);
}

/*
 * Lines of /proc/swaps, after the headings: "/dev/dm-1 partition 8388604 0 -2"; blanks are escaped.
 */
struct swaps swaps_parse(char *lines, const struct root *root, struct arena *arena,
			 const struct file_systems *file_systems)
{
	struct parsing parsing = {.arena = arena, .swaps.by_device = text_map_new(arena)};
	char *line;

	while ((line = strsep(&lines, "\n"))) {
		char *type = line + strcspn(line, " \t");

		if (*line != '/' || !*type)
			continue;
		*type++ = '\0';
		octal_unescape(line);
		parsing.area = arena_strdup(arena, line);
		if (text_starts(type + strspn(type, " \t"), "file"))
			add_swap_file(&parsing, root, file_systems);
		else
			mount_sources(root, arena, line, add_swap, &parsing);
	}
	return parsing.swaps;
}

static void use_swaps_of(const struct swaps *swaps, const char *key, struct blocks *blocks,
			 size_t at)
{
	for (size_t number = text_map_find(swaps->by_device, key); number;
	     number = swaps->items[number - 1].next)
		block_use(blocks, at, USE_SWAP, swaps->items[number - 1].area, "/proc/swaps");
}

void swap_uses(const struct swaps *swaps, const struct file_systems *file_systems,
	       struct blocks *blocks, size_t at)
{
	const struct block *block = &blocks->items[at];
	const struct pool *pool = file_systems_pool(file_systems, block->name);
	char number[KEY_SIZE];

	use_swaps_of(swaps, block->node, blocks, at);
	if (block->alias)
		use_swaps_of(swaps, block->alias, blocks, at);
	if (pool)
		use_swaps_of(swaps, pool->folder, blocks, at);
	if (block->number) {
		write_number_key(block->number, number);
		use_swaps_of(swaps, number, blocks, at);
	}
}
