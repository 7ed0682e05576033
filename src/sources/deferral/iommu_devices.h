/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommu_devices - the device of an IOMMU that is known only by its name in an ACPI table */
#pragma once

#include "sources/sources.h"

/**
 * iommu_device_named - the path of the device of an unregistered IOMMU
 * @name: as the streams have it: "smmu3.0x9050000", "0000:00:02.0", "LNRO0005:00"
 * The device of an SMMU is found by its registers in /proc/iomem, which only root can read. For
 * others it is certain only if the kernel has made a single one ("arm-smmu-v3.0.auto").
 * Returns: in @arena; NULL where there is none, or several are possible.
 */
const char *iommu_device_named(struct reading *reading, const char *name, struct arena *arena)
	_nonnull_();

/**
 * iommu_device_below - the virtio device on a bound virtio-pci or virtio-mmio device, whose driver
 * registers the IOMMU; @path itself for any other device
 */
const char *iommu_device_below(const struct root *root, const char *path, struct arena *arena)
	_nonnull_();
