/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/blocks.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * A limit against loops: real stacks are lower, but holders/ in a tree made by hand may form a
 * circle.
 */
enum { BLOCKS_MAX = 2048 };

/* The state of the search for block devices while the folders of blocks->items[at] are listed. */
struct look {
	struct blocks *blocks;
	size_t at;
	const char *folder;
};

void block_use(struct blocks *blocks, size_t index, enum use_kind kind, const char *user,
	       const char *evidence)
{
	struct arena *arena = build_arena(blocks->reading->build);
	struct block *block = &blocks->items[index];

	block->is_used = true;
	blocks->items[block->disk].has_used = true;
	build_use(blocks->reading->build, blocks->device,
		  (struct use){
			  .kind = kind,
			  .node = block->node,
			  .user = arena_strdup(arena, user),
			  .evidence = arena_strdup(arena, evidence),
		  });
}

static void add_block(struct blocks *blocks, struct block block)
{
	struct arena *arena = build_arena(blocks->reading->build);

	if (blocks->count == BLOCKS_MAX) {
		blocks->unseen = "too many block devices are on top of its disks";
		return;
	}
	blocks->items = arena_grow(arena, blocks->items, blocks->count, &blocks->room,
				   sizeof(*blocks->items));
	blocks->items[blocks->count++] = block;
	*text_map_at(blocks->by_path, block.path) = blocks->count;
}

/* A device number from a file such as dev: "253:0". */
static dev_t read_device_number(const struct root *root, const char *path)
{
	unsigned major_number, minor_number;
	char text[64];

	if (root_readf_text(root, text, sizeof(text), "%s/dev", path) <= 0 ||
	    sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
		return 0;
	return makedev(major_number, minor_number);
}

const char *block_alias(const struct root *root, struct arena *arena, const char *path)
{
	char text[ATTRIBUTE_MAX];

	if (root_readf_text(root, text, sizeof(text), "%s/dm/name", path) <= 0)
		return NULL;
	return arena_concat(arena, "mapper/", text, "");
}

static int look_at_partition(void *context, const char *name, enum root_kind kind);

/* Add the devices that hold a block device (holders/), and its partitions. */
static void add_above(struct blocks *blocks, const char *path, size_t disk)
{
	const struct root *root = blocks->reading->root;
	struct arena *arena = build_arena(blocks->reading->build);
	struct look look = {blocks, blocks->count, path};
	char *node;

	if (text_map_find(blocks->by_path, path))
		return;
	node = arena_strdup(arena, text_basename(path));
	for (char *at = node; *at; at++)
		if (*at == '!')
			*at = '/';
	add_block(blocks, (struct block){
				  .name = arena_strdup(arena, text_basename(path)),
				  .node = node,
				  .alias = block_alias(root, arena, path),
				  .path = arena_strdup(arena, path),
				  .number = read_device_number(root, path),
				  .disk = disk,
			  });
	/* A partition has no partitions: no name in its folder starts with its own. */
	if (look.at < blocks->count)
		root_list_kinds(root, path, look_at_partition, &look);
}

static int look_at_partition(void *context, const char *name, enum root_kind kind)
{
	const struct look *look = context;
	const struct block *whole = &look->blocks->items[look->at];
	char path[PATH_SIZE];

	if (kind == ROOT_FOLDER && text_starts(name, whole->name) &&
	    root_path(look->blocks->reading->root, path, "%s/%s", look->folder, name) >= 0)
		add_above(look->blocks, path, whole->disk);
	return 0;
}

static int look_at_holder(void *context, const char *name, const char *path)
{
	struct look *look = context;
	struct blocks *blocks = look->blocks;
	const struct block *below = &blocks->items[look->at];
	char user[PATH_SIZE];
	const char *alias;

	alias = block_alias(blocks->reading->root, build_arena(blocks->reading->build), path);
	snprintf(user, sizeof(user), alias ? "%s (%s)" : "%s", name,
		 alias ? text_basename(alias) : NULL);
	block_use(blocks, look->at, USE_HOLDER, user, look->folder);
	add_above(blocks, path, below->disk);
	return 0;
}

static void look_at_holders(struct blocks *blocks, size_t at)
{
	struct look look = {blocks, at, NULL};
	char folder[PATH_SIZE];
	int result;

	look.folder = folder;
	result = root_path(blocks->reading->root, folder, "%s/holders", blocks->items[at].path);
	if (result >= 0)
		result = root_list_links(blocks->reading->root, folder, look_at_holder, &look);
	if (result < 0 && result != -ENOENT)
		blocks->unseen = arena_printf(build_arena(blocks->reading->build), "%s: %s", folder,
					      strerror(-result));
}

static void use_exports(struct blocks *blocks, size_t at, const struct exports *exports,
			const char *node)
{
	char path[PATH_SIZE];

	for (const struct export *export = export_first(exports, node); export;
	     export = export_next(exports, export)) {
		if (export->kind != EXPORT_BLOCK)
			continue;
		block_use(blocks, at, USE_BACKING, export->user, export->evidence);
		if (export->block &&
		    root_follow(blocks->reading->root, "/sys/block", export->block, path) > 0)
			add_above(blocks, path, blocks->items[at].disk);
	}
}

static void look_at_exports(struct blocks *blocks, size_t at, const struct exports *exports)
{
	const char *alias = blocks->items[at].alias;

	use_exports(blocks, at, exports, blocks->items[at].node);
	if (alias)
		use_exports(blocks, at, exports, alias);
}

/*
 * The index of the disk that a node belongs to, by the folder above the node's; the walk lists a
 * disk before its partitions. blocks->count: the node is a disk itself
 */
static size_t disk_of(const struct blocks *blocks, const struct below_node *node)
{
	char folder[PATH_SIZE];
	size_t number;

	if (!node->is_partition)
		return blocks->count;
	snprintf(folder, sizeof(folder), "%.*s", (int)(text_basename(node->path) - node->path) - 1,
		 node->path);
	number = text_map_find(blocks->by_path, folder);
	return number ? number - 1 : blocks->count;
}

struct blocks blocks_find(struct reading *reading, const struct below *below,
			  const struct exports *exports)
{
	struct blocks blocks = {
		.reading = reading,
		.device = below->device,
		.by_path = text_map_new(build_arena(reading->build)),
		.unseen = below->unseen,
	};

	for (size_t i = 0; i < below->count; i++)
		if (below->nodes[i].is_block)
			add_block(&blocks, (struct block){
						   .name = text_basename(below->nodes[i].path),
						   .node = below->nodes[i].name,
						   .path = below->nodes[i].path,
						   .number = below->nodes[i].number,
						   .disk = disk_of(&blocks, &below->nodes[i]),
					   });
	blocks.below_count = blocks.count;
	for (size_t i = 0; i < blocks.count; i++) {
		look_at_holders(&blocks, i);
		look_at_exports(&blocks, i, exports);
	}
	return blocks;
}
