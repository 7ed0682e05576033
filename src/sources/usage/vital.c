/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices that the machine itself cannot do without, as far as a few files show them: those
 * with a disk of its system (/proc/1/mountinfo, /sys/dev/block), and its boot display (boot_vga,
 * drivers/pci/pci-sysfs.c). For devices in focus, block_uses.c and node_uses.c find all uses.
 */
#include "base/text.h"
#include "model/pci.h"
#include "model/vfio_driver.h"
#include "sources/sources.h"
#include "sources/usage/exports.h"
#include "sources/usage/file_systems.h"

#include <string.h>
#include <sys/sysmacros.h>

enum {
	/** limit of block devices below each other, as an encrypted volume on a RAID on disks */
	LAYERS_MAX = 8,
};

/* A search for the devices below a block device. */
struct descent {
	struct reading *reading;
	struct arena *scratch;
	size_t depth;
};

static void mark_block(const struct descent *descent, const char *path);

static int mark_block_below(void *context, const char *name, const char *path)
{
	mark_block(context, path);
	return 0;
}

/*
 * A virtual block device is made of those that its slaves name. A disk of an NVMe subsystem is
 * reached through the controllers that its folder has links to.
 */
static void mark_block(const struct descent *descent, const char *path)
{
	struct descent below = *descent;
	struct device *device = build_find_above(descent->reading->build, path);
	const char *subsystem = strstr(path, "/nvme-subsystem/"), *end;

	if (device)
		device->has_system_disk = true;
	if (device || ++below.depth > LAYERS_MAX || !text_starts(path, "/sys/devices/virtual/"))
		return;
	if (!subsystem) {
		root_listf_links(descent->reading->root, mark_block_below, &below, "%s/slaves",
				 path);
		return;
	}
	end = strchrnul(subsystem + strlen("/nvme-subsystem/"), '/');
	root_listf_links(descent->reading->root, mark_block_below, &below, "%.*s",
			 (int)(end - path), path);
}

static void mark_node(void *context, const char *node)
{
	const struct descent *descent = context;
	char target[PATH_SIZE];

	if (root_followf(descent->reading->root, target, "/sys/class/block/%s", node) > 0)
		mark_block(descent, target);
}

static void mark_mount(struct descent *descent, const struct mount *mount)
{
	const struct root *root = descent->reading->root;
	char target[PATH_SIZE];

	if (mount->backing == MOUNT_SOURCES)
		mount_sources(root, descent->scratch, mount->source, mark_node, descent);
	else if (mount->backing == MOUNT_NUMBER &&
		 root_followf(root, target, "/sys/dev/block/%u:%u", major(mount->number),
			      minor(mount->number)) > 0)
		mark_block(descent, target);
}

static void find_system_disks(struct reading *reading)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct mounts mounts = mounts_read_main(reading->root, scratch);
	struct descent descent = {.reading = reading, .scratch = scratch};

	for (size_t i = 0; i < mounts.count; i++)
		if (mount_is_system(&mounts.items[i]))
			mark_mount(&descent, &mounts.items[i]);
}

/* A display at a VFIO driver does not show this host's console. */
static void find_boot_display(struct reading *reading)
{
	char text[8];

	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		struct device *device = build_device_at(reading->build, i);

		if (!device_is_pci(device) || device_base_class(device) != PCI_BASE_DISPLAY ||
		    driver_is_vfio(device) ||
		    root_readf_text(reading->root, text, sizeof(text), "%s/boot_vga",
				    device->path) <= 0)
			continue;
		device->is_boot_display = strcmp(text, "1") == 0;
	}
}

int source_vital(struct reading *reading, struct error *e)
{
	if (!reading_wants(reading, FACT_OBSTACLES)) {
		build_source(reading->build, "vital", SOURCE_SKIPPED, NULL);
		return 0;
	}
	find_system_disks(reading);
	find_boot_display(reading);
	reading_done(reading, "vital");
	return 0;
}
