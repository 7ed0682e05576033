/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registration - IOMMUs that are listed and serve no device
 *
 * Since Linux 6.15 an IOMMU probes all devices behind it when it registers, and if it rejects a
 * device, the kernel takes the registration back (drivers/iommu/iommu.c: iommu_device_register). A
 * driver that ignores that error leaves the IOMMU in /sys/class/iommu, bound and without effect:
 * virtio-iommu does (drivers/iommu/virtio-iommu.c: viommu_probe).
 */
#pragma once

#include "model/build.h"

/**
 * registration_find_failed - set the state of each IOMMU in @build whose registration failed
 * Proof is a device without driver and group that firmware puts behind an IOMMU that no device has:
 * such a kernel gives every driverless device a group at the registration. Members and the devices
 * of IOMMUs are linked already.
 */
void registration_find_failed(struct build *build) _nonnull_(1);
