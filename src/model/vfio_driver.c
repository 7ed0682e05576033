/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/vfio_driver.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

static const struct vfio_driver drivers[] = {
	{"vfio-pci", "pci", "drivers/vfio/pci/vfio_pci.c", .has_denylist = true},
	{"mlx5_vfio_pci", "pci", "drivers/vfio/pci/mlx5/main.c"},
	{"hisi_acc_vfio_pci", "pci", "drivers/vfio/pci/hisilicon/hisi_acc_vfio_pci.c"},
	{"nvgrace_gpu_vfio_pci", "pci", "drivers/vfio/pci/nvgrace-gpu/main.c"},
	{"pds_vfio_pci", "pci", "drivers/vfio/pci/pds/pci_drv.c"},
	{"qat_vfio_pci", "pci", "drivers/vfio/pci/qat/main.c"},
	{"virtio_vfio_pci", "pci", "drivers/vfio/pci/virtio/main.c"},
	{"xe-vfio-pci", "pci", "drivers/vfio/pci/xe/main.c"},
	{"ism_vfio_pci", "pci", "drivers/vfio/pci/ism/main.c"},
	{"vfio-platform", "platform", "drivers/vfio/platform/vfio_platform.c"},
	{"vfio-amba", "amba", "drivers/vfio/platform/vfio_amba.c"},
	{"vfio-fsl-mc", "fsl-mc", "drivers/vfio/fsl-mc/vfio_fsl_mc.c"},
	{"vfio-cdx", "cdx", "drivers/vfio/cdx/main.c"},
	{"vfio_ccw", "css", "drivers/s390/cio/vfio_ccw_drv.c", .mediates = true},
	{"vfio_ap", "ap", "drivers/s390/crypto/vfio_ap_drv.c", .mediates = true},
};

const struct vfio_driver *vfio_drivers(size_t *ret_count)
{
	*ret_count = ARRAY_SIZE(drivers);
	return drivers;
}

const struct vfio_driver *vfio_driver_of_bus(const char *bus)
{
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (!drivers[i].mediates && strcmp(drivers[i].bus, bus) == 0)
			return &drivers[i];
	return NULL;
}

const struct vfio_driver *vfio_driver_find(const char *name)
{
	/* Every name contains it. Most drivers end here: this runs for each member of a group. */
	if (!strstr(name, "vfio"))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (text_same_module(drivers[i].name, name))
			return &drivers[i];
	return NULL;
}

const char *vfio_driver_spelling(const char *name)
{
	const struct vfio_driver *driver = vfio_driver_find(name);

	return driver ? driver->name : name;
}

/* True where @name contains the word between '-', '_' or the like. */
static bool has_part(const char *name, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = name; (at = strstr(at, word)); at++)
		if ((at == name || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[length]))
			return true;
	return false;
}

bool driver_name_is_vfio(const char *name)
{
	const struct vfio_driver *driver = vfio_driver_find(name);

	return driver ? !driver->mediates : has_part(name, "vfio");
}

bool driver_name_mediates(const char *name)
{
	const struct vfio_driver *driver = vfio_driver_find(name);

	return driver && driver->mediates;
}

bool driver_is_vfio(const struct device *device)
{
	const struct vfio_driver *driver = device->driver ? vfio_driver_find(device->driver) : NULL;

	return device->vfio_dev || (driver && !driver->mediates);
}

bool driver_is_placeholder(const struct device *device)
{
	static const char *const words[] = {"vfio", "stub", "pciback", "uio"};

	if (device->vfio_dev)
		return true;
	for (size_t i = 0; device->driver && i < ARRAY_SIZE(words); i++)
		if (has_part(device->driver, words[i]))
			return true;
	return false;
}

/*
 * Placeholder drivers: drivers/pci/pci-stub.c, drivers/xen/xen-pciback/pci_stub.c,
 * drivers/uio/uio_pci_generic.c, drivers/uio/uio_hv_generic.c (for the vmbus of Hyper-V:
 * drivers/hv/vmbus_drv.c, hv_vmbus_get_id)
 */
bool driver_name_matches_by_override(const char *name)
{
	static const char *const names[] = {"pci-stub", "pciback", "uio_pci_generic",
					    "uio_hv_generic"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (text_same_module(names[i], name))
			return true;
	return driver_name_is_vfio(name);
}

/* Drivers with driver_managed_dma: drivers/pci/pci-stub.c, drivers/pci/pcie/portdrv.c */
bool driver_leaves_dma(const char *name)
{
	return strcmp(name, "pci-stub") == 0 || strcmp(name, "pcieport") == 0;
}
