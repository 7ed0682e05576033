/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of doctor: a machine that shows its finding, and one like it that does not. */
#include "checks/doctor.h"

#include "support/check.h"

#include <stdio.h>
#include <string.h>

/* A sound machine: a NIC behind an Intel IOMMU. Its parts are macros, so that a test replaces one.
 */
#define BASE                                      \
	"/proc/sys/kernel/osrelease = 6.12.1\n"   \
	"/proc/sys/kernel/arch = x86_64\n"        \
	"/sys/firmware/acpi/tables/\n"            \
	"/sys/kernel/debug/devices_deferred = \n" \
	"/sys/module/vfio/parameters/enable_unsafe_noiommu_mode = N\n"
#define QUIET "/proc/cmdline = quiet intel_iommu=on\n"
#define REMAPPED "/proc/interrupts =   1:  9  IR-IO-APIC    1-edge      i8042\n"
#define IOMMU "iommu dmar0 serves=/sys/devices/pci0000:00/0000:01:00.0\n"
#define GROUP(type) "group 1 type=" type "\n"
#define NIC "pci 0000:01:00.0 in pci0000:00 group=1 driver=e1000e id=8086:10d3 class=20000\n"
#define REMOVABLE "/sys/devices/pci0000:00/0000:01:00.0/removable = removable\n"
#define SOUND BASE QUIET REMAPPED IOMMU GROUP("DMA-FQ") NIC

/* A sound board: a DMA controller behind an SMMUv2. */
#define BOARD                                                                      \
	"/proc/sys/kernel/osrelease = 6.12.1\n/proc/sys/kernel/arch = aarch64\n"   \
	"/sys/kernel/debug/devices_deferred = \ngroup 1 type=DMA\n"                \
	"iommu smmu.0x0000000005000000 serves=/sys/devices/platform/6000000.dma\n" \
	"platform 6000000.dma group=1 driver=pl330\n"                              \
	"platform 5000000.iommu driver=arm-smmu\n"

static const struct finding *find(const struct findings *findings, enum finding_code code)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].code == code)
			return &findings->items[i];
	return NULL;
}

static void expect(const char *tree, enum finding_code code, enum severity severity,
		   const char *subject)
{
	_autosystem_ const struct system *system = snapshot(tree, DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);
	const struct finding *finding = find(&findings, code);

	if (!finding)
		fail_msg("no %s in\n%s", code_kinds[code].word, tree);
	assert_int_equal(finding->severity, severity);
	if (subject)
		assert_string_equal(finding->subject, subject);
	else
		assert_null(finding->subject);
}

static void reject(const char *tree, enum finding_code code)
{
	_autosystem_ const struct system *system = snapshot(tree, DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);

	if (find(&findings, code))
		fail_msg("%s in\n%s", code_kinds[code].word, tree);
}

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

	expect(off, CODE_STREAMS_PASS, SEVERITY_ALARM, NULL);
	reject(BOARD "/sys/module/arm_smmu/parameters/disable_bypass = Y\n", CODE_STREAMS_PASS);
	reject(SOUND "/sys/module/arm_smmu/parameters/disable_bypass = N\n", CODE_STREAMS_PASS);
}

static void a_device_that_was_plugged_in_needs_translation(void **state)
{
	expect(BASE QUIET REMAPPED IOMMU GROUP("identity") NIC REMOVABLE,
	       CODE_REMOVABLE_UNPROTECTED, SEVERITY_ALARM, "0000:01:00.0");
	reject(SOUND REMOVABLE, CODE_REMOVABLE_UNPROTECTED);
	reject(BASE QUIET REMAPPED IOMMU GROUP("identity") NIC
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

	expect(arena_concat(arena, SOUND REMOVABLE, on, ""), CODE_REMOVABLE_ATS, SEVERITY_WARNING,
	       "0000:01:00.0");
	reject(arena_concat(arena, SOUND REMOVABLE, off, ""), CODE_REMOVABLE_ATS);
	reject(arena_concat(arena, SOUND, on, ""), CODE_REMOVABLE_ATS);
}

static void a_device_that_was_plugged_in_needs_a_strict_domain(void **state)
{
	expect(SOUND REMOVABLE, CODE_REMOVABLE_LAZY, SEVERITY_WARNING, "0000:01:00.0");
	reject(SOUND, CODE_REMOVABLE_LAZY);
	reject(BASE QUIET REMAPPED IOMMU GROUP("DMA") NIC REMOVABLE, CODE_REMOVABLE_LAZY);
}

/* The remedy and *ret_message are valid until the next call. */
static const char *identity_remedy(const char *tree, const char **ret_message)
{
	static char message[256], remedy[256];
	_autosystem_ const struct system *system = snapshot(tree, DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);
	const struct finding *finding = find(&findings, CODE_DMA_IDENTITY);

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
	reject(BASE QUIET REMAPPED IOMMU GROUP("identity") "pci 0000:01:00.0 in pci0000:00 group=1 "
							   "driver=vfio-pci override=vfio-pci\n",
	       CODE_DMA_IDENTITY);
	reject(SOUND, CODE_DMA_IDENTITY);
}

static void handing_over_without_an_iommu_is_an_alarm_once_it_is_used(void **state)
{
	static const char off[] = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode = Y\n";
	char tree[4096];

	snprintf(tree, sizeof(tree), "%s%s", SOUND, off);
	expect(tree, CODE_NOIOMMU_MODE, SEVERITY_WARNING, NULL);
	expect(SOUND "group 7 type=none\n/sys/kernel/iommu_groups/7/name = vfio-noiommu\n"
		     "pci 0000:02:00.0 in pci0000:00 group=7 driver=vfio-pci\n"
		     "/dev/vfio/noiommu-7 = \n",
	       CODE_NOIOMMU_MODE, SEVERITY_ALARM, "0000:02:00.0");
	reject(SOUND, CODE_NOIOMMU_MODE);
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
	expect(BASE QUIET NOT_REMAPPED DMAR IOMMU GROUP("DMA-FQ") NIC, CODE_INTERRUPTS_NOT_REMAPPED,
	       SEVERITY_WARNING, NULL);
	reject(BASE QUIET NOT_REMAPPED IOMMU GROUP("DMA-FQ") NIC, CODE_INTERRUPTS_NOT_REMAPPED);
	reject(SOUND DMAR, CODE_INTERRUPTS_NOT_REMAPPED);
}

static void unsafe_interrupts_matter_where_they_are_not_isolated(void **state)
{
	expect(BASE QUIET NOT_REMAPPED UNSAFE IOMMU GROUP("DMA-FQ") NIC, CODE_UNSAFE_INTERRUPTS,
	       SEVERITY_WARNING, NULL);
	reject(SOUND UNSAFE, CODE_UNSAFE_INTERRUPTS);
}

#define DOMAIN(n) "/sys/bus/thunderbolt/devices/domain" n "/iommu_dma_protection = "

static void every_thunderbolt_domain_must_be_protected_before_boot(void **state)
{
	expect(SOUND DOMAIN("0") "1\n" DOMAIN("1") "0\n", CODE_NO_PREBOOT_PROTECTION,
	       SEVERITY_WARNING, NULL);
	reject(SOUND DOMAIN("0") "1\n", CODE_NO_PREBOOT_PROTECTION);
	reject(SOUND DOMAIN("0") "?\n", CODE_NO_PREBOOT_PROTECTION);
	reject(SOUND, CODE_NO_PREBOOT_PROTECTION);
}

#define ALL_ONES "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff"
#define HEADER_OF_ONES \
	ALL_ONES ALL_ONES ALL_ONES ALL_ONES ALL_ONES ALL_ONES ALL_ONES ALL_ONES "\\c\n"

static void a_device_that_does_not_answer_is_named(void **state)
{
	expect(SOUND "/sys/devices/pci0000:00/0000:01:00.0/config = " HEADER_OF_ONES,
	       CODE_DEVICE_DEAD, SEVERITY_WARNING, "0000:01:00.0");
	reject(BASE QUIET REMAPPED IOMMU GROUP("DMA-FQ") "pci 0000:01:00.0 in pci0000:00 group=1 "
							 "driver=e1000e header=0 pcie=0\n",
	       CODE_DEVICE_DEAD);
	/* Without its config space nothing is known. */
	reject(SOUND, CODE_DEVICE_DEAD);
}

static void a_device_without_power_and_driver_is_a_note(void **state)
{
	static const char power[] = "/sys/devices/pci0000:00/0000:02:00.0/power_state = D3cold\n"
				    "/sys/devices/pci0000:00/0000:02:00.0/power/runtime_status = ";
	char tree[4096];

	snprintf(tree, sizeof(tree), "%s%s%ssuspended\n", SOUND, "pci 0000:02:00.0 in pci0000:00\n",
		 power);
	expect(tree, CODE_DEVICE_WITHOUT_POWER, SEVERITY_NOTE, "0000:02:00.0");
	/* A device that power management believes to be awake does not answer: another finding. */
	snprintf(tree, sizeof(tree), "%s%s%sactive\n", SOUND, "pci 0000:02:00.0 in pci0000:00\n",
		 power);
	reject(tree, CODE_DEVICE_WITHOUT_POWER);
	/* A driver that has put its device to sleep wakes it. */
	snprintf(tree, sizeof(tree), "%s%s%ssuspended\n", SOUND,
		 "pci 0000:02:00.0 in pci0000:00 driver=nouveau\n", power);
	reject(tree, CODE_DEVICE_WITHOUT_POWER);
}

#define DIRECT_GROUP(kind)                                                              \
	"group 2 type=DMA regions=\"0x000000003e2e0000 0x000000003e2fffff " kind "\"\n" \
	"pci 0000:02:00.0 in pci0000:00 group=2 driver="

static void memory_that_stays_mapped_keeps_a_group_from_vfio(void **state)
{
	expect(SOUND DIRECT_GROUP("direct") "bnxt_en\n", CODE_MEMORY_FORBIDS, SEVERITY_NOTE,
	       "group 2");
	expect(SOUND DIRECT_GROUP("direct") "vfio-pci\n", CODE_MEMORY_FORBIDS, SEVERITY_WARNING,
	       "group 2");
	reject(SOUND DIRECT_GROUP("direct-relaxable") "bnxt_en\n", CODE_MEMORY_FORBIDS);
	/* Before 6.6 the kernel refused for Intel's IOMMUs alone. */
	reject("/proc/sys/kernel/osrelease = 6.1.0\n/proc/sys/kernel/arch = x86_64\n"
	       "iommu ivhd0 serves=/sys/devices/pci0000:00/0000:02:00.0\n" DIRECT_GROUP(
		       "direct") "bnxt_en\n",
	       CODE_MEMORY_FORBIDS);
}

static void a_node_needs_its_group_or_device(void **state)
{
	expect(SOUND "/dev/vfio/7 = \n", CODE_NODE_STALE, SEVERITY_WARNING, "/dev/vfio/7");
	expect(SOUND "/dev/vfio/devices/vfio3 = \n", CODE_NODE_STALE, SEVERITY_WARNING,
	       "/dev/vfio/devices/vfio3");
	reject(SOUND "/dev/vfio/1 = \n/dev/vfio/vfio = \n", CODE_NODE_STALE);
	reject(SOUND "/dev/vfio/devices/vfio3 = \n/sys/class/vfio-dev/vfio3/\n", CODE_NODE_STALE);
}

#define PF(driver) "pci 0000:03:00.0 in pci0000:00 driver=" driver "\n"
#define VF(driver)                                      \
	"pci 0000:03:10.0 in pci0000:00" driver "\n"    \
	"/sys/devices/pci0000:00/0000:03:00.0/virtfn0 " \
	"-> ../0000:03:10.0\n"

static void the_user_of_a_physical_function_has_its_virtual_functions(void **state)
{
	expect(SOUND PF("vfio-pci") VF(" driver=vfio-pci"), CODE_FUNCTIONS_OF_USER, SEVERITY_NOTE,
	       "0000:03:00.0");
	expect(SOUND PF("vfio-pci") VF(" driver=ixgbevf"), CODE_FUNCTIONS_OF_USER, SEVERITY_WARNING,
	       "0000:03:00.0");
	reject(SOUND PF("ixgbe") VF(" driver=ixgbevf"), CODE_FUNCTIONS_OF_USER);
	reject(SOUND PF("vfio-pci"), CODE_FUNCTIONS_OF_USER);
}

#define FREE "group 2 type=DMA\npci 0000:02:00.0 in pci0000:00 group=2 "

static void an_override_needs_its_driver(void **state)
{
	expect(SOUND FREE "override=vfio-pci\n", CODE_OVERRIDE_ABSENT, SEVERITY_WARNING,
	       "0000:02:00.0");
	reject(SOUND FREE "override=vfio-pci\n/sys/bus/pci/drivers/vfio-pci/\n",
	       CODE_OVERRIDE_ABSENT);
	reject(SOUND FREE "override=none\n", CODE_OVERRIDE_ABSENT);
}

static void an_override_that_was_left_behind_takes_the_device_later(void **state)
{
	expect(SOUND FREE "driver=ahci override=vfio-pci\n", CODE_OVERRIDE_OTHER, SEVERITY_WARNING,
	       "0000:02:00.0");
	reject(SOUND FREE "driver=vfio-pci override=vfio-pci\n", CODE_OVERRIDE_OTHER);
	/* The kernel accepts either spelling. */
	reject(SOUND FREE "driver=mlx5_vfio_pci override=mlx5-vfio-pci\n", CODE_OVERRIDE_OTHER);
}

static void a_group_that_vfio_will_not_open_is_named_with_its_blockers(void **state)
{
	_autosystem_ const struct system *system =
		snapshot(SOUND FREE "driver=vfio-pci\n"
				    "pci 0000:02:00.1 in pci0000:00 group=2 driver=snd_hda_intel\n",
			 DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);
	const struct finding *finding = find(&findings, CODE_GROUP_UNUSABLE);

	assert_non_null(finding);
	assert_string_equal(finding->subject, "group 2");
	assert_int_equal(finding->device_count, 1);
	assert_string_equal(finding->devices[0], "0000:02:00.1");
	assert_string_equal(finding->remedy, "iommuctl rebind --group group:2 vfio-pci");
	reject(SOUND FREE "driver=vfio-pci\n", CODE_GROUP_UNUSABLE);
}

/* Two groups behind an SMMUv2, which logs how many context banks it has. */
#define TWO_GROUPS(type, banks)                                                                 \
	BASE "group 1 type=DMA\ngroup 2 type=" type "\n"                                        \
	     "iommu smmu.0x0000000005000000 device=/sys/devices/platform/5000000.iommu serves=" \
	     "/sys/devices/platform/6000000.dma,/sys/devices/platform/7000000.dma\n"            \
	     "platform 5000000.iommu driver=arm-smmu\n"                                         \
	     "platform 6000000.dma group=1 driver=pl330\n"                                      \
	     "platform 7000000.dma group=2 driver=pl330\n"                                      \
	     "/iommuctl/log = <6>[    1.0] arm-smmu 5000000.iommu: \\t" banks                   \
	     " context banks (0 stage-2 only)\n"

static void every_translated_group_of_an_smmuv2_needs_a_context_bank(void **state)
{
	expect(TWO_GROUPS("DMA", "1"), CODE_CONTEXT_BANKS_SHORT, SEVERITY_WARNING,
	       "smmu.0x0000000005000000");
	reject(TWO_GROUPS("DMA", "2"), CODE_CONTEXT_BANKS_SHORT);
	reject(TWO_GROUPS("identity", "1"), CODE_CONTEXT_BANKS_SHORT);
}

static void an_option_of_another_machine_is_named(void **state)
{
	expect(BASE "/proc/cmdline = amd_iommu=on\n" REMAPPED IOMMU GROUP("DMA") NIC,
	       CODE_OPTION_FOREIGN, SEVERITY_NOTE, NULL);
	expect(BOARD "/proc/cmdline = iommu=pt\n", CODE_OPTION_FOREIGN, SEVERITY_NOTE, NULL);
	reject(BOARD "/proc/cmdline = iommu.passthrough=0\n", CODE_OPTION_FOREIGN);
	/* An IOMMU that is switched off is not listed, and no other IOMMU is there. */
	reject(BASE "/proc/cmdline = intel_iommu=off\n", CODE_OPTION_FOREIGN);
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
		expect(tree, CODE_OPTION_UNKNOWN, SEVERITY_WARNING, NULL);
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		snprintf(tree, sizeof(tree), "%s/proc/cmdline = %s\n",
			 BASE REMAPPED IOMMU GROUP("DMA") NIC, known[i]);
		reject(tree, CODE_OPTION_UNKNOWN);
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
		cmocka_unit_test(a_device_that_does_not_answer_is_named),
		cmocka_unit_test(a_device_without_power_and_driver_is_a_note),
		cmocka_unit_test(memory_that_stays_mapped_keeps_a_group_from_vfio),
		cmocka_unit_test(a_node_needs_its_group_or_device),
		cmocka_unit_test(the_user_of_a_physical_function_has_its_virtual_functions),
		cmocka_unit_test(an_override_needs_its_driver),
		cmocka_unit_test(an_override_that_was_left_behind_takes_the_device_later),
		cmocka_unit_test(a_group_that_vfio_will_not_open_is_named_with_its_blockers),
		cmocka_unit_test(every_translated_group_of_an_smmuv2_needs_a_context_bank),
		cmocka_unit_test(an_option_of_another_machine_is_named),
		cmocka_unit_test(a_value_that_the_kernel_does_not_know_is_named),
		cmocka_unit_test(chosen_devices_have_their_own_findings_alone),
		cmocka_unit_test(one_cause_is_told_once_with_its_devices),
		cmocka_unit_test(one_statement_about_several_devices_is_one_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
