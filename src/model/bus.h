/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bus - which buses of /sys/bus can have devices in IOMMU groups */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>

/**
 * bus_never_has_groups - true for a bus whose devices no kernel from 5.10 to 7.3 puts into a group
 *
 * The kernel makes groups for the buses that it probes for IOMMUs (drivers/iommu/iommu.c:
 * iommu_buses; before 6.0 every bus that an IOMMU driver named: platform, pci, amba, fsl-mc), and
 * VFIO makes them for mdev. The function lists other buses that real machines have. It is false for
 * a bus that it does not list: only reading the bus tells.
 */
bool bus_never_has_groups(const char *bus) _nonnull_(1);

/**
 * bus_counts_if_named - true for a bus whose devices no such kernel puts into a group either, but
 * use DMA, so that a user may name them: it need not be read where nothing is named
 */
bool bus_counts_if_named(const char *bus) _nonnull_(1);
