/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * isolation - why a group has more than one member
 *
 * The kernel groups devices that an IOMMU cannot distinguish, or whose transactions may reach each
 * other without passing it (drivers/iommu/iommu.c: pci_device_group). It exports no reasons, so
 * these are likely ones: its quirk tables (drivers/pci/quirks.c: pci_dev_acs_enabled) are not
 * visible, and ACS may have been changed since boot.
 */
#pragma once

#include "checks/finding.h"
#include "model/system.h"

/**
 * isolation_explain - the likely reasons, in @arena; none for a group of one device
 * @system: read with FACT_TRAITS and no focus
 * Codes: CODE_ISOLATION_*. Subject: the device that is the reason, or that could not be read; else
 * NULL. Message: a clause that names it, such as "0000:00:1c.0 is a port without ACS". A finding
 * that the reason is unknown is the only one.
 */
struct findings isolation_explain(const struct system *system, const struct group *group,
				  struct arena *arena);

/** isolation_is_known - false where @findings contain that the reason is unknown */
bool isolation_is_known(const struct findings *findings);
