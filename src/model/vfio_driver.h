/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio_driver - the drivers that serve devices to VFIO users
 *
 * A driver has the name of its folder in /sys/bus/BUS/drivers. Most variant drivers are named
 * KBUILD_MODNAME, with '_' where the module's file has '-' ("mlx5_vfio_pci" comes from
 * mlx5-vfio-pci.ko). So names are compared with '-' equal to '_'.
 */
#pragma once

#include "base/cleanup.h"
#include "model/system.h"

/**
 * struct vfio_driver - one driver of drivers/vfio or drivers/s390
 * @name: in sysfs and driver_override     @bus: its only bus
 * @file: in the kernel's source
 * @has_denylist: refuses devices that break out of their isolation (vfio_pci.c: vfio_pci_denylist)
 * @mediates: makes mediated devices and serves these, not the device that it is bound to: that
 * device needs no IOMMU group and gets no vfio-dev entry
 */
struct vfio_driver {
	const char *name;
	const char *bus;
	const char *file;
	bool has_denylist, mediates;
};

/** vfio_drivers - the VFIO drivers of Linux up to 7.3; *ret_count of them */
const struct vfio_driver *vfio_drivers(size_t *ret_count) _nonnull_(1);

/** vfio_driver_of_bus - the first driver that hands devices of @bus to VFIO users, or NULL */
const struct vfio_driver *vfio_driver_of_bus(const char *bus) _nonnull_(1);

/** vfio_driver_find - the kernel's driver of that name in either spelling, or NULL */
const struct vfio_driver *vfio_driver_find(const char *name) _nonnull_(1);

/** vfio_driver_spelling - @name as the kernel spells it; @name itself where it is none of these */
const char *vfio_driver_spelling(const char *name) _nonnull_(1);

/**
 * driver_name_is_vfio - true where a move to that driver hands a device to VFIO
 * True for the kernel's drivers that do not mediate, and for any other name with "vfio" as a word:
 * variant drivers from outside the kernel have such names ("nvidia-vgpu-vfio"). A wrong "true" runs
 * VFIO's checks for a native driver; a wrong "false" would leave them out.
 */
bool driver_name_is_vfio(const char *name) _nonnull_(1);

/** driver_name_mediates - true for drivers that make mediated devices for VFIO users */
bool driver_name_mediates(const char *name) _nonnull_(1);

/**
 * driver_is_vfio - true where the driver bound to @device is known to serve it to VFIO users
 * Proof is the entry below /sys/class/vfio-dev (Linux 6.1), or the name of one of the kernel's
 * drivers. The word "vfio" alone proves nothing.
 */
bool driver_is_vfio(const struct device *device) _nonnull_(1);

/**
 * driver_name_matches_by_override - true for drivers without a table of devices
 * driver_override alone makes them match, and keeps the device theirs when its bus is scanned
 * again.
 */
bool driver_name_matches_by_override(const char *name) _nonnull_(1);

/**
 * driver_is_placeholder - true where the bound driver keeps @device for a user or a guest and makes
 * no interfaces, disks or displays: VFIO, mediating, pci-stub, Xen's pciback, UIO
 */
bool driver_is_placeholder(const struct device *device) _nonnull_(1);

/**
 * driver_leaves_dma - true for drivers without DMA of their own (driver_managed_dma), VFIO's
 * excepted
 */
bool driver_leaves_dma(const char *name) _nonnull_(1);
