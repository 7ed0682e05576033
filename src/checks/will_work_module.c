/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include <string.h>

enum { NAMED_MAX = 3 };

/*
 * The driver whose modules this move has to load; NULL where nothing has to be loaded, or the
 * modules are unknown
 */
static const struct driver *driver_to_load(const struct checking *checking)
{
	const struct move *move = checking->move;
	const struct driver *driver =
		system_driver(checking->handover->system, move->device->bus, move->driver);

	if (!driver || driver->registered || !driver->modules_known || !driver->module_count)
		return NULL;
	return driver;
}

static bool is_to_load(const struct module *module)
{
	return module->state == MODULE_NOT_LOADED;
}

void check_module_blacklisted(struct checking *checking)
{
	const struct driver *driver = driver_to_load(checking);
	struct check check = check_start(checking);
	bool clean = true;

	check.finding.evidence = "/etc/modprobe.d";
	for (size_t i = 0; driver && i < driver->module_count; i++) {
		const struct module *module = &driver->modules[i];

		if (!is_to_load(module))
			continue;
		if (module->has_install_command) {
			check.level = CHECK_REFUSE;
			check.finding.remedy = arena_printf(
				checking->arena,
				"Load it by hand: modprobe %s runs that command, modprobe "
				"--ignore-install %s does not. Or take the install line out of "
				"modprobe.d.",
				module->name, module->name);
			check_say(checking, check,
				  "modprobe.d gives a command to run in place of loading %s, and "
				  "iommuctl runs no commands",
				  module->name);
		} else if (module->blacklisted) {
			check.level = CHECK_WARNING;
			check.finding.remedy = NULL;
			check_say(checking, check,
				  "modprobe.d blacklists %s; it is loaded nevertheless, because a "
				  "blacklist only prevents automatic loading",
				  module->name);
		} else {
			continue;
		}
		clean = false;
	}
	if (driver && clean)
		check_pass(checking, check_start(checking),
			   "modprobe.d does not block the modules of %s", driver->name);
}

/* True for a device that goes to that driver by its own move: it is not taken by surprise. */
static bool is_meant(const struct checking *checking, const struct driver *driver,
		     const struct device *device)
{
	const struct move *move = handover_move(checking->handover, device);

	return move && move->driver && strcmp(move->driver, driver->name) == 0;
}

static void say_taken(struct checking *checking, struct check check, const struct driver *driver)
{
	const char *names = NULL;
	size_t count = 0;

	for (size_t i = 0; i < driver->take_count; i++) {
		const char *why = driver->takes_why ? driver->takes_why[i] : NULL;

		if (is_meant(checking, driver, driver->takes[i]))
			continue;
		if (!check.finding.evidence)
			check.finding.evidence = why;
		if (count++ < NAMED_MAX)
			names = arena_printf(checking->arena, "%s%s%s", names ? names : "",
					     names ? ", " : "", driver->takes[i]->label);
	}
	if (!count) {
		check_pass(checking, check,
			   "loading %s binds no device but those whose driver_override names it",
			   driver->name);
		return;
	}
	check.finding.remedy = "If that is intended, load the module with modprobe first; else set "
			       "driver_override of those devices, or take ids= out of modprobe.d.";
	if (count > NAMED_MAX)
		names = arena_printf(checking->arena, "%s and %zu more", names, count - NAMED_MAX);
	check_say(checking, check, "loading %s would give a driver to %s as well", driver->name,
		  names);
}

void check_module_takes_others(struct checking *checking)
{
	const struct driver *driver = driver_to_load(checking);
	struct check check = check_start(checking);

	if (!driver)
		return;
	if (driver->takes_known) {
		say_taken(checking, check, driver);
		return;
	}
	check.finding.remedy =
		"Load the module with modprobe first, and check which devices it binds.";
	check_unseen(checking, check, "it is unknown which other devices loading %s would bind",
		     driver->name);
}
