/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pci_class.h"

#include "base/cleanup.h"
#include "model/pci.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { ANY_SUBCLASS = 0x100 };

struct class_name {
	uint16_t class, subclass;
	const char *name;
};

/* In order of class and subclass; the row for any subclass is the last of its class. */
static const struct class_name class_names[] = {
	{0x00, 0x01, "VGA compatible unclassified device"},
	{0x00, ANY_SUBCLASS, "Unclassified device"},
	{0x01, 0x00, "SCSI storage controller"},
	{0x01, 0x01, "IDE interface"},
	{0x01, 0x04, "RAID bus controller"},
	{0x01, 0x05, "ATA controller"},
	{0x01, 0x06, "SATA controller"},
	{0x01, 0x07, "Serial Attached SCSI controller"},
	{0x01, 0x08, "Non-Volatile memory controller"},
	{0x01, 0x09, "Universal Flash Storage controller"},
	{0x01, ANY_SUBCLASS, "Mass storage controller"},
	{0x02, 0x00, "Ethernet controller"},
	{0x02, 0x07, "Infiniband controller"},
	{0x02, 0x08, "Fabric controller"},
	{0x02, ANY_SUBCLASS, "Network controller"},
	{0x03, 0x00, "VGA compatible controller"},
	{0x03, 0x02, "3D controller"},
	{0x03, ANY_SUBCLASS, "Display controller"},
	{0x04, 0x00, "Multimedia video controller"},
	{0x04, 0x01, "Multimedia audio controller"},
	{0x04, 0x03, "Audio device"},
	{0x04, ANY_SUBCLASS, "Multimedia controller"},
	{0x05, 0x00, "RAM memory"},
	{0x05, 0x01, "FLASH memory"},
	{0x05, 0x02, "CXL"},
	{0x05, ANY_SUBCLASS, "Memory controller"},
	{0x06, 0x00, "Host bridge"},
	{0x06, 0x01, "ISA bridge"},
	{0x06, 0x04, "PCI bridge"},
	{0x06, 0x07, "CardBus bridge"},
	{0x06, 0x09, "Semi-transparent PCI-to-PCI bridge"},
	{0x06, ANY_SUBCLASS, "Bridge"},
	{0x07, 0x00, "Serial controller"},
	{0x07, 0x01, "Parallel controller"},
	{0x07, 0x02, "Multiport serial controller"},
	{0x07, 0x03, "Modem"},
	{0x07, ANY_SUBCLASS, "Communication controller"},
	{0x08, 0x00, "PIC"},
	{0x08, 0x01, "DMA controller"},
	{0x08, 0x02, "Timer"},
	{0x08, 0x03, "RTC"},
	{0x08, 0x04, "PCI Hot-plug controller"},
	{0x08, 0x05, "SD Host controller"},
	{0x08, 0x06, "IOMMU"},
	{0x08, ANY_SUBCLASS, "System peripheral"},
	{0x09, 0x00, "Keyboard controller"},
	{0x09, 0x02, "Mouse controller"},
	{0x09, ANY_SUBCLASS, "Input device controller"},
	{0x0a, ANY_SUBCLASS, "Docking station"},
	{0x0b, 0x40, "Co-processor"},
	{0x0b, ANY_SUBCLASS, "Processor"},
	{0x0c, 0x00, "FireWire (IEEE 1394)"},
	{0x0c, 0x03, "USB controller"},
	{0x0c, 0x04, "Fibre Channel"},
	{0x0c, 0x05, "SMBus"},
	{0x0c, 0x06, "InfiniBand"},
	{0x0c, 0x07, "IPMI Interface"},
	{0x0c, 0x09, "CANBUS"},
	{0x0c, ANY_SUBCLASS, "Serial bus controller"},
	{0x0d, 0x11, "Bluetooth"},
	{0x0d, ANY_SUBCLASS, "Wireless controller"},
	{0x0e, ANY_SUBCLASS, "Intelligent controller"},
	{0x0f, ANY_SUBCLASS, "Satellite communications controller"},
	{0x10, ANY_SUBCLASS, "Encryption controller"},
	{0x11, 0x01, "Performance counters"},
	{0x11, ANY_SUBCLASS, "Signal processing controller"},
	{0x12, ANY_SUBCLASS, "Processing accelerators"},
	{0x13, ANY_SUBCLASS, "Non-Essential Instrumentation"},
	{0x40, ANY_SUBCLASS, "Coprocessor"},
};

/* For bsearch: the order of the table. */
static int compare_to_row(const void *key, const void *row)
{
	const struct class_name *asked = key, *there = row;

	if (asked->class != there->class)
		return asked->class < there->class ? -1 : 1;
	return asked->subclass == there->subclass ? 0
						  : (asked->subclass < there->subclass ? -1 : 1);
}

const char *device_class_name(const struct device *device)
{
	int class = device_class(device);
	struct class_name asked = {.class = (uint16_t)device_base_class(device),
				   .subclass = (uint16_t)(class & 0xff)};
	const struct class_name *row;

	if (class < 0)
		return NULL;
	row = bsearch(&asked, class_names, ARRAY_SIZE(class_names), sizeof(asked), compare_to_row);
	asked.subclass = ANY_SUBCLASS;
	if (!row)
		row = bsearch(&asked, class_names, ARRAY_SIZE(class_names), sizeof(asked),
			      compare_to_row);
	return row ? row->name : NULL;
}
