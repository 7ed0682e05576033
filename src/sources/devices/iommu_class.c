/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /sys/class/iommu: the IOMMU instances and their devices (drivers/iommu/iommu-sysfs.c; the driver
 * chooses the name of an instance).
 */
#include "base/text.h"
#include "base/text_map.h"
#include "firmware/dt_live.h"
#include "sources/devices/device_group.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char FOLDER[] = "/sys/class/iommu";

/*
 * @names: the name of each device -> its index plus 1, or AMBIGUOUS where two have it
 * @iommus: for a reading of some devices, each of which has a link to the folder of its IOMMU: that
 * folder -> 1, and once the IOMMU was read its index plus 2. NULL: IOMMUs tell their devices.
 * @homes: those links, device by device
 */
struct search {
	struct reading *reading;
	struct text_map *names, *iommus;
	const char **homes;
};

static const size_t AMBIGUOUS = SIZE_MAX;

struct instance {
	struct reading *reading;
	const struct text_map *names;
	struct iommu *iommu;
	const char *home; /* the folder that the IOMMU's entry in /sys/class/iommu leads to */
};

/*
 * Find the kind of an instance by the name of its device's driver, for drivers that name instances
 * after the device.
 */
static void read_kind(struct reading *reading, struct iommu *iommu)
{
	char target[PATH_SIZE];

	iommu->kind = iommu_kind_of_instance(iommu->name);
	if (iommu->kind || !iommu->device ||
	    root_readlinkf(reading->root, target, sizeof(target), "%s/driver", iommu->device) < 0)
		return;
	iommu->kind = iommu_kind_of_driver(text_basename(target));
	if (!iommu->kind)
		iommu->foreign_kind =
			arena_strdup(build_arena(reading->build), text_basename(target));
}

/*
 * An identity that survives reboots: dmar0 and ivhd0 are numbered by the order of discovery, but an
 * address does not change.
 */
static const char *identity_of(struct reading *reading, const char *home, const struct iommu *iommu)
{
	struct arena *arena = build_arena(reading->build);
	char address[ATTRIBUTE_MAX];

	/* The names of SMMUs contain their base address, those of virtio-iommus their device. */
	if (iommu_traits(iommu->kind)->has_stable_name)
		return iommu->name;
	if (root_readf_text(reading->root, address, sizeof(address), "%s/intel-iommu/address",
			    home) > 0)
		return arena_printf(arena, "dmar@%s", address);
	return iommu->device ? iommu->device : iommu->name;
}

/*
 * The device of an instance that has no link to it, but its name: "riscv-iommu@10010000.iommu"
 * (drivers/iommu/riscv/iommu.c: riscv_iommu_init), or the only one of its driver (fsl_pamu.c:
 * fsl_pamu_init). Returns 1 with a @target.
 */
static int find_named_device(const struct instance *instance, char target[static PATH_SIZE])
{
	static const char *const buses[] = {"platform", "pci"};
	const char *own = instance->iommu->name;
	const char *only = iommu_traits(iommu_kind_of_instance(own))->only_device;
	const char *prefix = iommu_traits(IOMMU_KIND_RISCV)->class_prefix;
	const char *name = only ? only : text_after(own, prefix);
	int result = 0;

	for (size_t i = 0; name && i < ARRAY_SIZE(buses) && result <= 0; i++)
		result = root_followf(instance->reading->root, target, "/sys/bus/%s/devices/%s",
				      buses[i], name);
	return result;
}

/*
 * The folder of an instance is in the folder "iommu" of its device, else in that of virtual devices
 * (drivers/base/core.c: get_device_parent), so its path tells as much as its link "device".
 */
static int find_device_above(const char *home, char target[static PATH_SIZE])
{
	static const char between[] = "/iommu/";
	size_t length = (size_t)(text_basename(home) - home), more = strlen(between);

	if (text_starts(home, "/sys/devices/virtual/") || length <= more ||
	    !text_starts(home + length - more, between))
		return 0;
	snprintf(target, PATH_SIZE, "%.*s", (int)(length - more), home);
	return 1;
}

/* A server has hundreds of instances: the link is read where something rests on it. */
static void read_device(const struct instance *instance, bool serves)
{
	const struct root *root = instance->reading->root;
	char target[PATH_SIZE];

	if ((serves ? root_follow(root, instance->home, "device", target)
		    : find_device_above(instance->home, target)) > 0 ||
	    find_named_device(instance, target) > 0)
		instance->iommu->device =
			arena_strdup(build_arena(instance->reading->build), target);
}

static void read_firmware_node(const struct instance *instance)
{
	struct iommu *iommu = instance->iommu;
	struct arena *arena = build_arena(instance->reading->build);
	char node[PATH_SIZE];

	if (!iommu->device)
		return;
	if (dt_live_node(instance->reading->root, iommu->device, node) > 0 ||
	    root_readf_text(instance->reading->root, node, sizeof(node), "%s/firmware_node/path",
			    iommu->device) > 0)
		iommu->firmware_node = arena_strdup(arena, node);
}

static int link_device(void *context, const char *name, const char *target)
{
	const struct instance *instance = context;
	struct device *device = build_find_above(instance->reading->build, target);

	if (device && strcmp(device->path, target) == 0)
		device->iommu = instance->iommu;
	return 0;
}

/*
 * The link of a device has its name (iommu-sysfs.c: iommu_device_link), so that most need not be
 * read, which takes as long as the link of a bus. False where the name tells enough. A capture
 * needs the links.
 */
static bool needs_link(void *context, const char *name)
{
	const struct instance *instance = context;
	size_t number = text_map_find(instance->names, name);
	struct device *device;

	if (root_is_watched() || number == AMBIGUOUS)
		return true;
	if (!number)
		return false;
	device = build_device_at(instance->reading->build, number - 1);
	if (!device->group)
		return true;
	device->iommu = instance->iommu;
	return false;
}

/*
 * An IOMMU may serve ten thousands of devices: those of a small scope are found by their names. For
 * a large scope and many IOMMUs it takes less time to list all devices of each.
 */
static bool is_scope_small(const struct reading *reading)
{
	enum { LOOKUPS_MAX = 1000 };

	return reading->scope &&
	       build_device_count(reading->build) * build_iommu_count(reading->build) <=
		       LOOKUPS_MAX;
}

static void link_scope(const struct instance *instance)
{
	struct build *build = instance->reading->build;
	char target[PATH_SIZE];

	for (size_t i = 0; i < build_device_count(build); i++) {
		const struct device *device = build_device_at(build, i);

		int found = root_followf(instance->reading->root, target, "%s/devices/%s",
					 instance->home, device->name);

		if (found > 0)
			link_device((void *)instance, device->name, target);
		else if (found < 0 && !root_is_absence(found))
			instance->iommu->devices_unknown = true;
	}
}

static void link_all(struct instance *instance)
{
	const struct root *root = instance->reading->root;
	char folder[PATH_SIZE];
	int result = root_path(root, folder, "%s/devices", instance->home);

	/* The snapshot sorts the devices that it links to an IOMMU. */
	if (result >= 0)
		result = root_visit_links(root, folder, needs_link, link_device, instance);
	if (result < 0 && !root_is_absence(result))
		instance->iommu->devices_unknown = true;
}

static void link_by_lists(struct instance *instance)
{
	if (is_scope_small(instance->reading))
		link_scope(instance);
	else
		link_all(instance);
}

/*
 * The name and the device of an IOMMU suffice where it serves none of the devices. The streams of
 * these name it by its identity only where firmware and kernel disagree: all is read then.
 */
static int read_instance(void *context, const char *name, const char *home)
{
	const struct search *search = context;
	struct reading *reading = search->reading;
	struct build *build = reading->build;
	struct instance instance = {.reading = reading, .names = search->names, .home = home};
	bool serves = !search->iommus || text_map_find(search->iommus, home);

	instance.iommu = build_iommu(build, arena_strdup(build_arena(build), name));
	read_device(&instance, serves);
	read_kind(reading, instance.iommu);
	if (serves)
		read_firmware_node(&instance);
	if (serves)
		instance.iommu->identity = identity_of(reading, home, instance.iommu);
	else
		reading->lacks_identities = true;
	if (!search->iommus)
		link_by_lists(&instance);
	else if (serves)
		*text_map_at(search->iommus, home) = build_iommu_count(build) + 1;
	return 0;
}

static struct text_map *map_names(const struct build *build, struct arena *arena)
{
	struct text_map *names = text_map_new(arena);

	for (size_t i = 0; i < build_device_count(build); i++) {
		size_t *number = text_map_lend(names, build_device_at(build, i)->name);

		*number = *number ? AMBIGUOUS : i + 1;
	}
	return names;
}

/*
 * Find the IOMMU of each device of a scope by the link that the kernel makes beside the one in the
 * folder of the IOMMU (drivers/iommu/iommu-sysfs.c: iommu_device_link). False where one has none.
 * Those with one do not wait for an IOMMU that is not registered.
 */
static bool find_homes(struct search *search)
{
	struct reading *reading = search->reading;
	struct arena *arena = build_arena(reading->build);
	size_t count = build_device_count(reading->build);
	char home[PATH_SIZE];

	search->homes = arena_array(arena, count, sizeof(*search->homes));
	for (size_t i = 0; i < count; i++) {
		const char *path = build_device_at(reading->build, i)->path;

		if (root_follow(reading->root, path, "iommu", home) <= 0)
			return false;
		search->homes[i] = arena_strdup(arena, home);
	}
	search->iommus = text_map_new(arena);
	for (size_t i = 0; i < count; i++)
		*text_map_lend(search->iommus, search->homes[i]) = 1;
	return true;
}

static void start_search(struct search *search)
{
	if (!search->reading->scope)
		return;
	if (find_homes(search))
		search->reading->facts &= ~(unsigned)FACT_ALL_IOMMUS;
	else /* An IOMMU has a folder of that name, which is no failure: its entry is searched. */
		root_forget_failures(search->reading->root);
}

static void link_by_homes(const struct search *search)
{
	struct build *build = search->reading->build;

	for (size_t i = 0; search->iommus && i < build_device_count(build); i++) {
		size_t number = text_map_find(search->iommus, search->homes[i]);

		if (number > 1)
			build_device_at(build, i)->iommu = build_iommu_at(build, number - 2);
	}
}

int source_iommu_class(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	struct search search = {.reading = reading};
	int result;

	/* The type of its group tells what the DMA of a device meets; without one, its IOMMU does.
	 */
	if (reading_wants(reading, FACT_DMA) && device_any_without_group(reading))
		reading->facts |= FACT_IOMMUS;
	if (!reading_wants(reading, FACT_IOMMUS)) {
		build_source(reading->build, "iommu_class", SOURCE_SKIPPED, NULL);
		return 0;
	}
	scratch = arena_new();
	search.names = map_names(reading->build, scratch);
	start_search(&search);
	result = root_list_links(reading->root, FOLDER, read_instance, &search);
	link_by_homes(&search);
	if (result < 0)
		reading_failed(reading, "iommu_class", result, FOLDER);
	else
		reading_done(reading, "iommu_class");
	return 0;
}
