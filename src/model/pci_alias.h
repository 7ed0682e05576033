/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci_alias - PCI devices that send under the requester ID of another function
 *
 * The function need not exist: a fault in the kernel log then names a device that no list has.
 * Source: the quirks with "alias" in their names, and quirk_bridge_cavm_thrx2_pcie_root, in
 * drivers/pci/quirks.c (Linux 7.3; tests/dtb/quirks.py compares). Left out:
 * quirk_switchtec_ntb_dma_alias, which reads the IDs from registers of the device.
 */
#pragma once

#include "model/system.h"

enum {
	/** the most other functions whose requester ID one device uses: all of its bus */
	PCI_ALIAS_FUNCTIONS_MAX = 255,
};

/**
 * pci_alias_functions - the numbers (slot << 3 | function) under which @device also sends
 * @devfn: its own number
 * Returns: how many are in @out; its own number is not among them.
 */
size_t pci_alias_functions(const struct device *device, uint8_t devfn,
			   uint8_t out[PCI_ALIAS_FUNCTIONS_MAX]) _nonnull_(1, 3);

/** enum pci_alias_bridge - what the kernel knows of the IDs that a bridge gives to transactions */
enum pci_alias_bridge {
	PCI_ALIAS_PLAIN, /* the kind of the bridge tells it */
	/*
	 * a bridge to conventional PCI without PCIe capability: below a PCIe port it gives the ID
	 * of a PCIe-to-PCI bridge, which is that of device 00.0 on its secondary bus, not its own
	 */
	PCI_ALIAS_HIDES_EXPRESS,
	/* a PCIe-to-PCI bridge that passes IDs on unchanged (KERNEL_BRIDGE_FORWARDS) */
	PCI_ALIAS_FORWARDS,
	/* the IOMMU sees transactions at this bridge: no bridge above it changes their IDs */
	PCI_ALIAS_ENDS,
};

/** pci_alias_bridge_of - by the IDs of the bridge */
enum pci_alias_bridge pci_alias_bridge_of(unsigned vendor, unsigned device);
