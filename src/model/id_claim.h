/* SPDX-License-Identifier: GPL-2.0-or-later */
/* id_claim - PCI devices that the option "ids=" of a driver takes when its module is loaded */
#pragma once

struct device;

/**
 * struct id_claim - one entry of "ids=" and one device that it matches; read with FACT_PROTECTION
 * @module: "vfio_pci"     @entry: "10de:1eb8"     @device: NULL where the entry matches no device
 */
struct id_claim {
	const char *module, *entry;
	const struct device *device;
};
