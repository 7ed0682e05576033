/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device_group - the group of a device, and whether its bus has devices with groups */
#pragma once

#include "sources/sources.h"

/** device_group_number - the number at the end of an iommu_group link's text, or -EBADMSG */
int device_group_number(const char *link) _nonnull_();

/**
 * device_group_read - the number of the group of the device at @path, from its link iommu_group
 * Returns: -ENOENT where the device has no group; another negative errno where it is unknown.
 */
int device_group_read(const struct root *root, const char *path) _nonnull_();

/**
 * device_counts_nodes - true where a bus also belongs to the snapshot if firmware names an IOMMU
 * for a device of it: the reading wants streams, and the machine has a devicetree
 */
bool device_counts_nodes(const struct reading *reading) _nonnull_();

/** device_names_iommu - true where the devicetree node of the device at @path names an IOMMU */
bool device_names_iommu(const struct root *root, const char *path) _nonnull_();

/**
 * device_any_without_group - true where a device has no group and may have streams: firmware tells
 * whether its group is missing. An IOMMU itself needs no group.
 */
bool device_any_without_group(const struct reading *reading) _nonnull_();

/**
 * device_read_acpi_path - set the firmware_node of a device that has none yet and a companion in
 * the ACPI namespace. The devicetree path of a device is in its uevent file.
 */
void device_read_acpi_path(const struct reading *reading, struct device *device) _nonnull_();
