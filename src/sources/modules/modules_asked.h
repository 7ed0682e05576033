/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules_asked - all queries to libkmod of one reading, in one call: loading libkmod costs more
 * than the queries
 *
 * They find the modules that claim driverless devices (FACT_SUPPLIERS) and devices in focus
 * (FACT_TRAITS), the module of the driver that these will get, and, if that has to be loaded, the
 * devices that loading it could bind (FACT_DRIVERS); and the options of the modules of id_claims.h
 * (FACT_PROTECTION).
 */
#pragma once

#include "sources/modules/modules.h"
#include "sources/sources.h"

/**
 * struct modules_asked - queries and answers
 * @result: 0, or the negative errno of the call; @why has details
 * @queries: valid where @result is 0, @count of them; @devices: the device whose modalias each
 * query has, NULL for a query by name
 * @of: the path of a device -> the index of its first query plus 1
 */
struct modules_asked {
	int result;
	struct error why;
	const struct device **devices;
	struct module_query *queries;
	size_t count;
	struct text_map *of;
};

/**
 * modules_ask - make the queries, once per reading; later calls return the same
 * Driverless devices have their modaliases already (struct probing). The build owns the result.
 */
const struct modules_asked *modules_ask(struct reading *reading);

/** modules_asked_of - the modules that claim @device, or NULL where that is unknown */
const struct module_query *modules_asked_of(const struct modules_asked *modules,
					    const struct device *device);

/** modules_asked_named - the module of that name; NULL where there is none, or it is unknown */
const struct module *modules_asked_named(const struct modules_asked *modules, const char *name);

/**
 * driver_waits_for_overrides - true where loading the module of @driver binds no device but those
 * whose driver_override names it: it has no table, no "ids=", and brings no other driver
 */
bool driver_waits_for_overrides(const struct modules_asked *modules, const char *driver)
	_nonnull_();

/**
 * focus_needs_modules - true where a driver that devices in focus will get has a table of devices
 * and is not registered: loading its module may bring a driver to any device, so the scope of the
 * reading does not suffice
 */
bool focus_needs_modules(const struct reading *reading) _nonnull_();

/**
 * modules_asked_report - set the state of source @name, which depends on these queries; makes them
 * first
 */
void modules_asked_report(struct reading *reading, const char *name);

/** in_focus - true where @device is one of the devices that the command changes */
bool in_focus(const struct reading *reading, const struct device *device);

/** driver_folder - "/sys/bus/BUS/drivers/NAME"; false where @name cannot be the name of a driver */
bool driver_folder(const char *bus, const char *name, char folder[static PATH_SIZE]);

/** driver_may_take - true where @device has no driver, and no override keeps @driver off it */
bool driver_may_take(const char *driver, const struct device *device);
