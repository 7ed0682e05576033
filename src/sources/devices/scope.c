/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/scope.h"

#include "base/answer.h"
#include "base/text.h"
#include "model/bus.h"
#include "model/mapped_bus.h"
#include "model/pci.h"
#include "model/select.h"
#include "sources/devices/class_links.h"
#include "sources/devices/device_group.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* @counts: devices of the bus belong to a snapshot; unknown until a device of it is found */
struct scope_bus {
	const char *name;
	enum answer counts;
};

static int add_bus(void *context, const char *name)
{
	struct scope *scope = context;
	struct arena *arena = build_arena(scope->reading->build);

	if (bus_never_has_groups(name))
		return 0;
	scope->buses = arena_grow(arena, scope->buses, scope->bus_count, &scope->bus_room,
				  sizeof(*scope->buses));
	scope->buses[scope->bus_count++] = (struct scope_bus){
		arena_strdup(arena, name),
		bus_is_pci(name) || mapped_bus_find(name) ? ANSWER_YES : ANSWER_UNKNOWN};
	return 0;
}

static int stop_at_group(void *context, const char *name, const char *path)
{
	const struct scope *scope = context;
	const struct root *root = scope->reading->root;

	return device_group_read(root, path) >= 0 ||
	       (scope->counts_nodes && device_names_iommu(root, path));
}

/* True where a snapshot has the devices of the bus; a negative errno where that is unknown. */
static int bus_counts(struct scope *scope, struct scope_bus *bus)
{
	int result;

	if (bus->counts == ANSWER_UNKNOWN) {
		result = root_listf_links(scope->reading->root, stop_at_group, scope,
					  "/sys/bus/%s/devices", bus->name);
		if (result < 0)
			return result;
		bus->counts = result ? ANSWER_YES : ANSWER_NO;
	}
	return bus->counts == ANSWER_YES;
}

/*
 * Find the devices of that name on all buses that count. Returns their number, or a negative errno.
 * @path: of the last one
 */
static int find_on_buses(struct scope *scope, const char *name, struct scope_bus **ret_bus,
			 char path[static PATH_SIZE])
{
	char target[PATH_SIZE];
	int found = 0;

	for (size_t i = 0; i < scope->bus_count; i++) {
		struct scope_bus *bus = &scope->buses[i];
		int result = root_followf(scope->reading->root, target, "/sys/bus/%s/devices/%s",
					  bus->name, name);

		if (result > 0)
			result = text_starts(target, "/sys/devices/") ? bus_counts(scope, bus) : 0;
		if (result < 0)
			return result;
		if (result == 0)
			continue;
		found++;
		*ret_bus = bus;
		memcpy(path, target, strlen(target) + 1);
	}
	return found;
}

const struct scope_device *scope_device_at(const struct scope *scope, const char *path)
{
	for (size_t i = 0; i < scope->count; i++)
		if (strcmp(scope->devices[i].path, path) == 0)
			return &scope->devices[i];
	return NULL;
}

/* Two buses may have a device of that name: then each is called "BUS:NAME", and both are needed. */
static int add_scope_member(void *context, const char *link, const char *path)
{
	struct scope *scope = context;
	struct arena *arena = build_arena(scope->reading->build);
	struct scope_device *devices;
	char found[PATH_SIZE];
	struct scope_bus *bus;

	if (find_on_buses(scope, text_basename(path), &bus, found) != 1 || strcmp(found, path) != 0)
		return -ENOENT;
	path = arena_strdup(arena, path);
	devices = arena_grow(arena, scope->devices, scope->count, &scope->room, sizeof(*devices));
	devices[scope->count++] = (struct scope_device){bus->name, text_basename(path), path};
	scope->devices = devices;
	return 0;
}

static int add_group(struct scope *scope, int id)
{
	int *groups;

	for (size_t i = 0; i < scope->group_count; i++)
		if (scope->groups[i] == id)
			return 0;
	groups = arena_grow(build_arena(scope->reading->build), scope->groups, scope->group_count,
			    &scope->group_room, sizeof(*groups));
	groups[scope->group_count++] = id;
	scope->groups = groups;
	return root_listf_links(scope->reading->root, add_scope_member, scope,
				"/sys/kernel/iommu_groups/%d/devices", id);
}

static int add_selected(struct scope *scope, const char *path)
{
	int id = device_group_read(scope->reading->root, path);
	int result = id < 0 ? id : add_group(scope, id);

	if (result == 0 && !scope_device_at(scope, path))
		result = -ENOENT;
	return result;
}

/* The nearest device at or above @path: 1 with its bus and path; 0 where there is none. */
static int find_nearest_device(struct scope *scope, const char *path, struct scope_bus **ret_bus,
			       char owner[static PATH_SIZE])
{
	char above[PATH_SIZE];

	memcpy(above, path, strlen(path) + 1);
	while (text_starts(above, "/sys/devices/")) {
		int found = find_on_buses(scope, text_basename(above), ret_bus, owner);

		if (found < 0 || (found == 1 && strcmp(owner, above) == 0))
			return found;
		if (found)
			return -ENOENT;
		*strrchr(above, '/') = '\0';
	}
	return 0;
}

/* Add the devices that have an interface or disk of that name. Returns their number. */
static int add_by_interface(struct scope *scope, const char *name)
{
	char target[PATH_SIZE], owner[PATH_SIZE];
	struct scope_bus *bus;
	int found = 0;

	for (size_t i = 0; i < class_link_class_count; i++) {
		int result = root_followf(scope->reading->root, target, "/sys/class/%s/%s",
					  class_link_classes[i], name);

		if (result > 0)
			result = text_starts(target, "/sys/devices/virtual/")
					 ? 0
					 : find_nearest_device(scope, target, &bus, owner);
		if (result > 0) {
			result = add_selected(scope, owner);
			found++;
		}
		if (result < 0)
			return result;
	}
	return found;
}

static int add_by_exact_name(struct scope *scope, const char *name)
{
	char path[PATH_SIZE];
	struct scope_bus *bus;
	int found, interfaces;

	/* CXL's memory and NVIDIA's nodes are in no class. */
	if (text_starts(name, "mem") || text_starts(name, "nvidia"))
		return -ENOENT;
	if (*name == '/')
		return text_starts(name, "/sys/devices/") && strlen(name) < PATH_SIZE
			       ? add_selected(scope, name)
			       : -ENOENT;
	found = find_on_buses(scope, name, &bus, path);
	if (found == 1)
		found = add_selected(scope, path) < 0 ? -ENOENT : 1;
	if (found < 0 || found > 1)
		return -ENOENT;
	interfaces = add_by_interface(scope, name);
	return interfaces < 0 || interfaces + found == 0 ? -ENOENT : 0;
}

static int add_selector(struct scope *scope, const char *selector)
{
	char name[SELECT_NAME_SIZE];
	int id;

	if (select_is_group(selector, &id))
		return add_group(scope, id) < 0 || !scope->count ? -ENOENT : 0;
	return select_is_name(selector, name) ? add_by_exact_name(scope, name) : -ENOENT;
}

/* Add the PCI device above the one at @path, such as a bridge, with the members of its group. */
static int add_device_above(struct scope *scope, const char *path)
{
	char above[PATH_SIZE], owner[PATH_SIZE];
	struct scope_bus *bus;
	int found;

	snprintf(above, sizeof(above), "%.*s", (int)(text_basename(path) - 1 - path), path);
	found = find_nearest_device(scope, above, &bus, owner);
	if (found <= 0 || !bus_is_pci(bus->name) || scope_device_at(scope, owner))
		return found < 0 ? found : 0;
	return add_selected(scope, owner);
}

static int add_physical_of(struct scope *scope, const char *path)
{
	char target[PATH_SIZE];
	int found = root_follow(scope->reading->root, path, "physfn", target);

	if (found <= 0 || scope_device_at(scope, target))
		return found < 0 ? found : 0;
	return add_selected(scope, target);
}

/*
 * The traits of a PCI device depend on the bridges above it, and those of a virtual function on its
 * physical function. The list of devices grows while it is worked off.
 */
static int add_devices_of_traits(struct scope *scope)
{
	int result = 0;

	for (size_t i = 0; i < scope->count && result == 0; i++) {
		const char *path = scope->devices[i].path;

		if (!bus_is_pci(scope->devices[i].bus))
			continue;
		result = add_device_above(scope, path);
		if (result == 0)
			result = add_physical_of(scope, path);
	}
	return result;
}

struct scope *scope_find(struct reading *reading, const char *const *selectors)
{
	struct scope *scope = arena_alloc(build_arena(reading->build), sizeof(*scope));
	int result;

	scope->reading = reading;
	scope->counts_nodes = device_counts_nodes(reading);
	result = root_list(reading->root, "/sys/bus", add_bus, scope);
	for (; *selectors && result == 0; selectors++)
		result = add_selector(scope, *selectors);
	if (result == 0 && reading_wants(reading, FACT_TRAITS))
		result = add_devices_of_traits(scope);
	if (result == 0)
		return scope;
	/* The whole reading meets these failures again. */
	root_forget_failures(reading->root);
	return NULL;
}

struct device *scope_owner(const struct reading *reading, const char *path)
{
	struct device *device = build_find_above(reading->build, path);
	char owner[PATH_SIZE];
	struct scope_bus *bus;

	if (!device || !reading->scope)
		return device;
	return find_nearest_device(reading->scope, path, &bus, owner) > 0 &&
			       strcmp(owner, device->path) == 0
		       ? device
		       : NULL;
}

bool scope_names_other(struct scope *scope, const char *name)
{
	char found[PATH_SIZE];
	struct scope_bus *bus;

	for (size_t i = 0; i < scope->count; i++)
		if (strcmp(scope->devices[i].name, name) == 0)
			return false;
	return find_on_buses(scope, name, &bus, found) != 0;
}

bool scope_may_lack(struct scope *scope, const char *path)
{
	char found[PATH_SIZE];
	struct scope_bus *bus;
	int count = find_on_buses(scope, text_basename(path), &bus, found);

	return count < 0 || count > 1 || (count == 1 && strcmp(found, path) == 0);
}
