/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/vf_target.h"

#include "base/text.h"

#include <string.h>

/* The name of the links in drivers/pci/iov.c: pci_iov_sysfs_link */
static const char link_name[] = "virtfn";

const char *vf_path(struct arena *arena, const char *physical, size_t number)
{
	return arena_printf(arena, "%s/%s%zu", physical, link_name, number);
}

bool vf_target_is(const struct target *target)
{
	return text_starts(text_basename(target->path), link_name);
}

bool vf_target_is_new(const struct target *target)
{
	return vf_target_is(target) && target->vendor_id < 0;
}

/* The path of the physical function. */
static const char *path_above(const char *path, struct arena *arena)
{
	return arena_text(arena, path, (size_t)(text_basename(path) - path) - 1);
}

int vf_target_find(const struct root *root, const struct target *target, struct arena *arena,
		   struct target *ret_now)
{
	struct target now = *target;
	const char *physical;
	char place[PATH_SIZE];
	uint64_t inode = 0;
	int result;

	*ret_now = *target;
	if (!vf_target_is(target))
		return 1;
	physical = path_above(target->path, arena);
	result = root_inode(root, physical, &inode);
	/* Another device in the place of the physical function has other virtual functions. */
	if (result <= 0 || (target->inode && inode != target->inode))
		return result < 0 ? result : 0;
	result = root_follow(root, physical, text_basename(target->path), place);
	if (result <= 0)
		return result;
	now.path = arena_strdup(arena, place);
	now.label = now.name = arena_strdup(arena, text_basename(place));
	result = root_inode(root, place, &now.inode);
	if (result > 0)
		*ret_now = now;
	return result;
}

/* A virtual function stands beside its physical one (drivers/pci/iov.c: pci_iov_add_virtfn). */
const char *vf_target_place(const struct target *target, struct arena *arena)
{
	const char *physical = path_above(target->path, arena);

	return arena_concat(arena, path_above(physical, arena), "/", target->name);
}
