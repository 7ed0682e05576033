/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /dev/vfio: the node of each group that a VFIO driver serves, named after the group's number
 * (drivers/vfio/group.c); /sys/class/vfio-dev: devices that any VFIO driver is bound to, each with
 * the file "dev" and a node in /dev/vfio/devices where there is a character device for it (Linux
 * 6.1).
 *
 * The nodes are only listed. Opening a node is exclusive: it can make the start of a guest fail.
 */
#include "base/text.h"
#include "sources/devices/scope.h"

#include <errno.h>
#include <string.h>

static const char NODES[] = "/dev/vfio", DEVICE_NODES[] = "/dev/vfio/devices";

/* The nodes that lead nowhere, while they are collected. */
struct nodes {
	struct reading *reading;
	const char **stale;
	size_t count, room;
};

/* A reading of some devices alone lacks groups, so it cannot tell that a node has none. */
static void add_stale_node(struct nodes *nodes, const char *folder, const char *name)
{
	struct arena *arena = build_arena(nodes->reading->build);

	if (nodes->reading->scope)
		return;
	nodes->stale =
		arena_grow(arena, nodes->stale, nodes->count, &nodes->room, sizeof(*nodes->stale));
	nodes->stale[nodes->count++] = arena_concat(arena, folder, "/", name);
}

static int read_group_node(void *context, const char *name)
{
	struct nodes *nodes = context;
	struct build *build = nodes->reading->build;
	const char *number = text_after(name, "noiommu-");
	struct group *group;
	uint64_t id;

	if (!text_number(number ? number : name, 10, &id) || id > GROUP_ID_MAX)
		return 0;
	group = build_find_group(build, (int)id);
	if (group)
		group->vfio_node = arena_concat(build_arena(build), NODES, "/", name);
	else if (!build_members_are_unknown(build))
		add_stale_node(nodes, NODES, name);
	return 0;
}

static int read_device_node(void *context, const char *name)
{
	struct nodes *nodes = context;

	if (text_starts(name, "vfio") &&
	    root_hasf(nodes->reading->root, "/sys/class/vfio-dev/%s", name) == 0)
		add_stale_node(nodes, DEVICE_NODES, name);
	return 0;
}

/* Where this kernel has no such nodes, the folder is not there. */
static void list_nodes(struct nodes *nodes)
{
	struct machine *machine = build_machine(nodes->reading->build);

	if (reading_wants(nodes->reading, FACT_PROTECTION))
		root_list(nodes->reading->root, DEVICE_NODES, read_device_node, nodes);
	machine->stale_nodes = nodes->stale;
	machine->stale_node_count = nodes->count;
}

/* The devices of VFIO drivers, while they are listed. @has_nodes: there may be nodes of devices */
struct vfio_devices {
	struct reading *reading;
	bool has_nodes;
};

/* Servers have thousands of these devices, so the path is not made by printf. */
static bool holds_file(const struct root *root, const char *dir, const char *name)
{
	char path[PATH_SIZE];

	return text_join(dir, name, path, sizeof(path)) && root_has(root, path) > 0;
}

static int read_vfio_device(void *context, const char *name, const char *target)
{
	const struct vfio_devices *devices = context;
	struct reading *reading = devices->reading;
	struct device *device = scope_owner(reading, target);

	build_machine(reading->build)->has_vfio_devices = true;
	if (!device)
		return 0;
	device->vfio_dev = arena_strdup(build_arena(reading->build), name);
	device->vfio_cdev = holds_file(reading->root, target, "dev") ||
			    (devices->has_nodes && holds_file(reading->root, DEVICE_NODES, name));
	return 0;
}

int source_vfio(struct reading *reading, struct error *e)
{
	struct nodes nodes = {.reading = reading};
	struct vfio_devices devices = {.reading = reading};
	int result;

	if (!reading_wants(reading, FACT_VFIO)) {
		build_source(reading->build, "vfio", SOURCE_SKIPPED, NULL);
		return 0;
	}
	devices.has_nodes = root_has(reading->root, DEVICE_NODES) != 0;
	root_list_links(reading->root, "/sys/class/vfio-dev", read_vfio_device, &devices);
	result = root_list(reading->root, NODES, read_group_node, &nodes);
	list_nodes(&nodes);
	/*
	 * Without the folder /dev/vfio the vfio module is not loaded: this is an answer and no
	 * failure.
	 */
	if (result < 0 && result != -ENOENT)
		reading_failed(reading, "vfio", result, NODES);
	else
		reading_done(reading, "vfio");
	return 0;
}
