/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stability_parts - the inside of a comparison; only for stability.c, which asks about groups, and
 * stability_devices.c, which pairs devices and asks about each
 */
#pragma once

#include "checks/stability.h"

/**
 * struct side - one of the two snapshots
 * @by_path: its devices, sorted     @moved: by index of the device: it is one of those moved
 * @below: by index: it is in the folder of one of those moved, so a move can take it away
 */
struct side {
	const struct system *system;
	const struct device **by_path;
	bool *moved, *below;
};

/** struct comparison - one comparison in the making */
struct comparison {
	struct side before, after;
	struct arena *arena;
	struct change *items;
	size_t count, room;
};

/** side_make - index @system, and mark the devices that @touched names and those below them */
struct side side_make(const struct system *system, const char *const *touched, size_t count);

/** side_free - what is behind its pointers */
void side_free(struct side *side);

/** side_find - the device at that path, or NULL */
const struct device *side_find(const struct side *side, const char *path);

/** side_touches - true where a device of @group is moved or below one that is; false for NULL */
bool side_touches(const struct side *side, const struct group *group);

/** change_of_group - take in a change of @group, with a message */
void change_of_group(struct comparison *comparison, enum change_kind kind, bool judged,
		     const struct group *group, const char *format, ...) _printf_(5, 6);

/** change_of_device - the same of @device */
void change_of_device(struct comparison *comparison, enum change_kind kind, bool judged,
		      const struct device *device, const char *format, ...) _printf_(5, 6);

/** device_joins_rightly - true where firmware or PCI's topology predicts @group for @device, both
 * of the later snapshot: nothing is wrong where a device that had no group joins it */
bool device_joins_rightly(const struct device *device, const struct group *group);

/** compare_devices - drivers, streams, and which devices came and went */
void compare_devices(struct comparison *comparison);
