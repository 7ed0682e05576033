/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a capture from /sys: groups, devices, drivers, IOMMUs, device links */
#include "base/text.h"
#include "capture/gather.h"
#include "sources/devices/pci_config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int add_group(void *context, const char *name)
{
	static const char *const attributes[] = {"type", "reserved_regions", "name"};
	struct gathering *gathering = context;
	const char *folder = gather_join(gathering, gathering->folder, name);

	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		gather_text(gathering, folder, attributes[i]);
	gather_list(gathering, gather_join(gathering, folder, "devices"), gather_listed_link);
	return 0;
}

static int add_iommu_instance(void *context, const char *name)
{
	static const char *const attributes[] = {
		"intel-iommu/address",
		"intel-iommu/version",
		"intel-iommu/cap",
		"intel-iommu/ecap",
		"intel-iommu/domains_supported",
		"intel-iommu/domains_used",
		"amd-iommu/cap",
		"amd-iommu/features",
	};
	struct gathering *gathering = context;
	char home[PATH_SIZE];

	gather_link(gathering, gathering->folder, name);
	if (root_follow(gathering->root, gathering->folder, name, home) <= 0)
		return 0;
	gather_link(gathering, home, "device");
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		gather_text(gathering, home, attributes[i]);
	gather_list(gathering, gather_join(gathering, home, "devices"), gather_listed_link);
	return 0;
}

/*
 * Add files of a device that are links with numbered names, or whose existence is needed but which
 * must not be read.
 */
static int add_device_extra(void *context, const char *name)
{
	struct gathering *gathering = context;

	if (text_starts(name, "supplier:") || text_starts(name, "consumer:") ||
	    text_starts(name, "virtfn"))
		gather_link(gathering, gathering->folder, name);
	/* Reading waiting_for_supplier can deadlock the kernel, and its existence is enough. */
	else if (strcmp(name, "waiting_for_supplier") == 0)
		gather_add(gathering, ENTRY_MARK, gather_join(gathering, gathering->folder, name));
	return 0;
}

/*
 * An archive cannot have files below a link, so add the firmware companion's path in its own
 * folder.
 */
static void add_firmware_path(struct gathering *gathering, const char *device)
{
	char companion[PATH_SIZE];

	if (root_follow(gathering->root, device, "firmware_node", companion) > 0)
		gather_text(gathering, companion, "path");
}

static void add_config(struct gathering *gathering, const char *device)
{
	const char *path = gather_join(gathering, device, "config");

	if (root_has(gathering->root, path) > 0 && !pci_config_sleeps(gathering->root, device))
		gather_add(gathering, ENTRY_CONFIG, path);
}

/* A device has its folder "net" even if its interfaces are in another network namespace. */
static int add_interface(void *context, const char *name)
{
	return 0;
}

/* A file that is written to: what counts is whether it exists. */
static void add_mark(struct gathering *gathering, const char *folder, const char *name)
{
	const char *path = gather_join(gathering, folder, name);

	if (root_has(gathering->root, path) > 0)
		gather_add(gathering, ENTRY_MARK, path);
}

static void add_device(struct gathering *gathering, const char *path)
{
	static const char *const links[] = {"driver",	 "iommu_group",	  "iommu", "of_node",
					    "subsystem", "firmware_node", "physfn"};
	static const char *const attributes[] = {
		"uevent",
		"driver_override",
		"numa_node",
		"modalias",
		"vendor",
		"device",
		"class",
		"revision",
		"boot_vga",
		"power_state",
		"power/runtime_status",
		"reset_method",
		"d3cold_allowed",
		"sriov_numvfs",
		"sriov_totalvfs",
		"removable",
		"ari_enabled",
		"secondary_bus_number",
		"subordinate_bus_number",
		"max_link_speed",
		"mount_tag",
	};

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		gather_link(gathering, path, links[i]);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		gather_text(gathering, path, attributes[i]);
	add_mark(gathering, path, "reset");
	add_firmware_path(gathering, path);
	add_config(gathering, path);
	gather_list(gathering, path, add_device_extra);
	gather_list(gathering, gather_join(gathering, path, "net"), add_interface);
}

static int add_bus_device(void *context, const char *name, const char *path)
{
	struct gathering *gathering = context;

	/* Skip CPUs, memory blocks and clocks: there are thousands, and none has an IOMMU. */
	if (text_starts(path, "/sys/devices/system/"))
		return -ECANCELED;
	gather_link(gathering, gathering->folder, name);
	if (text_starts(path, "/sys/devices/"))
		add_device(gathering, path);
	return 0;
}

static int add_driver(void *context, const char *name)
{
	static const char *const marks[] = {"bind", "unbind"};
	struct gathering *gathering = context;
	const char *folder = gather_join(gathering, gathering->folder, name);

	gather_add(gathering, ENTRY_FOLDER, folder);
	gather_link(gathering, folder, "module");
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		add_mark(gathering, folder, marks[i]);
	return 0;
}

static int add_bus(void *context, const char *name)
{
	struct gathering *gathering = context;
	const char *bus = gather_join(gathering, gathering->folder, name),
		   *above = gathering->folder;

	gathering->folder = gather_join(gathering, bus, "devices");
	gather_add(gathering, ENTRY_FOLDER, gathering->folder);
	root_list_links(gathering->root, gathering->folder, add_bus_device, gathering);
	gathering->folder = above;
	gather_list(gathering, gather_join(gathering, bus, "drivers"), add_driver);
	return 0;
}

static int add_device_link(void *context, const char *name, const char *path)
{
	static const char *const attributes[] = {"status", "auto_remove_on", "runtime_pm",
						 "sync_state_only"};
	struct gathering *gathering = context;

	gather_link(gathering, gathering->folder, name);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		gather_text(gathering, path, attributes[i]);
	gather_link(gathering, path, "supplier");
	gather_link(gathering, path, "consumer");
	return 0;
}

static void add_device_links(struct gathering *gathering)
{
	gathering->folder = "/sys/class/devlink";
	root_list_links(gathering->root, gathering->folder, add_device_link, gathering);
}

void gather_devices(struct gathering *gathering)
{
	gather_list(gathering, "/sys/kernel/iommu_groups", add_group);
	gather_list(gathering, "/sys/bus", add_bus);
	gather_list(gathering, "/sys/class/iommu", add_iommu_instance);
	add_device_links(gathering);
}
