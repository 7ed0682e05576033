/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * focus_modules - all questions to libkmod about the devices in focus and their drivers, asked at
 * once
 *
 * Which modules claim devices in focus (FACT_TRAITS); which module the driver in focus comes with,
 * and, where that would have to be loaded, which devices its loading could bind (FACT_DRIVERS).
 */
#pragma once

#include "sources/modules/modules.h"
#include "sources/sources.h"

/**
 * struct focus_modules - questions and answers
 * @result: 0, or the negative errno of asking; @why says more
 * @queries: valid where @result is 0, @count of them; @devices: whose modalias each is, NULL where
 * it is a driver's or a module's name
 */
struct focus_modules {
	int result;
	struct error why;
	const struct device **devices;
	struct module_query *queries;
	size_t count;
};

/**
 * focus_modules_ask - ask, once a reading with a focus; later calls return the same
 * Lives in the build.
 */
const struct focus_modules *focus_modules_ask(struct reading *reading);

/** focus_modules_of - the modules that claim @device, or NULL where that is unknown */
const struct module_query *focus_modules_of(const struct focus_modules *modules,
					    const struct device *device);

/** focus_modules_named - the module of that name; NULL where there is none, or it is unknown */
const struct module *focus_modules_named(const struct focus_modules *modules, const char *name);

/** focus_modules_report - the state of source @name, which rests on the answers; asks first */
void focus_modules_report(struct reading *reading, const char *name);

/** in_focus - true where @device is one of those that the change is about */
bool in_focus(const struct reading *reading, const struct device *device);

/** driver_folder - "/sys/bus/BUS/drivers/NAME"; false where no driver can be called so */
bool driver_folder(const char *bus, const char *name, char folder[static PATH_SIZE]);

/** driver_may_take - true where @device has no driver, and no override keeps @driver off it */
bool driver_may_take(const char *driver, const struct device *device);
