/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RDMA devices below devices in focus, and which of their ports are active, from
 * /sys/class/infiniband.
 * Source: drivers/infiniband/core/sysfs.c ("4: ACTIVE").
 */
#include "base/text.h"
#include "sources/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char CLASS[] = "/sys/class/infiniband";

/* The ports of one RDMA device, and the device in focus above it. */
struct ports {
	struct reading *reading;
	struct device *device;
	const char *name;
	char folder[PATH_SIZE];
};

static int look_at_port(void *context, const char *number)
{
	const struct ports *ports = context;
	struct build *build = ports->reading->build;
	struct arena *arena = build_arena(build);
	char file[PATH_SIZE], state[64];
	ssize_t length =
		root_path(ports->reading->root, file, "%s/%s/state", ports->folder, number);

	if (length >= 0)
		length = root_read_text(ports->reading->root, file, state, sizeof(state));
	if (length < 0)
		build_blindness(build, ports->device, USE_RDMA, "%s: %s", file,
				strerror((int)-length));
	else if (strstr(state, "ACTIVE"))
		build_use(build, ports->device,
			  (struct use){
				  .kind = USE_RDMA,
				  .node = arena_strdup(arena, ports->name),
				  .user = arena_printf(arena, "active port %s", number),
				  .evidence = arena_strdup(arena, file),
			  });
	return 0;
}

static void look_at_ports(struct reading *reading, struct device *device, const char *name,
			  const char *path)
{
	struct ports ports = {.reading = reading, .device = device, .name = name};
	int result;

	result = root_path(reading->root, ports.folder, "%s/ports", path);
	if (result >= 0)
		result = root_list(reading->root, ports.folder, look_at_port, &ports);
	if (result < 0)
		build_blindness(reading->build, device, USE_RDMA, "%s: %s", ports.folder,
				strerror(-result));
}

static int look_at_rdma(void *context, const char *name, const char *path)
{
	struct reading *reading = context;

	for (size_t i = 0; i < reading->focus->count; i++) {
		struct device *device = reading_focus(reading, i);

		if (device && text_is_below(path, device->path))
			look_at_ports(reading, device, name, path);
	}
	return 0;
}

int source_infiniband(struct reading *reading, struct error *e)
{
	int result;

	if (!reading_wants(reading, FACT_USES) || !reading->focus)
		return 0;
	for (size_t i = 0; i < reading->focus->count; i++)
		if (reading_focus(reading, i))
			build_looked_at_uses(reading->build, reading_focus(reading, i));
	result = root_list_links(reading->root, CLASS, look_at_rdma, reading);
	/*
	 * Without the class infiniband, the kernel has no RDMA devices: a missing folder is an
	 * answer.
	 */
	if (result == 0 || result == -ENOENT)
		build_source(reading->build, "infiniband", result ? SOURCE_ABSENT : SOURCE_READ,
			     NULL);
	else
		reading_failed(reading, "infiniband", result, CLASS);
	return 0;
}
