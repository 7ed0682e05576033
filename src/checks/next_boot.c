/* SPDX-License-Identifier: GPL-2.0-or-later */
/* next_boot - rules of doctor about settings that the next boot will not follow as they are meant
 */
#include "base/text.h"
#include "checks/doctor_rules.h"
#include "model/command_line.h"

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

static bool is_for_xen(const struct system *system, const struct boot_option *option)
{
	return option->kind && system->machine.hypervisor == HYPERVISOR_XEN_DOM0;
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
	if (is_for_xen(examination->system, option))
		add_option(
			examination, CODE_OPTION_FOREIGN, SEVERITY_NOTE,
			arena_printf(examination->arena,
				     "%.*s has no effect: Xen has the IOMMU, and takes iommu= on "
				     "its own command line",
				     (int)word.length, word.start));
	else if (is_foreign(examination->system, option))
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
