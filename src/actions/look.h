/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look - one device of a plan, read again
 *
 * The driver link comes before a driver's probe and goes before its remove has run
 * (drivers/base/dd.c: really_probe, __device_release_driver); DRIVER= in the uevent file goes when
 * the driver has left. So both must agree.
 */
#pragma once

#include "actions/plan.h"
#include "base/root.h"

/** enum look_state - what a look found */
enum look_state {
	LOOK_CLEAR,
	LOOK_GONE,   /* there is nothing at that path */
	LOOK_OTHER,  /* another device is at that path */
	LOOK_MOVING, /* a driver is coming or going, and has been for a second */
	LOOK_BUSY,   /* the kernel holds its lock */
	LOOK_UNSEEN, /* reading failed */
};

/**
 * struct target_look - texts are in the arena
 * @driver: what the driver link says; NULL none. Valid in LOOK_CLEAR and LOOK_MOVING
 * @driver_override: NULL none; valid in LOOK_CLEAR
 * @leaving: in LOOK_MOVING, what the uevent file says, where the link says nothing
 * @cause: negative errno in LOOK_BUSY and LOOK_UNSEEN
 */
struct target_look {
	enum look_state state;
	const char *driver, *driver_override, *leaving;
	int cause;
};

/** look_target - read a target again: it is the same device by its path, its IDs and its inode */
struct target_look look_target(const struct root *root, const struct target *target,
			       struct arena *arena);

/** look_state_name - the word in JSON documents: "seen", "gone", "replaced", "moving", "busy",
 * "unseen" */
const char *look_state_name(enum look_state state);

/** look_describe - "0000:01:00.0 has the driver e1000e and no override" */
void look_describe(const struct target *target, const struct target_look *look, char *out,
		   size_t size);

/** same_text - two texts that may be NULL, which is none */
bool same_text(const char *one, const char *other);
