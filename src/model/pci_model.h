/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pci_model - the model of a PCI device, as its uevent file tells it (drivers/pci/pci-driver.c:
 * pci_uevent) */
#pragma once

#include "base/text.h"

/** struct pci_model - the IDs; -1 where one is unknown     @class: 24 bits, the others 16 */
struct pci_model {
	int32_t class, vendor, device, subsystem_vendor, subsystem_device;
};

/** pci_base_class - the first 8 bits of a class; -1 for an unknown one */
int pci_base_class(int32_t class);

/**
 * pci_model_parse - from the values of PCI_CLASS ("20000"), PCI_ID ("8086:10D3") and PCI_SUBSYS_ID;
 * any of them may be none
 */
struct pci_model pci_model_parse(struct span class, struct span id, struct span subsystem);
