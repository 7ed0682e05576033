/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine as a whole: kernel, architecture, firmware, and whether an IOMMU is in use
 * (/proc/cmdline, /proc/sys/kernel, /sys/firmware).
 */
#include "base/text.h"
#include "sources/devices/acpi_tables.h"
#include "sources/sources.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

enum { COMMAND_LINE_SIZE = 4096 };

static const char *read_machine_text(struct reading *reading, const char *path)
{
	char text[COMMAND_LINE_SIZE];

	if (root_read_text(reading->root, path, text, sizeof(text)) <= 0)
		return NULL;
	return arena_strdup(build_arena(reading->build), text);
}

static void read_release(struct reading *reading, struct machine *machine)
{
	char text[COMMAND_LINE_SIZE];
	ssize_t length = root_read_text(reading->root, RELEASE_FILE, text, sizeof(text));

	reading->release_cause = length < 0 ? (int)length : 0;
	machine->kernel = length > 0 ? arena_strdup(build_arena(reading->build), text) : NULL;
}

static const char *read_arch(struct reading *reading)
{
	const char *arch = read_machine_text(reading, "/proc/sys/kernel/arch");
	struct utsname name;

	/*
	 * /proc/sys/kernel/arch exists from Linux 6.1 on; before, uname(2) tells the architecture
	 * of the running machine only.
	 */
	if (arch || !root_is_live(reading->root) || uname(&name) < 0)
		return arch;
	return arena_strdup(build_arena(reading->build), name.machine);
}

/*
 * Kernels that translate DMA without groups, by the operations of the architecture. A PowerPC has
 * these IOMMUs where its firmware is IBM's or Apple's, and PAMUs or none else.
 */
static const struct {
	const char *arch, *node, *file;
} unseen_iommus[] = {
	{"alpha", NULL, "arch/alpha/kernel/pci_iommu.c"},
	{"ia64", NULL, "arch/ia64/hp/common/sba_iommu.c"},
	{"parisc", NULL, "drivers/parisc/ccio-dma.c"},
	{"parisc64", NULL, "drivers/parisc/sba_iommu.c"},
	{"ppc64", "/rtas", "arch/powerpc/platforms/pseries/iommu.c"},
	{"ppc64", "/ibm,opal", "arch/powerpc/platforms/powernv/pci-ioda.c"},
	{"ppc64", "/u3@0,f8000000", "arch/powerpc/sysdev/dart_iommu.c"},
	{"ppc64", "/u4@0,f8000000", "arch/powerpc/sysdev/dart_iommu.c"},
	{"ppc64le", NULL, "arch/powerpc/kernel/iommu.c"},
	{"s390x", NULL, "arch/s390/pci/pci_dma.c"},
	{"sparc", NULL, "arch/sparc/mm/iommu.c"},
	{"sparc64", NULL, "arch/sparc/kernel/iommu.c"},
};

static bool has_unseen_iommus(const struct root *root, const char *arch)
{
	for (size_t i = 0; arch && i < ARRAY_SIZE(unseen_iommus); i++)
		if (strcmp(unseen_iommus[i].arch, arch) == 0 &&
		    (!unseen_iommus[i].node || root_hasf(root, "/sys/firmware/devicetree/base%s",
							 unseen_iommus[i].node) != 0))
			return true;
	return false;
}

static const char *read_firmware(const struct reading *reading)
{
	/*
	 * The blob /sys/firmware/fdt also exists on ACPI boots, so only the unpacked tree is used.
	 */
	int devicetree = root_has(reading->root, "/sys/firmware/devicetree/base");
	int acpi = devicetree ? 0 : root_has(reading->root, "/sys/firmware/acpi/tables");

	if (devicetree < 0 || acpi < 0)
		return NULL;
	if (devicetree || acpi)
		return devicetree ? "devicetree" : "acpi";
	return root_has(reading->root, "/sys/firmware") > 0 ? "none" : NULL;
}

/*
 * The default domain that the command line asks for. The kernel uses the last of several options;
 * if both are given, the answer is left open. Only x86 knows iommu=pt (arch/x86/kernel/pci-dma.c).
 */
static const char *default_domain(const struct machine *machine)
{
	const char *line = machine->command_line;
	bool x86 = machine->arch && strcmp(machine->arch, "x86_64") == 0;
	bool identity = text_has_word(line, "iommu.passthrough=1") ||
			(x86 && text_has_word(line, "iommu=pt"));
	bool translated = text_has_word(line, "iommu.passthrough=0") ||
			  (x86 && text_has_word(line, "iommu=nopt"));

	if (identity == translated)
		return NULL;
	return identity ? "identity" : "translated";
}

/*
 * An IORT need not list an SMMU, and a devicetree need not have an IOMMU: whether there is one,
 * their nodes tell, where they were read.
 */
static enum usage usage(struct reading *reading)
{
	const struct root *root = reading->root;
	struct acpi_tables tables;

	if (build_group_count(reading->build))
		return USAGE_ENABLED;
	/* If groups or their devices could not be read, "none" may be wrong. */
	if (root_has(root, "/sys/kernel/iommu_groups") <= 0 ||
	    build_members_are_unknown(reading->build))
		return USAGE_UNKNOWN;
	tables = acpi_tables_list(root, build_machine(reading->build)->hypervisor,
				  build_arena(reading->build));
	if (tables.proves_iommu || build_iommu_count(reading->build))
		return USAGE_DISABLED;
	if (tables.result < 0 || tables.may_describe || tables.unknown ||
	    root_has(root, "/sys/firmware/devicetree/base") != 0)
		return USAGE_UNKNOWN;
	return USAGE_ABSENT;
}

/* A system with several of these tools may use any of them. */
static enum initramfs read_initramfs(const struct reading *reading)
{
	enum initramfs found = INITRAMFS_UNKNOWN;

	for (unsigned i = INITRAMFS_UNKNOWN + 1; i < INITRAMFS_COUNT; i++) {
		enum initramfs tool = (enum initramfs)i;
		int result = root_has(reading->root, initramfs_program(tool));

		if (result < 0 || (result > 0 && found != INITRAMFS_UNKNOWN))
			return INITRAMFS_UNKNOWN;
		if (result > 0)
			found = tool;
	}
	return found;
}

int source_machine(struct reading *reading, struct error *e)
{
	struct machine *machine = build_machine(reading->build);
	char line[COMMAND_LINE_SIZE];
	ssize_t length;

	read_release(reading, machine);
	machine->arch = read_arch(reading);
	machine->unseen_iommus = has_unseen_iommus(reading->root, machine->arch);
	machine->firmware = read_firmware(reading);
	machine->iommu = usage(reading);
	machine->initramfs = read_initramfs(reading);
	reading_report(reading, "machine");
	length = root_read_text(reading->root, "/proc/cmdline", line, sizeof(line));
	if (length < 0) {
		reading_failed(reading, "cmdline", (int)length, "/proc/cmdline");
		return 0;
	}
	machine->command_line = arena_strdup(build_arena(reading->build), line);
	machine->default_domain = default_domain(machine);
	reading_done(reading, "cmdline");
	return 0;
}
