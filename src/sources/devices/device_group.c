/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/device_group.h"

#include "base/text.h"
#include "model/dma.h"

#include <errno.h>

int device_group_number(const char *link)
{
	uint64_t id;

	return text_number(text_basename(link), 10, &id) && id <= GROUP_ID_MAX ? (int)id : -EBADMSG;
}

int device_group_read(const struct root *root, const char *path)
{
	char target[PATH_SIZE];
	ssize_t length = root_readlinkf(root, target, sizeof(target), "%s/iommu_group", path);

	return length < 0 ? (int)length : device_group_number(target);
}

bool device_counts_nodes(const struct reading *reading)
{
	return reading_wants(reading, FACTS_BUSES) &&
	       root_has(reading->root, "/sys/firmware/devicetree/base") > 0;
}

bool device_names_iommu(const struct root *root, const char *path)
{
	/* The LIODNs of a PAMU stand in place of a reference to it. */
	return root_hasf(root, "%s/of_node/iommus", path) > 0 ||
	       root_hasf(root, "%s/of_node/fsl,liodn", path) > 0;
}

/* An IOMMU is not behind another one, unless the devicetree says so. */
static bool may_miss_group(const struct reading *reading, const struct device *device)
{
	return !device->group &&
	       (!dma_is_of_iommu(device) || device_names_iommu(reading->root, device->path));
}

bool device_any_without_group(const struct reading *reading)
{
	for (size_t i = 0; i < build_device_count(reading->build); i++)
		if (may_miss_group(reading, build_device_at(reading->build, i)))
			return true;
	return false;
}

void device_read_acpi_path(const struct reading *reading, struct device *device)
{
	char text[ATTRIBUTE_MAX];

	if (!device->firmware_node && root_readf_text(reading->root, text, sizeof(text),
						      "%s/firmware_node/path", device->path) > 0)
		device->firmware_node = arena_strdup(build_arena(reading->build), text);
}
