/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /sys/bus/BUS/devices: the devices of every bus that has devices with a group; their groups,
 * drivers and identification (drivers/base/core.c: dev_uevent; drivers/pci/pci-sysfs.c).
 *
 * The kernel has no list of such buses: each is searched, except those that never have groups.
 * Devices of PCI and of the buses of model/mapped_bus.h are always read: each can access memory by
 * DMA, so one without a group has to be shown. A bus that has a device that the caller names is
 * read too, as the vmbus of Hyper-V.
 */
#include "base/guard.h"
#include "base/text.h"
#include "model/bus.h"
#include "model/mapped_bus.h"
#include "model/pci.h"
#include "model/pci_model.h"
#include "model/select.h"
#include "sources/devices/class_links.h"
#include "sources/devices/device_group.h"
#include "sources/devices/scope.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * The search of all buses. @interfaces: folders of the interfaces that selectors name, @count
 * @has_nodes: devices may have nodes of a devicetree that matter
 */
struct buses {
	struct reading *reading;
	const char **interfaces;
	size_t count, room;
	bool has_nodes;
};

/* A bus whose devices are collected before it is known whether any has a group. */
struct bus {
	struct reading *reading;
	const struct buses *buses;
	const char *name;
	struct found {
		const char *name, *path;
	} * found;
	size_t count, room;
	/*
	 * a device of the bus has a group, or firmware names an IOMMU for it, or the caller names
	 * it
	 */
	bool wanted;
};

/*
 * True where firmware names an IOMMU for the device: before a driver is bound it has no group, and
 * without this its bus would be left out.
 */
static bool names_iommu(const struct bus *bus, const char *path)
{
	return bus->buses->has_nodes && device_names_iommu(bus->reading->root, path);
}

/* Find the folders of the interfaces and disks that selectors name, as a bus may have them. */
static void find_interfaces(struct buses *buses)
{
	const char *const *selector = buses->reading->selectors;
	struct arena *arena = build_arena(buses->reading->build);
	char name[SELECT_NAME_SIZE], target[PATH_SIZE];

	for (; selector && *selector; selector++) {
		if (!select_is_name(*selector, name) || strchr(name, '/'))
			continue;
		for (size_t i = 0; i < class_link_class_count; i++) {
			if (root_followf(buses->reading->root, target, "/sys/class/%s/%s",
					 class_link_classes[i], name) <= 0)
				continue;
			buses->interfaces = arena_grow(arena, buses->interfaces, buses->count,
						       &buses->room, sizeof(*buses->interfaces));
			buses->interfaces[buses->count++] = arena_strdup(arena, target);
		}
	}
}

/* True where an interface that a selector names is of the device at @path, and of no PCI device. */
static bool has_selected_interface(const struct buses *buses, const char *path)
{
	for (size_t i = 0; i < buses->count; i++)
		if (text_is_below(buses->interfaces[i], path) &&
		    !strstr(buses->interfaces[i] + strlen(path), "/pci"))
			return true;
	return false;
}

/* True where a selector names the device: by its name, its path, BUS:NAME or an interface. */
static bool is_selected(const struct bus *bus, const char *name, const char *path)
{
	const char *const *selector = bus->reading->selectors;

	for (; selector && *selector; selector++) {
		const char *of_bus = text_after(*selector, bus->name);

		if ((of_bus && *of_bus == ':' && strcmp(of_bus + 1, name) == 0) ||
		    strcmp(*selector, name) == 0 || strcmp(*selector, path) == 0)
			return true;
	}
	return has_selected_interface(bus->buses, path);
}

static int add_found(void *context, const char *name, const char *path)
{
	struct bus *bus = context;
	struct arena *arena = build_arena(bus->reading->build);
	struct found *found;

	/* Skip CPUs, memory blocks and clocks: there are thousands, and none of them uses DMA. */
	if (text_starts(path, "/sys/devices/system/"))
		return -ECANCELED;
	if (!text_starts(path, "/sys/devices/"))
		return 0;
	if (bus->count == bus->room) {
		bus->room = bus->room ? bus->room * 2 : 64;
		bus->found = realloc(bus->found, bus->room * sizeof(*bus->found));
		if (!bus->found)
			memory_exhausted();
	}
	found = &bus->found[bus->count++];
	found->name = arena_strdup(arena, name);
	found->path = arena_strdup(arena, path);
	bus->wanted = bus->wanted || device_group_read(bus->reading->root, path) >= 0 ||
		      names_iommu(bus, path) || is_selected(bus, name, path);
	return 0;
}

static void add_devices(const struct bus *bus)
{
	struct build *build = bus->reading->build;
	const char *name = arena_strdup(build_arena(build), bus->name);

	for (size_t i = 0; i < bus->count; i++) {
		const struct found *found = &bus->found[i];

		build_device(build, name, found->name, found->path);
	}
}

static void read_bus(struct buses *buses, const char *name)
{
	struct reading *reading = buses->reading;
	struct bus bus = {
		.buses = buses,
		.reading = reading,
		.name = name,
		.wanted = bus_is_pci(name) || mapped_bus_find(name),
	};
	char folder[PATH_SIZE];
	int result = root_path(reading->root, folder, "/sys/bus/%s/devices", name);

	/* Sorted once all buses are listed. */
	if (result >= 0)
		result = root_visit_links(reading->root, folder, NULL, add_found, &bus);
	if (result < 0 && result != -ECANCELED && !root_is_absence(result))
		build_members_unknown(reading->build);
	if (result != -ECANCELED && bus.wanted)
		add_devices(&bus);
	free(bus.found);
}

static int read_if_it_may_have_groups(void *context, const char *name)
{
	struct buses *buses = context;
	const char *const *selectors = buses->reading->selectors;
	bool any_named = selectors && *selectors;

	if (!bus_never_has_groups(name) && (any_named || !bus_counts_if_named(name)))
		read_bus(buses, name);
	return 0;
}

static void parse_uevent(struct arena *arena, struct device *device, const struct guarded *file)
{
	enum { DRIVER, CLASS, ID, SUBSYSTEM_ID, NODE, KEYS };
	static const char *const keys[KEYS] = {"DRIVER", "PCI_CLASS", "PCI_ID", "PCI_SUBSYS_ID",
					       "OF_FULLNAME"};
	struct span values[KEYS];
	struct pci_model model;

	text_line_values((struct span){file->text, file->length}, keys, values, KEYS);
	model = pci_model_parse(values[CLASS], values[ID], values[SUBSYSTEM_ID]);
	device->class = model.class;
	device->vendor_id = model.vendor;
	device->device_id = model.device;
	device->subsystem_vendor_id = model.subsystem_vendor;
	device->subsystem_device_id = model.subsystem_device;
	device->driver_known = true;
	if (values[DRIVER].length)
		device->driver = arena_intern(arena, values[DRIVER].start, values[DRIVER].length);
	if (values[NODE].length)
		device->firmware_node = arena_text(arena, values[NODE].start, values[NODE].length);
}

/*
 * Reading the driver link needs no lock, so it works even where uevent blocks. Without a link, the
 * device's folder tells whether the device exists.
 */
static void read_driver_link(const struct root *root, struct arena *arena, struct device *device)
{
	char target[PATH_SIZE];
	ssize_t length = root_readlinkf(root, target, sizeof(target), "%s/driver", device->path);

	device->driver_known =
		length >= 0 || (root_is_absence((int)length) && root_has(root, device->path) > 0);
	if (length >= 0)
		device->driver = arena_strdup(arena, text_basename(target));
}

static void apply_override(struct arena *arena, struct device *device, const struct guarded *file)
{
	device->override_unknown = file->status && !root_is_absence(file->status);
	if (!file->status && text_override(file->text))
		device->driver_override = arena_intern(arena, file->text, file->length);
}

static void parse_numa_node(struct device *device, const struct guarded *file)
{
	uint64_t node;

	if (!file->status && text_number(file->text, 10, &node) && node <= INT32_MAX)
		device->numa_node = (int32_t)node;
}

static void join_group(struct reading *reading, struct device *device, const struct guarded *file)
{
	int id = file->status ? file->status : device_group_number(file->text);

	/*
	 * -ETIMEDOUT without an answer: the guarded child hung on a file before this one, so read
	 * it here.
	 */
	if (id == -ETIMEDOUT)
		id = device_group_read(reading->root, device->path);
	if (id < 0) {
		device->group_unknown = !root_is_absence(id);
		if (device->group_unknown)
			build_members_unknown(reading->build);
		return;
	}
	device->group = build_find_group(reading->build, id);
	if (!device->group)
		device->group = build_group(reading->build, id);
}

static void apply_device_attribute(struct reading *reading, struct device *device,
				   const struct guarded *file)
{
	struct arena *arena = build_arena(reading->build);

	if (file->access == ROOT_LINK) {
		join_group(reading, device, file);
	} else if (strcmp(file->name, "numa_node") == 0) {
		parse_numa_node(device, file);
	} else if (strcmp(file->name, "driver_override") == 0) {
		apply_override(arena, device, file);
	} else if (!file->status) {
		parse_uevent(arena, device, file);
	} else {
		device->ids_unknown = !root_is_absence(file->status);
		read_driver_link(reading->root, arena, device);
	}
	if (device->driver)
		device->state = DEVICE_BOUND;
}

/*
 * The files to read through the guard: uevent and driver_override, which take the device's lock on
 * some kernels. The other files are read along with them: while the kernel has the folder cached,
 * that takes half the time.
 */
static size_t wanted_files(const struct reading *reading, const char *names[static 4])
{
	size_t count = 0;

	names[count++] = "iommu_group";
	if (reading_wants(reading, FACT_IDS))
		names[count++] = "uevent";
	if (reading_wants(reading, FACT_NUMA))
		names[count++] = "numa_node";
	if (reading_wants(reading, FACT_OVERRIDE))
		names[count++] = "driver_override";
	return count;
}

static int read_device_attributes(struct reading *reading, const char **ret_busy, struct error *e)
{
	const char *names[4];
	size_t each = wanted_files(reading, names);
	size_t count = build_device_count(reading->build) * each;
	_autoarena_ struct arena *scratch = arena_new();
	struct guarded *files = arena_array(scratch, count, sizeof(*files));
	int result;

	for (size_t i = 0; i < count; i++) {
		files[i].dir = build_device_at(reading->build, i / each)->path;
		files[i].name = names[i % each];
		files[i].access = i % each == 0 ? ROOT_LINK : ROOT_OPEN;
	}
	result = guard_read(reading->root, scratch, files, count, e);
	for (size_t i = 0; result == 0 && i < count; i++) {
		apply_device_attribute(reading, build_device_at(reading->build, i / each),
				       &files[i]);
		if (files[i].status == -ETIMEDOUT && files[i].access != ROOT_LINK)
			*ret_busy = arena_printf(build_arena(reading->build), "%s/%s", files[i].dir,
						 files[i].name);
	}
	return result;
}

static void read_acpi_paths(struct reading *reading)
{
	for (size_t i = 0; i < build_device_count(reading->build); i++)
		device_read_acpi_path(reading, build_device_at(reading->build, i));
}

static int list_all_buses(struct reading *reading)
{
	struct buses buses = {.reading = reading, .has_nodes = device_counts_nodes(reading)};

	find_interfaces(&buses);
	return root_list(reading->root, "/sys/bus", read_if_it_may_have_groups, &buses);
}

static int list_devices(struct reading *reading)
{
	if (!reading->scope)
		return list_all_buses(reading);
	for (size_t i = 0; i < reading->scope->count; i++) {
		const struct scope_device *device = &reading->scope->devices[i];

		build_device(reading->build, device->bus, device->name, device->path);
	}
	return 0;
}

int source_bus_devices(struct reading *reading, struct error *e)
{
	const char *busy = NULL;
	int result;

	result = list_devices(reading);
	build_sort_devices(reading->build);
	if (result < 0) {
		if (!root_is_absence(result))
			build_members_unknown(reading->build);
		reading_failed(reading, "bus_devices", result, "/sys/bus");
		return 0;
	}
	result = read_device_attributes(reading, &busy, e);
	if (reading->scope && !scope_may_suffice(reading))
		reading->exceeds_scope = true;
	if (reading_wants(reading, FACT_FIRMWARE_NODE))
		read_acpi_paths(reading);
	if (busy)
		reading_partial(reading, "bus_devices", -ETIMEDOUT,
				"%s: the kernel holds the device's lock", busy);
	else
		reading_done(reading, "bus_devices");
	return result;
}
