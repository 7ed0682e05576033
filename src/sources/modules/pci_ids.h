/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci_ids - PCI devices that a module's option "ids=" gives to its driver as soon as it is loaded
 * (drivers/vfio/pci/vfio_pci.c: vfio_pci_fill_ids; pci-stub has the same)
 */
#pragma once

#include "base/text.h"

/**
 * pci_ids_claim - the entry that matches a device
 * @options: of the module, such as "ids=10de:1eb8,8086:10d3 disable_vga=1"; the last ids= counts
 * @modalias: of a PCI device
 * Returns: "10de:1eb8", a part of @options; an empty span for none.
 */
struct span pci_ids_claim(const char *options, const char *modalias);
