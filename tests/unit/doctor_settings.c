/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of doctor about settings that name a driver for a device, with facts made by hand. */
#include "model/build.h"
#include "support/examined.h"

static struct device device;
static struct system machine;
static struct id_claim claim;
static struct tool_claim tool;
static struct builtin_options builtin;
static struct probing probing;
static struct source source;

/* A disk controller that nvme has; "ids=" of vfio-pci and driverctl may claim it. */
static int settings_start(void **state)
{
	static const struct device *const devices[] = {&device};

	device = (struct device){.name = "0000:01:00.0",
				 .label = "0000:01:00.0",
				 .bus = "pci",
				 .path = "/sys/devices/pci0000:00/0000:01:00.0",
				 .class = 0x10802,
				 .driver_known = true,
				 .driver = "nvme"};
	claim = (struct id_claim){.module = "vfio_pci", .entry = "144d:a808", .device = &device};
	tool = (struct tool_claim){.tool = "driverctl",
				   .driver = "vfio-pci",
				   .evidence = "its file",
				   .when = "at each boot",
				   .device = &device,
				   .at_boot = true};
	builtin = (struct builtin_options){"vfio_pci", "ids=144d:a808"};
	probing = (struct probing){.modules_known = true};
	source = (struct source){.name = "id_claims", .state = SOURCE_READ};
	machine = (struct system){
		.devices = devices, .device_count = 1, .sources = &source, .source_count = 1};
	machine.machine.id_claims = &claim;
	machine.machine.tool_claims = &tool;
	machine.machine.builtin_options = &builtin;
	return 0;
}

static void a_disk_or_display_that_another_driver_has_is_named(void **state)
{
	machine.machine.id_claim_count = 1;
	examined_finds(doctor_vfio_ids, &machine, CODE_IDS_IN_USE, "nvme has it");
	device.class = 0x30000;
	examined_finds(doctor_vfio_ids, &machine, CODE_IDS_IN_USE, "nvme has it");
	device.class = 0x20000;
	examined_finds_none(doctor_vfio_ids, &machine);
	device.class = 0x10802;
	device.driver = "vfio-pci";
	examined_finds_none(doctor_vfio_ids, &machine);
	device.driver = NULL;
	examined_finds_none(doctor_vfio_ids, &machine);
}

static void an_entry_without_a_device_is_named_where_all_ids_were_read(void **state)
{
	machine.machine.id_claim_count = 1;
	claim.device = NULL;
	examined_finds(doctor_vfio_ids, &machine, CODE_IDS_UNMATCHED, "ids=144d:a808");
	source.state = SOURCE_PARTIAL;
	examined_finds_none(doctor_vfio_ids, &machine);
	machine.source_count = 0;
	examined_finds_none(doctor_vfio_ids, &machine);
}

static void a_native_module_that_comes_first_is_named_with_what_helps(void **state)
{
	struct finding finding;

	machine.machine.id_claim_count = 1;
	device.class = 0x20000;
	claim.native = "e1000e";
	finding = examined_finds(doctor_vfio_ids, &machine, CODE_IDS_TOO_LATE, "no softdep");
	assert_non_null(strstr(finding.remedy, "softdep e1000e pre: vfio_pci"));
	claim.native_builtin = true;
	finding = examined_finds(doctor_vfio_ids, &machine, CODE_IDS_TOO_LATE, "is built in");
	assert_null(strstr(finding.remedy, "softdep"));
	/* "ids=" was first. */
	device.driver = "vfio-pci";
	examined_finds_none(doctor_vfio_ids, &machine);
	/* The entry may match a device whose IDs could not be read. */
	claim.device = NULL;
	source.state = SOURCE_PARTIAL;
	examined_finds_none(doctor_vfio_ids, &machine);
}

static void an_option_of_built_in_code_counts_on_the_command_line_alone(void **state)
{
	static const char *const lines[] = {"vfio_pci.ids=144d:a808",
					    "quiet vfio-pci.ids=144d:a808"};
	static const char *const others[] = {
		"",
		"vfio_pci",
		"vfio_pcix.ids=144d:a808",
		"vfio_pci.ids=144d:a80",
		"vfio_pci.ids=144d:a809",
		"other.ids=144d:a808",
	};

	machine.machine.builtin_option_count = 1;
	examined_finds_none(doctor_builtin_options, &machine);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		machine.machine.command_line = lines[i];
		examined_finds_none(doctor_builtin_options, &machine);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		machine.machine.command_line = others[i];
		examined_finds(doctor_builtin_options, &machine, CODE_OPTION_IGNORED,
			       "the option ids=144d:a808 of vfio_pci");
	}
}

static void a_tool_disagrees_with_another_setting(void **state)
{
	struct device elsewhere = device;

	machine.machine.tool_claim_count = 1;
	examined_finds(doctor_tools, &machine, CODE_TOOLS_DISAGREE, "is not set");
	device.driver_override = "pci-stub";
	examined_finds(doctor_tools, &machine, CODE_TOOLS_DISAGREE, "is now pci-stub");
	device.driver_override = "vfio-pci";
	examined_finds_none(doctor_tools, &machine);
	device.driver_override = NULL;
	device.override_unknown = true;
	examined_finds_none(doctor_tools, &machine);
	/* An "ids=" of another driver, of the same driver, and of another device. */
	machine.machine.id_claim_count = 1;
	claim.module = "pci_stub";
	examined_finds(doctor_tools, &machine, CODE_TOOLS_DISAGREE,
		       "ids=144d:a808 gives it to pci_stub");
	claim.module = "vfio_pci";
	examined_finds_none(doctor_tools, &machine);
	claim.module = "pci_stub";
	claim.device = &elsewhere;
	examined_finds_none(doctor_tools, &machine);
}

static void devices_that_were_not_chosen_have_no_finding(void **state)
{
	static const examined_rule rules[] = {doctor_vfio_ids, doctor_tools, doctor_overrides,
					      doctor_unclaimed_modules};
	static const bool all[] = {true}, none[] = {false};
	static const struct module absent = {.name = "nvme", .state = MODULE_NOT_LOADED};

	machine.machine.id_claim_count = machine.machine.tool_claim_count = 1;
	device.driver_override = "pci-stub";
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (rules[i] == doctor_unclaimed_modules) {
			device.driver = device.driver_override = NULL;
			device.probing = &probing;
			probing.modules = &absent;
			probing.module_count = 1;
		}
		assert_int_equal(examined_findings(rules[i], &machine, all).count, 1);
		assert_int_equal(examined_findings(rules[i], &machine, none).count, 0);
	}
	/* "ids=" that is too late is another branch of the same rule. */
	claim.native = "nvme";
	assert_int_equal(examined_findings(doctor_vfio_ids, &machine, all).count, 1);
	assert_int_equal(examined_findings(doctor_vfio_ids, &machine, none).count, 0);
}

static void an_override_says_what_a_later_probe_does(void **state)
{
	device.driver_override = "none";
	examined_finds(doctor_overrides, &machine, CODE_OVERRIDE_OTHER, "no driver gets it");
	device.driver_override = "pci-stub";
	examined_finds(doctor_overrides, &machine, CODE_OVERRIDE_OTHER, "pci-stub gets it");
	device.driver = NULL;
	/* Whether that driver exists was not read. */
	examined_finds_none(doctor_overrides, &machine);
	device.probing = &probing;
	examined_finds(doctor_overrides, &machine, CODE_OVERRIDE_ABSENT, "no such driver");
	probing.override_exists = true;
	examined_finds_none(doctor_overrides, &machine);
}

static void a_module_is_absent_where_none_that_claims_the_device_is_loaded(void **state)
{
	struct module modules[] = {{.name = "nvme", .state = MODULE_NOT_LOADED},
				   {.name = "other", .state = MODULE_LIVE}};
	struct finding finding;

	device.driver = NULL;
	probing.modules = modules;
	examined_finds_none(doctor_unclaimed_modules, &machine);
	device.probing = &probing;
	examined_finds_none(doctor_unclaimed_modules, &machine);
	probing.module_count = 1;
	finding = examined_finds(doctor_unclaimed_modules, &machine, CODE_MODULE_ABSENT,
				 "nvme claims it and is not loaded");
	assert_string_equal(finding.remedy, "modprobe nvme");
	modules[0].blacklisted = true;
	finding = examined_finds(doctor_unclaimed_modules, &machine, CODE_MODULE_ABSENT,
				 "nvme claims it and is blacklisted");
	assert_null(finding.remedy);
	probing.module_count = 2;
	examined_finds_none(doctor_unclaimed_modules, &machine);
	probing.module_count = 1;
	probing.modules_known = false;
	examined_finds_none(doctor_unclaimed_modules, &machine);
	probing.modules_known = true;
	device.driver_known = false;
	examined_finds_none(doctor_unclaimed_modules, &machine);
}

static const struct iommu intel = {.name = "dmar0", .kind = IOMMU_KIND_INTEL},
			  other = {.name = "odd"}, amd = {.name = "ivhd0", .kind = IOMMU_KIND_AMD};

static void options_are_for_an_architecture_and_a_kind_of_iommu(void **state)
{
	static const struct {
		const char *arch, *line;
		const struct iommu *iommus[2];
		bool foreign;
	} rows[] = {
		{"x86_64", "amd_iommu=off", {&intel}, true},
		{"i686", "amd_iommu=off", {&intel}, true},
		{"x86_64", "amd_iommu=off", {&intel, &amd}, false},
		{"x86_64", "amd_iommu=off", {&other, &intel}, true},
		{"x86_64", "amd_iommu=off", {&intel, &other}, true},
		/* An IOMMU of an unknown kind may be the one that the option is for. */
		{"x86_64", "amd_iommu=off", {&other}, false},
		{"x86_64", "iommu=pt", {&intel}, false},
		{"aarch64", "iommu=pt", {&other}, true},
		{NULL, "amd_iommu=off", {&intel}, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		machine.machine.arch = rows[i].arch;
		machine.machine.command_line = rows[i].line;
		machine.iommus = rows[i].iommus;
		machine.iommu_count = rows[i].iommus[1] ? 2 : 1;
		if (rows[i].foreign)
			examined_finds(doctor_options, &machine, CODE_OPTION_FOREIGN, "no effect");
		else
			examined_finds_none(doctor_options, &machine);
	}
}

static void in_xen_s_control_domain_options_of_iommus_are_for_nothing(void **state)
{
	static const char *const lines[] = {"intel_iommu=on", "amd_iommu=pgtbl_v2"};

	machine.machine.arch = "x86_64";
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		machine.machine.command_line = lines[i];
		machine.machine.hypervisor = HYPERVISOR_XEN_DOM0;
		examined_finds(doctor_options, &machine, CODE_OPTION_FOREIGN,
			       "Xen has the IOMMU, and takes iommu= on its own");
		machine.machine.hypervisor = HYPERVISOR_XEN;
		examined_finds_none(doctor_options, &machine);
	}
	/* These are not about IOMMUs alone: arch/x86/kernel/pci-dma.c. */
	machine.machine.hypervisor = HYPERVISOR_XEN_DOM0;
	machine.machine.command_line = "iommu=soft";
	examined_finds_none(doctor_options, &machine);
}

static void values_are_known_by_their_beginning_and_some_are_sizes(void **state)
{
	static const struct iommu *const iommus[] = {&intel};
	static const char *const known[] = {"iommu=64",	    "iommu=pt,",      "iommu=offline",
					    "intel_iommu=", "intel_iommux=1", "iommu=9"};
	static const char *const unknown[] = {"iommu=x", "iommu=p", "iommu=:", "intel_iommu=64",
					      "iommu="};
	static const char *const lines[] = {"iommu=x", "iommu=p", "iommu=:", "intel_iommu=64",
					    "iommu=,pt"};

	machine.machine.arch = "x86_64";
	machine.iommus = iommus;
	machine.iommu_count = 1;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		machine.machine.command_line = lines[i];
		examined_finds(doctor_options, &machine, CODE_OPTION_UNKNOWN, unknown[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		machine.machine.command_line = known[i];
		examined_finds_none(doctor_options, &machine);
	}
}

UNIT(doctor_settings)
{
#define WITH_SETTINGS(test) cmocka_unit_test_setup(test, settings_start)
	const struct CMUnitTest tests[] = {
		WITH_SETTINGS(a_disk_or_display_that_another_driver_has_is_named),
		WITH_SETTINGS(an_entry_without_a_device_is_named_where_all_ids_were_read),
		WITH_SETTINGS(a_native_module_that_comes_first_is_named_with_what_helps),
		WITH_SETTINGS(an_option_of_built_in_code_counts_on_the_command_line_alone),
		WITH_SETTINGS(a_tool_disagrees_with_another_setting),
		WITH_SETTINGS(devices_that_were_not_chosen_have_no_finding),
		WITH_SETTINGS(an_override_says_what_a_later_probe_does),
		WITH_SETTINGS(a_module_is_absent_where_none_that_claims_the_device_is_loaded),
		WITH_SETTINGS(options_are_for_an_architecture_and_a_kind_of_iommu),
		WITH_SETTINGS(in_xen_s_control_domain_options_of_iommus_are_for_nothing),
		WITH_SETTINGS(values_are_known_by_their_beginning_and_some_are_sizes),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
