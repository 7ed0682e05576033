/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings that let DMA through: the parameter disable_bypass of arm-smmu
 * (drivers/iommu/arm/arm-smmu/arm-smmu.c), iommu_dma_protection of Thunderbolt domains
 * (drivers/thunderbolt/domain.c), and which PCI devices are removable (drivers/base/core.c, for PCI
 * since Linux 5.14: drivers/pci/probe.c: pci_set_removable).
 */
#include "base/text.h"
#include "model/pci.h"
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
	reading_done(reading, "protection");
	return 0;
}
