/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /sys/class/CLASS: the interfaces and disks of devices by the names that users type (eth0,
 * nvme0n1)
 *
 * For the whole machine the classes are read and not each device's folder: one link per interface,
 * at any depth below its device (a disk lies five folders below its SATA controller). For a few
 * devices their folders are (class_walk.h), if these have few folders in turn.
 */
#include "sources/devices/class_links.h"

#include "base/text.h"
#include "sources/devices/class_walk.h"
#include "sources/devices/scope.h"
#include "sources/nvidia.h"
#include "sources/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *const class_link_classes[] = {
	"net",	    "block", "nvme",	 "drm", "infiniband", "sound",
	"graphics", "tty",   "watchdog", "tpm", "rtc",
};
const size_t class_link_class_count = ARRAY_SIZE(class_link_classes);

struct found {
	struct device *device;
	const char *name;
};

struct collection {
	struct reading *reading;
	struct found *found;
	size_t count, room;
};

static int read_interface(void *context, const char *name, const char *target)
{
	struct collection *collection = context;
	struct arena *arena = build_arena(collection->reading->build);
	struct device *device;

	if (text_starts(target, "/sys/devices/virtual/"))
		return 0;
	device = scope_owner(collection->reading, target);
	if (!device)
		return 0;
	if (collection->count == collection->room) {
		collection->room = collection->room ? collection->room * 2 : 64;
		collection->found =
			realloc(collection->found, collection->room * sizeof(*collection->found));
		if (!collection->found)
			memory_exhausted();
	}
	collection->found[collection->count++] = (struct found){device, arena_strdup(arena, name)};
	return 0;
}

/*
 * False for a name that the kernel gives to virtual devices alone: consoles (drivers/tty/tty_io.c,
 * vt/vt.c), loop devices, RAM disks and the device mapper. There may be hundreds.
 */
static bool may_have_device(void *context, const char *name)
{
	static const char *const numbered[] = {"tty", "loop", "ram", "zram", "dm-"};

	if (strcmp(name, "console") == 0 || strcmp(name, "ptmx") == 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(numbered); i++) {
		const char *number = text_after(name, numbered[i]);

		if (number && number[strspn(number, "0123456789")] == '\0')
			return false;
	}
	return true;
}

/* CXL devices are on a bus and in no class; "mem0" is the name in /dev/cxl and in cxl(1). */
static int add_cxl_memory(void *context, const char *name, const char *target)
{
	return text_starts(name, "mem") ? read_interface(context, name, target) : 0;
}

/* NVIDIA's driver makes "/dev/nvidia0" without telling sysfs, but names the device's minor number.
 */
static int add_nvidia(void *context, const char *name)
{
	struct collection *collection = context;
	const struct root *root = collection->reading->root;
	char target[PATH_SIZE], node[32];
	unsigned minor;

	if (!nvidia_minor(root, name, &minor) ||
	    root_follow(root, "/sys/bus/pci/devices", name, target) <= 0)
		return 0;
	snprintf(node, sizeof(node), "nvidia%u", minor);
	return read_interface(collection, node, target);
}

/* Sort by device, and by natural order within a device. */
static int compare_interface_links(const void *a, const void *b)
{
	const struct found *left = a, *right = b;

	if (left->device != right->device)
		return left->device < right->device ? -1 : 1;
	return text_natural(left->name, right->name);
}

static void hand_out(const struct collection *collection)
{
	const char **names = arena_array(build_arena(collection->reading->build), collection->count,
					 sizeof(*names));

	for (size_t i = 0; i < collection->count; i++) {
		struct device *device = collection->found[i].device;

		names[i] = collection->found[i].name;
		if (!device->interfaces)
			device->interfaces = &names[i];
		device->interface_count++;
	}
}

static void read_classes(struct collection *collection)
{
	const struct root *root = collection->reading->root;
	char folder[64];

	for (size_t i = 0; i < class_link_class_count; i++) {
		snprintf(folder, sizeof(folder), "/sys/class/%s", class_link_classes[i]);
		root_visit_links(root, folder, may_have_device, read_interface, collection);
	}
	root_list_links(root, "/sys/bus/cxl/devices", add_cxl_memory, collection);
}

/* The walk of a device enters the folders of other devices below it, which have a walk each. */
struct own_folder {
	struct collection *collection;
	const struct device *device;
};

static int read_own_interface(void *context, const char *name, const char *target)
{
	const struct own_folder *own = context;

	return build_find_above(own->collection->reading->build, target) == own->device
		       ? read_interface(own->collection, name, target)
		       : 0;
}

/* False where the devices have many folders, as those with hundreds of disks: it takes too long. */
static bool read_folders(struct collection *collection)
{
	const struct build *build = collection->reading->build;
	size_t budget = 500;

	for (size_t i = 0; i < build_device_count(build); i++) {
		struct own_folder own = {collection, build_device_at(build, i)};

		if (!class_walk(collection->reading, own.device->path, &budget, read_own_interface,
				&own))
			return false;
	}
	return true;
}

int source_class_links(struct reading *reading, struct error *e)
{
	struct collection collection = {.reading = reading};

	if (!reading_wants(reading, FACT_INTERFACES)) {
		build_source(reading->build, "class_links", SOURCE_SKIPPED, NULL);
		return 0;
	}
	if (!reading_has_folders(reading) || !read_folders(&collection)) {
		collection.count = 0;
		read_classes(&collection);
	}
	root_list(reading->root, "/proc/driver/nvidia/gpus", add_nvidia, &collection);
	if (collection.count)
		qsort(collection.found, collection.count, sizeof(*collection.found),
		      compare_interface_links);
	hand_out(&collection);
	free(collection.found);
	build_source(reading->build, "class_links",
		     root_has(reading->root, "/sys/class") > 0 ? SOURCE_READ : SOURCE_ABSENT, NULL);
	return 0;
}
