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
static const char CLASS[] = "/sys/class/vfio-dev";

/* The nodes that lead nowhere, while they are collected. */
struct nodes {
	struct reading *reading;
	const char **stale;
	size_t count, room;
};

/* A device of a scope, by its path. */
struct own_devices {
	struct reading *reading;
	const char *path;
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

static void add_vfio_device(struct reading *reading, const char *name, const char *target,
			    bool has_nodes)
{
	struct device *device = scope_owner(reading, target);

	if (!device)
		return;
	device->vfio_dev = arena_strdup(build_arena(reading->build), name);
	device->vfio_cdev = holds_file(reading->root, target, "dev") ||
			    (has_nodes && holds_file(reading->root, DEVICE_NODES, name));
}

static int read_vfio_device(void *context, const char *name, const char *target)
{
	const struct vfio_devices *devices = context;

	build_machine(devices->reading->build)->has_vfio_devices = true;
	add_vfio_device(devices->reading, name, target, devices->has_nodes);
	return 0;
}

static int read_all_nodes(struct reading *reading)
{
	struct nodes nodes = {.reading = reading};
	struct vfio_devices devices = {.reading = reading};
	int result;

	devices.has_nodes = root_has(reading->root, DEVICE_NODES) != 0;
	root_list_links(reading->root, CLASS, read_vfio_device, &devices);
	result = root_list(reading->root, NODES, read_group_node, &nodes);
	list_nodes(&nodes);
	return result;
}

static int read_own_device(void *context, const char *name)
{
	const struct own_devices *own = context;
	char target[PATH_SIZE];

	if (root_follow(own->reading->root, CLASS, name, target) > 0 &&
	    text_is_below(target, own->path))
		add_vfio_device(own->reading, name, target, true);
	return 0;
}

/* Any entry will do. */
static int note_vfio_device(void *context, const char *name, const char *target)
{
	build_machine(context)->has_vfio_devices = true;
	return 1;
}

/* The entries of one device in the class, in its own folder. */
static void read_own_devices(struct reading *reading, const struct device *device)
{
	struct own_devices own = {reading, device->path};

	root_listf(reading->root, read_own_device, &own, "%s/vfio-dev", device->path);
}

static int find_group_node(const struct reading *reading, struct group *group)
{
	static const char *const prefixes[] = {"", "noiommu-"};
	char node[PATH_SIZE];
	int result = 0;

	for (size_t i = 0; i < ARRAY_SIZE(prefixes) && result == 0; i++) {
		result = root_path(reading->root, node, "%s/%s%d", NODES, prefixes[i], group->id);
		if (result >= 0)
			result = root_has(reading->root, node);
	}
	if (result > 0)
		group->vfio_node = arena_strdup(build_arena(reading->build), node);
	return result;
}

/* The class and the folder of nodes have those of the whole machine. */
static int read_scope_nodes(struct reading *reading)
{
	struct build *build = reading->build;
	int result = 0;

	root_visit_links(reading->root, CLASS, NULL, note_vfio_device, build);
	for (size_t i = 0; i < build_device_count(build); i++)
		read_own_devices(reading, build_device_at(build, i));
	for (size_t i = 0; i < build_group_count(build) && result >= 0; i++)
		result = find_group_node(reading, build_group_at(build, i));
	return result;
}

int source_vfio(struct reading *reading, struct error *e)
{
	int result;

	if (!reading_wants(reading, FACT_VFIO)) {
		build_source(reading->build, "vfio", SOURCE_SKIPPED, NULL);
		return 0;
	}
	result = reading_has_folders(reading) ? read_scope_nodes(reading) : read_all_nodes(reading);
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
