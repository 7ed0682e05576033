/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drivers that devices in focus have and will get, from /sys/bus/BUS/drivers/NAME, with the
 * modules that have to be loaded for them, and the other effects of loading these.
 */
#include "base/text.h"
#include "model/pci.h"
#include "model/pci_ids.h"
#include "model/vfio_driver.h"
#include "sources/modules/module_options.h"
#include "sources/modules/modules_asked.h"

#include <stdio.h>
#include <string.h>

/* The drivers of devices in focus found so far, each once. */
struct drivers {
	struct reading *reading;
	struct driver **items;
	size_t count;
};

static void read_module(const struct reading *reading, struct driver *driver, const char *folder)
{
	char target[PATH_SIZE];

	if (root_follow(reading->root, folder, "module", target) > 0)
		driver->module = arena_strdup(build_arena(reading->build), text_basename(target));
}

static void look_at_driver(const struct reading *reading, struct driver *driver)
{
	char folder[PATH_SIZE];

	if (!driver_folder(driver->bus, driver->name, folder) ||
	    root_has(reading->root, folder) <= 0)
		return;
	driver->registered = true;
	driver->can_bind = root_hasf(reading->root, "%s/bind", folder) > 0;
	driver->can_unbind = root_hasf(reading->root, "%s/unbind", folder) > 0;
	read_module(reading, driver, folder);
}

static void note_driver(struct drivers *drivers, const char *bus, const char *name)
{
	struct driver *driver;

	for (size_t i = 0; i < drivers->count; i++)
		if (strcmp(drivers->items[i]->bus, bus) == 0 &&
		    strcmp(drivers->items[i]->name, name) == 0)
			return;
	driver = build_driver(drivers->reading->build, bus, name);
	look_at_driver(drivers->reading, driver);
	/* A registered driver needs no module; the modules of other drivers are looked up below. */
	driver->modules_known = driver->takes_known = driver->registered;
	drivers->items[drivers->count++] = driver;
}

static void require_module(struct driver *driver, struct module *modules,
			   const struct module *module)
{
	/*
	 * Built-in code registers its drivers at boot: if the driver is missing now, it stays
	 * missing.
	 */
	if (module && module->state != MODULE_BUILTIN && module->state != MODULE_LIVE)
		modules[driver->module_count++] = *module;
}

/*
 * List the driver's own module, then vfio_iommu_type1, without which a VFIO container cannot use an
 * IOMMU.
 */
static void list_modules(struct reading *reading, struct driver *driver,
			 const struct modules_asked *found)
{
	enum { MODULES_MAX = 2 };
	struct module *modules =
		arena_array(build_arena(reading->build), MODULES_MAX, sizeof(*modules));

	driver->modules = modules;
	driver->modules_known = found->result == 0;
	if (!driver->registered)
		require_module(driver, modules, modules_asked_named(found, driver->name));
	if (driver_name_is_vfio(driver->name))
		require_module(driver, modules, modules_asked_named(found, "vfio_iommu_type1"));
}

static bool brings(const struct driver *driver, const char *name)
{
	for (size_t i = 0; i < driver->module_count; i++) {
		const struct module *module = &driver->modules[i];

		if (text_same_module(module->name, name))
			return true;
		for (size_t j = 0; j < module->need_count; j++)
			if (text_same_module(module->needs[j], name))
				return true;
	}
	return false;
}

static const char *claimed_by_ids(struct arena *arena, const struct driver *driver,
				  const char *modalias)
{
	for (size_t i = 0; i < driver->module_count; i++) {
		const struct module *module = &driver->modules[i];
		struct span entry = pci_ids_claim(module->options, modalias);

		if (entry.length)
			return arena_printf(arena, "ids=%.*s in the options of module %s",
					    (int)entry.length, entry.start, module->name);
	}
	return NULL;
}

static const char *claimed_by_alias(struct arena *arena, const struct driver *driver,
				    const struct module_query *query)
{
	for (size_t i = 0; i < query->count; i++) {
		const struct module *module = &query->modules[i];

		if (module->state == MODULE_NOT_LOADED && brings(driver, module->name))
			return arena_printf(arena, "an alias of module %s", module->name);
	}
	return NULL;
}

/* The reason why loading the modules of @driver would bind @device unasked, or NULL. */
static const char *why_taken(struct reading *reading, const struct driver *driver,
			     const struct device *device, const struct module_query *query)
{
	struct arena *arena = build_arena(reading->build);
	const char *why = NULL;

	/*
	 * It names this driver, so that the device waits for it, or keeps it off. A pin has its
	 * device wait: with a reason here, each of two pins would refuse the other.
	 */
	if (device->driver_override)
		return NULL;
	if (query)
		why = claimed_by_ids(arena, driver, query->alias);
	return why || !query ? why : claimed_by_alias(arena, driver, query);
}

static void list_takes(struct reading *reading, struct driver *driver,
		       const struct modules_asked *modules)
{
	struct build *build = reading->build;
	size_t most = build_device_count(build);
	const struct device **takes;
	const char **why;

	driver->takes_known = driver->modules_known;
	if (!driver->module_count || driver_waits_for_overrides(modules, driver->name))
		return;
	driver->takes = takes = arena_array(build_arena(build), most, sizeof(*takes));
	driver->takes_why = why = arena_array(build_arena(build), most, sizeof(*why));
	for (size_t i = 0; i < most; i++) {
		const struct device *device = build_device_at(build, i);
		const struct module_query *query;

		if (in_focus(reading, device))
			continue;
		/*
		 * The device may be driverless, and every PCI device has a modalias, so a driver
		 * could bind it: whether one would is unknown.
		 */
		if (!device->driver_known)
			driver->takes_known = false;
		if (!driver_may_take(driver->name, device))
			continue;
		query = modules_asked_of(modules, device);
		if (!query && device_is_pci(device))
			driver->takes_known = false;
		why[driver->take_count] = why_taken(reading, driver, device, query);
		if (why[driver->take_count])
			takes[driver->take_count++] = device;
	}
}

static void look_at_modules(const struct drivers *drivers, const struct modules_asked *modules)
{
	for (size_t i = 0; i < drivers->count; i++) {
		struct driver *driver = drivers->items[i];

		if (strcmp(driver->name, drivers->reading->focus->driver) != 0)
			continue;
		list_modules(drivers->reading, driver, modules);
		list_takes(drivers->reading, driver, modules);
	}
}

int source_focus_drivers(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	struct drivers drivers = {.reading = reading};
	const struct modules_asked *modules;

	if (!reading->focus || !reading_wants(reading, FACT_DRIVERS))
		return 0;
	scratch = arena_new();
	drivers.items = arena_array(scratch, 3 * reading->focus->count, sizeof(*drivers.items));
	for (size_t i = 0; i < reading->focus->count; i++) {
		const struct device *device = reading_focus(reading, i);

		if (device && device->driver)
			note_driver(&drivers, device->bus, device->driver);
		if (device && reading->focus->driver)
			note_driver(&drivers, device->bus, reading->focus->driver);
		if (device && reading->focus->drivers && reading->focus->drivers[i])
			note_driver(&drivers, device->bus, reading->focus->drivers[i]);
	}
	modules = modules_ask(reading);
	if (reading->focus->driver)
		look_at_modules(&drivers, modules);
	modules_asked_report(reading, "drivers");
	return 0;
}
