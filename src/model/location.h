/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * location - where a device sits, whatever the numbers of the PCI buses on the way to it
 *
 * The kernel numbers PCI buses when it finds their bridges, so a card can have another address
 * after its bridge was removed and found again: /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0
 * may be …/0000:00:01.0/0000:02:00.0 then. Domain, slot and function of each part of the path stay.
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>

/** location_name_is_pci - true for the name of a PCI function, "0000:01:00.0" */
bool location_name_is_pci(const char *name) _nonnull_();

/**
 * location_same_name - true for equal names, and for names of PCI functions that differ only in the
 * number of the bus
 */
bool location_same_name(const char *one, const char *other) _nonnull_();

/**
 * location_write - write the location of the device at @path without the numbers of PCI buses:
 * "pci0000:00/01.0/00.0" for /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0
 * The text is the same for two paths exactly where location_same is true of them, if both are below
 * the same host bridge.
 * @out: room for strlen(@path) + 1 bytes
 */
void location_write(const char *path, char *out) _nonnull_();

/** location_same - true where two paths below /sys/devices have the same names in that sense */
bool location_same(const char *one, const char *other) _nonnull_();
