/* SPDX-License-Identifier: GPL-2.0-or-later */
/* id_claim - settings of modules and tools that decide which driver a device gets at a boot */
#pragma once

#include "base/arena.h"

#include <stdbool.h>

struct device;

/**
 * struct id_claim - one entry of "ids=" and one device that it matches; read with FACT_PROTECTION
 * @module: "vfio_pci"     @entry: "10de:1eb8"     @device: NULL where the entry matches no device
 * @native: valid where @native_known: a module that claims the device by an alias, is not
 * blacklisted and is not loaded after @module (softdep of modprobe.d); NULL: there is none
 * @native_builtin: @native is built in
 */
struct id_claim {
	const char *module, *entry;
	const struct device *device;
	const char *native;
	bool native_known, native_builtin;
};

/**
 * struct builtin_options - options that modprobe.d or the command line has for code that is built
 * in; read with FACT_PROTECTION     @module: "vfio_pci"     @options: "ids=10de:1eb8 disable_vga=1"
 */
struct builtin_options {
	const char *module, *options;
};

/**
 * struct tool_claim - a device that a tool gives to a driver; read with FACT_PROTECTION
 * @tool: "driverctl", "libvirt"     @evidence: its file     @remedy: what ends the claim
 * @when: "at each boot", "while the guest web runs"
 * @at_boot: the tool sets driver_override at each boot; libvirt does so when a guest starts, unless
 * the device has that driver, and clears it when the guest stops
 */
struct tool_claim {
	const char *tool, *driver, *evidence, *remedy, *when;
	const struct device *device;
	bool at_boot;
};

/**
 * claim_file_name - the name of the file in which driverctl keeps the override of @device:
 * "pci-0000:01:00.0"     @arena: owns it
 */
const char *claim_file_name(const struct device *device, struct arena *arena) _nonnull_();
