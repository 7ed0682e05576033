/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of doctor about devices that do not get their driver, that VFIO has or that it cannot have:
 * a machine that shows the finding, and one like it that does not. */
#include "support/check.h"
#include "support/diagnosis.h"

#include <stdio.h>

#define ALL_ONES "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff"
#define HEADER_OF_ONES \
	ALL_ONES ALL_ONES ALL_ONES ALL_ONES ALL_ONES ALL_ONES ALL_ONES ALL_ONES "\\c\n"

static void a_device_that_does_not_answer_is_named(void **state)
{
	diagnosis_has(SOUND "/sys/devices/pci0000:00/0000:01:00.0/config = " HEADER_OF_ONES,
		      CODE_DEVICE_DEAD, SEVERITY_WARNING, "0000:01:00.0");
	diagnosis_lacks(
		BASE QUIET REMAPPED IOMMU GROUP("DMA-FQ") "pci 0000:01:00.0 in pci0000:00 group=1 "
							  "driver=e1000e header=0 pcie=0\n",
		CODE_DEVICE_DEAD);
	/* Without its config space nothing is known. */
	diagnosis_lacks(SOUND, CODE_DEVICE_DEAD);
}

static void a_device_without_power_and_driver_is_a_note(void **state)
{
	static const char power[] = "/sys/devices/pci0000:00/0000:02:00.0/power_state = D3cold\n"
				    "/sys/devices/pci0000:00/0000:02:00.0/power/runtime_status = ";
	char tree[4096];

	snprintf(tree, sizeof(tree), "%s%s%ssuspended\n", SOUND, "pci 0000:02:00.0 in pci0000:00\n",
		 power);
	diagnosis_has(tree, CODE_DEVICE_WITHOUT_POWER, SEVERITY_NOTE, "0000:02:00.0");
	/* A device that power management believes to be awake does not answer: another finding. */
	snprintf(tree, sizeof(tree), "%s%s%sactive\n", SOUND, "pci 0000:02:00.0 in pci0000:00\n",
		 power);
	diagnosis_lacks(tree, CODE_DEVICE_WITHOUT_POWER);
	/* A driver that has put its device to sleep wakes it. */
	snprintf(tree, sizeof(tree), "%s%s%ssuspended\n", SOUND,
		 "pci 0000:02:00.0 in pci0000:00 driver=nouveau\n", power);
	diagnosis_lacks(tree, CODE_DEVICE_WITHOUT_POWER);
}

static void an_override_needs_its_driver(void **state)
{
	diagnosis_has(SOUND FREE "override=vfio-pci\n", CODE_OVERRIDE_ABSENT, SEVERITY_WARNING,
		      "0000:02:00.0");
	diagnosis_lacks(SOUND FREE "override=vfio-pci\n/sys/bus/pci/drivers/vfio-pci/\n",
			CODE_OVERRIDE_ABSENT);
	diagnosis_lacks(SOUND FREE "override=none\n", CODE_OVERRIDE_ABSENT);
}

static void an_override_that_was_left_behind_takes_the_device_later(void **state)
{
	diagnosis_has(SOUND FREE "driver=ahci override=vfio-pci\n", CODE_OVERRIDE_OTHER,
		      SEVERITY_WARNING, "0000:02:00.0");
	diagnosis_lacks(SOUND FREE "driver=vfio-pci override=vfio-pci\n", CODE_OVERRIDE_OTHER);
	/* The kernel accepts either spelling. */
	diagnosis_lacks(SOUND FREE "driver=mlx5_vfio_pci override=mlx5-vfio-pci\n",
			CODE_OVERRIDE_OTHER);
}

static void a_group_that_vfio_will_not_open_is_named_with_its_blockers(void **state)
{
	_autosystem_ const struct system *system =
		snapshot(SOUND FREE "driver=vfio-pci\n"
				    "pci 0000:02:00.1 in pci0000:00 group=2 driver=snd_hda_intel\n",
			 DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);
	const struct finding *finding = diagnosis_find(&findings, CODE_GROUP_UNUSABLE);

	assert_non_null(finding);
	assert_string_equal(finding->subject, "group 2");
	assert_int_equal(finding->device_count, 1);
	assert_string_equal(finding->devices[0], "0000:02:00.1");
	assert_string_equal(finding->remedy, "iommuctl rebind --group group:2 vfio-pci");
	diagnosis_lacks(SOUND FREE "driver=vfio-pci\n", CODE_GROUP_UNUSABLE);
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
	diagnosis_has(TWO_GROUPS("DMA", "1"), CODE_CONTEXT_BANKS_SHORT, SEVERITY_WARNING,
		      "smmu.0x0000000005000000");
	diagnosis_lacks(TWO_GROUPS("DMA", "2"), CODE_CONTEXT_BANKS_SHORT);
	diagnosis_lacks(TWO_GROUPS("identity", "1"), CODE_CONTEXT_BANKS_SHORT);
}

#define DIRECT_GROUP(kind)                                                              \
	"group 2 type=DMA regions=\"0x000000003e2e0000 0x000000003e2fffff " kind "\"\n" \
	"pci 0000:02:00.0 in pci0000:00 group=2 driver="

static void memory_that_stays_mapped_keeps_a_group_from_vfio(void **state)
{
	diagnosis_has(SOUND DIRECT_GROUP("direct") "bnxt_en\n", CODE_MEMORY_FORBIDS, SEVERITY_NOTE,
		      "group 2");
	diagnosis_has(SOUND DIRECT_GROUP("direct") "vfio-pci\n", CODE_MEMORY_FORBIDS,
		      SEVERITY_WARNING, "group 2");
	diagnosis_lacks(SOUND DIRECT_GROUP("direct-relaxable") "bnxt_en\n", CODE_MEMORY_FORBIDS);
	/* Before 6.6 the kernel refused for Intel's IOMMUs alone. */
	diagnosis_lacks("/proc/sys/kernel/osrelease = 6.1.0\n/proc/sys/kernel/arch = x86_64\n"
			"iommu ivhd0 serves=/sys/devices/pci0000:00/0000:02:00.0\n" DIRECT_GROUP(
				"direct") "bnxt_en\n",
			CODE_MEMORY_FORBIDS);
}

static void a_node_needs_its_group_or_device(void **state)
{
	diagnosis_has(SOUND "/dev/vfio/7 = \n", CODE_NODE_STALE, SEVERITY_WARNING, "/dev/vfio/7");
	diagnosis_has(SOUND "/dev/vfio/devices/vfio3 = \n", CODE_NODE_STALE, SEVERITY_WARNING,
		      "/dev/vfio/devices/vfio3");
	diagnosis_lacks(SOUND "/dev/vfio/1 = \n/dev/vfio/vfio = \n", CODE_NODE_STALE);
	diagnosis_lacks(SOUND "/dev/vfio/devices/vfio3 = \n/sys/class/vfio-dev/vfio3/\n",
			CODE_NODE_STALE);
}

#define PF(driver) "pci 0000:03:00.0 in pci0000:00 driver=" driver "\n"
#define VF(driver)                                      \
	"pci 0000:03:10.0 in pci0000:00" driver "\n"    \
	"/sys/devices/pci0000:00/0000:03:00.0/virtfn0 " \
	"-> ../0000:03:10.0\n"

static void the_user_of_a_physical_function_has_its_virtual_functions(void **state)
{
	diagnosis_has(SOUND PF("vfio-pci") VF(" driver=vfio-pci"), CODE_FUNCTIONS_OF_USER,
		      SEVERITY_NOTE, "0000:03:00.0");
	diagnosis_has(SOUND PF("vfio-pci") VF(" driver=ixgbevf"), CODE_FUNCTIONS_OF_USER,
		      SEVERITY_WARNING, "0000:03:00.0");
	diagnosis_lacks(SOUND PF("ixgbe") VF(" driver=ixgbevf"), CODE_FUNCTIONS_OF_USER);
	diagnosis_lacks(SOUND PF("vfio-pci"), CODE_FUNCTIONS_OF_USER);
}

UNIT(doctor_devices)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_that_does_not_answer_is_named),
		cmocka_unit_test(a_device_without_power_and_driver_is_a_note),
		cmocka_unit_test(an_override_needs_its_driver),
		cmocka_unit_test(an_override_that_was_left_behind_takes_the_device_later),
		cmocka_unit_test(a_group_that_vfio_will_not_open_is_named_with_its_blockers),
		cmocka_unit_test(every_translated_group_of_an_smmuv2_needs_a_context_bank),
		cmocka_unit_test(memory_that_stays_mapped_keeps_a_group_from_vfio),
		cmocka_unit_test(a_node_needs_its_group_or_device),
		cmocka_unit_test(the_user_of_a_physical_function_has_its_virtual_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
