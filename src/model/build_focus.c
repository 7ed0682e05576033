/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of build.h about devices in focus, and the drivers that they are moved between. */
#include "model/build_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct growing *uses_of(struct build *build, struct device *device)
{
	if (!built(device)->uses) {
		built(device)->uses = arena_alloc(build->arena, sizeof(struct growing));
		device->uses = &built(device)->uses->uses;
	}
	return built(device)->uses;
}

void build_looked_at_uses(struct build *build, struct device *device)
{
	uses_of(build, device);
}

void build_use(struct build *build, struct device *device, struct use use)
{
	struct growing *growing = uses_of(build, device);
	struct use *items = arena_grow(build->arena, growing->uses.items, growing->uses.count,
				       &growing->room, sizeof(*items));

	items[growing->uses.count++] = use;
	growing->uses.items = items;
}

void build_setting(struct build *build, struct device *device, const char *command)
{
	struct growing *growing = uses_of(build, device);
	const char **settings =
		arena_grow(build->arena, growing->uses.settings, growing->uses.setting_count,
			   &growing->setting_room, sizeof(*settings));

	settings[growing->uses.setting_count++] = command;
	growing->uses.settings = settings;
}

void build_disk(struct build *build, struct device *device, struct disk disk)
{
	struct growing *growing = uses_of(build, device);
	struct disk *disks = arena_grow(build->arena, growing->uses.disks, growing->uses.disk_count,
					&growing->disk_room, sizeof(*disks));

	disks[growing->uses.disk_count++] = disk;
	growing->uses.disks = disks;
}

void build_blindness(struct build *build, struct device *device, enum use_kind kind,
		     const char *format, ...)
{
	struct growing *growing = uses_of(build, device);
	struct blindness *blind =
		arena_grow(build->arena, growing->uses.blind, growing->uses.blind_count,
			   &growing->blind_room, sizeof(*blind));
	char why[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	blind[growing->uses.blind_count++] =
		(struct blindness){kind, arena_strdup(build->arena, why)};
	growing->uses.blind = blind;
}

void build_unread_use(struct build *build, struct device *device, enum use_kind kind,
		      const char *file, int cause)
{
	build_blindness(build, device, kind, "%.400s: %s", file, strerror(-cause));
}

struct traits *build_traits(struct build *build, struct device *device)
{
	struct traits *traits = arena_alloc(build->arena, sizeof(*traits));

	*traits = (struct traits){
		.has_override = ANSWER_UNKNOWN,
		.header_type = -1,
		.answers = ANSWER_UNKNOWN,
		.multifunction = ANSWER_UNKNOWN,
		.pcie = PCIE_NONE,
		.acs_present = ANSWER_UNKNOWN,
		.can_reset = ANSWER_UNKNOWN,
		.d3cold_allowed = ANSWER_UNKNOWN,
	};
	device->traits = built(device)->traits = traits;
	return traits;
}

struct traits *build_find_traits(const struct build *build, struct device *device)
{
	return built(device)->traits;
}

struct driver *build_driver(struct build *build, const char *bus, const char *name)
{
	struct driver *driver = arena_alloc(build->arena, sizeof(*driver));

	driver->bus = bus;
	driver->name = name;
	list_add(&build->drivers, driver);
	return driver;
}

struct protection *build_protection(struct build *build)
{
	struct protection *protection = arena_alloc(build->arena, sizeof(*protection));

	protection->passes_unclaimed = ANSWER_UNKNOWN;
	protection->before_boot = ANSWER_UNKNOWN;
	build->machine.protection = protection;
	return protection;
}

struct vfio_host *build_vfio_host(struct build *build)
{
	struct vfio_host *host = arena_alloc(build->arena, sizeof(*host));

	*host = (struct vfio_host){
		.unsafe_noiommu = ANSWER_UNKNOWN,
		.unsafe_interrupts = ANSWER_UNKNOWN,
		.denylist_off = ANSWER_UNKNOWN,
		.isolated_interrupts = ANSWER_UNKNOWN,
		.type1_loaded = ANSWER_UNKNOWN,
		.has_iommufd = ANSWER_UNKNOWN,
		.in_container = ANSWER_UNKNOWN,
		.memlock = -1,
	};
	build->machine.vfio = host;
	return host;
}
