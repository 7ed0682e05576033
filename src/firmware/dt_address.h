/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dt_address - addresses in a devicetree, as the bus above sees them
 *
 * An address is written in the cells of the node's parent (#address-cells, #size-cells; the
 * nearest ancestor that says them counts, else 1), and each bus on the way up may shift it
 * (ranges; dma-ranges for what a device itself addresses). Source: drivers/of/address.c.
 */
#pragma once

#include "firmware/tree.h"

/**
 * dt_address - where the CPU sees the first range of @node's reg
 * Returns: true and the range in bytes; false where it has none, where a bus in between does not
 * pass addresses on, and for PCI functions, whose reg is no address.
 */
_must_check_ bool dt_address(const struct node *node, uint64_t *ret_start, uint64_t *ret_length);

/**
 * dt_dma_cells - how many cells a DMA address and a DMA length of @device take
 * Returns: false where they do not fit 64 bits (more than 2 cells) or the length has none.
 */
_must_check_ bool dt_dma_cells(const struct node *device, uint32_t *ret_address,
			       uint32_t *ret_length);

/**
 * dt_dma_range - a range that @device uses for DMA, read from cell @index on of @property
 * The property must hold as many cells from there on as dt_dma_cells says.
 * Returns: false where a bus in between does not pass it on.
 */
_must_check_ bool dt_dma_range(const struct node *device, const struct property *property,
			       size_t index, uint64_t *ret_start, uint64_t *ret_length);
