/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci_ids - PCI devices that a module's option "ids=" gives to its driver as soon as it is loaded
 * (drivers/vfio/pci/vfio_pci.c: vfio_pci_fill_ids; pci-stub has the same)
 */
#pragma once

#include "base/text.h"
#include "model/system.h"

/**
 * pci_ids_start - the first entry of the last "ids=" in @options, or NULL
 * @options: of the module, such as "ids=10de:1eb8,8086:10d3 disable_vga=1"; may be NULL
 */
const char *pci_ids_start(const char *options);

/**
 * pci_ids_next - take the entry at *at, and move *at to the next
 * Returns: false, with *ret_entry untouched, at the end, and where *at is NULL.
 */
bool pci_ids_next(const char **at, struct span *ret_entry);

/**
 * pci_ids_claim - the entry that matches a device
 * @options: as above     @modalias: of a PCI device
 * Returns: "10de:1eb8", a part of @options; an empty span for none.
 */
struct span pci_ids_claim(const char *options, const char *modalias);

/**
 * pci_ids_claim_device - the same for a device of a snapshot; subsystem IDs and a class that were
 * not read match any
 */
struct span pci_ids_claim_device(const char *options, const struct device *device);
