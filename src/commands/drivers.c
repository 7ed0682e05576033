/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/drivers.h"

#include "base/text.h"
#include "commands/change.h"
#include "commands/look.h"
#include "model/vfio_driver.h"
#include "sources/modules/modules.h"
#include "views/output.h"

#include <stdio.h>
#include <string.h>

enum {
	/** limit of drivers that are listed; a device has few */
	DRIVERS_MAX = 256,
};

/* The drivers so far. @bus: of the device whose drivers are added */
struct offers {
	const struct root *root;
	struct arena *arena;
	const char *bus, *why;
	const char *names[DRIVERS_MAX];
	size_t count;
};

static void offer(struct offers *offers, const char *name, const char *why)
{
	char safe[256];

	for (size_t i = 0; i < offers->count; i++)
		if (text_same_module(offers->names[i], name))
			return;
	if (offers->count == DRIVERS_MAX)
		return;
	offers->names[offers->count++] = arena_strdup(offers->arena, name);
	text_escape(name, strlen(name), safe, sizeof(safe));
	printf("%-20s %s\n", safe, why);
}

/* The drivers of a loaded module are links such as "pci:e1000e" (drivers/base/module.c). */
static int offer_driver_of_module(void *context, const char *name)
{
	struct offers *offers = context;
	const char *of_bus = text_after(name, offers->bus);

	if (of_bus && *of_bus == ':') {
		offer(offers, of_bus + 1, offers->why);
		offers->why = NULL;
	}
	return 0;
}

/* A module that is not loaded, or has no driver of the bus yet, stands for a driver of its name. */
static void offer_module(struct offers *offers, const struct module *module)
{
	char folder[PATH_SIZE];

	offers->why = "its module claims the device";
	if (root_path(offers->root, folder, "/sys/module/%s/drivers", module->name) >= 0)
		error_ignore(root_list(offers->root, folder, offer_driver_of_module, offers));
	if (offers->why)
		offer(offers, vfio_driver_spelling(module->name), "its module can be loaded");
}

static void offer_for(struct offers *offers, const struct device *device,
		      const struct module_query *query)
{
	const struct vfio_driver *serving = vfio_driver_of_bus(device->bus);

	offers->bus = device->bus;
	if (serving)
		offer(offers, serving->name, "hands devices to VFIO users");
	if (device->driver)
		offer(offers, device->driver, "has a device now");
	for (size_t i = 0; i < query->count; i++)
		offer_module(offers, &query->modules[i]);
}

/* Without an index of modules the drivers that are known otherwise are listed. */
static void print_offers(const struct look *look, const struct root *root, struct arena *arena)
{
	const struct system *system = look->system;
	struct offers offers = {.root = root, .arena = arena};
	struct module_query *queries = arena_array(arena, system->device_count, sizeof(*queries));
	struct error ignored;

	for (size_t i = 0; i < system->device_count; i++) {
		const struct device *device = system->devices[i];
		const char *alias;

		if (!look->selection.chosen[i])
			continue;
		alias = modules_modalias(root, arena, device->path);
		queries[i] = (struct module_query){.alias = alias};
		if (alias && system->machine.kernel &&
		    modules_look_up(root, system->machine.kernel, arena, &queries[i], 1, &ignored) <
			    0)
			queries[i].count = 0;
		offer_for(&offers, device, &queries[i]);
	}
	offer(&offers, "none", "leaves devices without a driver");
}

int drivers_print(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	_autoroot_ struct root *root = NULL;
	struct catalogue catalogue = change_catalogue;
	int result;

	catalogue.row_facts = FACT_IDS;
	result = look_at(options, &catalogue, options->arguments, &look, e);
	if (result == 0)
		result = look_open_tree(options, &root, e);
	if (result < 0)
		return result;
	print_offers(&look, root, arena);
	return output_flush(e);
}
