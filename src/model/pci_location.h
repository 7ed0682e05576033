/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci_location - the parts of the location of a PCI device: "pci0000:00/1c.0/00.0"
 *
 * A root bus has its name, a device below it its slot and function; what stands above a root bus,
 * as "platform/4010000000.pcie", is a path of sysfs.
 */
#pragma once

#include "base/text.h"

/** location_next_part - remove the first part of the location at @at, up to the next "/" */
struct span location_next_part(const char **at);

/** location_is_function - true for a slot and function, "1c.0" */
bool location_is_function(struct span part);

/** location_domain_of - the domain of a root bus, "0000" of "pci0000:00"; empty for other parts */
struct span location_domain_of(struct span part);

/** location_is_of_function - true for the location of a PCI function below a root bus */
bool location_is_of_function(const char *location);
