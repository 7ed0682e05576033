/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of doctor about what protects a machine from DMA and interrupts: a machine that shows the
 * finding, and one like it that does not. And findings that become one. */
#include "support/check.h"
#include "support/diagnosis.h"

#include <stdio.h>
#include <string.h>

static void a_sound_machine_has_no_finding(void **state)
{
	static const char *const trees[] = {SOUND, BOARD};

	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		_autosystem_ const struct system *system = snapshot(trees[i], DOCTOR_FACTS);
		_autoarena_ struct arena *arena = arena_new();
		struct findings findings = doctor_findings(system, NULL, arena);

		if (findings.count)
			fail_msg("%s: %s", code_kinds[findings.items[0].code].word,
				 findings.items[0].message);
	}
}

static void an_smmu_that_passes_unclaimed_streams_is_an_alarm(void **state)
{
	static const char off[] = BOARD "/sys/module/arm_smmu/parameters/disable_bypass = N\n";

	diagnosis_has(off, CODE_STREAMS_PASS, SEVERITY_ALARM, NULL);
	diagnosis_lacks(BOARD "/sys/module/arm_smmu/parameters/disable_bypass = Y\n",
			CODE_STREAMS_PASS);
	diagnosis_lacks(SOUND "/sys/module/arm_smmu/parameters/disable_bypass = N\n",
			CODE_STREAMS_PASS);
}

static void a_device_that_was_plugged_in_needs_translation(void **state)
{
	diagnosis_has(BASE QUIET REMAPPED IOMMU GROUP("identity") NIC REMOVABLE,
		      CODE_REMOVABLE_UNPROTECTED, SEVERITY_ALARM, "0000:01:00.0");
	diagnosis_lacks(SOUND REMOVABLE, CODE_REMOVABLE_UNPROTECTED);
	diagnosis_lacks(BASE QUIET REMAPPED IOMMU GROUP("identity") NIC
			"/sys/devices/pci0000:00/0000:01:00.0/removable = fixed\n",
			CODE_REMOVABLE_UNPROTECTED);
}

/* A config space of PCI Express: its capability at 0x40, and ATS at 0x100 with that control. */
static const char *config_with_ats(struct arena *arena, const char *control)
{
	struct line {
		size_t at;
		const char *byte;
	} bytes[] = {
		{0x06, "10"},  {0x34, "40"},  {0x40, "10"},	{0x42, "02"},
		{0x100, "0f"}, {0x102, "01"}, {0x107, control},
	};
	const char *text = "/sys/devices/pci0000:00/0000:01:00.0/config = ";
	size_t next = 0;

	for (size_t i = 0; i < 0x110; i++) {
		bool is_set = next < ARRAY_SIZE(bytes) && bytes[next].at == i;

		text = arena_concat(arena, text, "\\x", is_set ? bytes[next++].byte : "00");
	}
	return arena_concat(arena, text, "\\c\n", "");
}

static void a_device_that_was_plugged_in_needs_no_ats(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	const char *on = config_with_ats(arena, "80"), *off = config_with_ats(arena, "00");

	diagnosis_has(arena_concat(arena, SOUND REMOVABLE, on, ""), CODE_REMOVABLE_ATS,
		      SEVERITY_WARNING, "0000:01:00.0");
	diagnosis_lacks(arena_concat(arena, SOUND REMOVABLE, off, ""), CODE_REMOVABLE_ATS);
	diagnosis_lacks(arena_concat(arena, SOUND, on, ""), CODE_REMOVABLE_ATS);
}

static void a_device_that_was_plugged_in_needs_a_strict_domain(void **state)
{
	diagnosis_has(SOUND REMOVABLE, CODE_REMOVABLE_LAZY, SEVERITY_WARNING, "0000:01:00.0");
	diagnosis_lacks(SOUND, CODE_REMOVABLE_LAZY);
	diagnosis_lacks(BASE QUIET REMAPPED IOMMU GROUP("DMA") NIC REMOVABLE, CODE_REMOVABLE_LAZY);
}

/* The remedy and *ret_message are valid until the next call. */
static const char *identity_remedy(const char *tree, const char **ret_message)
{
	static char message[256], remedy[256];
	_autosystem_ const struct system *system = snapshot(tree, DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);
	const struct finding *finding = diagnosis_find(&findings, CODE_DMA_IDENTITY);

	assert_non_null(finding);
	snprintf(message, sizeof(message), "%s", finding->message);
	*ret_message = message;
	if (!finding->remedy)
		return NULL;
	snprintf(remedy, sizeof(remedy), "%s", finding->remedy);
	return remedy;
}

static void identity_domains_are_named_with_their_cause(void **state)
{
	static const char other[] = "group 2 type=DMA\n"
				    "pci 0000:02:00.0 in pci0000:00 group=2 driver=ahci\n";
	char tree[4096];
	const char *message;

	assert_non_null(strstr(
		identity_remedy(BASE "/proc/cmdline = iommu=pt\n" REMAPPED IOMMU GROUP("identity")
					NIC,
				&message),
		"Remove iommu=pt"));
	assert_non_null(strstr(message, "command line"));
	assert_non_null(
		strstr(identity_remedy(BASE QUIET REMAPPED IOMMU GROUP("identity") NIC, &message),
		       "iommu.passthrough=0"));
	assert_non_null(strstr(message, "built"));
	snprintf(tree, sizeof(tree), "%s%s", BASE QUIET REMAPPED IOMMU GROUP("identity") NIC,
		 other);
	assert_string_equal(identity_remedy(tree, &message), "iommuctl domain group:1 DMA");
	assert_non_null(strstr(message, "quirk"));
}

static void a_device_that_is_handed_over_is_in_the_domain_of_its_user(void **state)
{
	diagnosis_lacks(BASE QUIET REMAPPED IOMMU GROUP(
				"identity") "pci 0000:01:00.0 in pci0000:00 group=1 "
					    "driver=vfio-pci override=vfio-pci\n",
			CODE_DMA_IDENTITY);
	diagnosis_lacks(SOUND, CODE_DMA_IDENTITY);
}

static void handing_over_without_an_iommu_is_an_alarm_once_it_is_used(void **state)
{
	static const char off[] = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode = Y\n";
	char tree[4096];

	snprintf(tree, sizeof(tree), "%s%s", SOUND, off);
	diagnosis_has(tree, CODE_NOIOMMU_MODE, SEVERITY_WARNING, NULL);
	diagnosis_has(SOUND "group 7 type=none\n/sys/kernel/iommu_groups/7/name = vfio-noiommu\n"
			    "pci 0000:02:00.0 in pci0000:00 group=7 driver=vfio-pci\n"
			    "/dev/vfio/noiommu-7 = \n",
		      CODE_NOIOMMU_MODE, SEVERITY_ALARM, "0000:02:00.0");
	diagnosis_lacks(SOUND, CODE_NOIOMMU_MODE);
}

#define NOT_REMAPPED "/proc/interrupts =   1:  9  IO-APIC    1-edge      i8042\n"
#define UNSAFE "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts = Y\n"
/* A DMAR table of the header alone, whose flags say that interrupts can be remapped. */
#define DMAR                                                                   \
	"/sys/firmware/acpi/tables/DMAR = DMAR\\x30\\x00\\x00\\x00\\x01\\x00"  \
	"OEMID OEMTABLE\\x01\\x00\\x00\\x00INTL\\x01\\x00\\x00\\x00\\x26\\x01" \
	"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\c\n"

static void interrupts_that_could_be_remapped_should_be(void **state)
{
	diagnosis_has(BASE QUIET NOT_REMAPPED DMAR IOMMU GROUP("DMA-FQ") NIC,
		      CODE_INTERRUPTS_NOT_REMAPPED, SEVERITY_WARNING, NULL);
	diagnosis_lacks(BASE QUIET NOT_REMAPPED IOMMU GROUP("DMA-FQ") NIC,
			CODE_INTERRUPTS_NOT_REMAPPED);
	diagnosis_lacks(SOUND DMAR, CODE_INTERRUPTS_NOT_REMAPPED);
}

static void unsafe_interrupts_matter_where_they_are_not_isolated(void **state)
{
	diagnosis_has(BASE QUIET NOT_REMAPPED UNSAFE IOMMU GROUP("DMA-FQ") NIC,
		      CODE_UNSAFE_INTERRUPTS, SEVERITY_WARNING, NULL);
	diagnosis_lacks(SOUND UNSAFE, CODE_UNSAFE_INTERRUPTS);
}

#define DOMAIN(n) "/sys/bus/thunderbolt/devices/domain" n "/iommu_dma_protection = "

static void every_thunderbolt_domain_must_be_protected_before_boot(void **state)
{
	diagnosis_has(SOUND DOMAIN("0") "1\n" DOMAIN("1") "0\n", CODE_NO_PREBOOT_PROTECTION,
		      SEVERITY_WARNING, NULL);
	diagnosis_lacks(SOUND DOMAIN("0") "1\n", CODE_NO_PREBOOT_PROTECTION);
	diagnosis_lacks(SOUND DOMAIN("0") "?\n", CODE_NO_PREBOOT_PROTECTION);
	diagnosis_lacks(SOUND, CODE_NO_PREBOOT_PROTECTION);
}

static void an_option_of_another_machine_is_named(void **state)
{
	diagnosis_has(BASE "/proc/cmdline = amd_iommu=on\n" REMAPPED IOMMU GROUP("DMA") NIC,
		      CODE_OPTION_FOREIGN, SEVERITY_NOTE, NULL);
	diagnosis_has(BOARD "/proc/cmdline = iommu=pt\n", CODE_OPTION_FOREIGN, SEVERITY_NOTE, NULL);
	diagnosis_lacks(BOARD "/proc/cmdline = iommu.passthrough=0\n", CODE_OPTION_FOREIGN);
	/* An IOMMU that is switched off is not listed, and no other IOMMU is there. */
	diagnosis_lacks(BASE "/proc/cmdline = intel_iommu=off\n", CODE_OPTION_FOREIGN);
}

static void a_value_that_the_kernel_does_not_know_is_named(void **state)
{
	static const char *const unknown[] = {"intel_iommu=on,pt", "iommu=on",
					      "iommu.passthough=1"};
	static const char *const known[] = {"intel_iommu=on,sm_on",	"iommu=pt iommu=force",
					    "iommu.strict=1",		"iommu=64",
					    "quiet -- intel_iommu=yes", "x.y=\"a intel_iommu=z\""};
	char tree[4096];

	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		snprintf(tree, sizeof(tree), "%s/proc/cmdline = %s\n",
			 BASE REMAPPED IOMMU GROUP("DMA") NIC, unknown[i]);
		diagnosis_has(tree, CODE_OPTION_UNKNOWN, SEVERITY_WARNING, NULL);
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		snprintf(tree, sizeof(tree), "%s/proc/cmdline = %s\n",
			 BASE REMAPPED IOMMU GROUP("DMA") NIC, known[i]);
		diagnosis_lacks(tree, CODE_OPTION_UNKNOWN);
	}
}

static void chosen_devices_have_their_own_findings_alone(void **state)
{
	_autosystem_ const struct system *system = snapshot(
		SOUND FREE "driver=ahci override=vfio-pci\n" DOMAIN("0") "0\n", DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	bool chosen[2] = {false};
	struct findings findings;

	chosen[find_device(system, "0000:01:00.0")->index] = true;
	findings = doctor_findings(system, chosen, arena);
	assert_int_equal(findings.count, 0);
	chosen[find_device(system, "0000:02:00.0")->index] = true;
	findings = doctor_findings(system, chosen, arena);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.items[0].code, CODE_OVERRIDE_OTHER);
}

#define NODES "/sys/firmware/devicetree/base/"
#define MASTER(at, id)                                                   \
	"platform " at ".dma driver=pl330 of=/dma@" at "\n"              \
	"/sys/devices/platform/" at ".dma/of_node -> "                   \
	"../../../firmware/devicetree/base/dma@" at "\n" NODES "dma@" at \
	"/iommus = \\x00\\x00\\x00\\x07\\x00\\x00\\x00\\x" id "\\c\n"
/* Two devices whose IOMMU is disabled in the devicetree. */
#define DISABLED                                                             \
	"/sys/kernel/iommu_groups/\n/sys/kernel/debug/devices_deferred = \n" \
	"/proc/sys/kernel/osrelease = 6.12.0\n/proc/cmdline = quiet\n" NODES \
	"iommu@5000000/compatible = arm,mmu-500\\x00\\c\n" NODES             \
	"iommu@5000000/#iommu-cells = \\x00\\x00\\x00\\x01\\c\n" NODES       \
	"iommu@5000000/phandle = \\x00\\x00\\x00\\x07\\c\n" NODES            \
	"iommu@5000000/status = disabled\\x00\\c\n" MASTER("6000000", "11")  \
		MASTER("7000000", "12")

static void one_cause_is_told_once_with_its_devices(void **state)
{
	_autosystem_ const struct system *system = snapshot(DISABLED, DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);

	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.items[0].code, CODE_IOMMU_DISABLED);
	assert_int_equal(findings.items[0].device_count, 2);
}

static void one_statement_about_several_devices_is_one_finding(void **state)
{
	static const char disabled[] = DISABLED;
	_autosystem_ const struct system *system = NULL;
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings;
	char *tree = arena_strdup(arena, disabled);

	/* Without a driver nothing waits for the IOMMU: that is a fact about the streams alone. */
	for (char *at; (at = strstr(tree, " driver=pl330"));)
		memset(at, ' ', strlen(" driver=pl330"));
	system = snapshot(tree, DOCTOR_FACTS);
	findings = doctor_findings(system, NULL, arena);
	assert_int_equal(findings.items[0].code, CODE_STREAM_UNUSABLE);
	assert_int_equal(findings.items[0].device_count, 2);
	assert_null(findings.items[0].subject);
}

UNIT(doctor)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_machine_has_no_finding),
		cmocka_unit_test(an_smmu_that_passes_unclaimed_streams_is_an_alarm),
		cmocka_unit_test(a_device_that_was_plugged_in_needs_translation),
		cmocka_unit_test(a_device_that_was_plugged_in_needs_no_ats),
		cmocka_unit_test(a_device_that_was_plugged_in_needs_a_strict_domain),
		cmocka_unit_test(identity_domains_are_named_with_their_cause),
		cmocka_unit_test(a_device_that_is_handed_over_is_in_the_domain_of_its_user),
		cmocka_unit_test(handing_over_without_an_iommu_is_an_alarm_once_it_is_used),
		cmocka_unit_test(interrupts_that_could_be_remapped_should_be),
		cmocka_unit_test(unsafe_interrupts_matter_where_they_are_not_isolated),
		cmocka_unit_test(every_thunderbolt_domain_must_be_protected_before_boot),
		cmocka_unit_test(an_option_of_another_machine_is_named),
		cmocka_unit_test(a_value_that_the_kernel_does_not_know_is_named),
		cmocka_unit_test(chosen_devices_have_their_own_findings_alone),
		cmocka_unit_test(one_cause_is_told_once_with_its_devices),
		cmocka_unit_test(one_statement_about_several_devices_is_one_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
