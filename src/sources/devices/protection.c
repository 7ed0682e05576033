/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings that let DMA through: the parameter disable_bypass of arm-smmu
 * (drivers/iommu/arm/arm-smmu/arm-smmu.c), iommu_dma_protection of Thunderbolt domains
 * (drivers/thunderbolt/domain.c), and which PCI devices are removable (drivers/base/core.c, for PCI
 * since Linux 5.14: drivers/pci/probe.c: pci_set_removable). Also the virtual functions of physical
 * functions that VFIO has (drivers/pci/iov.c: pci_iov_sysfs_link).
 */
#include "base/text.h"
#include "model/pci.h"
#include "model/vfio_driver.h"
#include "sources/sources.h"

#include <string.h>

#define BYPASS_FILE "/sys/module/arm_smmu/parameters/disable_bypass"
#define THUNDERBOLT "/sys/bus/thunderbolt/devices"

/* The kernel writes booleans as Y and N. Where the driver is not there, it passes nothing. */
static void read_bypass(const struct reading *reading, struct protection *protection)
{
	char text[8];
	ssize_t length = root_read_text(reading->root, BYPASS_FILE, text, sizeof(text));

	if (root_is_absence((int)length))
		protection->passes_unclaimed = ANSWER_NO;
	if (length != 1 || !strchr("YN", *text))
		return;
	protection->passes_unclaimed = *text == 'N' ? ANSWER_YES : ANSWER_NO;
	protection->passes_evidence = BYPASS_FILE;
}

/* Thunderbolt domains, and how many of them are protected. */
struct domains {
	const struct reading *reading;
	struct protection *protection;
	size_t count, protected;
};

static int read_domain(void *context, const char *name)
{
	struct domains *domains = context;
	const char *file;
	char text[8];

	if (!text_starts(name, "domain"))
		return 0;
	file = arena_concat(build_arena(domains->reading->build), THUNDERBOLT "/", name,
			    "/iommu_dma_protection");
	domains->count++;
	if (root_read_text(domains->reading->root, file, text, sizeof(text)) != 1)
		return 0;
	domains->protected += *text == '1';
	if (*text != '0')
		return 0;
	domains->protection->before_boot = ANSWER_NO;
	domains->protection->before_evidence = file;
	return 1;
}

static void read_domains(struct domains *domains)
{
	int result = root_list(domains->reading->root, THUNDERBOLT, read_domain, domains);

	if (result == 0 && domains->count && domains->protected == domains->count)
		domains->protection->before_boot = ANSWER_YES;
}

/* The file is there only where the kernel knows the place of the device. */
static enum answer is_removable(const struct reading *reading, const struct device *device)
{
	char text[16];
	ssize_t length =
		root_readf_text(reading->root, text, sizeof(text), "%s/removable", device->path);

	if (root_is_absence((int)length))
		return ANSWER_NO;
	if (length < 0 || strcmp(text, "unknown") == 0)
		return ANSWER_UNKNOWN;
	return strcmp(text, "removable") == 0 ? ANSWER_YES : ANSWER_NO;
}

/* The virtual functions of physical functions that VFIO has, while they are collected. */
struct pairs {
	struct build *build;
	struct function_pair *items;
	size_t count, room;
};

static void add_pair(struct pairs *pairs, const struct device *physical, const char *path)
{
	const struct device *function = build_find_above(pairs->build, path);

	if (!function || strcmp(function->path, path) != 0)
		return;
	pairs->items = arena_grow(build_arena(pairs->build), pairs->items, pairs->count,
				  &pairs->room, sizeof(*pairs->items));
	pairs->items[pairs->count++] = (struct function_pair){physical, function};
}

/* The links are numbered without gaps. */
static void list_functions(const struct reading *reading, const struct device *physical,
			   struct pairs *pairs)
{
	enum { FUNCTIONS_MAX = 1 << 16 };
	char target[PATH_SIZE];

	for (unsigned i = 0; i < FUNCTIONS_MAX && root_followf(reading->root, target, "%s/virtfn%u",
							       physical->path, i) > 0;
	     i++)
		add_pair(pairs, physical, target);
}

static void pair_functions(struct reading *reading)
{
	struct machine *machine = build_machine(reading->build);
	struct pairs pairs = {.build = reading->build};

	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		const struct device *device = build_device_at(reading->build, i);

		if (device_is_pci(device) && driver_is_vfio(device))
			list_functions(reading, device, &pairs);
	}
	machine->function_pairs = pairs.items;
	machine->function_pair_count = pairs.count;
}

int source_protection(struct reading *reading, struct error *e)
{
	struct domains domains = {.reading = reading};

	if (!reading_wants(reading, FACT_PROTECTION))
		return 0;
	domains.protection = build_protection(reading->build);
	read_bypass(reading, domains.protection);
	read_domains(&domains);
	for (size_t i = 0; i < build_device_count(reading->build); i++) {
		struct device *device = build_device_at(reading->build, i);

		if (device_is_pci(device))
			device->removable = is_removable(reading, device);
	}
	pair_functions(reading);
	reading_done(reading, "protection");
	return 0;
}
