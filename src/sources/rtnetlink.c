/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink: which interfaces devices in focus have, in any network namespace, and who uses them.
 *
 * An interface that was moved to another namespace leaves an empty folder "net" behind in sysfs:
 * files alone say that it exists, not whether it is up there.
 */
#include "base/text.h"
#include "sources/network.h"
#include "sources/network_uses.h"
#include "sources/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	CLASS_STORAGE = 0x01,
	CLASS_NETWORK = 0x02,
	CLASS_BRIDGE = 0x06,
	DEPTH_MAX = 8,
	FOLDERS_MAX = 2048,
};

/* A search for folders "net"; @path grows and shrinks on the way. */
struct walk {
	const struct root *root;
	const char *folder;
	int depth, budget;
};

static int visit_folder(void *context, const char *name)
{
	struct walk *walk = context, below = *walk;
	char path[PATH_SIZE];
	int found;

	if (strcmp(name, "net") == 0)
		return 1;
	if (strcmp(name, "power") == 0 || walk->depth == DEPTH_MAX || walk->budget <= 0 ||
	    !text_join(walk->folder, name, path, sizeof(path)))
		return 0;
	below.folder = path;
	below.depth++;
	below.budget--;
	found = root_list_folders(walk->root, path, visit_folder, &below);
	walk->budget = below.budget;
	/* A folder that went away meanwhile is none. */
	return found == 1;
}

static int class_of(const struct device *device)
{
	return device->class < 0 ? -1 : device->class >> 16;
}

/*
 * Disks have folders by the hundred and never interfaces; below bridges everything would be
 * walked, and they are not moved.
 */
static bool has_net_folder(const struct root *root, const struct device *device)
{
	struct walk walk = {.root = root, .folder = device->path, .budget = FOLDERS_MAX};
	int class = class_of(device);

	return class != CLASS_STORAGE && class != CLASS_BRIDGE &&
	       root_list_folders(root, device->path, visit_folder, &walk) == 1;
}

/* Drivers that keep a device for somebody else make no interfaces. */
static bool is_native(const char *driver)
{
	return !strstr(driver, "vfio") && !strstr(driver, "stub") && !strstr(driver, "pciback") &&
	       !strstr(driver, "uio");
}

static bool expects_interface(const struct device *device)
{
	return class_of(device) == CLASS_NETWORK && device->driver && !device->vfio_dev &&
	       is_native(device->driver);
}

/* A device in focus that networking matters to. */
struct networked {
	struct device *device;
	bool has_folder, expected;
};

static size_t find_networked(struct reading *reading, struct networked *ret_found)
{
	size_t count = 0;

	for (size_t i = 0; i < reading->focus->count; i++) {
		struct networked one = {.device = reading_focus(reading, i)};

		if (!one.device)
			continue;
		build_looked_at_uses(reading->build, one.device);
		one.has_folder = has_net_folder(reading->root, one.device);
		one.expected = expects_interface(one.device);
		if (one.has_folder || one.expected)
			ret_found[count++] = one;
	}
	return count;
}

static const char *follow(const struct root *root, struct arena *arena, const char *folder,
			  const char *name)
{
	char target[PATH_SIZE];

	return root_follow(root, folder, name, target) ? arena_strdup(arena, target) : NULL;
}

/* The kernel names the parent from 5.14 on. What sysfs shows is our own namespace. */
static const char *device_of(const struct root *root, struct arena *arena,
			     const struct interface *interface, bool own)
{
	const char *path = NULL;
	char folder[PATH_SIZE];

	if (interface->bus && interface->parent) {
		snprintf(folder, sizeof(folder), "/sys/bus/%s/devices", interface->bus);
		path = follow(root, arena, folder, interface->parent);
	}
	if (!path && own)
		path = follow(root, arena, "/sys/class/net", interface->name);
	return path;
}

/* An interface that is no device's, and of no kind that has none, may be any device's. */
static bool is_homeless(const struct interface *interface, bool own)
{
	return !own && !interface->device && !interface->loopback && !interface->kind;
}

static void place(const struct root *root, struct arena *arena, struct network *network)
{
	for (size_t i = 0; i < network->interface_count; i++) {
		struct interface *interface = &network->interfaces[i];
		const struct namespace *space = &network->spaces[interface->space];

		interface->device = device_of(root, arena, interface, space->own);
		if (is_homeless(interface, space->own) && !network->unseen_other)
			network->unseen_other =
				arena_printf(arena, "%s of %s does not say which device it is",
					     interface->name, space->name);
	}
}

static void look_at(struct reading *reading, struct arena *scratch,
		    const struct networked *networked, size_t count)
{
	struct network network = {0};
	char *text;
	int result = network_read(reading->root, scratch, &text);

	if (result == 0) {
		build_source(reading->build, "rtnetlink", SOURCE_READ, NULL);
		network_parse(text, scratch, &network);
		place(reading->root, scratch, &network);
	} else {
		build_source_errno(reading->build, "rtnetlink", result, "network interfaces");
		network.unseen_own = network.unseen_other =
			arena_printf(scratch, "rtnetlink: %s", strerror(-result));
	}
	for (size_t i = 0; i < count; i++)
		network_uses(&network, reading->build, networked[i].device, networked[i].has_folder,
			     networked[i].expected);
}

int source_rtnetlink(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	struct networked *networked;
	size_t count;

	if (!reading_wants(reading, FACT_USES) || !reading->focus)
		return 0;
	scratch = arena_new();
	networked = arena_array(scratch, reading->focus->count, sizeof(*networked));
	count = find_networked(reading, networked);
	if (count)
		look_at(reading, scratch, networked, count);
	else
		build_source(reading->build, "rtnetlink", SOURCE_SKIPPED, NULL);
	return 0;
}
