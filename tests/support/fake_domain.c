/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of groups of the fake kernel (drivers/iommu/iommu.c: iommu_group_store_type) */
#include "support/fake_parts.h"
#include "support/tree.h"

#include "base/arena.h"
#include "base/text.h"
#include "model/domain_type.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The members of a group while they are judged. @bus: of the device that is judged */
struct members {
	const struct fake_kernel *fake;
	const char *bus;
	int group;
	unsigned count;
	bool any_driver, host_driver;
};

static void judge_member(void *context, const char *name)
{
	struct members *members = context;
	const struct fake_driver *driver;
	char device[FAKE_PATH_SIZE], bound[FAKE_NAME_SIZE];

	if (!machine_device(members->fake->dir, members->bus, name, device) ||
	    machine_group(device) != members->group)
		return;
	members->count++;
	if (!machine_driver(device, bound))
		return;
	driver = fake_driver_named(members->bus, bound);
	members->any_driver = true;
	/* pcieport and pci-stub have driver_managed_dma, as VFIO drivers have. */
	if ((!driver || !driver->vfio) && strcmp(bound, "pcieport") != 0 &&
	    strcmp(bound, "pci-stub") != 0)
		members->host_driver = true;
}

static void judge_bus(void *context, const char *bus)
{
	struct members *members = context;

	members->bus = bus;
	machine_each_device(members->fake->dir, bus, judge_member, members);
}

static void read_line(const struct fake_kernel *fake, const char *file, char *text, size_t size)
{
	char path[FAKE_PATH_SIZE];
	FILE *in;

	snprintf(path, sizeof(path), "%s%s", fake->dir, file);
	in = fopen(path, "re");
	*text = '\0';
	if (in && fgets(text, (int)size, in))
		text[strcspn(text, "\n")] = '\0';
	if (in)
		fclose(in);
}

/* Up to Linux 6.3 a group has one member to be changed, and that has no driver at all. */
static bool is_before_6_4(const struct fake_kernel *fake)
{
	unsigned major = 0, minor = 0;
	char release[64];

	read_line(fake, "/proc/sys/kernel/osrelease", release, sizeof(release));
	return sscanf(release, "%4u.%4u", &major, &minor) == 2 &&
	       (major < 6 || (major == 6 && minor < 4));
}

static void set_type(const struct fake_kernel *fake, int group, const char *type)
{
	char *line;

	if (asprintf(&line, "/sys/kernel/iommu_groups/%d/type = %s\n", group, type) < 0)
		memory_exhausted();
	tree_unpack(line, fake->dir);
	free(line);
}

int fake_domain_type(const struct fake_kernel *fake, const char *folder, const char *text)
{
	struct members members = {.fake = fake};
	char device[FAKE_PATH_SIZE], file[64], now[16];
	bool held, old = is_before_6_4(fake);

	snprintf(device, sizeof(device), "%s%s", fake->dir, folder);
	members.group = machine_group(device);
	if (members.group < 0)
		return -ENOENT;
	if (!domain_type_spelling(text) || strcmp(domain_type_spelling(text), text) != 0)
		return -EINVAL;
	machine_each_bus(fake->dir, judge_bus, &members);
	if (old && members.count != 1)
		return -EINVAL;
	snprintf(file, sizeof(file), "/sys/kernel/iommu_groups/%d/type", members.group);
	read_line(fake, file, now, sizeof(now));
	held = fake->shared->held == members.group;
	if (!domain_type_needs_no_unbind(now, text)) {
		if (old && (held || members.any_driver))
			return -EBUSY;
		if (held || members.host_driver)
			return -EPERM;
	}
	set_type(fake, members.group,
		 strcmp(text, DOMAIN_TYPE_AUTO) == 0 ? fake->shared->boot_type : text);
	return 0;
}

void fake_boots_with_type(struct fake_kernel *fake, const char *type)
{
	snprintf(fake->shared->boot_type, sizeof(fake->shared->boot_type), "%s", type);
}
