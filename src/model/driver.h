/* SPDX-License-Identifier: GPL-2.0-or-later */
/* driver - the drivers that devices are moved between, and their modules */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** The driver_override of a device that has to stay without a driver: no driver has that name. */
#define OVERRIDE_NONE "none"

struct device;
struct module;

/**
 * struct driver - one driver of one bus.  Source: /sys/bus/BUS/drivers/NAME, libkmod
 * @registered: it is in the kernel     @can_bind, @can_unbind: it has the files bind and unbind;
 * drivers with suppress_bind_attrs have neither
 * @module: NULL where it is built in, or not registered
 * @modules: modules to load to get the driver, in order, valid where @modules_known; their
 * dependencies are not listed. Empty where the driver is registered, no module has its name, or
 * that module is already in the kernel. For a driver that serves VFIO, registered or not, also
 * vfio_iommu_type1 if it is not loaded.
 * @takes: driverless devices without driver_override that a driver would bind to when @modules are
 * loaded, valid where @takes_known; @takes_why: for each, what claims it: an alias of the module,
 * "ids=…" of modprobe.d
 */
struct driver {
	const char *bus, *name;
	bool registered, can_bind, can_unbind;
	const char *module;
	const struct module *modules;
	size_t module_count;
	bool modules_known;
	const struct device *const *takes;
	const char *const *takes_why;
	size_t take_count;
	bool takes_known;
};
