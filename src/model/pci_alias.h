/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci_alias - PCI devices that send under the requester ID of another function
 *
 * The function need not exist: a fault in the kernel log then names a device that no list has.
 * Source: drivers/pci/quirks.c, quirk_dma_func0_alias, quirk_dma_func1_alias,
 * quirk_mic_x200_dma_alias, quirk_fixed_dma_alias, quirk_use_pcie_bridge_dma_alias (Linux 7.3;
 * tests/dtb/quirks.py compares). Left out: switches and accelerators with aliases for whole buses,
 * and quirk_aspeed_pci_bridge_no_alias of 7.3.
 */
#pragma once

#include "model/system.h"

enum {
	/** the most other functions whose requester ID one device uses */
	PCI_ALIAS_FUNCTIONS_MAX = 3,
};

/**
 * pci_alias_functions - the numbers (slot << 3 | function) under which @device also sends
 * @devfn: its own number
 * Returns: how many are in @out; its own number is not among them.
 */
size_t pci_alias_functions(const struct device *device, uint8_t devfn,
			   uint8_t out[PCI_ALIAS_FUNCTIONS_MAX]) _nonnull_(1, 3);

/**
 * pci_alias_hides_express - true for a bridge to conventional PCI that has no PCIe capability
 * Below a PCIe port it gives transactions the ID of a PCIe-to-PCI bridge, which is that of device
 * 00.0 on its secondary bus, and not its own.
 */
bool pci_alias_hides_express(unsigned vendor, unsigned device);
