/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pci_alias.h"

#include <string.h>

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

enum {
	FUNCTION_BITS = 7,
	SLOT_SHIFT = 3,
	FIXED_MAX = 3,
	/** functions of a slot that Intel's VCA uses: four DMA channels, and one more */
	VCA_FUNCTIONS = 5,
	ALL_FUNCTIONS = 8,
};

/*
 * Devices that also use fixed device and function numbers, in any slot: MIC x200, and two cards of
 * Adaptec, 3405 and 3805, which the IDs of the subsystem tell from others.
 */
static const struct fixed {
	uint16_t vendor, device;
	uint8_t count, devfn[FIXED_MAX];
	uint16_t card_vendor, card;
} fixed[] = {
	{0x8086, 0x2260, 3, {0x10 << 3, 0x11 << 3, 0x12 << 3 | 3}},
	{0x8086, 0x2264, 3, {0x10 << 3, 0x11 << 3, 0x12 << 3 | 3}},
	{0x9005, 0x0285, 1, {0x01 << 3}, 0x9005, 0x02bb},
	{0x9005, 0x0285, 1, {0x01 << 3}, 0x9005, 0x02bc},
};

/*
 * Bridges between hosts, which pass on transactions of the other side under numbers of all slots:
 * the first functions of each. By Intel (VCA) and PLX.
 */
static const struct {
	uint16_t vendor, device;
	uint8_t functions;
} whole_bus[] = {
	{0x8086, 0x2954, VCA_FUNCTIONS}, {0x8086, 0x2955, VCA_FUNCTIONS},
	{0x8086, 0x2956, VCA_FUNCTIONS}, {0x8086, 0x2958, VCA_FUNCTIONS},
	{0x8086, 0x2959, VCA_FUNCTIONS}, {0x8086, 0x295a, VCA_FUNCTIONS},
	{0x10b5, 0x87b0, ALL_FUNCTIONS}, {0x10b5, 0x87b1, ALL_FUNCTIONS},
};

/* By ASMedia, Tundra, ITE, Intel, Aspeed (AST1150) and Broadcom (ThunderX2). */
static const struct {
	uint16_t vendor, device;
	enum pci_alias_bridge kind;
} bridges[] = {
	{0x1b21, 0x1080, PCI_ALIAS_HIDES_EXPRESS}, {0x10e3, 0x8113, PCI_ALIAS_HIDES_EXPRESS},
	{0x1283, 0x8892, PCI_ALIAS_HIDES_EXPRESS}, {0x1283, 0x8893, PCI_ALIAS_HIDES_EXPRESS},
	{0x8086, 0x244e, PCI_ALIAS_HIDES_EXPRESS}, {0x1a03, 0x1150, PCI_ALIAS_FORWARDS},
	{0x14e4, 0x9000, PCI_ALIAS_ENDS},	   {0x14e4, 0x9084, PCI_ALIAS_ENDS},
};

/* A device whose other numbers are collected. @out: not its own, and each once */
struct numbers {
	uint8_t own, *out;
	size_t count;
};

static void add_number(struct numbers *numbers, unsigned devfn)
{
	if (devfn != numbers->own && !memchr(numbers->out, (int)devfn, numbers->count))
		numbers->out[numbers->count++] = (uint8_t)devfn;
}

/* The first @functions functions of each slot of the bus. */
static void add_whole_bus(struct numbers *numbers, unsigned functions)
{
	enum { SLOTS = 32 };

	for (unsigned slot = 0; slot < SLOTS; slot++)
		for (unsigned function = 0; function < functions; function++)
			add_number(numbers, slot << SLOT_SHIFT | function);
}

static bool is_fixed(const struct fixed *row, const struct device *device)
{
	return device->vendor_id == row->vendor && device->device_id == row->device &&
	       (!row->card_vendor || (device->subsystem_vendor_id == row->card_vendor &&
				      device->subsystem_device_id == row->card));
}

size_t pci_alias_functions(const struct device *device, uint8_t devfn,
			   uint8_t out[PCI_ALIAS_FUNCTIONS_MAX])
{
	struct numbers numbers = {.own = devfn, .out = out};

	for (size_t i = 0; i < ARRAY_SIZE(same_slot); i++)
		if (device->vendor_id == same_slot[i].vendor &&
		    device->device_id == same_slot[i].device)
			add_number(&numbers,
				   (devfn & ~(unsigned)FUNCTION_BITS) | same_slot[i].function);
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		for (size_t j = 0; is_fixed(&fixed[i], device) && j < fixed[i].count; j++)
			add_number(&numbers, fixed[i].devfn[j]);
	for (size_t i = 0; i < ARRAY_SIZE(whole_bus); i++)
		if (device->vendor_id == whole_bus[i].vendor &&
		    device->device_id == whole_bus[i].device)
			add_whole_bus(&numbers, whole_bus[i].functions);
	return numbers.count;
}

enum pci_alias_bridge pci_alias_bridge_of(unsigned vendor, unsigned device)
{
	for (size_t i = 0; i < ARRAY_SIZE(bridges); i++)
		if (bridges[i].vendor == vendor && bridges[i].device == device)
			return bridges[i].kind;
	return PCI_ALIAS_PLAIN;
}
