/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/of_devices.h"

#include "firmware/dt_live.h"

#include <stdio.h>
#include <string.h>

/* A device and its node. @rank: the place of its bus in buses[]; the lowest is preferred */
struct of_device {
	const char *node, *path;
	size_t rank;
};

struct search {
	const struct root *root;
	struct arena *arena;
	struct of_devices *devices;
	size_t rank;
};

/*
 * Buses whose devices are made from firmware, the most likely first; other buses rank after them.
 */
static const char *const buses[] = {"platform", "amba", "pci", "i2c", "spi", "mdio_bus", "fsl-mc"};

static size_t rank_of(const char *bus)
{
	size_t rank = 0;

	while (rank < ARRAY_SIZE(buses) && strcmp(buses[rank], bus) != 0)
		rank++;
	return rank;
}

static struct of_device *add_place(struct search *search)
{
	struct of_devices *devices = search->devices;

	devices->items = arena_grow(search->arena, devices->items, devices->count, &devices->room,
				    sizeof(*devices->items));
	return &devices->items[devices->count++];
}

static int list_of_device(void *context, const char *name, const char *path)
{
	struct search *search = context;
	char node[PATH_SIZE];

	if (dt_live_node(search->root, path, node) > 0)
		*add_place(search) = (struct of_device){
			.node = arena_strdup(search->arena, node),
			.path = arena_strdup(search->arena, path),
			.rank = search->rank,
		};
	return 0;
}

static int list_bus(void *context, const char *bus)
{
	struct search *search = context;

	/* Skip CPUs and memory blocks: there are thousands, and no device waits for them. */
	if (strcmp(bus, "cpu") == 0 || strcmp(bus, "memory") == 0)
		return 0;
	search->rank = rank_of(bus);
	root_listf_links(search->root, list_of_device, search, "/sys/bus/%s/devices", bus);
	return 0;
}

static int compare_of_devices(const void *a, const void *b)
{
	const struct of_device *left = a, *right = b;
	int order = strcmp(left->node, right->node);

	return order ? order : (left->rank > right->rank) - (left->rank < right->rank);
}

static int compare_nodes(const void *a, const void *b)
{
	const struct of_device *left = a, *right = b;

	return strcmp(left->node, right->node);
}

struct of_devices of_devices_read(const struct root *root, struct arena *arena)
{
	struct of_devices devices = {0};
	struct search search = {.root = root, .arena = arena, .devices = &devices};

	root_list(root, "/sys/bus", list_bus, &search);
	if (devices.count)
		qsort(devices.items, devices.count, sizeof(*devices.items), compare_of_devices);
	return devices;
}

const char *of_devices_find(const struct of_devices *devices, const char *node)
{
	const struct of_device wanted = {.node = node};
	const struct of_device *found = NULL;

	if (devices->count)
		found = bsearch(&wanted, devices->items, devices->count, sizeof(wanted),
				compare_nodes);
	while (found && found > devices->items && strcmp(found[-1].node, node) == 0)
		found--;
	return found ? found->path : NULL;
}
