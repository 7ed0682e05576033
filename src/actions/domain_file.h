/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domain_file - the file with the type of the group of a device
 *
 * The kernel reads it under the lock of the group, which it holds while a domain is attached.
 */
#pragma once

#include "base/arena.h"
#include "base/root.h"

/** domain_type_file - "DEVICE/iommu_group/type", in @arena     @device: a path below /sys/devices
 */
const char *domain_type_file(struct arena *arena, const char *device);

/** domain_type_read - the type of the group of the device at that path; NULL none or unreadable */
const char *domain_type_read(const struct root *root, const char *device, struct arena *arena);
