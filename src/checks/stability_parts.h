/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stability_parts - the inside of a comparison; only for stability.c (groups) and
 * stability_devices.c (devices)
 */
#pragma once

#include "checks/stability.h"

/**
 * struct side - one of the two snapshots
 * @by_path: its devices, sorted     @moved: by device index: it is a moved device
 * @by_location: devices that no path finds are found by their location
 * @below: by device index: it is in the folder of a moved device, so the move may remove it
 */
struct side {
	const struct system *system;
	const struct device **by_path;
	bool *moved, *below;
	bool by_location;
};

/**
 * struct comparison - one comparison while it is made
 * @functions: paths of the virtual functions that were made or removed, @function_count of them
 * @domains: groups of which the type was changed, @domain_count of them
 */
struct comparison {
	struct side before, after;
	const char *const *functions;
	size_t function_count;
	const struct domain_change *domains;
	size_t domain_count;
	struct arena *arena;
	struct change *items;
	size_t count, room;
};

/** comparison_is_function - true for a virtual function that was made or removed */
bool comparison_is_function(const struct comparison *comparison, const struct device *device);

/** side_make - index @system, and mark the devices in @touched and those below them */
struct side side_make(const struct system *system, const char *const *touched, size_t count);

/** side_free - free the arrays of @side */
void side_free(struct side *side);

/** side_find - the device at that path, or with by_location the only one at that location; or NULL
 */
const struct device *side_find(const struct side *side, const char *path);

/** side_touches - true where a device of @group is moved or below a moved one; false for NULL */
bool side_touches(const struct side *side, const struct group *group);

/** change_of_group - add a change of @group, with a message */
void change_of_group(struct comparison *comparison, enum change_kind kind, bool judged,
		     const struct group *group, const char *format, ...) _printf_(5, 6);

/** change_of_device - add a change of @device, with a message */
void change_of_device(struct comparison *comparison, enum change_kind kind, bool judged,
		      const struct device *device, const char *format, ...) _printf_(5, 6);

/**
 * device_joins_rightly - true where firmware or PCI topology predicts @group for @device, both of
 * the later snapshot: a device that had no group may join it
 */
bool device_joins_rightly(const struct device *device, const struct group *group);

/** compare_devices - compare drivers, streams, and the presence of devices */
void compare_devices(struct comparison *comparison);
