/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drivers and modules of the fake kernel, and the state of its machine after the boot. */
#include "support/fake_parts.h"
#include "support/tree.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

/* vfio-pci matches devices only by "override_only" entries; vfio-platform has no table at all. */
static const struct fake_driver drivers[] = {
	{"pci", "igbvf", "pci:v00008086d000010CA*", "igbvf", false},
	{"pci", "e1000e", "pci:v00008086d000010D3*", "e1000e", false},
	{"pci", "nvme", "pci:*bc01sc08i02*", "nvme", false},
	{"pci", "pcieport", "pci:*bc06sc04*", NULL, false},
	{"pci", "pci-stub", NULL, "pci_stub", false},
	{"pci", "vfio-pci", NULL, "vfio_pci", true},
	{"platform", "virtio-mmio", "of:*Cvirtio,mmio*", NULL, false},
	{"platform", "vfio-platform", NULL, "vfio_platform", true},
	{"vmbus", "hv_netvsc", "vmbus:635161f83edfc546913ff2d2f965ed0e", NULL, false},
	{"vmbus", "uio_hv_generic", NULL, NULL, false},
};

static const char *const other_modules[] = {"vfio", "vfio_iommu_type1", "vfio_pci_core",
					    "irqbypass"};

const struct fake_driver *fake_driver_at(size_t index)
{
	return index < ARRAY_SIZE(drivers) ? &drivers[index] : NULL;
}

const struct fake_driver *fake_driver_named(const char *bus, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (strcmp(drivers[i].bus, bus) == 0 && strcmp(drivers[i].name, name) == 0)
			return &drivers[i];
	return NULL;
}

bool fake_module_known(const char *module)
{
	for (size_t i = 0; i < ARRAY_SIZE(other_modules); i++)
		if (strcmp(other_modules[i], module) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (drivers[i].module && strcmp(drivers[i].module, module) == 0)
			return true;
	return false;
}

/* The progress of the boot. */
struct boot {
	const char *dir;
	const char *bus;
};

static void register_driver(void *context, const char *name)
{
	const struct boot *boot = context;
	const struct fake_driver *driver = fake_driver_named(boot->bus, name);
	const char *module = driver ? driver->module : NULL;

	machine_register(boot->dir, boot->bus, name, module);
	if (module)
		machine_load(boot->dir, module);
}

static void complete_device(void *context, const char *name)
{
	const struct boot *boot = context;
	char device[FAKE_PATH_SIZE], driver_name[FAKE_NAME_SIZE];
	const struct fake_driver *driver;

	if (!machine_device(boot->dir, boot->bus, name, device) ||
	    !machine_driver(device, driver_name))
		return;
	machine_link(boot->dir, boot->bus, device, driver_name);
	driver = fake_driver_named(boot->bus, driver_name);
	if (driver && driver->vfio)
		machine_vfio_comes(boot->dir, device);
}

static void complete_bus(void *context, const char *name)
{
	struct boot *boot = context;
	_autofree_ char *line = NULL;

	boot->bus = name;
	if (asprintf(&line,
		     "/sys/bus/%s/drivers_probe = \n"
		     "/sys/bus/%s/drivers_autoprobe = 1\n",
		     name, name) < 0)
		memory_exhausted();
	tree_unpack(line, boot->dir);
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (!drivers[i].module && strcmp(drivers[i].bus, name) == 0)
			machine_register(boot->dir, name, drivers[i].name, NULL);
	machine_each_driver(boot->dir, name, register_driver, boot);
	machine_each_device(boot->dir, name, complete_device, boot);
}

void fake_boot(const struct fake_kernel *fake)
{
	struct boot boot = {.dir = fake->dir};

	machine_each_bus(fake->dir, complete_bus, &boot);
}
