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

static const char NODES[] = "/dev/vfio";

static int read_group_node(void *context, const char *name)
{
	struct reading *reading = context;
	const char *number = text_after(name, "noiommu-");
	struct group *group = NULL;
	uint64_t id;

	if (text_number(number ? number : name, 10, &id) && id <= GROUP_ID_MAX)
		group = build_find_group(reading->build, (int)id);
	if (group)
		group->vfio_node = arena_printf(build_arena(reading->build), "%s/%s", NODES, name);
	return 0;
}

static int read_vfio_device(void *context, const char *name, const char *target)
{
	struct reading *reading = context;
	struct device *device = scope_owner(reading, target);

	if (!device)
		return 0;
	device->vfio_dev = arena_strdup(build_arena(reading->build), name);
	device->vfio_cdev = root_hasf(reading->root, "%s/dev", target) > 0 ||
			    root_hasf(reading->root, "%s/devices/%s", NODES, name) > 0;
	return 0;
}

int source_vfio(struct reading *reading, struct error *e)
{
	int result;

	if (!reading_wants(reading, FACT_VFIO)) {
		build_source(reading->build, "vfio", SOURCE_SKIPPED, NULL);
		return 0;
	}
	root_list_links(reading->root, "/sys/class/vfio-dev", read_vfio_device, reading);
	result = root_list(reading->root, NODES, read_group_node, reading);
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
