/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DMA masks of PCI devices: /sys/bus/pci/devices/NAME/dma_mask_bits
 * (drivers/pci/pci-sysfs.c). They tell whether the address of a fault was one that the device's
 * driver may have given it, so without a fault in the log none is read.
 */
#include "base/text.h"
#include "model/pci.h"
#include "sources/sources.h"

static void read_mask(struct reading *reading, struct device *device)
{
	char text[8];
	uint64_t bits;

	if (root_readf_text(reading->root, text, sizeof(text), "%s/dma_mask_bits", device->path) >
		    0 &&
	    text_number(text, 10, &bits) && bits <= 64)
		device->dma_mask_bits = (int16_t)bits;
}

int source_dma_masks(struct reading *reading, struct error *e)
{
	if (!reading_wants(reading, FACT_DMA_MASKS) || !build_fault_count(reading->build))
		return 0;
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		struct device *device = build_device_at(reading->build, i);

		if (device_is_pci(device))
			read_mask(reading, device);
	}
	reading_done(reading, "dma_masks");
	return 0;
}
