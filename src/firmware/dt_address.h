/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_address - addresses in a devicetree, as the bus above sees them
 *
 * #address-cells and #size-cells of the node's parent say how many cells an address and a length
 * have; where the parent has no such property, its nearest ancestor that has counts, else the value
 * is 1. Each bus on the way up may shift the address: ranges does for CPU addresses, dma-ranges for
 * the addresses that a device sends. Source: drivers/of/address.c.
 */
#pragma once

#include "firmware/tree.h"

/**
 * dt_bus_cells - the value of #address-cells or #size-cells (@name) that applies to the children of
 * @bus; NULL is above the root
 */
uint32_t dt_bus_cells(const struct node *bus, const char *name) _nonnull_(2);

/**
 * dt_address - where the CPU sees the first range of @node's reg
 * Returns: true and the range in bytes; false where @node has no reg, where a bus above it does not
 * pass addresses on, and for PCI functions, whose reg is no address.
 */
_must_check_ bool dt_address(const struct node *node, uint64_t *ret_start, uint64_t *ret_length)
	_nonnull_();

/**
 * dt_dma_cells - how many cells a DMA address and a DMA length of @device have
 * Returns: false where either has more than 2 cells (64 bits) or the length has no cell.
 */
_must_check_ bool dt_dma_cells(const struct node *device, uint32_t *ret_address,
			       uint32_t *ret_length) _nonnull_();

/**
 * dt_dma_range - a range that @device uses for DMA, read from cell @index on of @property
 * The caller checks that @property has as many cells from @index on as dt_dma_cells says.
 * Returns: false where a bus above @device does not pass the range on.
 */
_must_check_ bool dt_dma_range(const struct node *device, const struct property *property,
			       size_t index, uint64_t *ret_start, uint64_t *ret_length) _nonnull_();
