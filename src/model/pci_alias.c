/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pci_alias.h"

/*
 * Devices that also use the requester ID of another function of their slot: by Ricoh, Glenfly,
 * Marvell, HighPoint (TTI), JMicron (JMB388) and Lite-On (Plextor M6E).
 */
static const struct {
	uint16_t vendor, device;
	uint8_t function;
} same_slot[] = {
	{0x1180, 0xe832, 0}, {0x1180, 0xe476, 0}, {0x6766, 0x3d40, 0}, {0x6766, 0x3d41, 0},
	{0x1b4b, 0x9120, 1}, {0x1b4b, 0x9123, 1}, {0x1b4b, 0x9125, 1}, {0x1b4b, 0x9128, 1},
	{0x1b4b, 0x9130, 1}, {0x1b4b, 0x9170, 1}, {0x1b4b, 0x9172, 1}, {0x1b4b, 0x917a, 1},
	{0x1b4b, 0x9182, 1}, {0x1b4b, 0x9183, 1}, {0x1b4b, 0x91a0, 1}, {0x1b4b, 0x9215, 1},
	{0x1b4b, 0x9220, 1}, {0x1b4b, 0x9230, 1}, {0x1b4b, 0x9235, 1}, {0x1103, 0x0642, 1},
	{0x1103, 0x0645, 1}, {0x197b, 0x2392, 1}, {0x1c28, 0x0122, 1},
};

/*
 * Devices that also use fixed device and function numbers, in any slot: MIC x200, and two cards of
 * Adaptec, 3405 and 3805, which the IDs of the subsystem tell from others.
 */
static const struct fixed {
	uint16_t vendor, device;
	uint8_t count, devfn[PCI_ALIAS_FUNCTIONS_MAX];
	uint16_t card_vendor, card;
} fixed[] = {
	{0x8086, 0x2260, 3, {0x10 << 3, 0x11 << 3, 0x12 << 3 | 3}},
	{0x8086, 0x2264, 3, {0x10 << 3, 0x11 << 3, 0x12 << 3 | 3}},
	{0x9005, 0x0285, 1, {0x01 << 3}, 0x9005, 0x02bb},
	{0x9005, 0x0285, 1, {0x01 << 3}, 0x9005, 0x02bc},
};

/* PCIe-to-PCI bridges without a PCIe capability: by ASMedia, Tundra, ITE and Intel. */
static const struct {
	uint16_t vendor, device;
} hidden_bridges[] = {
	{0x1b21, 0x1080}, {0x10e3, 0x8113}, {0x1283, 0x8892}, {0x1283, 0x8893}, {0x8086, 0x244e},
};

static bool is_fixed(const struct fixed *row, const struct device *device)
{
	return device->vendor_id == row->vendor && device->device_id == row->device &&
	       (!row->card_vendor || (device->subsystem_vendor_id == row->card_vendor &&
				      device->subsystem_device_id == row->card));
}

size_t pci_alias_functions(const struct device *device, uint8_t devfn,
			   uint8_t out[PCI_ALIAS_FUNCTIONS_MAX])
{
	enum { FUNCTION_BITS = 7 };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(same_slot); i++)
		if (device->vendor_id == same_slot[i].vendor &&
		    device->device_id == same_slot[i].device &&
		    (devfn & FUNCTION_BITS) != same_slot[i].function)
			out[count++] = (uint8_t)((devfn & ~FUNCTION_BITS) | same_slot[i].function);
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		for (size_t j = 0; is_fixed(&fixed[i], device) && j < fixed[i].count; j++)
			if (fixed[i].devfn[j] != devfn)
				out[count++] = fixed[i].devfn[j];
	return count;
}

bool pci_alias_hides_express(unsigned vendor, unsigned device)
{
	for (size_t i = 0; i < ARRAY_SIZE(hidden_bridges); i++)
		if (hidden_bridges[i].vendor == vendor && hidden_bridges[i].device == device)
			return true;
	return false;
}
