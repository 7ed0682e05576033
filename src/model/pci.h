/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pci - properties of PCI devices; all are false or unknown for other devices */
#pragma once

#include "base/cleanup.h"
#include "model/system.h"

/** Class codes of include/linux/pci_ids.h: base class and subclass, or the base class alone. */
enum pci_class {
	PCI_BASE_STORAGE = 0x01,
	PCI_BASE_NETWORK = 0x02,
	PCI_BASE_DISPLAY = 0x03,
	PCI_BASE_BRIDGE = 0x06,
	PCI_CLASS_NVME = 0x0108,
	PCI_CLASS_BRIDGE_HOST = 0x0600,
	PCI_CLASS_BRIDGE_ISA = 0x0601,
	PCI_CLASS_BRIDGE_PCI = 0x0604,
	PCI_CLASS_BRIDGE_OTHER = 0x0680,
	PCI_CLASS_IOMMU = 0x0806,
};

/** bus_is_pci - true for the name of the PCI bus in /sys/bus */
bool bus_is_pci(const char *bus) _nonnull_(1);

/** device_is_pci - true for a device of the PCI bus */
bool device_is_pci(const struct device *device) _nonnull_(1);

/** device_class - base class and subclass, 16 bits; -1 unknown or none */
int device_class(const struct device *device) _nonnull_(1);

/** device_base_class - base class, 8 bits; -1 unknown or none */
int device_base_class(const struct device *device) _nonnull_(1);

/** device_is_pci_bridge - true for a bridge to another PCI bus; root, upstream and downstream ports
 * of PCI Express are such bridges */
bool device_is_pci_bridge(const struct device *device) _nonnull_(1);

/**
 * device_is_pci_fabric - true for a device that is a part of PCI itself: a bridge of any kind, a
 * port, an IOMMU
 * "Other" bridges are not: cards such as NVSwitch have that class.
 */
bool device_is_pci_fabric(const struct device *device) _nonnull_(1);

/**
 * pci_resets_alone - true where a method in the text of reset_method, such as "flr pm bus", resets
 * the device alone
 */
bool pci_resets_alone(const char *methods) _nonnull_();
