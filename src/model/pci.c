/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pci.h"

#include "model/pci_model.h"

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
	return pci_base_class(device->class);
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

bool pci_resets_alone(const char *methods)
{
	static const char *const shared[] = {"bus", "cxl_bus"};

	for (size_t length; *methods; methods += length + strspn(methods + length, " \n")) {
		bool whole_bus = false;

		length = strcspn(methods, " \n");
		for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
			whole_bus = whole_bus || (strlen(shared[i]) == length &&
						  memcmp(methods, shared[i], length) == 0);
		if (length && !whole_bus)
			return true;
	}
	return false;
}
