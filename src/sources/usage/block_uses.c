/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uses of the disks of a device and of everything on them: mounts (/proc/PID/mountinfo), swap
 * (/proc/swaps), and other claims.
 */
#include "base/text.h"
#include "sources/usage/blocks.h"
#include "sources/usage/claims.h"
#include "sources/usage/file_systems.h"
#include "sources/usage/other_uses.h"
#include "sources/usage/swaps.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 4 * 1024 * 1024 };

/* Data that is read once for all devices in focus. */
struct known {
	struct reading *reading;
	struct arena *scratch;
	bool needs_mounts; /* some block device may carry file systems */
	struct file_systems file_systems;
	struct exports exports;
	struct captured_claims claims;
	struct swaps swaps;
	int swaps_cause; /* why /proc/swaps could not be read: a negative errno, or 0 */
};

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

/* A mount whose source names the node of the block device, or its alias. */
static const struct mount *find_source_mount(const struct known *known, const struct block *block)
{
	const struct mount *mount = file_systems_mount(&known->file_systems, block->node);

	return mount || !block->alias ? mount
				      : file_systems_mount(&known->file_systems, block->alias);
}

/* Of a file system of several devices, one mount is added. */
static void look_at_mounts(const struct known *known, struct blocks *blocks, size_t at)
{
	const struct block *block = &blocks->items[at];
	const struct mount *mounts, *mount = find_source_mount(known, block);
	const struct pool *pool = file_systems_pool(&known->file_systems, block->name);
	size_t count;

	if (block->number) {
		mounts = mounts_of_number(&known->file_systems.mounts, block->number, &count);
		use_mounts(blocks, at, mounts, count);
	}
	if (!mount && pool)
		mount = pool->mount;
	if (mount)
		use_block_mount(blocks, at, mount);
	else if (pool)
		block_use(blocks, at, USE_MOUNT, "btrfs, mounted where it cannot be seen",
			  pool->folder);
}

static void say_blind(const struct known *known, const struct blocks *blocks)
{
	struct build *build = known->reading->build;
	const struct mounts *mounts = &known->file_systems.mounts;

	if (mounts->main_unseen)
		build_blindness(build, blocks->device, USE_SYSTEM_MOUNT, "%s", mounts->main_unseen);
	if (mounts->unseen)
		build_blindness(build, blocks->device, USE_MOUNT, "%s", mounts->unseen);
	if (known->swaps_cause)
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
		if (!known->swaps_cause)
			swap_uses(&known->swaps, &known->file_systems, &blocks, i);
	}
	list_disks(known, &blocks);
	say_blind(known, &blocks);
	return claims_ask(&blocks, &known->claims, e);
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
		transport_uses(known->reading, below, &known->file_systems.mounts, &known->exports);
	return has_blocks(below) ? read_block_uses(known, below, e) : 0;
}

static void read_swaps(struct known *known)
{
	const struct root *root = known->reading->root;
	char *lines = NULL;
	size_t length;
	int result = root_read_all(root, known->scratch, "/proc/swaps", FILE_MAX, &lines, &length);

	/* Kernels without swap have no /proc/swaps; /proc/1 shows that /proc itself is mounted. */
	if (result == -ENOENT && root_has(root, "/proc/1") > 0) {
		lines = arena_strdup(known->scratch, "");
		result = 0;
	}
	if (result == 0) {
		known->swaps = swaps_parse(lines, root, known->scratch, &known->file_systems);
		reading_done(known->reading, "swaps");
	} else {
		known->swaps_cause = result;
		reading_failed(known->reading, "swaps", result, "/proc/swaps");
	}
}

static void read_known(struct known *known)
{
	const struct root *root = known->reading->root;

	known->exports = exports_read(root, known->scratch);
	if (!known->needs_mounts)
		return;
	known->file_systems = file_systems_read(root, known->scratch, known->reading->processes);
	read_swaps(known);
	if (!root_is_live(root))
		known->claims = claims_read(root, known->scratch);
}

static void say_state(const struct known *known)
{
	const struct mounts *mounts = &known->file_systems.mounts;
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
