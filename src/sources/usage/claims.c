/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/claims.h"

#include "base/guard.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { CLAIMS_MAX = 1 << 20 };

static void use_claim(struct blocks *blocks, size_t at, const char *evidence)
{
	block_use(blocks, at, USE_CLAIM, "the kernel", evidence);
}

/*
 * True where the claim of a block device has to be tested: for a whole disk, if no use of it or of
 * anything on it is known (such a use claims the disk); for a partition of a used disk, if the
 * partition has no known use.
 */
static bool is_open_question(const struct blocks *blocks, size_t at)
{
	const struct block *block = &blocks->items[at], *disk = &blocks->items[block->disk];

	if (block->disk == at)
		return !block->has_used;
	return disk->has_used && !disk->is_used && !block->is_used;
}

struct captured_claims claims_read(const struct root *root, struct arena *arena)
{
	struct captured_claims claims = {.nodes = text_map_new(arena)};
	char *lines = NULL, *line;
	size_t length;

	claims.result = root_read_all(root, arena, CAPTURED_CLAIMS, CLAIMS_MAX, &lines, &length);
	while (claims.result == 0 && (line = strsep(&lines, "\n")))
		if (*line)
			*text_map_at(claims.nodes, line) = 1;
	return claims;
}

static void add_captured_claims(struct blocks *blocks, const struct captured_claims *captured)
{
	for (size_t i = 0; i < blocks->below_count; i++) {
		if (!is_open_question(blocks, i))
			continue;
		if (captured->result < 0)
			build_unread_use(blocks->reading->build, blocks->device, USE_CLAIM,
					 CAPTURED_CLAIMS, captured->result);
		else if (text_map_find(captured->nodes, blocks->items[i].node))
			use_claim(blocks, i, CAPTURED_CLAIMS);
	}
}

/*
 * True where the node in /dev is really that of the disk: in a container, or without udev, it may
 * be missing or belong to another device.
 */
static bool is_its_node(const struct blocks *blocks, const struct block *disk)
{
	char path[PATH_SIZE];
	dev_t number;

	if (root_path(blocks->reading->root, path, "/dev/%s", disk->node) >= 0 &&
	    root_device_number(blocks->reading->root, path, S_IFBLK, &number) > 0 &&
	    number == disk->number)
		return true;
	build_blindness(blocks->reading->build, blocks->device, USE_CLAIM,
			"%s is not the node of the disk of that name", path);
	return false;
}

static void add_claim(struct blocks *blocks, size_t at, const struct guarded *answer)
{
	const char *path =
		arena_concat(build_arena(blocks->reading->build), answer->dir, "/", answer->name);

	if (answer->status == -EBUSY)
		use_claim(blocks, at, path);
	/* A drive without a medium, or a node without a drive, has nothing to claim. */
	else if (answer->status && answer->status != -ENOMEDIUM && answer->status != -ENXIO)
		build_unread_use(blocks->reading->build, blocks->device, USE_CLAIM, path,
				 answer->status);
}

/*
 * Opening with O_EXCL answers -EBUSY where the kernel has the device claimed; otherwise the claim
 * ends with close. O_NONBLOCK: neither wait for a medium nor load it.
 */
ssize_t claim_try(const struct root *root, const char *path, char *bytes, size_t size)
{
	_autoclose_ int fd = root_openat(root, path, O_RDONLY | O_EXCL | O_NONBLOCK);

	return fd < 0 ? fd : 0;
}

static int test_claims(struct blocks *blocks, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct guarded *questions = arena_array(scratch, blocks->below_count, sizeof(*questions));
	size_t *subjects = arena_array(scratch, blocks->below_count, sizeof(*subjects));
	size_t count = 0;
	int result;

	for (size_t i = 0; i < blocks->below_count; i++) {
		if (!is_open_question(blocks, i) || !is_its_node(blocks, &blocks->items[i]))
			continue;
		subjects[count] = i;
		questions[count++] = (struct guarded){
			.dir = "/dev",
			.name = blocks->items[i].node,
			.reader = claim_try,
			.access = ROOT_CLAIM,
		};
	}
	if (!count)
		return 0;
	/* Opening a dead disk may block without end, so a guarded child opens it. */
	result = guard_read(blocks->reading->root, scratch, questions, count, e);
	for (size_t i = 0; i < count && result == 0; i++)
		add_claim(blocks, subjects[i], &questions[i]);
	return result;
}

int claims_ask(struct blocks *blocks, const struct captured_claims *captured, struct error *e)
{
	/*
	 * focus->holder, a process of iommuctl, has these disks claimed: a test would only find its
	 * claim.
	 */
	if (blocks->reading->focus && blocks->reading->focus->holder)
		return 0;
	if (root_is_live(blocks->reading->root))
		return test_claims(blocks, e);
	add_captured_claims(blocks, captured);
	return 0;
}
