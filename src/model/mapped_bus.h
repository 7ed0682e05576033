/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mapped_bus - buses other than PCI whose devices reach their IOMMU by an ID of their own
 *
 * Firmware does not know these devices: the driver of a device above them makes them. The iommu-map
 * of that device's node (or its ranges in the IORT) says to which stream each ID leads. Each of
 * these devices can access memory by DMA, as a PCI device can.
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * struct mapped_bus - one of these buses
 * @name: in /sys/bus     @id: what the kernel calls the IDs
 * @prefix: the names of devices are this and their ID; NULL where no file of the kernel shows the
 * ID
 * @file: of the kernel's source, which takes the ID
 */
struct mapped_bus {
	const char *name, *id, *prefix, *file;
};

/** mapped_buses - all of them; *ret_count rows */
const struct mapped_bus *mapped_buses(size_t *ret_count) _nonnull_(1);

/** mapped_bus_find - the row of the bus of that name, or NULL */
const struct mapped_bus *mapped_bus_find(const char *bus) _nonnull_(1);

/** mapped_bus_id - the ID of the device @name; false where its name does not tell it */
bool mapped_bus_id(const struct mapped_bus *bus, const char *name, uint32_t *ret_id) _nonnull_();
