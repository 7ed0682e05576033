/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual functions of the fake kernel (drivers/pci/iov.c, drivers/pci/pci-driver.c:
 * pci_device_can_probe). They are 0000:BB:10.0 and on, on the bus of their physical function.
 */
#include "support/fake_parts.h"
#include "support/tree.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FUNCTIONS_MAX = 8 };

/* A number in a file of a device, or -1. */
static int read_count(const char *device, const char *name)
{
	char path[FAKE_PATH_SIZE + 32];
	FILE *file;
	int number;

	snprintf(path, sizeof(path), "%s/%s", device, name);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%d", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

static void unpack_line(const struct fake_kernel *fake, char *line)
{
	tree_unpack(line, fake->dir);
	free(line);
}

static void set_count(const struct fake_kernel *fake, const char *folder, int count)
{
	char *line;

	if (asprintf(&line, "%s/sriov_numvfs = %d\n", folder, count) < 0)
		memory_exhausted();
	unpack_line(fake, line);
}

static void name_function(const char *folder, int number, char ret_name[static FAKE_NAME_SIZE])
{
	const char *name = text_basename(folder);

	snprintf(ret_name, FAKE_NAME_SIZE, "%.*s10.%d", (int)(strrchr(name, ':') + 1 - name), name,
		 number);
}

/* The kernel gives a new group the lowest number that is free. */
static int free_group(const struct fake_kernel *fake)
{
	char path[FAKE_PATH_SIZE];
	int group = -1;

	do
		snprintf(path, sizeof(path), "%s/sys/kernel/iommu_groups/%d", fake->dir, ++group);
	while (access(path, F_OK) == 0);
	return group;
}

static void make_function(const struct fake_kernel *fake, const char *folder, int number)
{
	char name[FAKE_NAME_SIZE], device[FAKE_PATH_SIZE];
	const char *physical = text_basename(folder);
	int above = (int)(physical - folder) - 1, devices = (int)strlen("/sys/devices/");
	char *line;

	name_function(folder, number, name);
	if (asprintf(&line,
		     "pci %s in %.*s id=8086:10CA class=20000\n"
		     "%.*s/%s/modalias = pci:v00008086d000010CAsv00008086sd00000000bc02sc00i00\n"
		     "%.*s/%s/physfn -> ../%s\n"
		     "%s/virtfn%d -> ../%s\n",
		     name, above - devices, folder + devices, above, folder, name, above, folder,
		     name, physical, folder, number, name) < 0)
		memory_exhausted();
	unpack_line(fake, line);
	if (machine_device(fake->dir, "pci", name, device))
		machine_join_group(fake->dir, device, free_group(fake));
}

static void remove_function(const struct fake_kernel *fake, const char *folder, int number)
{
	char name[FAKE_NAME_SIZE], device[FAKE_PATH_SIZE], link[FAKE_PATH_SIZE];

	name_function(folder, number, name);
	/* The driver of a function that a VFIO user has open waits for that user. */
	if (machine_device(fake->dir, "pci", name, device) && fake->shared->held >= 0 &&
	    machine_group(device) == fake->shared->held)
		fake_wait(fake->shared);
	fake_unplug(fake, "pci", name);
	snprintf(link, sizeof(link), "%s%s/virtfn%d", fake->dir, folder, number);
	unlink(link);
}

bool fake_sriov_holds_off(const char *device)
{
	char physical[FAKE_PATH_SIZE], override[FAKE_NAME_SIZE];

	snprintf(physical, sizeof(physical), "%s/physfn", device);
	return read_count(physical, "sriov_drivers_autoprobe") == 0 &&
	       !machine_override(device, override);
}

static void make_functions(const struct fake_kernel *fake, const char *folder, int count)
{
	char name[FAKE_NAME_SIZE], device[FAKE_PATH_SIZE];

	for (int i = 0; i < count; i++) {
		make_function(fake, folder, i);
		name_function(folder, i, name);
		if (machine_device(fake->dir, "pci", name, device))
			fake_attach_any(fake, NULL, "pci", device);
	}
	set_count(fake, folder, count);
}

int fake_sriov_count(const struct fake_kernel *fake, const char *folder, const char *text)
{
	char device[FAKE_PATH_SIZE], driver[FAKE_NAME_SIZE];
	uint64_t count;
	int now;

	snprintf(device, sizeof(device), "%s%s", fake->dir, folder);
	now = read_count(device, "sriov_numvfs");
	if (now < 0)
		return -ENOENT;
	if (!text_number(text, 10, &count))
		return -EINVAL;
	if ((int)count > read_count(device, "sriov_totalvfs") || count > FUNCTIONS_MAX)
		return -ERANGE;
	if ((int)count == now)
		return 0;
	if (!machine_driver(device, driver))
		return -ENOENT;
	if (count && now)
		return -EBUSY;
	for (int i = 0; i < now; i++)
		remove_function(fake, folder, i);
	if (count)
		make_functions(fake, folder, (int)count);
	else
		set_count(fake, folder, 0);
	return 0;
}
