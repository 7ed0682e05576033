/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uses of the disks of a device and of everything on them: mounts (/proc/PID/mountinfo), swap
 * (/proc/swaps), and other claims.
 */
#include "base/text.h"
#include "sources/usage/blocks.h"
#include "sources/usage/claims.h"
#include "sources/usage/mounts.h"
#include "sources/usage/other_uses.h"
#include "sources/usage/pools.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 4 * 1024 * 1024 };

/* Data that is read once for all devices in focus. */
struct known {
	struct reading *reading;
	struct arena *scratch;
	bool needs_mounts; /* some block device may carry file systems */
	struct mounts mounts;
	struct exports exports;
	const struct pool *pools;
	char *swaps; /* the lines of /proc/swaps, or NULL */
	int swaps_cause;
};

/* The kernel's name of the block device that @node means: "dm-0" for "mapper/vg-root". */
static const char *kernel_name(const struct known *known, const struct blocks *blocks,
			       const char *node)
{
	for (size_t i = 0; i < blocks->count; i++)
		if (block_is_node(&blocks->items[i], node))
			return blocks->items[i].name;
	return node;
}

/* True for a mount of the btrfs to which @block belongs: its source may be any of its devices. */
static bool is_pool_mount(const struct known *known, const struct blocks *blocks,
			  const struct pool *pool, const struct mount *mount)
{
	const char *node =
		strcmp(mount->type, "btrfs") == 0
			? node_of_path(known->reading->root, known->scratch, mount->source)
			: NULL;

	return node && pool_has(pool, kernel_name(known, blocks, node));
}

/* bcachefs lists all its devices as the source of a mount: "/dev/sda:/dev/sdb". */
static bool names_block(const struct known *known, const struct block *block, const char *source)
{
	_autofree_ char *list = strdup(source);
	char *rest = list, *path;

	if (!list)
		memory_exhausted();
	while ((path = strsep(&rest, ":")))
		if (block_is_node(block, node_of_path(known->reading->root, known->scratch, path)))
			return true;
	return false;
}

static bool is_mount_of(const struct known *known, const struct block *block,
			const struct mount *mount)
{
	if (mount->backing == MOUNT_NUMBER)
		return block->number == mount->number;
	return mount->backing == MOUNT_SOURCES && names_block(known, block, mount->source);
}

/*
 * True where @main is the same mount in a main namespace. Containers and services with their own
 * mount namespace may repeat a mount a hundred times; only the main ones are listed.
 */
static bool is_same_point(const struct mount *mount, const struct mount *mains, size_t main_count)
{
	for (size_t low = 0; low < main_count;) {
		size_t middle = low + (main_count - low) / 2;
		int order = strcmp(mains[middle].point, mount->point);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			main_count = middle;
	}
	return false;
}

static void use_block_mount(struct blocks *blocks, size_t at, const struct mount *mount)
{
	struct arena *arena = build_arena(blocks->reading->build);

	block_use(blocks, at, mount_is_system(mount) ? USE_SYSTEM_MOUNT : USE_MOUNT,
		  mount->holder ? arena_printf(arena, "%s in the mount namespace of %s",
					       mount->point, mount->holder)
				: mount->point,
		  mount->evidence);
}

/* Add the uses by mounts of one block device. @mounts: sorted */
static void use_mounts(struct blocks *blocks, size_t at, const struct mount *mounts, size_t count)
{
	size_t mains = 0;

	while (mains < count && mounts[mains].is_main)
		mains++;
	for (size_t i = 0; i < count; i++)
		if ((!i || strcmp(mounts[i].point, mounts[i - 1].point) != 0) &&
		    (i < mains || !is_same_point(&mounts[i], mounts, mains)))
			use_block_mount(blocks, at, &mounts[i]);
}

/* A file system of several devices: one of its mounts is added. True where it is mounted. */
static bool use_pool_mount(const struct known *known, struct blocks *blocks, size_t at,
			   const struct pool *pool)
{
	size_t count;
	const struct mount *mounts = mounts_of_backing(&known->mounts, MOUNT_SOURCES, &count);
	const struct mount *found = NULL;

	for (size_t i = 0; i < count && (!found || !found->is_main); i++)
		if ((!found || mounts[i].is_main) &&
		    (pool ? is_pool_mount(known, blocks, pool, &mounts[i])
			  : is_mount_of(known, &blocks->items[at], &mounts[i])))
			found = &mounts[i];
	if (found)
		use_block_mount(blocks, at, found);
	return found;
}

static void look_at_mounts(const struct known *known, struct blocks *blocks, size_t at)
{
	const dev_t number = blocks->items[at].number;
	const struct mount *mounts;
	size_t count;
	bool found;

	if (number) {
		mounts = mounts_of_number(&known->mounts, number, &count);
		use_mounts(blocks, at, mounts, count);
	}
	found = use_pool_mount(known, blocks, at, NULL);
	for (const struct pool *pool = known->pools; pool && !found; pool = pool->next)
		if (pool_has(pool, blocks->items[at].name) &&
		    !use_pool_mount(known, blocks, at, pool))
			block_use(blocks, at, USE_MOUNT, "btrfs, mounted where it cannot be seen",
				  pool->folder);
}

/*
 * A file in use (swap, loop device) holds the disk under its file system: find that by its mount.
 */
static bool holds_file(const struct known *known, struct blocks *blocks, size_t at,
		       const char *path)
{
	const struct mount *mount = mount_holding(&known->mounts, path);

	if (!mount)
		return false;
	for (const struct pool *pool = known->pools; pool; pool = pool->next)
		if (pool_has(pool, blocks->items[at].name) &&
		    is_pool_mount(known, blocks, pool, mount))
			return true;
	return is_mount_of(known, &blocks->items[at], mount);
}

/*
 * Lines of /proc/swaps, after the headings: "/dev/dm-1 partition 8388604 0 -2"; blanks are escaped.
 */
static void look_at_swaps(const struct known *known, struct blocks *blocks, size_t at)
{
	_autofree_ char *copy = known->swaps ? strdup(known->swaps) : NULL;
	char *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		char *type = line + strcspn(line, " \t");
		bool is_file;

		if (*line != '/' || !*type)
			continue;
		*type++ = '\0';
		is_file = text_starts(type + strspn(type, " \t"), "file");
		octal_unescape(line);
		if (is_file ? holds_file(known, blocks, at, line)
			    : names_block(known, &blocks->items[at], line))
			block_use(blocks, at, USE_SWAP, line, "/proc/swaps");
	}
}

static void say_blind(const struct known *known, const struct blocks *blocks)
{
	struct build *build = known->reading->build;
	const struct mounts *mounts = &known->mounts;

	if (mounts->main_unseen)
		build_blindness(build, blocks->device, USE_SYSTEM_MOUNT, "%s", mounts->main_unseen);
	if (mounts->unseen)
		build_blindness(build, blocks->device, USE_MOUNT, "%s", mounts->unseen);
	if (!known->swaps)
		build_blindness(build, blocks->device, USE_SWAP, "/proc/swaps: %s",
				strerror(-known->swaps_cause));
	if (blocks->unseen) {
		build_blindness(build, blocks->device, USE_MOUNT, "%s", blocks->unseen);
		build_blindness(build, blocks->device, USE_HOLDER, "%s", blocks->unseen);
	}
}

static bool has_blocks(const struct below *below)
{
	for (size_t i = 0; i < below->count; i++)
		if (below->nodes[i].is_block)
			return true;
	return false;
}

static void list_disks(const struct known *known, const struct blocks *blocks)
{
	for (size_t i = 0; i < blocks->below_count; i++)
		if (blocks->items[i].disk == i)
			build_disk(known->reading->build, blocks->device,
				   (struct disk){blocks->items[i].node, blocks->items[i].number});
}

static int read_block_uses(const struct known *known, const struct below *below, struct error *e)
{
	struct blocks blocks = blocks_find(known->reading, below, &known->exports);

	for (size_t i = 0; i < blocks.count; i++) {
		look_at_mounts(known, &blocks, i);
		look_at_swaps(known, &blocks, i);
	}
	list_disks(known, &blocks);
	say_blind(known, &blocks);
	return claims_ask(&blocks, e);
}

/*
 * True where the device has nodes or drivers below it: any of them may be exported, or be memory.
 */
static bool has_anything(const struct below *below)
{
	return below->device && (below->count || below->bound_count);
}

static int read_uses_below(const struct known *known, const struct below *below, struct error *e)
{
	export_uses(known->reading, below, &known->exports);
	if (below_has_transport(below))
		transport_uses(known->reading, below, &known->mounts, &known->exports);
	return has_blocks(below) ? read_block_uses(known, below, e) : 0;
}

static char *read_lines(const struct known *known, const char *file, int *ret_cause)
{
	size_t length;
	char *lines = NULL;

	*ret_cause = root_read_all(known->reading->root, known->scratch, file, FILE_MAX, &lines,
				   &length);
	return *ret_cause < 0 ? NULL : lines;
}

static void read_swaps(struct known *known)
{
	known->swaps = read_lines(known, "/proc/swaps", &known->swaps_cause);
	/* Kernels without swap have no /proc/swaps; /proc/1 shows that /proc itself is mounted. */
	if (known->swaps_cause == -ENOENT && root_has(known->reading->root, "/proc/1") > 0)
		known->swaps = arena_strdup(known->scratch, "");
	if (known->swaps)
		reading_done(known->reading, "swaps");
	else
		reading_failed(known->reading, "swaps", known->swaps_cause, "/proc/swaps");
}

static void read_known(struct known *known)
{
	const struct root *root = known->reading->root;

	known->exports = exports_read(root, known->scratch);
	if (!known->needs_mounts)
		return;
	read_swaps(known);
	known->mounts = mounts_read(root, known->scratch);
	known->pools = pools_read(root, known->scratch);
}

static void say_state(const struct known *known)
{
	const struct mounts *mounts = &known->mounts;
	const char *unseen = mounts->main_unseen ? mounts->main_unseen : mounts->unseen;

	if (unseen)
		build_source(known->reading->build, "mounts", SOURCE_PARTIAL, "%s", unseen);
	else
		reading_done(known->reading, "mounts");
}

int source_block_uses(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	struct known known = {.reading = reading};
	bool wanted = false;
	int result = 0;

	for (size_t i = 0; i < reading->below_count; i++) {
		const struct below *below = &reading->below[i];

		wanted = wanted || has_anything(below);
		known.needs_mounts =
			known.needs_mounts || has_blocks(below) || below_has_transport(below);
	}
	if (!wanted)
		return 0;
	scratch = arena_new();
	known.scratch = scratch;
	read_known(&known);
	for (size_t i = 0; i < reading->below_count && result == 0; i++)
		if (has_anything(&reading->below[i]))
			result = read_uses_below(&known, &reading->below[i], e);
	if (result == 0 && known.needs_mounts)
		say_state(&known);
	return result;
}
