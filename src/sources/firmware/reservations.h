/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reservations - memory that a devicetree keeps for the DMA of devices (iommu-addresses)
 *
 * The ACPI tables' own are added by their decoders (acpi_decoder.h). Of the running machine the
 * kernel's own file, reserved_regions of a group, says what came of it.
 */
#pragma once

#include "firmware/tree.h"
#include "model/build.h"

/** reservation_end - the last byte of @length bytes (at least 1) at @start; at most the last of the
 * address space */
uint64_t reservation_end(uint64_t start, uint64_t length);

/** reservations_devicetree - add those of @tree to @build */
void reservations_devicetree(struct build *build, const struct tree *tree) _nonnull_(1, 2);
