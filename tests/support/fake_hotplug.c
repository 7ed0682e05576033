/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that are removed, added, or change their group while another process works. */
#include "support/fake_parts.h"
#include "support/tree.h"

#include "base/arena.h"
#include "base/text.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	return remove(path);
}

/* A group is removed with its last member. */
static void leave_group(const char *dir, const char *device)
{
	char path[FAKE_PATH_SIZE + FAKE_NAME_SIZE];
	int group = machine_group(device);

	snprintf(path, sizeof(path), "%s/sys/kernel/iommu_groups/%d/devices/%s", dir, group,
		 text_basename(device));
	unlink(path);
	snprintf(path, sizeof(path), "%s/iommu_group", device);
	unlink(path);
	snprintf(path, sizeof(path), "%s/sys/kernel/iommu_groups/%d/devices", dir, group);
	if (rmdir(path) < 0)
		return;
	*strrchr(path, '/') = '\0';
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void fake_unplug(const struct fake_kernel *fake, const char *bus, const char *name)
{
	char device[FAKE_PATH_SIZE], driver[FAKE_NAME_SIZE], path[FAKE_PATH_SIZE + FAKE_NAME_SIZE];

	if (!machine_device(fake->dir, bus, name, device))
		return;
	if (machine_driver(device, driver))
		machine_unlink(fake->dir, bus, device, driver);
	machine_vfio_goes(fake->dir, device);
	leave_group(fake->dir, device);
	snprintf(path, sizeof(path), "%s/sys/bus/%s/devices/%s", fake->dir, bus, name);
	unlink(path);
	/* No other device of this boot may get its inode, so the folder must stay in use. */
	snprintf(path, sizeof(path), "%s/.unplugged-%u", fake->dir,
		 atomic_fetch_add(&fake->shared->unplugged, 1));
	if (rename(device, path) < 0)
		abort();
}

void fake_plug(const struct fake_kernel *fake, const char *line)
{
	char bus[64], name[64], device[FAKE_PATH_SIZE], driver[FAKE_NAME_SIZE];

	tree_unpack(line, fake->dir);
	if (sscanf(line, "%63s %63s", bus, name) == 2 &&
	    machine_device(fake->dir, bus, name, device) && machine_driver(device, driver))
		machine_link(fake->dir, bus, device, driver);
}

void fake_regroup(const struct fake_kernel *fake, const char *bus, const char *name, int group)
{
	char device[FAKE_PATH_SIZE];

	if (!machine_device(fake->dir, bus, name, device))
		return;
	leave_group(fake->dir, device);
	machine_join_group(fake->dir, device, group);
}

void fake_hotplugs(const struct fake_kernel *fake)
{
	const struct fake_hotplug *hotplug = &fake->shared->hotplug;

	if (hotplug->write == 0 || hotplug->write != atomic_load(&fake->shared->writes))
		return;
	if (*hotplug->file) {
		fake_write(fake, hotplug->file, hotplug->text, strlen(hotplug->text));
		return;
	}
	if (hotplug->group >= 0) {
		fake_regroup(fake, "pci", hotplug->device, hotplug->group);
		return;
	}
	if (*hotplug->device)
		fake_unplug(fake, "pci", hotplug->device);
	if (*hotplug->line)
		fake_plug(fake, hotplug->line);
}

static struct fake_hotplug *hotplug_after(const struct fake_kernel *fake, unsigned write,
					  const char *device)
{
	struct fake_hotplug *hotplug = &fake->shared->hotplug;

	*hotplug = (struct fake_hotplug){.write = write + fake_count(fake), .group = -1};
	snprintf(hotplug->device, sizeof(hotplug->device), "%s", device);
	return hotplug;
}

void fake_unplugs_after(struct fake_kernel *fake, unsigned write, const char *device)
{
	hotplug_after(fake, write, device);
}

void fake_replaces_after(struct fake_kernel *fake, unsigned write, const char *device,
			 const char *line)
{
	struct fake_hotplug *hotplug = hotplug_after(fake, write, device);

	snprintf(hotplug->line, sizeof(hotplug->line), "%s", line);
}

void fake_file_after(struct fake_kernel *fake, unsigned write, const char *line)
{
	fake_replaces_after(fake, write, "", line);
}

void fake_writes_after(struct fake_kernel *fake, unsigned write, const char *file, const char *text)
{
	struct fake_hotplug *hotplug = hotplug_after(fake, write, "");

	snprintf(hotplug->file, sizeof(hotplug->file), "%s", file);
	snprintf(hotplug->text, sizeof(hotplug->text), "%s", *text ? text : "\n");
}

void fake_regroups_after(struct fake_kernel *fake, unsigned write, const char *device, int group)
{
	hotplug_after(fake, write, device)->group = group;
}
