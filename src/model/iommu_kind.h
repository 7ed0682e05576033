/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iommu_kind - the kinds of IOMMU that Linux supports, and the traits of each
 *
 * Code that depends on the kind uses a trait. A new kind is a line here, a row of traits, and the
 * compatibles of its driver (firmware/iommu_compatible.c).
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>

enum iommu_kind {
	IOMMU_KIND_UNKNOWN, /* another kind of IOMMU, or the kernel shows none */
	IOMMU_KIND_SMMU,    /* Arm SMMU, architecture versions 1 and 2 */
	IOMMU_KIND_SMMU_V3,
	IOMMU_KIND_INTEL,
	IOMMU_KIND_AMD,
	IOMMU_KIND_VIRTIO,
	IOMMU_KIND_RISCV,
	IOMMU_KIND_S390,
	IOMMU_KIND_DART,
	IOMMU_KIND_EXYNOS,
	IOMMU_KIND_IPMMU,
	IOMMU_KIND_MSM,
	IOMMU_KIND_MTK,
	IOMMU_KIND_MTK_V1,
	IOMMU_KIND_OMAP,
	IOMMU_KIND_PAMU,
	IOMMU_KIND_QCOM,
	IOMMU_KIND_ROCKCHIP,
	IOMMU_KIND_SPRD,
	IOMMU_KIND_SUN50I,
	IOMMU_KIND_TEGRA,
	IOMMU_KIND_VSI,
	IOMMU_KIND_XEN, /* Xen's grants for virtio devices: no hardware */
	IOMMU_KIND_COUNT,
};

/**
 * struct iommu_traits - the traits of one kind. Source: the drivers below drivers/iommu
 * @name: word in documents and tables
 * @driver, @bus: of its driver as sysfs has it, or NULL where none is bound to a device
 * @class_prefix: how its names in /sys/class/iommu begin; NULL where the instance is named after
 * its device alone
 * @device_prefix: how the names of its platform devices begin where an ACPI table gives its address
 * alone (drivers/acpi/arm64/iort.c; the ID in drivers/iommu/riscv/iommu-platform.c), or NULL
 * @only_device: the platform device of its only instance, which has no link to it; or NULL
 * @log_prefix: how its lines in the kernel log begin, or NULL where they begin with @driver
 * @bypass_option: of the kernel's command line; where it is off, a stream that belongs to no device
 * passes the IOMMU; NULL where such a stream is always blocked
 * @has_stable_name: the name in /sys/class/iommu has an address in it and no counter
 * @has_masks: a stream is an ID and a mask (stream matching), 16 bits each
 * @one_group: the driver puts all devices of an instance into one group, as it has one address
 * space (generic_single_device_group, and the functions before it)
 * @one_device_per_stream: the driver refuses a second device that has the same ID
 * @one_cell_only: the driver refuses any other #iommu-cells
 * @ids_from_firmware: its IDs are not requester IDs; only a firmware table tells the IDs of PCI
 * devices
 * @maps_nothing: its domains have no operation that maps memory (struct iommu_domain_ops), so that
 * no VFIO user can give the device any
 */
struct iommu_traits {
	const char *name;
	const char *driver, *bus;
	const char *class_prefix, *device_prefix, *log_prefix, *bypass_option;
	bool has_stable_name, has_masks, one_device_per_stream, one_cell_only, ids_from_firmware;
	bool one_group, maps_nothing;
	const char *only_device;
};

/** iommu_traits - the traits of @kind; IOMMU_KIND_UNKNOWN has no names, and all flags are false */
const struct iommu_traits *iommu_traits(enum iommu_kind kind);

/** iommu_log_prefix - how lines of its driver in the kernel log begin, or NULL */
const char *iommu_log_prefix(enum iommu_kind kind);

/** iommu_kind_of_instance - the kind by a name in /sys/class/iommu */
enum iommu_kind iommu_kind_of_instance(const char *name) _nonnull_(1);

/** iommu_kind_of_driver - the kind by the name of the driver in sysfs */
enum iommu_kind iommu_kind_of_driver(const char *driver) _nonnull_(1);
