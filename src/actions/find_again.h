/* SPDX-License-Identifier: GPL-2.0-or-later */
/* find_again - a device that was removed from its bus, at its present address */
#pragma once

#include "actions/look.h"

/**
 * find_again - look for a target at its location (model/location.h)
 * @arena: owns the texts of @ret_now
 * @ret_now: @target with its present name, path and inode; unchanged where it is not there
 * Returns: a look at the device. LOOK_GONE: nothing is there; LOOK_OTHER: a device with other IDs
 * is.
 */
struct target_look find_again(const struct root *root, const struct target *target,
			      struct arena *arena, struct target *ret_now);
