/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/system.h"

#include "base/text.h"

#include <string.h>

void system_free(const struct system *system)
{
	/* The system itself is in its own arena, so this frees it too. */
	if (system)
		arena_free(system->arena);
}

size_t system_group_place(const struct system *system, int id)
{
	size_t low = 0, high = system->group_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (system->groups[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct group *system_group(const struct system *system, int id)
{
	size_t place = system_group_place(system, id);

	return place < system->group_count && system->groups[place]->id == id
		       ? system->groups[place]
		       : NULL;
}

const char *device_driver_file(struct arena *arena, const struct device *device, const char *driver,
			       const char *file)
{
	return arena_printf(arena, "/sys/bus/%s/drivers/%s/%s", device->bus, driver, file);
}

int device_compare_paths(const void *a, const void *b)
{
	return strcmp((*(const struct device *const *)a)->path,
		      (*(const struct device *const *)b)->path);
}

/* Orders @path + "/" and the path of a device. */
static int compare_below(const char *path, size_t length, const struct device *device)
{
	int order = strncmp(device->path, path, length);

	return order ? order : (unsigned char)device->path[length] - '/';
}

const struct device *const *devices_below(const struct device *const *sorted, size_t count,
					  const char *path, size_t *ret_count)
{
	size_t low = 0, high = count, length = strlen(path), end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_below(path, length, sorted[middle]) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < count && compare_below(path, length, sorted[end]) == 0; end++)
		;
	*ret_count = end - low;
	return sorted + low;
}

const char *iommu_kind_word(const struct iommu *iommu)
{
	return iommu->kind ? iommu_traits(iommu->kind)->name : iommu->foreign_kind;
}

bool group_is_noiommu(const struct group *group)
{
	return group->vfio_node && text_starts(group->vfio_node, "/dev/vfio/noiommu-");
}

const struct device *system_device(const struct system *system, const char *path)
{
	size_t low = 0, high = system->device_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(path, system->by_path[middle]->path);

		if (order == 0)
			return system->by_path[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct driver *system_driver(const struct system *system, const char *bus, const char *name)
{
	for (size_t i = 0; i < system->driver_count; i++)
		if (strcmp(system->drivers[i].bus, bus) == 0 &&
		    strcmp(system->drivers[i].name, name) == 0)
			return &system->drivers[i];
	return NULL;
}

const struct source *system_source(const struct system *system, const char *name)
{
	for (size_t i = 0; i < system->source_count; i++)
		if (strcmp(system->sources[i].name, name) == 0)
			return &system->sources[i];
	return NULL;
}

const char *device_state_name(enum device_state state)
{
	static const char *const names[DEVICE_STATE_COUNT] = {
		[DEVICE_BOUND] = "bound",	[DEVICE_UNBOUND] = "unbound",
		[DEVICE_DEFERRED] = "deferred", [DEVICE_WAITING] = "waiting",
		[DEVICE_UNKNOWN] = "unknown",
	};
	return names[state];
}

const char *device_dma_name(enum device_dma dma)
{
	static const char *const names[DMA_COUNT] = {
		[DMA_TRANSLATED] = "translated",
		[DMA_IDENTITY] = "identity",
		[DMA_BLOCKED] = "blocked",
		[DMA_DIRECT] = "direct",
		[DMA_LOST] = "lost",
		[DMA_SHARED_STREAM] = "shared_stream",
		[DMA_IDLE] = "idle",
		[DMA_UNKNOWN] = "unknown",
	};
	return names[dma];
}

const char *iommu_state_name(enum iommu_state state)
{
	static const char *const names[IOMMU_STATE_COUNT] = {
		[IOMMU_READY] = "ready",       [IOMMU_DEFERRED] = "deferred",
		[IOMMU_UNBOUND] = "unbound",   [IOMMU_FAILED] = "failed",
		[IOMMU_DISABLED] = "disabled", [IOMMU_UNKNOWN] = "unknown",
	};
	return names[state];
}

const char *usage_name(enum usage usage)
{
	static const char *const names[USAGE_COUNT] = {
		[USAGE_ENABLED] = "enabled",
		[USAGE_DISABLED] = "disabled",
		[USAGE_ABSENT] = "absent",
		[USAGE_UNKNOWN] = "unknown",
	};
	return names[usage];
}

const char *region_kind_name(enum region_kind kind)
{
	static const char *const names[REGION_KIND_COUNT] = {
		[REGION_DIRECT] = "direct",	[REGION_DIRECT_RELAXABLE] = "direct-relaxable",
		[REGION_RESERVED] = "reserved", [REGION_MSI] = "msi",
		[REGION_UNKNOWN] = "unknown",
	};
	return names[kind];
}
