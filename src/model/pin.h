/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin - a binding that is kept over reboots: a driver, and the identity of the device that gets it
 *
 * A pin is a file of /etc/iommuctl/pins.d (model/pin_file.h). It names a device by its place and by
 * properties of the card, never by its address, which moves when another card is added.
 */
#pragma once

#include "model/identity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct pin - one file
 * @name: of the file, without ".conf"     @file: its path
 * @fault: why the file is no pin, or NULL; with a fault only @name and @file are set
 * @driver: NULL: the device is kept without one
 * @count: how many virtual functions the device is to have; then @driver is theirs, and its own is
 * the kernel's. 0: the pin is not about virtual functions
 * @type: of the domain of its group (model/domain_type.h), or NULL     @bus: "pci", … @location:
 * model/location.h
 * @vendor_id, @device_id, and those of the subsystem: of a PCI device; else, or unknown, -1
 * @compatible: of a device of another bus, or NULL
 * @serials: those that could be read when the pin was made
 * @members: the locations of the members of its group at that time; none: it had no group
 * @unknown: lines with keys that this version does not know, which are kept
 */
struct pin {
	const char *name, *file;
	const char *fault;
	const char *driver, *bus, *location, *compatible;
	int count;
	const char *type;
	int32_t vendor_id, device_id, subsystem_vendor_id, subsystem_device_id;
	const struct serial *serials;
	size_t serial_count;
	const char *const *members;
	size_t member_count;
	const char *const *unknown;
	size_t unknown_count;
};
