/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look - read one device of a plan again
 *
 * The driver link appears before a driver's probe, and disappears before its remove has run
 * (drivers/base/dd.c: really_probe, __device_release_driver); DRIVER= in the uevent file disappears
 * when the driver has left. So both must agree.
 */
#pragma once

#include "actions/plan.h"
#include "base/root.h"

/** enum look_state - the result of a look */
enum look_state {
	LOOK_CLEAR,
	LOOK_GONE,   /* the device is gone: its path does not exist */
	LOOK_OTHER,  /* another device is at the path of the target */
	LOOK_MOVING, /* a driver of the device has been in its probe or remove for a second */
	LOOK_BUSY,   /* another process holds the device's lock */
	LOOK_UNSEEN, /* a file of the device could not be read */
};

/**
 * struct target_look - a look at one device; texts are in the arena
 * @driver: from the driver link; NULL none. Valid in LOOK_CLEAR and LOOK_MOVING
 * @driver_override: NULL none; valid in LOOK_CLEAR
 * @leaving: in LOOK_MOVING, the driver in the uevent file if there is no link
 * @cause: negative errno in LOOK_BUSY and LOOK_UNSEEN
 */
struct target_look {
	enum look_state state;
	const char *driver, *driver_override, *leaving;
	int cause;
};

/**
 * look_target - read a target again; it is the same device if path, IDs and inode are the same
 * A virtual function by its number (vf_target.h) is looked at where it is now.
 */
struct target_look look_target(const struct root *root, const struct target *target,
			       struct arena *arena);

/** look_state_name - the word in JSON documents: "seen", "gone", "replaced", "moving", "busy",
 * "unseen" */
const char *look_state_name(enum look_state state);

/** look_describe - a look in words: "0000:01:00.0 has the driver e1000e and no override" */
void look_describe(const struct target *target, const struct target_look *look, char *out,
		   size_t size);

/**
 * look_switch - whether a file with a switch or a count reads as @value
 * Returns: 1; 0; a negative errno, -ETIMEDOUT where the kernel holds the lock of the device.
 */
_must_check_ int look_switch(const struct root *root, const char *file, const char *value);
