/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reservations - memory that a devicetree keeps for the DMA of devices (iommu-addresses)
 *
 * The decoders of ACPI tables add the reservations of these (acpi_decoder.h). On the running
 * machine reserved_regions of each group shows which reservations the kernel applied.
 */
#pragma once

#include "firmware/tree.h"
#include "model/build.h"

/** reservation_end - the last byte of @length bytes (at least 1) at @start; at most the last of the
 * address space */
uint64_t reservation_end(uint64_t start, uint64_t length);

/** reservations_devicetree - add the reservations of @tree to @build */
void reservations_devicetree(struct build *build, const struct tree *tree) _nonnull_(1, 2);
