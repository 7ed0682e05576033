/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/sysfs_folder.h"

#include "base/text.h"

#include <string.h>

bool sysfs_folder_may_have_nodes(const char *name)
{
	static const char *const noise[] = {
		"power",
		"msi_irqs",
		"queue",
		"queues",
		"mq",
		"trace",
		"statistics",
		"integrity",
		"holders",
		"slaves",
		"hwmon",
		"link",
		"mdev_supported_types",
		"wakeup",
		"wakeup0",
		"iommu",
		"of_node",
		"firmware_node",
	};

	for (size_t i = 0; i < ARRAY_SIZE(noise); i++)
		if (strcmp(name, noise[i]) == 0)
			return false;
	return true;
}
