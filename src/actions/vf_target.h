/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vf_target - a virtual function as the target of a plan, which may not exist yet
 *
 * Its address is known only when it exists (drivers/pci/iov.c: the device tells offset and stride).
 * So such a target is named by its physical function and its number: its path is the link
 * "PHYSICAL/virtfn3", its inode that of the physical function, and its name is the address only if
 * it existed when the plan was made. Removed and made again, it is the same target.
 */
#pragma once

#include "actions/plan.h"
#include "base/arena.h"
#include "base/root.h"

/** vf_path - the path of virtual function @number of the device at @physical; in @arena */
const char *vf_path(struct arena *arena, const char *physical, size_t number);

/** vf_target_is - true where @target is a virtual function by its number */
bool vf_target_is(const struct target *target);

/** vf_target_is_new - true for one that did not exist when the plan was made */
bool vf_target_is_new(const struct target *target);

/**
 * vf_target_find - @target at its present address
 * @ret_now: @target with name, path, label and inode of the device; any other target unchanged
 * Returns: 1; 0 where it does not exist; a negative errno.
 */
_must_check_ int vf_target_find(const struct root *root, const struct target *target,
				struct arena *arena, struct target *ret_now);

/** vf_target_place - the path that it had when the plan was made; in @arena */
const char *vf_target_place(const struct target *target, struct arena *arena);
