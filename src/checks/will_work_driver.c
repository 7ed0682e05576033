/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include "base/suggest.h"
#include "base/text.h"
#include "model/vfio_driver.h"

#include <string.h>

static const char *driver_file(const struct checking *checking, const char *driver,
			       const char *file)
{
	return device_driver_file(checking->arena, checking->move->device, driver, file);
}

/* A driver that was not read gives an unknown answer. */
static void say_unread(struct checking *checking, struct check check, const char *driver)
{
	check.finding.evidence = driver_file(checking, driver, "");
	check_unseen(checking, check, "the driver %s could not be read", driver);
}

void check_unbindable(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);
	const struct driver *driver;

	if (!device->driver) {
		check.finding.evidence = arena_printf(checking->arena, "%s/driver", device->path);
		check_unseen(checking, check, "its driver could not be read");
		return;
	}
	driver = system_driver(checking->handover->system, device->bus, device->driver);
	check.finding.evidence = driver_file(checking, device->driver, "unbind");
	if (!driver)
		say_unread(checking, check, device->driver);
	else if (driver->can_unbind)
		check_pass(checking, check, "its driver %s can be unbound", device->driver);
	else
		check_say(checking, check,
			  "its driver %s has no unbind file: it cannot be taken from any device",
			  device->driver);
}

/* The nearest driver that the device's bus has in use, that serves VFIO there, or claims it. */
static const char *nearest_driver(const struct checking *checking, const char *word)
{
	const struct device *device = checking->move->device;
	const struct system *system = checking->handover->system;
	const struct traits *traits = device->traits;
	struct suggestion suggestion = {.word = word};
	size_t count;
	const struct vfio_driver *serving = vfio_drivers(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(serving[i].bus, device->bus) == 0)
			suggest_name(&suggestion, serving[i].name);
	for (size_t i = 0; traits && i < traits->claim_count; i++)
		suggest_name(&suggestion, traits->claims[i]);
	for (size_t i = 0; i < system->device_count; i++)
		if (system->devices[i]->driver && strcmp(system->devices[i]->bus, device->bus) == 0)
			suggest_name(&suggestion, system->devices[i]->driver);
	suggest_name(&suggestion, "none");
	return suggestion.nearest;
}

static const char *remedy_of_absent(const struct checking *checking, const struct driver *driver)
{
	const char *nearest = nearest_driver(checking, driver->name);

	if (nearest)
		return arena_printf(checking->arena, "Did you mean %s?", nearest);
	return arena_printf(checking->arena,
			    "\"ls /sys/bus/%s/drivers\" lists the registered drivers; if "
			    "its module has another name, load that first.",
			    driver->bus);
}

static const char *remedy_of_unsearched(const struct checking *checking, const char *driver)
{
	const char *nearest = nearest_driver(checking, driver);

	/* The name itself, where it is that of a VFIO driver. */
	if (!nearest || strcmp(nearest, driver) == 0)
		return "Load its module with modprobe, then try again.";
	return arena_printf(checking->arena, "Did you mean %s?", nearest);
}

static void say_loadable(struct checking *checking, struct check check, const struct driver *driver)
{
	check.finding.evidence = NULL;
	if (!driver->modules_known) {
		check.finding.remedy = remedy_of_unsearched(checking, driver->name);
		check_unseen(checking, check,
			     "the driver %s is not registered, and the modules could not be "
			     "searched for it",
			     driver->name);
	} else if (!driver->module_count) {
		check.finding.remedy = remedy_of_absent(checking, driver);
		check_say(checking, check,
			  "there is no driver %s on the bus %s, and no module of that name",
			  driver->name, driver->bus);
	} else {
		check_pass(checking, check, "the module %s will be loaded for the driver %s",
			   driver->modules[driver->module_count - 1].name, driver->name);
	}
}

void check_driver(struct checking *checking)
{
	const struct move *move = checking->move;
	struct check check = check_start(checking);
	const struct driver *driver =
		system_driver(checking->handover->system, move->device->bus, move->driver);

	check.finding.evidence = driver_file(checking, move->driver, "bind");
	if (!driver)
		say_unread(checking, check, move->driver);
	else if (!driver->registered)
		say_loadable(checking, check, driver);
	else if (driver->can_bind)
		check_pass(checking, check, "the driver %s is registered", move->driver);
	else
		check_say(checking, check,
			  "the driver %s has no bind file: it cannot be given a device",
			  move->driver);
}

static bool claims(const struct traits *traits, const char *name)
{
	for (size_t i = 0; i < traits->claim_count; i++)
		if (text_same_module(traits->claims[i], name))
			return true;
	return false;
}

static bool is_claimed_by(const struct traits *traits, const struct driver *driver)
{
	if (claims(traits, driver->name) || (driver->module && claims(traits, driver->module)))
		return true;
	return driver->module_count &&
	       claims(traits, driver->modules[driver->module_count - 1].name);
}

static const char *claim_list(const struct checking *checking, const struct traits *traits)
{
	const char *list = NULL;

	for (size_t i = 0; i < traits->claim_count; i++)
		list = list ? arena_printf(checking->arena, "%s, %s", list, traits->claims[i])
			    : traits->claims[i];
	return list ? arena_printf(checking->arena, "Modules that claim it: %s.", list)
		    : "No module on this machine claims it.";
}

static void say_match(struct checking *checking, struct check check, const struct driver *driver)
{
	const struct traits *traits = check.device->traits;

	if (!traits || !traits->claims_known) {
		check_unseen(checking, check,
			     "it is unknown whether %s is a driver for this device", driver->name);
	} else if (is_claimed_by(traits, driver)) {
		check_pass(checking, check, "%s is a driver for this device", driver->name);
	} else if (driver->registered && !driver->module) {
		/*
		 * The device table of a built-in driver is in no file. Without an override the
		 * kernel compares it.
		 */
		check_pass(checking, check,
			   "%s is built in: only the kernel knows whether it is a driver for this "
			   "device, and a bind that fails changes nothing",
			   driver->name);
	} else {
		check.finding.remedy = claim_list(checking, traits);
		check_say(checking, check, "%s is no driver for this device", driver->name);
	}
}

void check_driver_match(struct checking *checking)
{
	const struct move *move = checking->move;
	struct check check = check_start(checking);
	const struct driver *driver;

	/* VFIO drivers have no device table: they match by the override. */
	if (!move->driver || driver_name_matches_by_override(move->driver))
		return;
	check.finding.evidence = arena_printf(checking->arena, "%s/modalias", move->device->path);
	if (move->restored || (move->released && !move_changes(move))) {
		check_pass(checking, check, "%s had this device before", move->driver);
		return;
	}
	driver = system_driver(checking->handover->system, move->device->bus, move->driver);
	if (driver)
		say_match(checking, check, driver);
	else
		say_unread(checking, check, move->driver);
}

static bool needs_override(const struct move *move)
{
	return move->override || (!move->restored &&
				  (!move->driver || driver_name_matches_by_override(move->driver)));
}

void check_override(struct checking *checking)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);

	if (!needs_override(checking->move))
		return;
	check.finding.evidence = arena_printf(checking->arena, "%s/driver_override", device->path);
	switch (device->traits ? device->traits->has_override : ANSWER_UNKNOWN) {
	case ANSWER_YES:
		check_pass(checking, check, "its bus has driver_override");
		return;
	case ANSWER_NO:
		check_say(checking, check,
			  "the bus %s has no driver_override: nothing would keep other drivers "
			  "from the device",
			  device->bus);
		return;
	default:
		check_unseen(checking, check, "it is unknown whether its bus has driver_override");
	}
}
