/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/moving.h"

#include "support/check.h"

#include <string.h>

struct moving moving;

int moving_start(void **state)
{
	moving = (struct moving){
		.build = build_new(),
		.arena = arena_new(),
		.request = {.verb = "rebind", .driver = "vfio-pci"},
	};
	moving.memory.arena = moving.arena;
	return 0;
}

int moving_end(void **state)
{
	build_free(moving.build);
	system_free(moving.system);
	arena_free(moving.arena);
	return 0;
}

struct device *moving_add(const char *name, const char *driver, int class)
{
	char *path = arena_printf(build_arena(moving.build), "/sys/devices/pci0000:00/%s", name);
	struct device *device = build_device(moving.build, "pci", name, path);

	device->driver = driver;
	device->driver_known = true;
	device->vendor_id = 0x8086;
	device->device_id = 0x10d3;
	device->class = class;
	build_traits(moving.build, device)->has_override = ANSWER_YES;
	return device;
}

void moving_remember(const char *name, const char *driver, const char *override)
{
	memory_put(&moving.memory,
		   &(struct target){
			   .label = name,
			   .bus = "pci",
			   .name = name,
			   .path = arena_printf(moving.arena, "/sys/devices/pci0000:00/%s", name),
			   .vendor_id = 0x8086,
			   .device_id = 0x10d3,
			   .driver = driver,
			   .driver_override = override,
		   });
}

struct handover moving_handover(void)
{
	if (!moving.system) {
		moving.system = build_seal(moving.build, 0);
		moving.build = NULL;
	}
	return strcmp(moving.request.verb, "restore") == 0
		       ? restore_moves(moving.system, &moving.memory, moving.named, moving.arena)
		       : rebind_moves(&moving.request, moving.system, &moving.memory, moving.named,
				      moving.arena);
}
