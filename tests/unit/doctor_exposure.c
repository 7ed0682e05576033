/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of doctor about DMA and interrupts that nothing checks, with facts made by hand. */
#include "support/examined.h"

#include <string.h>

static struct device device, other;
static struct group group;
static struct iommu iommu;
static struct protection protection;
static struct vfio_host host;
static struct system machine;

/* Two PCI devices without a driver, the first in a group, behind an SMMUv2. */
static int machine_start(void **state)
{
	static const struct device *const devices[] = {&device, &other};
	static const struct iommu *const iommus[] = {&iommu};

	device = (struct device){.name = "0000:01:00.0",
				 .label = "0000:01:00.0",
				 .bus = "pci",
				 .path = "/sys/devices/pci0000:00/0000:01:00.0",
				 .group = &group,
				 .class = 0x20000,
				 .driver_known = true,
				 .dma = DMA_BLOCKED};
	other = device;
	other.name = other.label = "0000:02:00.0";
	other.group = NULL;
	other.index = 1;
	group = (struct group){.id = 7};
	iommu = (struct iommu){.name = "smmu", .kind = IOMMU_KIND_SMMU};
	protection = (struct protection){.passes_evidence = "a", .before_evidence = "b"};
	host = (struct vfio_host){0};
	machine = (struct system){.devices = devices,
				  .device_count = ARRAY_SIZE(devices),
				  .iommus = iommus,
				  .iommu_count = 1};
	machine.machine.protection = &protection;
	machine.machine.vfio = &host;
	return 0;
}

static void streams_pass_where_a_known_setting_of_an_smmuv2_says_so(void **state)
{
	static const struct {
		enum answer passes;
		enum iommu_kind kind;
		bool found;
	} rows[] = {
		{ANSWER_YES, IOMMU_KIND_SMMU, true},
		{ANSWER_NO, IOMMU_KIND_SMMU, false},
		{ANSWER_UNKNOWN, IOMMU_KIND_SMMU, false},
		{ANSWER_YES, IOMMU_KIND_SMMU_V3, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		protection.passes_unclaimed = rows[i].passes;
		iommu.kind = rows[i].kind;
		assert_int_equal(examined_findings(doctor_unclaimed_streams, &machine, NULL).count,
				 rows[i].found);
	}
	machine.machine.protection = NULL;
	examined_finds_none(doctor_unclaimed_streams, &machine);
}

static void each_kind_of_dma_of_a_removable_device_is_judged(void **state)
{
	static const enum finding_code codes[DMA_COUNT] = {
		[DMA_IDENTITY] = CODE_REMOVABLE_UNPROTECTED,
		[DMA_DIRECT] = CODE_REMOVABLE_UNPROTECTED,
		[DMA_LOST] = CODE_REMOVABLE_UNPROTECTED,
		[DMA_SHARED_STREAM] = CODE_REMOVABLE_UNPROTECTED,
	};

	device.removable = ANSWER_YES;
	for (unsigned i = 0; i < DMA_COUNT; i++) {
		device.dma = (enum device_dma)i;
		if (codes[i])
			examined_finds(doctor_removable, &machine, codes[i], "no IOMMU");
		else
			examined_finds_none(doctor_removable, &machine);
	}
}

static void a_removable_device_is_flushed_late_in_a_queue_of_a_native_driver(void **state)
{
	device.removable = ANSWER_YES;
	device.dma = DMA_TRANSLATED;
	group.type = "DMA-FQ";
	examined_finds(doctor_removable, &machine, CODE_REMOVABLE_LAZY, "DMA-FQ");
	device.driver = "vfio-pci";
	examined_finds_none(doctor_removable, &machine);
	device.driver = "e1000e";
	group.type = "DMA";
	examined_finds_none(doctor_removable, &machine);
	group.type = NULL;
	examined_finds_none(doctor_removable, &machine);
	device.group = NULL;
	examined_finds_none(doctor_removable, &machine);
}

static void bridges_fixed_and_unknown_devices_are_not_removable(void **state)
{
	device.dma = DMA_DIRECT;
	examined_finds_none(doctor_removable, &machine);
	device.removable = ANSWER_NO;
	examined_finds_none(doctor_removable, &machine);
	device.removable = ANSWER_YES;
	device.class = 0x60400;
	examined_finds_none(doctor_removable, &machine);
}

/* Each rule, and a change of the first device that makes it speak. */
static void devices_that_were_not_chosen_have_no_finding(void **state)
{
	static const examined_rule rules[] = {doctor_removable, doctor_removable_ats,
					      doctor_identity, doctor_noiommu};
	static const bool first[] = {true, false}, second[] = {false, true};

	device.removable = ANSWER_YES;
	device.uses_ats = ANSWER_YES;
	device.dma = DMA_IDENTITY;
	group.type = "none";
	group.vfio_node = "/dev/vfio/noiommu-7";
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		struct findings findings = examined_findings(rules[i], &machine, first);

		assert_int_equal(findings.count, 1);
		assert_string_equal(findings.items->subject, "0000:01:00.0");
		assert_int_equal(examined_findings(rules[i], &machine, second).count, 0);
	}
}

static void identity_reaches_memory_from_devices_without_a_driver_too(void **state)
{
	group.type = "identity";
	other.group = &group;
	device.dma = DMA_IDENTITY;
	device.driver = "e1000e";
	examined_finds(doctor_identity, &machine, CODE_DMA_IDENTITY,
		       "built to use identity domains");
	assert_null(strstr(examined_findings(doctor_identity, &machine, NULL).items[0].message,
			   "still send"));
	device.driver = NULL;
	examined_finds(doctor_identity, &machine, CODE_DMA_IDENTITY, "that the device still sends");
	device.driver_known = false;
	assert_null(strstr(examined_findings(doctor_identity, &machine, NULL).items[0].message,
			   "still send"));
	device.driver_known = true;
	other.dma = DMA_IDENTITY;
	examined_finds(doctor_identity, &machine, CODE_DMA_IDENTITY, "none of them has a driver");
	other.driver = "e1000e";
	examined_finds(doctor_identity, &machine, CODE_DMA_IDENTITY,
		       "those without a driver still");
}

static void a_domain_that_is_flushed_late_by_the_command_line_is_changed_there(void **state)
{
	static const struct {
		const char *line, *remedy;
	} rows[] = {
		{NULL, "Boot with iommu.strict=1."},
		{"quiet", "Boot with iommu.strict=1."},
		{"quiet iommu.strict=0", "Replace iommu.strict=0 "},
	};

	group.type = "DMA-FQ";
	device.dma = DMA_TRANSLATED;
	device.removable = ANSWER_YES;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct findings findings;

		machine.machine.command_line = rows[i].line;
		findings = examined_findings(doctor_removable, &machine, NULL);
		assert_int_equal(findings.count, 1);
		assert_non_null(strstr(findings.items[0].remedy, rows[i].remedy));
	}
}

static void identity_by_the_command_line_by_the_kernel_or_by_a_quirk(void **state)
{
	device.dma = DMA_IDENTITY;
	machine.machine.default_domain = "identity";
	examined_finds(doctor_identity, &machine, CODE_DMA_IDENTITY, "the command line chose");
	/* The command line chose translation, and this group does not follow. */
	machine.machine.default_domain = "translated";
	examined_finds(doctor_identity, &machine, CODE_DMA_IDENTITY, "by a quirk");
	machine.machine.default_domain = NULL;
	examined_finds(doctor_identity, &machine, CODE_DMA_IDENTITY, "was built");
	other.dma = DMA_TRANSLATED;
	examined_finds(doctor_identity, &machine, CODE_DMA_IDENTITY, "by a quirk");
	device.class = 0x60400;
	examined_finds_none(doctor_identity, &machine);
}

static const char *identity_advice(void)
{
	return examined_findings(doctor_identity, &machine, NULL).items[0].remedy;
}

static void the_advice_about_identity_names_the_command(void **state)
{
	struct group second = {.id = 9, .type = "identity", .device_count = 1};

	group.type = "identity";
	group.device_count = 1;
	device.dma = DMA_IDENTITY;
	machine.machine.default_domain = "translated";
	assert_string_equal(identity_advice(), "iommuctl domain group:7 DMA");
	other.dma = DMA_IDENTITY;
	other.group = &second;
	assert_string_equal(identity_advice(), "For each group: iommuctl domain group:7 DMA");
	machine.machine.default_domain = "identity";
	assert_string_equal(identity_advice(),
			    "Remove iommu=pt and iommu.passthrough=1 from the command line, and "
			    "reboot. Until then, for each group: iommuctl domain group:7 DMA");
	machine.machine.kernel = "5.10.1";
	assert_null(strstr(identity_advice(), "iommuctl"));
}

static void the_mode_without_iommus_is_a_warning_where_it_is_known_to_be_on(void **state)
{
	host.unsafe_noiommu = ANSWER_YES;
	assert_int_equal(
		examined_finds(doctor_noiommu, &machine, CODE_NOIOMMU_MODE, "without an IOMMU")
			.severity,
		SEVERITY_WARNING);
	host.unsafe_noiommu = ANSWER_NO;
	examined_finds_none(doctor_noiommu, &machine);
	machine.machine.vfio = NULL;
	examined_finds_none(doctor_noiommu, &machine);
}

static void interrupts_matter_where_they_are_known_not_to_be_isolated(void **state)
{
	machine.machine.remaps_interrupts = ANSWER_YES;
	machine.machine.iommu = USAGE_ENABLED;
	host.unsafe_interrupts = ANSWER_YES;
	host.isolated_interrupts = ANSWER_NO;
	assert_int_equal(examined_findings(doctor_interrupts, &machine, NULL).count, 2);
	host.unsafe_interrupts = ANSWER_NO;
	examined_finds(doctor_interrupts, &machine, CODE_INTERRUPTS_NOT_REMAPPED,
		       "although the IOMMUs can");
	/* A kernel that uses no IOMMU remaps no interrupt, and another finding tells that. */
	machine.machine.iommu = USAGE_DISABLED;
	examined_finds_none(doctor_interrupts, &machine);
	machine.machine.iommu = USAGE_ENABLED;
	machine.machine.remaps_interrupts = ANSWER_UNKNOWN;
	examined_finds_none(doctor_interrupts, &machine);
	machine.machine.remaps_interrupts = ANSWER_YES;
	host.isolated_interrupts = ANSWER_UNKNOWN;
	examined_finds_none(doctor_interrupts, &machine);
	machine.machine.vfio = NULL;
	examined_finds_none(doctor_interrupts, &machine);
}

static void memory_is_exposed_before_the_boot_where_that_is_known(void **state)
{
	protection.before_boot = ANSWER_NO;
	examined_finds(doctor_before_boot, &machine, CODE_NO_PREBOOT_PROTECTION, "Thunderbolt");
	protection.before_boot = ANSWER_UNKNOWN;
	examined_finds_none(doctor_before_boot, &machine);
	machine.machine.protection = NULL;
	examined_finds_none(doctor_before_boot, &machine);
}

#define WITH_MACHINE(test) cmocka_unit_test_setup(test, machine_start)

UNIT(doctor_exposure)
{
	const struct CMUnitTest tests[] = {
		WITH_MACHINE(streams_pass_where_a_known_setting_of_an_smmuv2_says_so),
		WITH_MACHINE(each_kind_of_dma_of_a_removable_device_is_judged),
		WITH_MACHINE(a_removable_device_is_flushed_late_in_a_queue_of_a_native_driver),
		WITH_MACHINE(bridges_fixed_and_unknown_devices_are_not_removable),
		WITH_MACHINE(devices_that_were_not_chosen_have_no_finding),
		WITH_MACHINE(identity_reaches_memory_from_devices_without_a_driver_too),
		WITH_MACHINE(a_domain_that_is_flushed_late_by_the_command_line_is_changed_there),
		WITH_MACHINE(identity_by_the_command_line_by_the_kernel_or_by_a_quirk),
		WITH_MACHINE(the_advice_about_identity_names_the_command),
		WITH_MACHINE(the_mode_without_iommus_is_a_warning_where_it_is_known_to_be_on),
		WITH_MACHINE(interrupts_matter_where_they_are_known_not_to_be_isolated),
		WITH_MACHINE(memory_is_exposed_before_the_boot_where_that_is_known),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
