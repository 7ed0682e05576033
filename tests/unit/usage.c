/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The advice on a machine without groups. */
#include "checks/usage.h"

#include "model/build.h"
#include "support/check.h"

#include <string.h>

static void expect_advice(const char *tree, enum finding_code code, const char *word)
{
	_autosystem_ const struct system *system = snapshot(tree, FACT_DMA);
	_autoarena_ struct arena *arena = arena_new();
	struct finding advice = usage_advice(system, arena);

	assert_int_equal(advice.code, code);
	assert_non_null(strstr(advice.remedy, word));
}

static void expect_message(const char *tree, const char *words)
{
	_autosystem_ const struct system *system = snapshot(tree, FACT_DMA | FACT_DEFERRAL);
	_autoarena_ struct arena *arena = arena_new();
	struct finding advice = usage_advice(system, arena);

	if (!strstr(advice.message, words))
		fail_msg("%s", advice.message);
}

#define MACHINE                                \
	"/sys/kernel/iommu_groups/\n"          \
	"/proc/sys/kernel/arch = x86_64\n"     \
	"/sys/firmware/acpi/tables/FACP = ?\n" \
	"pci 0000:00:14.3 in pci0000:00 driver=iwlwifi\n"

static void a_machine_without_an_iommu_may_have_one_switched_on(void **state)
{
	expect_advice(MACHINE, CODE_NO_GROUPS_IOMMU_ABSENT, "firmware setup");
}

static void xen_has_the_iommu_of_its_control_domain(void **state)
{
	expect_advice(MACHINE "/sys/hypervisor/type = xen\n/proc/xen/capabilities = control_d\n",
		      CODE_NO_GROUPS_HYPERVISOR, "pci-assignable-add");
	expect_advice(MACHINE "/sys/hypervisor/type = xen\n/proc/xen/capabilities = \n",
		      CODE_NO_GROUPS_HYPERVISOR, "control domain only");
	expect_advice(MACHINE "/sys/hypervisor/type = xen\n/proc/xen/capabilities = control_d\n"
			      "/proc/cmdline = intel_iommu=off\n",
		      CODE_NO_GROUPS_HYPERVISOR, "Xen's own command line");
	expect_advice(MACHINE "/sys/hypervisor/type = other\n", CODE_NO_GROUPS_IOMMU_ABSENT,
		      "firmware setup");
}

static void hyper_v_gives_its_guests_no_iommu(void **state)
{
	expect_advice(MACHINE "/sys/bus/vmbus/devices/\n", CODE_NO_GROUPS_HYPERVISOR,
		      "uio_hv_generic");
}

static void functions_of_s390_bring_their_iommu(void **state)
{
	expect_advice("/sys/kernel/iommu_groups/\n/proc/sys/kernel/arch = s390x\n",
		      CODE_NO_GROUPS_IOMMU_ABSENT, "vfio_ap");
}

static void the_command_line_comes_first(void **state)
{
	expect_advice(MACHINE "/proc/cmdline = quiet intel_iommu=off\n",
		      CODE_NO_GROUPS_SWITCHED_OFF, "reboot");
}

static void a_tree_without_the_kernel_s_folder_was_not_asked(void **state)
{
	_autosystem_ const struct system *system =
		snapshot("pci 0000:00:14.3 in pci0000:00 driver=iwlwifi\n", FACT_DMA);

	expect_advice("pci 0000:00:14.3 in pci0000:00 driver=iwlwifi\n", CODE_NO_GROUPS_UNKNOWN,
		      "The messages above");
	assert_int_equal(find_device(system, "0000:00:14.3")->dma, DMA_UNKNOWN);
	assert_int_equal(system->machine.iommu, USAGE_UNKNOWN);
}

#define BOARD                                                                                  \
	"/sys/kernel/iommu_groups/\n/sys/kernel/debug/devices_deferred = \n"                   \
	"/proc/sys/kernel/osrelease = 6.12.0\n"                                                \
	"/sys/firmware/devicetree/base/iommu@5000000/compatible = arm,mmu-500\\x00\\c\n"       \
	"/sys/firmware/devicetree/base/iommu@5000000/#iommu-cells = \\x00\\x00\\x00\\x01\\c\n" \
	"/sys/firmware/devicetree/base/iommu@5000000/phandle = \\x00\\x00\\x00\\x07\\c\n"      \
	"/sys/firmware/devicetree/base/dma@6000000/iommus = "                                  \
	"\\x00\\x00\\x00\\x07\\x00\\x00\\x00\\x11\\c\n"                                        \
	"platform 6000000.dma driver=pl330 of=/dma@6000000\n"                                  \
	"/sys/devices/platform/6000000.dma/of_node -> "                                        \
	"../../../firmware/devicetree/base/dma@6000000\n"
#define LINK                                              \
	"/sys/devices/platform/5000000.iommu/of_node -> " \
	"../../../firmware/devicetree/base/iommu@5000000\n"
#define NODE "/sys/firmware/devicetree/base/iommu@5000000/"

static void an_iommu_that_is_not_registered_is_named_with_its_devices(void **state)
{
	expect_message(BOARD NODE "status = disabled\\x00\\c\n",
		       "/iommu@5000000 is disabled in firmware: 1 device runs without it");
	expect_message(BOARD "platform 5000000.iommu of=/iommu@5000000\n" LINK,
		       "5000000.iommu has no driver: 1 device runs without it");
	expect_message(BOARD "platform 5000000.iommu of=/iommu@5000000\n" LINK
			     "/sys/kernel/debug/devices_deferred = 5000000.iommu\t\n",
		       "devices wait for suppliers");
	expect_message(BOARD "platform 5000000.iommu of=/iommu@5000000 driver=arm-smmu\n" LINK,
		       "5000000.iommu is not registered: 1 device runs without it");
}

/* Fails where the advice for a machine with one device and the IOMMU "smmu" lacks @words. */
static void expect_hand_made(const struct device *device, const struct iommu *iommu,
			     struct machine machine, const char *words)
{
	_autoarena_ struct arena *arena = arena_new();
	struct system system = {.devices = &device,
				.device_count = 1,
				.iommus = &iommu,
				.iommu_count = 1,
				.machine = machine};
	struct finding advice = usage_advice(&system, arena);

	if (!strstr(advice.message, words))
		fail_msg("\"%s\" has no \"%s\"", advice.message, words);
}

static void a_missed_iommu_is_named_with_its_state(void **state)
{
	static const char *const reasons[IOMMU_STATE_COUNT] = {
		[IOMMU_UNKNOWN] = "smmu is not registered: 1 device runs",
		[IOMMU_READY] = "smmu serves no device: 1 device runs",
		[IOMMU_FAILED] = "smmu failed to register: 1 device runs",
		[IOMMU_DEFERRED] = "smmu waits for a supplier: 1 device runs",
		[IOMMU_UNBOUND] = "smmu has no driver: 1 device runs",
		[IOMMU_DISABLED] = "smmu is disabled in firmware: 1 device runs",
	};
	struct stream streams[] = {{.iommu_name = "other"}, {.iommu_name = "smmu"}};
	struct device device = {.dma = DMA_SHARED_STREAM, .streams = streams, .stream_count = 2};

	for (size_t i = 0; i < IOMMU_STATE_COUNT; i++) {
		struct iommu iommu = {.name = "smmu", .state = (enum iommu_state)i};

		expect_hand_made(&device, &iommu, (struct machine){0}, reasons[i]);
	}
	device.stream_count = 1;
	expect_hand_made(&device, &(struct iommu){.name = "smmu"},
			 (struct machine){.iommu = USAGE_DISABLED}, "does not use it");
}

static void advice_without_a_missed_iommu_depends_on_the_machine(void **state)
{
	struct device device = {.dma = DMA_DIRECT}, waiting = {.state = DEVICE_WAITING};
	struct iommu iommu = {.name = "smmu"};

	expect_hand_made(&waiting, &iommu, (struct machine){0}, "devices wait for suppliers");
	expect_hand_made(&device, &iommu,
			 (struct machine){.hypervisor = HYPERVISOR_HYPERV, .iommu = USAGE_DISABLED},
			 "does not use it");
	expect_hand_made(&device, &iommu,
			 (struct machine){.hypervisor = HYPERVISOR_HYPERV, .iommu = USAGE_ABSENT},
			 "guest of Hyper-V");
	expect_hand_made(&device, &iommu, (struct machine){.iommu = USAGE_ENABLED},
			 "this kernel uses no IOMMU");
	expect_hand_made(&device, &iommu, (struct machine){.iommu = USAGE_UNKNOWN},
			 "this kernel uses no IOMMU");
	expect_hand_made(&device, &iommu, (struct machine){.iommu = USAGE_ABSENT},
			 "firmware describes no IOMMU");
}

UNIT(usage)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_iommu_that_is_not_registered_is_named_with_its_devices),
		cmocka_unit_test(a_tree_without_the_kernel_s_folder_was_not_asked),
		cmocka_unit_test(a_machine_without_an_iommu_may_have_one_switched_on),
		cmocka_unit_test(xen_has_the_iommu_of_its_control_domain),
		cmocka_unit_test(hyper_v_gives_its_guests_no_iommu),
		cmocka_unit_test(functions_of_s390_bring_their_iommu),
		cmocka_unit_test(the_command_line_comes_first),
		cmocka_unit_test(a_missed_iommu_is_named_with_its_state),
		cmocka_unit_test(advice_without_a_missed_iommu_depends_on_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
