/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin_device - the pin of a device as it is now */
#pragma once

#include "model/pin_file.h"
#include "model/system.h"

/**
 * pin_of_device - a pin that means @device, with all serials that can be read and all members of
 * its group; in @arena
 * @driver: NULL none     @name: borrowed     @device: read with FACT_PINS while it is in focus
 */
struct pin pin_of_device(const struct device *device, const char *driver, const char *name,
			 struct arena *arena) _nonnull_(1, 3, 4);

/**
 * pin_add_serials - add the serials of @before whose kind @pin has none of, and its unknown lines
 * While VFIO has a card, the address of its interface cannot be read.
 * @before: an older pin of the same device
 */
void pin_add_serials(struct pin *pin, const struct pin *before, struct arena *arena) _nonnull_();

/**
 * pin_name_of - a name that no pin of @system has, for a pin of @device: its IDs "8086-10d3", else
 * the device's name, with a number behind it where that is taken
 * @taken: more names that are taken, @count of them
 */
const char *pin_name_of(const struct system *system, const struct device *device,
			const char *const *taken, size_t count, struct arena *arena)
	_nonnull_(1, 2, 5);
