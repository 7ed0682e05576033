/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/command_line.h"

#include "base/cleanup.h"

#include <string.h>

bool command_line_iommu_off(const char *line)
{
	static const char *const words[] = {"intel_iommu=off", "amd_iommu=off", "iommu=off"};

	for (size_t i = 0; line && i < ARRAY_SIZE(words); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

bool command_line_next(const char **at, struct span *ret_word)
{
	const char *start = *at ? *at + strspn(*at, " \t\n") : "", *end = start;

	if (!*start)
		return false;
	for (bool quoted = false; *end && (quoted || !strchr(" \t\n", *end)); end++)
		quoted ^= *end == '"';
	*ret_word = (struct span){start, (size_t)(end - start)};
	*at = end;
	return true;
}

/* True for options of IOMMU drivers, VFIO and PCI, and for those that delay or forbid a probe. */
static bool decides_devices(struct span word)
{
	static const char *const starts[] = {
		"iommu",
		"intel_iommu",
		"amd_iommu",
		"ivrs_",
		"arm-",
		"arm_smmu",
		"vfio",
		"pci=",
		"pcie_",
		"pci-stub",
		"pci_stub",
		"xen-pciback",
		"swiotlb",
		"fw_devlink",
		"driver_async",
		"deferred_",
		"rd.driver.",
		"module_blacklist",
		"modprobe.blacklist",
		"efi=",
		"acpi=",
		"initcall_blacklist",
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (word.length >= strlen(starts[i]) &&
		    memcmp(word.start, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

const char *command_line_options(struct arena *arena, const char *line)
{
	const char *options = NULL;
	struct span word;

	while (line && command_line_next(&line, &word)) {
		const char *text;

		if (!decides_devices(word))
			continue;
		text = arena_text(arena, word.start, word.length);
		options = options ? arena_concat(arena, options, " ", text) : text;
	}
	return options;
}
