/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drivers that may bind a driverless device: modules and built-in code that match its modalias,
 * and the driver that its driver_override names.
 */
#include "base/text.h"
#include "firmware/iommu_compatible.h"
#include "sources/modules/modules_asked.h"
#include "sources/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void check_override(struct reading *reading, const struct device *device,
			   struct probing *probing)
{
	if (!device->driver_override || strchr(device->driver_override, '/'))
		return;
	probing->override_exists = root_hasf(reading->root, "/sys/bus/%s/drivers/%s", device->bus,
					     device->driver_override) > 0;
}

/* The driverless devices of interest have something about their probing. */
static void examine_driverless(struct reading *reading)
{
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		struct device *device = build_device_at(reading->build, i);
		struct probing *probing = build_find_probing(reading->build, device);

		if (!probing || device->driver)
			continue;
		probing->modalias =
			modules_modalias(reading->root, build_arena(reading->build), device->path);
		check_override(reading, device, probing);
	}
}

static void copy_answer(struct probing *probing, const struct module_query *answer)
{
	probing->modules = answer->modules;
	probing->module_count = answer->count;
	probing->modules_known = true;
}

/*
 * Copy the next compatible of a devicetree modalias, "of:NsmmuT(null)Carm,smmu-v3Cother", to @word.
 * @at: before a 'C'. Returns the rest, or NULL at the end.
 */
static const char *next_compatible(const char *at, char *word, size_t size)
{
	const char *start = strchr(at, 'C');
	size_t length = start ? strcspn(start + 1, "C") : 0;

	if (!start)
		return NULL;
	snprintf(word, size, "%.*s", (int)length, start + 1);
	return start + 1 + length;
}

/* A driver of an IOMMU, and its bus. */
struct iommu_driver {
	const char *bus, *name;
};

/* IOMMUs that are no platform devices, by the start of their modalias. */
static const struct {
	const char *modalias;
	struct iommu_driver driver;
} other_buses[] = {
	{"virtio:d00000017v", {"virtio", "virtio_iommu"}},
	{"pci:v00001B36d00000014sv", {"pci", "iommu_pci"}}, /* drivers/iommu/riscv/iommu-pci.c */
	{"pci:v00001EFDd00000008sv", {"pci", "iommu_pci"}},
};

/*
 * The driver of an IOMMU that @modalias names; without a name if it names none. Platform devices
 * from ACPI tables have the names of their drivers.
 */
static struct iommu_driver iommu_driver_of(const char *modalias)
{
	const char *at = text_after(modalias, "of:"), *name = text_after(modalias, "platform:");
	enum iommu_kind kind = name ? iommu_kind_of_driver(name) : IOMMU_KIND_UNKNOWN;
	char word[ATTRIBUTE_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(other_buses); i++)
		if (text_starts(modalias, other_buses[i].modalias))
			return other_buses[i].driver;
	while (!kind && at && (at = next_compatible(at, word, sizeof(word))))
		kind = iommu_kind_of_compatible(word);
	if (!iommu_traits(kind)->bus || strcmp(iommu_traits(kind)->bus, "platform") != 0)
		return (struct iommu_driver){0};
	return (struct iommu_driver){"platform", iommu_traits(kind)->driver};
}

/*
 * The index of modules does not list which devices built-in drivers match: modules.builtin.modinfo
 * has no device tables, and many IOMMU drivers have none to export (sprd-iommu.c and others are
 * never a module). But the names of IOMMU drivers are known, and sysfs shows whether they are
 * registered.
 */
static void add_registered(struct reading *reading, struct probing *probing)
{
	const struct iommu_driver driver = iommu_driver_of(probing->modalias);
	struct module *module;

	if (probing->module_count || !driver.name ||
	    root_hasf(reading->root, "/sys/bus/%s/drivers/%s", driver.bus, driver.name) <= 0)
		return;
	module = arena_alloc(build_arena(reading->build), sizeof(*module));
	*module = (struct module){.name = driver.name, .state = MODULE_BUILTIN};
	probing->modules = module;
	probing->module_count = 1;
}

int source_drivers(struct reading *reading, struct error *e)
{
	const struct modules_asked *modules;

	if (!reading_wants(reading, FACT_SUPPLIERS)) {
		build_source(reading->build, "modules", SOURCE_SKIPPED, NULL);
		return 0;
	}
	examine_driverless(reading);
	modules = modules_ask(reading);
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		struct device *device = build_device_at(reading->build, i);
		struct probing *probing = build_find_probing(reading->build, device);
		const struct module_query *answer;

		if (!probing || !probing->modalias)
			continue;
		answer = modules_asked_of(modules, device);
		if (answer)
			copy_answer(probing, answer);
		add_registered(reading, probing);
	}
	modules_asked_report(reading, "modules");
	return 0;
}
