/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/modules/modules_asked.h"

#include "base/text.h"
#include "base/text_map.h"
#include "model/pci_ids.h"
#include "model/vfio_driver.h"
#include "sources/modules/id_claims.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

bool in_focus(const struct reading *reading, const struct device *device)
{
	return text_map_find(reading->focused, device->path);
}

bool driver_folder(const char *bus, const char *name, char folder[static PATH_SIZE])
{
	/* The driver's name comes from the command line: refuse names that cannot be a file's. */
	if (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	return snprintf(folder, PATH_SIZE, "/sys/bus/%s/drivers/%s", bus, name) < PATH_SIZE;
}

bool driver_may_take(const char *driver, const struct device *device)
{
	return device->driver_known && !device->driver &&
	       (!device->driver_override || strcmp(device->driver_override, driver) == 0);
}

/*
 * True for text that can be a module's name; libkmod would take any other text for an alias or a
 * pattern.
 */
static bool may_name_module(const char *name)
{
	for (const char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-_+.", *at))
			return false;
	return *name;
}

static struct module_query *add_query(struct modules_asked *modules, const struct device *device,
				      const char *alias)
{
	struct module_query *query = &modules->queries[modules->count];
	size_t *first = device ? text_map_lend(modules->of, device->path) : NULL;

	modules->devices[modules->count++] = device;
	query->alias = alias;
	if (first && !*first)
		*first = modules->count;
	return query;
}

static void add_device_query(struct reading *reading, struct modules_asked *modules,
			     const struct device *device)
{
	const char *modalias =
		modules_modalias(reading->root, build_arena(reading->build), device->path);

	if (modalias)
		add_query(modules, device, modalias);
}

static bool is_registered(const struct reading *reading, const char *bus, const char *name)
{
	char folder[PATH_SIZE];

	return driver_folder(bus, name, folder) && root_has(reading->root, folder) > 0;
}

static bool lacks_type1(const struct reading *reading)
{
	return driver_name_is_vfio(reading->focus->driver) &&
	       root_has(reading->root, "/sys/module/vfio_iommu_type1") == 0;
}

/* The driver that the device at focus->paths[@index] will get, or NULL. */
static const char *driver_of_focus(const struct focus *focus, size_t index)
{
	return focus->drivers ? focus->drivers[index] : focus->driver;
}

bool focus_needs_modules(const struct reading *reading)
{
	const struct focus *focus = reading->focus;

	if (!focus || !reading_wants(reading, FACT_DRIVERS))
		return false;
	for (size_t i = 0; i < focus->count; i++) {
		const char *bus = reading_scope_bus(reading, focus->paths[i]);
		const char *driver = driver_of_focus(focus, i);

		if (driver && !driver_name_matches_by_override(driver) &&
		    (!bus || !is_registered(reading, bus, driver)))
			return true;
	}
	return false;
}

/* True where the driver that devices in focus will get is not registered on one of their buses. */
static bool lacks_driver(const struct reading *reading)
{
	const char *has = NULL; /* the bus that was looked at last */

	for (size_t i = 0; i < reading->focus->count; i++) {
		const struct device *device = reading_focus(reading, i);

		if (!device || same_text(device->bus, has))
			continue;
		if (!is_registered(reading, device->bus, reading->focus->driver))
			return true;
		has = device->bus;
	}
	return false;
}

/* True where the module of that driver has to be loaded, if there is one. */
static bool may_load(const struct reading *reading)
{
	const struct focus *focus = reading->focus;

	return focus && focus->driver && reading_wants(reading, FACT_DRIVERS) &&
	       may_name_module(focus->driver) && lacks_driver(reading);
}

static void query_driver(struct reading *reading, struct modules_asked *modules)
{
	if (may_load(reading))
		add_query(modules, NULL, reading->focus->driver)->in_full = true;
	if (lacks_type1(reading))
		add_query(modules, NULL, "vfio_iommu_type1")->in_full = true;
}

/* The modules whose options source_id_claims looks at. */
static void query_claiming(struct reading *reading, struct modules_asked *modules)
{
	for (size_t i = 0; reading_wants(reading, FACT_PROTECTION) && i < ID_CLAIMS_MODULES; i++)
		*add_query(modules, NULL, id_claims_module(i)) = (struct module_query){
			.alias = id_claims_module(i), .in_full = true, .for_options = true};
}

/* A source that depends on the modules of driverless devices has found their modaliases. */
static void query_driverless(const struct reading *reading, struct modules_asked *modules)
{
	size_t devices = build_device_count(reading->build);

	for (size_t i = 0; reading_wants(reading, FACT_SUPPLIERS) && i < devices; i++) {
		struct device *device = build_device_at(reading->build, i);
		const struct probing *probing = build_find_probing(reading->build, device);

		if (probing && probing->modalias)
			add_query(modules, device, probing->modalias);
	}
}

/*
 * A driver that matches by the override takes any device, and devices go back to the drivers that
 * had them: only of other drivers, and of one that may be misspelt, it matters what a device fits.
 */
static bool needs_claims(const struct reading *reading, const struct device *device)
{
	const char *driver = reading->focus->driver;

	return driver && (!driver_name_matches_by_override(driver) ||
			  !is_registered(reading, device->bus, driver));
}

static void query_focus(struct reading *reading, struct modules_asked *modules)
{
	for (size_t i = 0; reading_wants(reading, FACT_TRAITS) && i < reading->focus->count; i++) {
		const struct device *device = reading_focus(reading, i);

		if (device && needs_claims(reading, device))
			add_device_query(reading, modules, device);
	}
	if (reading_wants(reading, FACT_DRIVERS) && reading->focus->driver)
		query_driver(reading, modules);
}

/* The modules of VFIO and what they need have no tables of devices (virt/lib/irqbypass.c). */
static bool needs_vfio_alone(const struct module *module)
{
	for (size_t i = 0; i < module->need_count; i++)
		if (strncmp(module->needs[i], "vfio", strlen("vfio")) != 0 &&
		    !text_same_module(module->needs[i], "irqbypass") &&
		    !text_same_module(module->needs[i], "iommufd"))
			return false;
	return true;
}

bool driver_waits_for_overrides(const struct modules_asked *modules, const char *driver)
{
	const struct module *module = modules_asked_named(modules, driver);

	return driver_name_matches_by_override(driver) && modules->result == 0 &&
	       (!module || (!pci_ids_start(module->options) && needs_vfio_alone(module)));
}

/*
 * Any device of the machine may get a driver where a module is loaded. vfio_iommu_type1 alone is no
 * driver of devices.
 */
static bool query_takes(struct reading *reading, struct modules_asked *modules)
{
	const char *driver = reading->focus ? reading->focus->driver : NULL;
	size_t before = modules->count;

	if (!may_load(reading) || modules->result < 0 ||
	    driver_waits_for_overrides(modules, driver))
		return false;
	reading->exceeds_scope |= reading->scope != NULL;
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		const struct device *device = build_device_at(reading->build, i);

		if (driver_may_take(driver, device) && !in_focus(reading, device))
			add_device_query(reading, modules, device);
	}
	return modules->count > before;
}

/* At most three queries to libkmod for each device, and those by name. */
static size_t query_count_max(const struct reading *reading)
{
	enum { NAMES_OF_DRIVER = 2 };
	size_t focus = reading->focus ? reading->focus->count : 0;

	return focus + 2 * build_device_count(reading->build) + NAMES_OF_DRIVER + ID_CLAIMS_MODULES;
}

static void run_queries(const struct reading *reading, struct modules_asked *modules)
{
	const char *release = build_machine(reading->build)->kernel;

	modules->result =
		release ? modules_look_up(reading->root, release, build_arena(reading->build),
					  modules->queries, modules->count, &modules->why)
			: modules_without_release(reading->release_cause, RELEASE_FILE,
						  &modules->why);
}

const struct modules_asked *modules_ask(struct reading *reading)
{
	struct arena *arena = build_arena(reading->build);
	size_t most = query_count_max(reading);
	struct modules_asked *modules;

	if (reading->modules)
		return reading->modules;
	modules = arena_alloc(arena, sizeof(*modules));
	modules->devices = arena_array(arena, most, sizeof(*modules->devices));
	modules->queries = arena_array(arena, most, sizeof(*modules->queries));
	modules->of = text_map_new(arena);
	query_claiming(reading, modules);
	query_driverless(reading, modules);
	if (reading->focus)
		query_focus(reading, modules);
	/* That there is an index of modules is a fact too. */
	if (modules->count || reading_wants(reading, FACT_SUPPLIERS))
		run_queries(reading, modules);
	/* Few machines have a driver that may take others; these load libkmod twice. */
	if (query_takes(reading, modules) && !reading->exceeds_scope)
		run_queries(reading, modules);
	return reading->modules = modules;
}

void modules_asked_report(struct reading *reading, const char *name)
{
	const struct modules_asked *modules = modules_ask(reading);

	if (modules->result == 0) {
		reading_done(reading, name);
		return;
	}
	build_source(reading->build, name, modules_state(modules->result), "%s",
		     modules->why.message);
}

const struct module_query *modules_asked_of(const struct modules_asked *modules,
					    const struct device *device)
{
	size_t number = modules->result == 0 ? text_map_find(modules->of, device->path) : 0;

	return number ? &modules->queries[number - 1] : NULL;
}

const struct module *modules_asked_named(const struct modules_asked *modules, const char *name)
{
	for (size_t i = 0; modules->result == 0 && i < modules->count; i++) {
		const struct module_query *query = &modules->queries[i];

		if (modules->devices[i] || strcmp(query->alias, name) != 0)
			continue;
		/*
		 * An alias may equal a module's name and lead to other modules, so compare the
		 * names.
		 */
		for (size_t j = 0; j < query->count; j++)
			if (text_same_module(query->modules[j].name, name))
				return &query->modules[j];
	}
	return NULL;
}
