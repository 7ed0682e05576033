/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/adopt.h"
#include "sources/deferral/deferred_list.h"

#include "base/text.h"
#include "firmware/dt_live.h"

#include <stdio.h>
#include <string.h>

static void read_links(struct reading *reading, struct device *device)
{
	struct arena *arena = build_arena(reading->build);
	char target[PATH_SIZE];

	int bound = root_follow(reading->root, device->path, "driver", target);

	device->driver_known = bound >= 0;
	if (bound > 0) {
		device->driver = arena_strdup(arena, text_basename(target));
		device->state = DEVICE_BOUND;
	} else if (bound == 0 && reading->deferred) {
		device->state = deferred_list_find(reading->deferred, device->name)
					? DEVICE_DEFERRED
					: DEVICE_UNBOUND;
	}
	if (dt_live_node(reading->root, device->path, target) > 0)
		device->firmware_node = arena_strdup(arena, target);
}

struct device *adopt_device(struct reading *reading, const char *path)
{
	struct arena *arena = build_arena(reading->build);
	struct device *device = build_find_above(reading->build, path);
	char bus[PATH_SIZE];

	if (device && strcmp(device->path, path) == 0)
		return device;
	if (!text_starts(path, "/sys/devices/") ||
	    root_follow(reading->root, path, "subsystem", bus) <= 0 ||
	    !text_starts(bus, "/sys/bus/"))
		return NULL;
	device = build_device(reading->build, arena_strdup(arena, text_basename(bus)),
			      arena_strdup(arena, text_basename(path)), arena_strdup(arena, path));
	device->adopted = true;
	read_links(reading, device);
	return device;
}

struct device *adopt_named(struct reading *reading, const char *bus, const char *name)
{
	char target[PATH_SIZE];

	/*
	 * Both names come from the kernel's texts: a name with a '/' would lead to another folder.
	 */
	if (!*bus || !*name || strchr(bus, '/') || strchr(name, '/'))
		return NULL;
	return root_followf(reading->root, target, "/sys/bus/%s/devices/%s", bus, name) > 0
		       ? adopt_device(reading, target)
		       : NULL;
}
