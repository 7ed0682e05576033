/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * early_find - the devices that a line of early pins means, before udev starts
 *
 * Nothing is known then but sysfs itself: devices are found by their place, with the number of a
 * bus as any, since a card in front shifts the numbers (drivers/pci/probe.c:
 * pci_scan_bridge_extend). It uses the C library alone.
 */
#pragma once

#include "base/arena.h"
#include "base/root.h"
#include "model/early_line.h"

/**
 * early_finder_new - it keeps the folders that were listed, since pins of one card share them
 * @devices: the folder of devices, "/sys/devices"     Lifetime: the arena's
 */
_must_check_ struct early_finder *early_finder_new(const struct root *root, struct arena *arena,
						   const char *devices);

/** early_find - the folder of the one device at that location; NULL for none and for several */
const char *early_find(struct early_finder *finder, const char *location);

/** enum early_match - whether a pin may be applied early to the device at its place */
enum early_match {
	/** another model, in use, of a kind or with a group that the service looks at */
	EARLY_LEFT,
	/** another card of the model, or its serial cannot be read without waking it */
	EARLY_OTHER_CARD,
	EARLY_FITS,
};

/**
 * early_match - compare a device with the line of its pin
 * A device fits that has the IDs and the serial of the line, no driver, no override, a class whose
 * devices are no disk controllers, displays or bridges, and a group without more members than the
 * line knows, or none. A device does not fit where a file cannot be read.
 */
enum early_match early_match(const struct root *root, const char *device,
			     const struct early_line *line);
