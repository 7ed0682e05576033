/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sight - what is so of one device of a plan, now
 *
 * The driver link comes before a driver's probe and goes before its remove has run
 * (drivers/base/dd.c: really_probe, __device_release_driver); DRIVER= in the uevent file goes when
 * the driver has left. So both must agree.
 */
#pragma once

#include "actions/plan.h"
#include "base/root.h"

enum sight_state {
	SIGHT_CLEAR,
	SIGHT_GONE,   /* there is nothing at that path */
	SIGHT_OTHER,  /* another device is at that path */
	SIGHT_MOVING, /* a driver is coming or going, and has been for a second */
	SIGHT_BUSY,   /* the kernel holds its lock */
};

/** struct sight - @driver, @driver_override: NULL none; in the arena; valid where it is clear */
struct sight {
	enum sight_state state;
	const char *driver, *driver_override;
};

/** sight_target - look at a target, by its path and IDs */
struct sight sight_target(const struct root *root, const struct target *target,
			  struct arena *arena);

/** same_text - two texts that may be NULL, which is none */
bool same_text(const char *one, const char *other);
