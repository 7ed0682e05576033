/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci_alias - PCI devices that send under the requester ID of another function
 *
 * The function need not exist: a fault in the kernel log then names a device that no list has.
 * Source: drivers/pci/quirks.c, quirk_dma_func0_alias, quirk_dma_func1_alias,
 * quirk_mic_x200_dma_alias (Linux 7.3). Left out: quirk_fixed_dma_alias, which needs the
 * subsystem's IDs, and switches with aliases for whole buses.
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
