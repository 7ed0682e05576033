/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nvidia - the nodes that NVIDIA's driver makes without telling sysfs: /dev/nvidia0 is 195:0 */
#pragma once

#include "base/root.h"

#include <stdbool.h>

/**
 * nvidia_minor - the number in /dev/nvidiaN of the PCI device @name
 * Source: /proc/driver/nvidia/gpus/NAME/information, "Device Minor: 0"
 * Returns: false where the driver names none.
 */
_must_check_ bool nvidia_minor(const struct root *root, const char *name, unsigned *ret_minor)
	_nonnull_();
