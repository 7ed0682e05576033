/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/iommu_devices.h"

#include "base/text.h"
#include "sources/devices/iomem.h"

#include <string.h>

struct virtio_search {
	struct arena *arena;
	const char *found;
};

static int find_virtio(void *context, const char *name)
{
	struct virtio_search *search = context;

	if (!search->found && text_starts(name, "virtio"))
		search->found = arena_strdup(search->arena, name);
	return 0;
}

const char *iommu_device_below(const struct root *root, const char *path, struct arena *arena)
{
	struct virtio_search search = {.arena = arena};
	char driver[PATH_SIZE];

	if (root_follow(root, path, "driver", driver) > 0 &&
	    text_starts(text_basename(driver), "virtio"))
		root_list(root, path, find_virtio, &search);
	return search.found ? arena_concat(arena, path, "/", search.found) : path;
}

struct address_search {
	struct arena *arena;
	const char *prefix, *found;
	size_t count;
};

static int count_prefixed(void *context, const char *name, const char *path)
{
	struct address_search *search = context;

	if (!text_starts(name, search->prefix))
		return 0;
	search->count++;
	search->found = arena_strdup(search->arena, path);
	return 0;
}

static const char *find_single(const struct root *root, const char *prefix, struct arena *arena)
{
	struct address_search search = {.arena = arena, .prefix = prefix};

	root_list_links(root, "/sys/bus/platform/devices", count_prefixed, &search);
	return search.count == 1 ? search.found : NULL;
}

/* The number in "smmu3.0x0000000009050000"; false for names without an address. */
static bool address_in(const char *name, uint64_t *ret_base)
{
	const char *at = strstr(name, "0x");

	return at && text_number(at, 16, ret_base);
}

static const char *find_on_bus(const struct root *root, const char *bus, const char *name,
			       struct arena *arena)
{
	char target[PATH_SIZE];

	/* The name comes from firmware: one with a '/' would lead to another folder. */
	if (!*name || strchr(name, '/'))
		return NULL;
	return root_followf(root, target, "/sys/bus/%s/devices/%s", bus, name) > 0
		       ? arena_strdup(arena, target)
		       : NULL;
}

static const char *find_by_address(struct reading *reading, const char *name, const char *prefix,
				   struct arena *arena)
{
	const char *device = NULL;
	uint64_t base;

	if (address_in(name, &base))
		device = iomem_device(iomem_lines(reading), base, arena);
	if (device && text_starts(device, prefix))
		return find_on_bus(reading->root, "platform", device, arena);
	return find_single(reading->root, prefix, arena);
}

const char *iommu_device_named(struct reading *reading, const char *name, struct arena *arena)
{
	const struct iommu_traits *traits = iommu_traits(iommu_kind_of_instance(name));
	const char *path;

	if (traits->device_prefix && strstr(name, "0x"))
		return find_by_address(reading, name, traits->device_prefix, arena);
	if (traits->class_prefix && text_starts(name, traits->class_prefix))
		name += strlen(traits->class_prefix);
	path = find_on_bus(reading->root, "pci", name, arena);
	return path ? path : find_on_bus(reading->root, "platform", name, arena);
}
