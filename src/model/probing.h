/* SPDX-License-Identifier: GPL-2.0-or-later */
/* probing - why a device may not have probed: what it waits for, and the modules that claim it */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct device;
struct iommu;

/** enum module_state - whether a driver's code is in the kernel */
enum module_state {
	MODULE_BUILTIN,
	MODULE_LIVE,
	MODULE_LOADING, /* the module is being loaded or unloaded */
	MODULE_NOT_LOADED,
};

/**
 * struct module - a module, or code built in under a module's name, that claims a device
 * @blacklisted: modprobe.d keeps it from being loaded by alias
 * @options: from modprobe.d, such as "ids=10de:1eb8", or NULL
 * @needs: modules that are loaded before it, in that order     @has_install_command: modprobe runs
 * a command in its place
 */
struct module {
	const char *name;
	enum module_state state;
	bool blacklisted;
	const char *options;
	const char *const *needs;
	size_t need_count;
	bool has_install_command;
};

/**
 * struct supplier - something that a device cannot probe without, as one source names it
 * @kind: a word: "iommu", "clock", "regulator", …; "device" where the source does not say
 * @source: where it is named: a devicetree property ("iommus", "clocks"), "iort", "viot",
 * "device_link" or "devices_deferred"
 * @name: label of its device, else its firmware node, else its name in the source
 * @device: NULL where the kernel has made none, or none can be found
 * @iommu: the registered IOMMU, or NULL     @firmware_node: or NULL
 * @disabled: firmware says that it is not to be used
 * @given_up: an IOMMU that the kernel waits for no more, because the deferred probe timeout has
 * passed
 * @awaited: a part of @device, which the kernel says is not there yet even if @device has a driver
 * @orders_only: its device link only orders sync_state calls: the kernel has broken a cycle there
 * @optional: its sources name it as a thing that the kernel does not wait for
 * @missing: the source names a thing that does not exist
 * @link_status: of a device link: "dormant", "available", …; NULL for other sources
 */
struct supplier {
	const char *kind;
	const char *source;
	const char *name;
	const struct device *device;
	const struct iommu *iommu;
	const char *firmware_node;
	const char *link_status;
	bool disabled, missing, given_up, awaited, orders_only, optional;
};

/**
 * struct probing - why a device may not have probed; read with FACT_SUPPLIERS, for devices without
 * a driver, those that lost their IOMMU, and what these wait for
 * @reason: the kernel's own words (devices_deferred; the log where that cannot be read), or NULL
 * @modalias: or NULL     @modules: that claim it, where modules_known
 * @override_exists: the driver that driver_override names is registered
 */
struct probing {
	const char *reason;
	const char *modalias;
	const struct supplier *suppliers;
	size_t supplier_count;
	const struct module *modules;
	size_t module_count;
	bool modules_known, override_exists;
};
