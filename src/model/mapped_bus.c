/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/mapped_bus.h"

#include "base/text.h"

#include <string.h>

/*
 * The callers of of_dma_configure_id and acpi_dma_configure_id in Linux 7.3. tests/dtb/groups.py
 * compares this table with iommu_buses of a kernel's source.
 */
static const struct mapped_bus buses[] = {
	{"cdx", "requester ID", NULL, "drivers/cdx/cdx.c"},
	{"fsl-mc", "ICID", NULL, "drivers/bus/fsl-mc/fsl-mc-bus.c"},
	{"host1x-context", "number", "host1x-ctx.", "drivers/gpu/host1x/context.c"},
};

const struct mapped_bus *mapped_buses(size_t *ret_count)
{
	*ret_count = ARRAY_SIZE(buses);
	return buses;
}

const struct mapped_bus *mapped_bus_find(const char *bus)
{
	for (size_t i = 0; i < ARRAY_SIZE(buses); i++)
		if (strcmp(buses[i].name, bus) == 0)
			return &buses[i];
	return NULL;
}

bool mapped_bus_id(const struct mapped_bus *bus, const char *name, uint32_t *ret_id)
{
	const char *digits = bus->prefix ? text_after(name, bus->prefix) : NULL;
	uint64_t id;

	if (!digits || !text_number(digits, 10, &id) || id > UINT32_MAX)
		return false;
	*ret_id = (uint32_t)id;
	return true;
}
