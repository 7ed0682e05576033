/* SPDX-License-Identifier: GPL-2.0-or-later */
/* next_boot - rules of doctor about settings that the next boot will not follow as they are meant
 */
#include "base/text.h"
#include "checks/doctor_rules.h"
#include "model/command_line.h"
#include "model/pci.h"
#include "model/vfio_driver.h"

#include <string.h>

enum { VALUES_MAX = 24 };

/*
 * The options that people copy from machine to machine. A value is known where it begins with one
 * of
 * @values, as the kernel compares them; without @values any is.
 * @kind: of the IOMMUs that the option is for; UNKNOWN: for all of x86
 */
static const struct boot_option {
	const char *name;
	enum iommu_kind kind;
	const char *values[VALUES_MAX];
} boot_options[] = {
	/* drivers/iommu/intel/iommu.c: intel_iommu_setup; the last is of Linux up to 5.15 */
	{"intel_iommu",
	 IOMMU_KIND_INTEL,
	 {"on", "off", "igfx_off", "intgpu_off", "forcedac", "strict", "sp_off", "sm_on", "sm_off",
	  "tboot_noforce", "nobounce"}},
	/* drivers/iommu/amd/init.c: parse_amd_iommu_options */
	{"amd_iommu",
	 IOMMU_KIND_AMD,
	 {"fullflush", "force_enable", "off", "force_isolation", "pgtbl_v1", "pgtbl_v2",
	  "irtcachedis", "nohugepages", "v2_pgsizes_only"}},
	/* arch/x86/kernel/pci-dma.c: iommu_setup; arch/x86/kernel/amd_gart_64.c */
	{"iommu",
	 IOMMU_KIND_UNKNOWN,
	 {"off",   "force",	 "noforce",  "biomerge", "panic",     "nopanic",
	  "merge", "nomerge",	 "forcesac", "allowdac", "nodac",     "usedac",
	  "soft",  "pt",	 "nopt",     "leak",	 "fullflush", "nofullflush",
	  "noagp", "noaperture", "allowed",  "memaper",	 "calgary"}},
};

static bool is_x86(const struct machine *machine)
{
	return machine->arch &&
	       (strcmp(machine->arch, "x86_64") == 0 || strcmp(machine->arch, "i686") == 0);
}

/* The kind of the first IOMMU if this machine has IOMMUs and none of @kind; else UNKNOWN. */
static enum iommu_kind find_other_kind(const struct system *system, enum iommu_kind kind)
{
	enum iommu_kind found = IOMMU_KIND_UNKNOWN;

	for (size_t i = 0; i < system->iommu_count; i++) {
		if (system->iommus[i]->kind == kind)
			return IOMMU_KIND_UNKNOWN;
		if (!found)
			found = system->iommus[i]->kind;
	}
	return found;
}

static bool is_foreign(const struct system *system, const struct boot_option *option)
{
	const struct machine *machine = &system->machine;

	if (!machine->arch)
		return false;
	if (!is_x86(machine))
		return true;
	return option->kind && find_other_kind(system, option->kind);
}

static bool is_known_value(const struct boot_option *option, struct span value)
{
	for (size_t i = 0; i < VALUES_MAX && option->values[i]; i++) {
		size_t length = strlen(option->values[i]);

		if (value.length >= length && memcmp(value.start, option->values[i], length) == 0)
			return true;
	}
	/* The size of the GART's aperture. */
	return option->kind == IOMMU_KIND_UNKNOWN && value.length &&
	       text_digit(*value.start) >= 0 && text_digit(*value.start) <= 9;
}

static void add_option(struct examination *examination, enum finding_code code,
		       enum severity severity, const char *message)
{
	examination_add(examination,
			(struct finding){
				.code = code,
				.severity = severity,
				.message = message,
				.evidence = "/proc/cmdline",
				.remedy = "Remove it from the command line.",
			},
			NULL);
}

static void judge_values(struct examination *examination, const struct boot_option *option,
			 struct span values)
{
	while (values.length) {
		const char *comma = memchr(values.start, ',', values.length);
		size_t length = comma ? (size_t)(comma - values.start) : values.length;
		struct span value = {values.start, length};

		if (!is_known_value(option, value))
			add_option(examination, CODE_OPTION_UNKNOWN, SEVERITY_WARNING,
				   arena_printf(examination->arena,
						"the kernel does not know %s=%.*s", option->name,
						(int)length, value.start));
		length += comma != NULL;
		values = (struct span){values.start + length, values.length - length};
	}
}

static void judge_option(struct examination *examination, const struct boot_option *option,
			 struct span word)
{
	size_t length = strlen(option->name);

	if (word.length <= length || memcmp(word.start, option->name, length) != 0 ||
	    word.start[length] != '=')
		return;
	if (is_foreign(examination->system, option))
		add_option(examination, CODE_OPTION_FOREIGN, SEVERITY_NOTE,
			   arena_printf(examination->arena,
					"%.*s has no effect: it is for other IOMMUs than this "
					"machine's",
					(int)word.length, word.start));
	else
		judge_values(examination, option,
			     (struct span){word.start + length + 1, word.length - length - 1});
}

/* Names of drivers/iommu/iommu.c and dma-iommu.c; any other name is mistyped. */
static void judge_common(struct examination *examination, struct span word)
{
	static const char *const names[] = {
		"iommu.passthrough=", "iommu.strict=", "iommu.forcedac="};
	const char prefix[] = "iommu.";

	if (word.length < strlen(prefix) || memcmp(word.start, prefix, strlen(prefix)) != 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (word.length >= strlen(names[i]) &&
		    memcmp(word.start, names[i], strlen(names[i])) == 0)
			return;
	add_option(examination, CODE_OPTION_UNKNOWN, SEVERITY_WARNING,
		   arena_printf(examination->arena, "the kernel does not know %.*s",
				(int)word.length, word.start));
}

void doctor_options(struct examination *examination)
{
	const char *at = examination->system->machine.command_line;
	struct span word;

	while (command_line_next(&at, &word)) {
		/* The words behind "--" are for the init program. */
		if (span_is(word, "--"))
			return;
		for (size_t i = 0; i < ARRAY_SIZE(boot_options); i++)
			judge_option(examination, &boot_options[i], word);
		judge_common(examination, word);
	}
}

/* Another driver has the device, and without it a disk or the screen is gone. */
static bool is_in_other_hands(const struct device *device)
{
	int base = device_base_class(device);

	return device->driver && !driver_is_placeholder(device) &&
	       (base == PCI_BASE_STORAGE || base == PCI_BASE_DISPLAY);
}

static void add_ids_in_use(struct examination *examination, const struct id_claim *claim)
{
	examination_add(
		examination,
		(struct finding){
			.code = CODE_IDS_IN_USE,
			.severity = SEVERITY_WARNING,
			.devices = &claim->device->label,
			.device_count = 1,
			.message = arena_printf(
				examination->arena,
				"%s has it, and ids=%s of the module %s matches it as well: the "
				"driver that is loaded first at the next boot gets it",
				claim->device->driver, claim->entry, claim->module),
			.evidence = "/proc/cmdline, modprobe.d",
			.remedy = "Take the entry out of \"ids=\", and hand over single devices "
				  "by their address: iommuctl rebind.",
		},
		NULL);
}

/* Where the IDs of a device could not be read, the entry may match that device. */
static bool all_ids_were_read(const struct system *system)
{
	const struct source *source = system_source(system, "id_claims");

	return source && source->state == SOURCE_READ;
}

static void add_unmatched(struct examination *examination, const struct id_claim *claim)
{
	examination_add(examination,
			(struct finding){
				.code = CODE_IDS_UNMATCHED,
				.severity = SEVERITY_NOTE,
				.message = arena_printf(examination->arena,
							"ids=%s of the module %s matches no device",
							claim->entry, claim->module),
				.evidence = "/proc/cmdline, modprobe.d",
			},
			NULL);
}

void doctor_vfio_ids(struct examination *examination)
{
	const struct machine *machine = &examination->system->machine;
	bool whole = all_ids_were_read(examination->system);

	for (size_t i = 0; i < machine->id_claim_count; i++) {
		const struct id_claim *claim = &machine->id_claims[i];

		if (!claim->device && whole)
			add_unmatched(examination, claim);
		else if (claim->device && is_in_other_hands(claim->device) &&
			 concerns(examination, claim->device))
			add_ids_in_use(examination, claim);
	}
}
