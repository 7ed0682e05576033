/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/bus.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

/* In the order of strcmp. */
static const char *const without_groups[] = {
	"acpi",
	"clockevents",
	"clocksource",
	"container",
	"coreboot",
	"cpu",
	"cxl",
	"dax",
	"edac",
	"eisa",
	"event_source",
	"firewire",
	"genpd",
	"gpio",
	"hdaudio",
	"hid",
	"i2c",
	"i3c",
	"isa",
	"machinecheck",
	"mdio_bus",
	"memory",
	"memory_tiering",
	"mipi-dsi",
	"mmc",
	"nd",
	"node",
	"nvmem",
	"pci-epf",
	"pci_express",
	"pnp",
	"scsi",
	"sdio",
	"serial",
	"serial-base",
	"serio",
	"soc",
	"soundwire",
	"spi",
	"thunderbolt",
	"typec",
	"usb",
	"usb-serial",
	"w1",
	"wmi",
	"workqueue",
};

/* In the order of strcmp. */
static const char *const named_only[] = {"auxiliary", "virtio", "vmbus", "xen", "xen-backend"};

static int compare(const void *name, const void *entry)
{
	return strcmp(name, *(const char *const *)entry);
}

bool bus_never_has_groups(const char *bus)
{
	return bsearch(bus, without_groups, ARRAY_SIZE(without_groups), sizeof(*without_groups),
		       compare);
}

bool bus_counts_if_named(const char *bus)
{
	return bsearch(bus, named_only, ARRAY_SIZE(named_only), sizeof(*named_only), compare);
}
