/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences of a machine, its IOMMUs and its groups, a test for each kind; and those that are
 * unknown, ignored or alike. */
#include "support/check.h"
#include "support/compared.h"

static void an_unchanged_machine_has_none(void **state)
{
	assert_differences(USUAL, USUAL, "");
}

static void another_kernel_is_a_note(void **state)
{
	assert_differences(USUAL, KERNEL("7.3", "") GROUPS REST, "note kernel machine");
	assert_difference_says(USUAL, KERNEL("7.3", "") GROUPS REST, DIFFERENCE_KERNEL,
			       "the kernel is 7.3 (x86_64), and 6.12 (x86_64) before");
}

static void only_options_that_decide_devices_are_compared(void **state)
{
	assert_differences(USUAL, KERNEL("6.12", " other=2") GROUPS REST, "");
	assert_differences(USUAL, KERNEL("6.12", " intel_iommu=on iommu.strict=1") GROUPS REST,
			   "note command_line machine");
	assert_string_equal(
		compared_find(compared_trees(USUAL, KERNEL("6.12", " iommu.strict=1") GROUPS REST),
			      DIFFERENCE_COMMAND_LINE)
			->after,
		"iommu.strict=1");
}

static void firmware_of_another_kind_is_a_note(void **state)
{
	const char *text = USUAL "/sys/firmware/devicetree/base/\n";

	assert_difference_says(text, USUAL, DIFFERENCE_FIRMWARE,
			       "firmware is acpi, and devicetree before");
}

static void a_machine_without_groups_is_an_alarm(void **state)
{
	const char *bare = KERNEL("6.12", "") "/sys/kernel/iommu_groups/\n" CARD("01", NIC)
		DISK("02", NVME) DMAR;

	assert_string_equal(compared_find(compared_trees(USUAL, bare), DIFFERENCE_USAGE)->after,
			    "disabled");
	assert_int_equal(
		compared_find(compared_trees(USUAL, bare), DIFFERENCE_USAGE)->finding.severity,
		SEVERITY_ALARM);
	assert_int_equal(
		compared_find(compared_trees(bare, USUAL), DIFFERENCE_USAGE)->finding.severity,
		SEVERITY_NOTE);
}

#define SECOND "iommu dmar1 address=fed91000\n"

static void an_iommu_comes_and_goes(void **state)
{
	assert_differences(USUAL, USUAL SECOND, "note iommu_came dmar1 (dmar@fed91000)");
	assert_differences(USUAL SECOND, USUAL, "alarm iommu_gone dmar1 (dmar@fed91000)");
}

static void the_number_of_an_iommu_says_nothing(void **state)
{
	assert_differences(USUAL SECOND,
			   KERNEL("6.12", "") GROUPS CARD("01", "group=1 " NIC)
				   DISK("02", "group=2 " NVME) PORTS
			   "iommu dmar0 address=fed91000\n"
			   "iommu dmar1 address=fed90000 serves=/sys/devices/pci0000:00/"
			   "0000:00:01.0/0000:01:00.0,/sys/devices/pci0000:00/"
			   "0000:00:02.0/0000:02:00.0\n",
			   "");
}

static void a_group_has_another_number(void **state)
{
	assert_differences(
		USUAL,
		KERNEL("6.12", "") "group 0 type=DMA\ngroup 7 type=DMA\ngroup 2 type=DMA\n" CARD(
			"01", "group=7 " NIC) DISK("02", "group=2 " NVME) PORTS DMAR,
		"note renumbered group 7");
}

#define TOGETHER                                                          \
	KERNEL("6.12", "")                                                \
	"group 0 type=DMA\ngroup 1 type=DMA\n" CARD("01", "group=1 " NIC) \
		DISK("02", "group=1 " NVME) PORTS DMAR

static void a_device_joins_a_group(void **state)
{
	assert_differences(USUAL, TOGETHER,
			   "warning members group 1; warning hand_over 0000:01:00.0; "
			   "warning hand_over 0000:02:00.0");
	assert_difference_says(USUAL, TOGETHER, DIFFERENCE_MEMBERS,
			       "0000:02:00.0 (nvme) joined it");
	assert_difference_says(
		USUAL, TOGETHER, DIFFERENCE_HAND_OVER,
		"can no longer be handed over alone: 0000:02:00.0 (nvme) joined its group");
	assert_int_equal(
		compared_find(compared_trees(USUAL, TOGETHER), DIFFERENCE_HAND_OVER)->finding.cause,
		CODE_CHANGE_MEMBERS);
	assert_string_equal(
		compared_find(compared_trees(USUAL, TOGETHER), DIFFERENCE_MEMBERS)->after,
		"0000:01:00.0,0000:02:00.0");
}

static void a_group_falls_apart(void **state)
{
	assert_differences(TOGETHER, USUAL,
			   "warning members group 1; note hand_over 0000:01:00.0; "
			   "note hand_over 0000:02:00.0");
	assert_difference_says(TOGETHER, USUAL, DIFFERENCE_MEMBERS, "0000:02:00.0 (nvme) left it");
	assert_difference_says(TOGETHER, USUAL, DIFFERENCE_HAND_OVER,
			       "can be handed over alone now");
}

#define GROUPLESS KERNEL("6.12", "") GROUPS CARD("01", NIC) DISK("02", "group=2 " NVME) PORTS DMAR

static void a_group_is_lost_and_gained(void **state)
{
	assert_string_equal(
		compared_find(compared_trees(USUAL, GROUPLESS), DIFFERENCE_GROUP_LOST)->before,
		"1");
	assert_string_equal(
		compared_find(compared_trees(GROUPLESS, USUAL), DIFFERENCE_GROUP_GAINED)->after,
		"1");
	assert_int_equal(compared_find(compared_trees(USUAL, GROUPLESS), DIFFERENCE_GROUP_LOST)
				 ->finding.severity,
			 SEVERITY_ALARM);
}

static void a_type_that_passes_dma_is_an_alarm(void **state)
{
	const char *passes = KERNEL(
		"6.12", "") "group 0 type=DMA\ngroup 1 type=identity\ngroup 2 type=DMA\n" REST;
	const char *lazy =
		KERNEL("6.12", "") "group 0 type=DMA\ngroup 1 type=DMA-FQ\ngroup 2 type=DMA\n" REST;

	assert_differences(USUAL, passes, "alarm type group 1; alarm dma 0000:01:00.0");
	assert_differences(passes, USUAL, "note type group 1; note dma 0000:01:00.0");
	assert_differences(USUAL, lazy, "note type group 1");
}

static void a_group_is_behind_another_iommu(void **state)
{
	assert_differences(USUAL SECOND,
			   KERNEL("6.12", "") GROUPS CARD("01", "group=1 " NIC)
				   DISK("02", "group=2 " NVME) PORTS
			   "iommu dmar0 address=fed90000 serves=/sys/devices/pci0000:00/"
			   "0000:00:01.0/0000:01:00.0\n"
			   "iommu dmar1 address=fed91000 serves=/sys/devices/pci0000:00/"
			   "0000:00:02.0/0000:02:00.0\n",
			   "warning iommu group 2");
}

static void reserved_regions_change(void **state)
{
	const char *other = KERNEL(
		"6.12", "") "group 0 type=DMA\ngroup 1 type=DMA regions=\"0x0000000000000000 "
			    "0x0000000000ffffff reserved\"\ngroup 2 type=DMA\n" REST;
	const char *none = KERNEL(
		"6.12", "") "group 0 type=DMA\ngroup 1 type=DMA regions=\"0x00000000fee00000 "
			    "0x00000000feefffff msi\"\ngroup 2 type=DMA\n" REST;

	assert_differences(none, other, "warning reserved_regions group 1");
}

#define UNREADABLE(file) "/iommuctl/unreadable = " file "\\tdenied\n"

static size_t unknown_of(const char *before, const char *after, enum difference_kind kind)
{
	struct differences differences = compared_trees(before, after);

	assert_string_equal(compared_words(differences), "");
	return differences.unknown[kind];
}

static void an_unknown_fact_is_counted_and_no_difference(void **state)
{
	const char *type =
		KERNEL("6.12", "") "group 0 type=DMA\ngroup 1\ngroup 2 type=DMA\n" REST UNREADABLE(
			"/sys/kernel/iommu_groups/1/type");

	assert_int_equal(unknown_of(USUAL, type, DIFFERENCE_TYPE), 1);
	assert_int_equal(unknown_of(type, USUAL, DIFFERENCE_TYPE), 1);
	assert_int_equal(unknown_of(type, type, DIFFERENCE_TYPE), 0);
}

static void devices_of_a_bus_that_was_not_read_are_not_gone(void **state)
{
	const char *unread =
		KERNEL("6.12", "") GROUPS "/sys/bus/pci/\n" UNREADABLE("/sys/bus/pci/devices");
	struct differences differences = compared_trees(USUAL, unread);

	for (size_t i = 0; i < differences.count; i++)
		assert_int_not_equal(differences.items[i].kind, DIFFERENCE_DEVICE_GONE);
	assert_int_equal(differences.unknown[DIFFERENCE_DEVICE_GONE], 4);
}

static void ignored_kinds_are_left_out(void **state)
{
	struct differences all = compared_trees(USUAL, TOGETHER);
	bool ignored[DIFFERENCE_KIND_COUNT] = {[DIFFERENCE_HAND_OVER] = true};

	assert_string_equal(compared_words(differences_without(&all, ignored, arena)),
			    "warning members group 1");
}

static void devices_that_differ_alike_are_one_finding(void **state)
{
	const char *passes =
		KERNEL("6.12", " iommu=pt") "group 0 type=identity\ngroup 1 type=identity\ngroup 2 "
					    "type=identity\n" REST;
	struct inventory *old = compared_inventory(USUAL), *new = compared_inventory(passes);
	struct differences all = differences_between(old, new, arena);
	struct findings findings = differences_findings(&all, arena);

	assert_int_equal(all.count, 1 + 3 + 4);
	assert_int_equal(findings.count, 3);
	assert_int_equal(findings.items[0].code, CODE_COMMAND_LINE_CHANGED);
	assert_string_equal(findings.items[1].message,
			    "groups 0, 1, 2: type identity, and DMA before");
	assert_null(findings.items[2].subject);
	assert_int_equal(findings.items[2].device_count, 4);
	assert_string_equal(findings.items[2].devices[3], "0000:02:00.0");
	inventory_free(old);
	inventory_free(new);
}

static void every_kind_has_words(void **state)
{
	for (unsigned i = 0; i < DIFFERENCE_KIND_COUNT; i++) {
		assert_true(*difference_kind_name((enum difference_kind)i));
		assert_true(*difference_kind_help((enum difference_kind)i));
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(difference_kind_name((enum difference_kind)i),
						difference_kind_name((enum difference_kind)j));
	}
}

UNIT(differences)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unchanged_machine_has_none),
		cmocka_unit_test(another_kernel_is_a_note),
		cmocka_unit_test(only_options_that_decide_devices_are_compared),
		cmocka_unit_test(firmware_of_another_kind_is_a_note),
		cmocka_unit_test(a_machine_without_groups_is_an_alarm),
		cmocka_unit_test(an_iommu_comes_and_goes),
		cmocka_unit_test(the_number_of_an_iommu_says_nothing),
		cmocka_unit_test(a_group_has_another_number),
		cmocka_unit_test(a_device_joins_a_group),
		cmocka_unit_test(a_group_falls_apart),
		cmocka_unit_test(a_group_is_lost_and_gained),
		cmocka_unit_test(a_type_that_passes_dma_is_an_alarm),
		cmocka_unit_test(a_group_is_behind_another_iommu),
		cmocka_unit_test(reserved_regions_change),
		cmocka_unit_test(an_unknown_fact_is_counted_and_no_difference),
		cmocka_unit_test(devices_of_a_bus_that_was_not_read_are_not_gone),
		cmocka_unit_test(ignored_kinds_are_left_out),
		cmocka_unit_test(devices_that_differ_alike_are_one_finding),
		cmocka_unit_test(every_kind_has_words),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
