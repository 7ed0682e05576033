/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "base/text_map.h"
#include "model/pci.h"
#include "model/vfio_driver.h"
#include "views/dot.h"
#include "views/dot_text.h"
#include "views/output.h"

#include <stdio.h>
#include <string.h>

static const char iommu_style[] = "shape=cylinder, style=filled, fillcolor=lightskyblue";

static const char *fill_of(const struct device *device)
{
	if (driver_is_vfio(device))
		return "fillcolor=palegreen";
	switch (device->dma) {
	case DMA_IDENTITY:
		return "fillcolor=khaki";
	case DMA_LOST:
	case DMA_SHARED_STREAM:
		return "fillcolor=salmon";
	default:
		return device_is_pci_fabric(device) ? "fillcolor=gray92" : "";
	}
}

/* "eth0, e1000e" */
static const char *user_line(const struct device *device, struct arena *arena)
{
	const char *driver = device->driver	    ? device->driver
			     : device->driver_known ? "no driver"
						    : "?";

	return device->interface_count ? arena_concat(arena, device->interfaces[0], ", ", driver)
				       : driver;
}

static const char *group_line(const struct group *group, struct arena *arena)
{
	return arena_printf(arena, "group %d, %s", group->id, group->type ? group->type : "?");
}

/* A frame for each group of one device would take most of the picture: its node says it. */
static void put_only_member(const struct device *device, struct arena *arena)
{
	const char *fill = fill_of(device);
	const char *line = arena_concat(arena, user_line(device, arena), " | ",
					group_line(device->group, arena));

	dot_node("", device->label, line, *fill ? fill : "fillcolor=aliceblue");
}

static void put_framed_group(const struct group *group, const bool *chosen, struct arena *arena)
{
	printf("\tsubgraph cluster_%d {\n\tstyle=\"filled,rounded\"; color=gray60; "
	       "fillcolor=aliceblue; label=",
	       group->id);
	dot_put("", group_line(group, arena), NULL);
	puts(";");
	for (size_t i = 0; i < group->device_count; i++) {
		const struct device *device = group->devices[i];

		if (chosen[device->index])
			dot_node("", device->label, user_line(device, arena), fill_of(device));
	}
	puts("\t}");
}

static bool any_member_chosen(const struct group *group, const bool *chosen)
{
	for (size_t i = 0; i < group->device_count; i++)
		if (chosen[group->devices[i]->index])
			return true;
	return false;
}

/* Most devices outside PCI that have no group have no part in this. */
static bool is_drawn_alone(const struct device *device)
{
	return !device->group && (device_is_pci(device) || device->dma == DMA_LOST ||
				  device->dma == DMA_SHARED_STREAM);
}

/* The nearest device above @device that is drawn, or NULL. */
static const struct device *drawn_above(const struct system *system, const bool *chosen,
					const struct device *device, struct arena *arena)
{
	char *path = arena_strdup(arena, device->path), *slash;

	while ((slash = strrchr(path, '/')) && slash != path) {
		const struct device *above;

		*slash = '\0';
		above = system_device(system, path);
		if (above && chosen[above->index] && (above->group || is_drawn_alone(above)))
			return above;
	}
	return NULL;
}

/* "pci0000:00" of "/sys/devices/pci0000:00/0000:00:01.0" */
static const char *root_of_device(const struct device *device, struct arena *arena)
{
	const char *start = text_after(device->path, "/sys/devices/");

	return start ? arena_text(arena, start, strcspn(start, "/")) : "";
}

/*
 * Each root of devices has a node of its own for its IOMMU: with all devices of a large machine
 * below one node the picture is a strip. @drawn: by name, and by name and root: it has a node
 */
static const char *put_iommu_of(const struct device *device, struct text_map *drawn,
				struct arena *arena)
{
	const struct iommu *iommu = device->iommu;
	const char *root = root_of_device(device, arena);
	const char *name = arena_concat(arena, iommu->name, " ", root);

	*text_map_at(drawn, iommu->name) = 1;
	if ((*text_map_at(drawn, name))++ == 0)
		dot_labelled_node("iommu ", name, iommu->name,
				  arena_concat(arena, iommu_kind_word(iommu), ", ", root),
				  iommu_style);
	return name;
}

static void put_edges(const struct system *system, const bool *chosen, const struct device *device,
		      struct text_map *drawn, struct arena *arena)
{
	const struct device *above = drawn_above(system, chosen, device, arena);

	if (above)
		dot_edge("", above->label, "", device->label);
	else if (device->iommu)
		dot_edge("iommu ", put_iommu_of(device, drawn, arena), "", device->label);
}

static void put_unused_iommus(const struct system *system, const struct text_map *drawn)
{
	for (size_t i = 0; i < system->iommu_count; i++)
		if (!text_map_find(drawn, system->iommus[i]->name))
			dot_node("iommu ", system->iommus[i]->name,
				 iommu_kind_word(system->iommus[i]), iommu_style);
}

static void put_any_group(const struct group *group, const bool *chosen, struct arena *arena)
{
	if (group->device_count == 1)
		put_only_member(group->devices[0], arena);
	else
		put_framed_group(group, chosen, arena);
}

int dot_print_topology(const struct system *system, const bool *chosen, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	struct text_map *drawn = text_map_new(arena);

	dot_begin();
	for (size_t i = 0; i < system->group_count; i++)
		if (any_member_chosen(system->groups[i], chosen))
			put_any_group(system->groups[i], chosen, arena);
	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];

		if (!chosen[i] || !(device->group || is_drawn_alone(device)))
			continue;
		if (!device->group)
			dot_node("", device->label, user_line(device, arena), fill_of(device));
		put_edges(system, chosen, device, drawn, arena);
	}
	put_unused_iommus(system, drawn);
	dot_end();
	return output_flush(e);
}
