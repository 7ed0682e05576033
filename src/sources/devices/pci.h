/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pci - the place of a PCI device, and the requester IDs of its transactions
 *
 * All devices behind a PCIe-to-PCI bridge share the requester ID of the bridge's secondary bus,
 * function 0; behind a conventional bridge they share the bridge's own (drivers/pci/search.c:
 * pci_for_each_dma_alias). Devices behind a VMD have its ID. Devices and bridges that are
 * exceptions are in model/pci_alias.h.
 */
#pragma once

#include "base/root.h"
#include "model/pci_alias.h"
#include "model/system.h"

#include "firmware/dmar.h"

enum {
	/** most bridges between a root bus and a device; real machines have fewer than ten */
	PCI_DEPTH_MAX = 32,
	/** own ID, those of the kernel's table, and one per bridge at most */
	PCI_ALIASES_MAX = PCI_DEPTH_MAX + 1 + PCI_ALIAS_FUNCTIONS_MAX,
};

/**
 * struct pci_place - where a PCI device is, and its IDs
 * @segment: in which an IOMMU sees it     @rid: its own requester ID (bus << 8 | slot << 3 |
 * function)
 * @bridge_length: length of the part of the device's path that is the host bridge's parent device,
 * which firmware describes
 * @hops: from the root bus down, @depth of them; the device last, or the VMD in whose domain it is
 * @rids: the IDs of its transactions, @rid_count in all: its own, or that of its VMD, then aliases
 * @unknown: why an IOMMU may see other IDs, or NULL: what a bridge above does to them is unknown
 */
struct pci_place {
	uint32_t segment;
	uint16_t rid;
	size_t bridge_length;
	struct pci_hop hops[PCI_DEPTH_MAX];
	size_t depth;
	uint16_t rids[PCI_ALIASES_MAX];
	size_t rid_count;
	const char *unknown;
};

/**
 * pci_bridge_end - the point in a PCI device's path where its host bridge begins ("/pci0000:00/…"),
 * or NULL
 */
const char *pci_bridge_end(const struct device *device);

/**
 * pci_hops - pci_locate without the aliases, which need files: sets @segment, @bridge_length and
 * @hops
 */
bool pci_hops(const struct device *device, struct pci_place *ret_place);

/**
 * struct pci_memory - what one walk over the devices keeps
 * @release: of the kernel, "" where it is unknown
 * @bridge: the last bridge, as devices of a bridge follow each other
 * @passes_on: 1: that bridge passes IDs from below unchanged; 0: it does not; or a negative errno
 */
struct pci_memory {
	char release[ATTRIBUTE_MAX];
	char bridge[PATH_SIZE];
	int passes_on;
};

/**
 * pci_memory_start - read the release of the kernel, as the source of the machine's facts comes
 * after the streams
 */
void pci_memory_start(struct pci_memory *memory, const struct root *root);

/** pci_locate - false where @device is no PCI device, or its path cannot be parsed */
bool pci_locate(const struct root *root, const struct device *device, struct pci_memory *memory,
		struct pci_place *ret_place);
