/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_address.h"

uint32_t dt_bus_cells(const struct node *bus, const char *name)
{
	uint32_t cells;

	for (; bus; bus = bus->parent)
		if (node_cell(bus, name, &cells))
			return cells;
	return 1;
}

static uint64_t read_cells(const struct property *property, size_t index, uint32_t cells)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < cells; i++)
		value = value << 32 | property_cell(property, index + i);
	return value;
}

/*
 * Translates an address below @bus into an address above it, by the property @name of @bus. Without
 * that property no CPU address passes ("ranges"), and every DMA address does ("dma-ranges").
 */
static bool cross_bus(const struct node *bus, const char *name, uint64_t *address)
{
	const struct property *ranges = node_property(bus, name);
	uint32_t below = dt_bus_cells(bus, "#address-cells");
	uint32_t above = dt_bus_cells(bus->parent, "#address-cells");
	uint32_t size = dt_bus_cells(bus, "#size-cells");

	if (!ranges || ranges->length == 0)
		return ranges || name[0] == 'd';
	if (below > 2 || above > 2 || size > 2 || below + above + size == 0)
		return false;
	for (size_t i = 0; i + below + above + size <= property_cells(ranges);
	     i += below + above + size) {
		uint64_t start = read_cells(ranges, i, below);

		if (*address >= start &&
		    *address - start < read_cells(ranges, i + below + above, size)) {
			*address = *address - start + read_cells(ranges, i + below, above);
			return true;
		}
	}
	return false;
}

static bool translate_address(const struct node *node, const char *name, uint64_t *address)
{
	for (const struct node *bus = node->parent; bus && bus->parent; bus = bus->parent)
		if (!cross_bus(bus, name, address))
			return false;
	return true;
}

bool dt_address(const struct node *node, uint64_t *ret_start, uint64_t *ret_length)
{
	const struct property *reg = node_property(node, "reg");
	uint32_t address_cells = dt_bus_cells(node->parent, "#address-cells");
	uint32_t size_cells = dt_bus_cells(node->parent, "#size-cells");
	uint64_t start;

	/* Without size cells reg is a number on a bus (I2C, a port of a graph), no address. */
	if (!reg || address_cells > 2 || size_cells > 2 || address_cells == 0 || size_cells == 0 ||
	    property_cells(reg) < address_cells + size_cells)
		return false;
	start = read_cells(reg, 0, address_cells);
	if (!translate_address(node, "ranges", &start))
		return false;
	*ret_start = start;
	*ret_length = read_cells(reg, address_cells, size_cells);
	return true;
}

bool dt_dma_cells(const struct node *device, uint32_t *ret_address, uint32_t *ret_length)
{
	*ret_address = dt_bus_cells(device->parent, "#address-cells");
	*ret_length = dt_bus_cells(device->parent, "#size-cells");
	return *ret_address <= 2 && *ret_length >= 1 && *ret_length <= 2;
}

bool dt_dma_range(const struct node *device, const struct property *property, size_t index,
		  uint64_t *ret_start, uint64_t *ret_length)
{
	uint32_t address_cells, length_cells;
	uint64_t start;

	if (!dt_dma_cells(device, &address_cells, &length_cells))
		return false;
	start = read_cells(property, index, address_cells);
	if (!translate_address(device, "dma-ranges", &start))
		return false;
	*ret_start = start;
	*ret_length = read_cells(property, index + address_cells, length_cells);
	return true;
}
