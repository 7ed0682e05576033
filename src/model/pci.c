/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pci.h"

#include <string.h>

bool bus_is_pci(const char *bus)
{
	return strcmp(bus, "pci") == 0;
}

bool device_is_pci(const struct device *device)
{
	return bus_is_pci(device->bus);
}

int device_class(const struct device *device)
{
	return device->class < 0 ? -1 : device->class >> 8;
}

int device_base_class(const struct device *device)
{
	return device->class < 0 ? -1 : device->class >> 16;
}

bool device_is_pci_bridge(const struct device *device)
{
	return device_class(device) == PCI_CLASS_BRIDGE_PCI;
}

bool device_is_pci_fabric(const struct device *device)
{
	int class = device_class(device);

	if (class == PCI_CLASS_IOMMU)
		return true;
	return device_base_class(device) == PCI_BASE_BRIDGE && class != PCI_CLASS_BRIDGE_OTHER;
}
