/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci_class - the names of PCI classes
 *
 * They are part of the program: vendor and device names come from udev's hardware database, which a
 * small system does not have, and the class is what tells a reader a network card from a disk.
 */
#pragma once

#include "model/system.h"

/**
 * device_class_name - the name of a device's class and subclass, else of its class, as the PCI ID
 * repository has it: "Ethernet controller"
 * Returns: a constant; NULL where the class is unknown or has no name.
 * Source: https://pci-ids.ucw.cz, "List of known device classes"
 */
const char *device_class_name(const struct device *device) _nonnull_();
