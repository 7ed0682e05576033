/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two machines as trees, and the differences between their inventories, a test for each kind. */
#include "checks/differences.h"

#include "base/text.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define KERNEL(release, options)                                                     \
	"/proc/sys/kernel/osrelease = " release "\n/proc/sys/kernel/arch = x86_64\n" \
	"/proc/cmdline = quiet secret=1" options                                     \
	"\n/sys/kernel/debug/devices_deferred = \n/sys/firmware/acpi/tables/\n"
#define PORTS                                                                               \
	"pci 0000:00:01.0 in pci0000:00 group=0 driver=pcieport id=8086:1901 class=60400\n" \
	"pci 0000:00:02.0 in pci0000:00 group=0 driver=pcieport id=8086:1905 class=60400\n"
#define CARD(bus, rest) "pci 0000:" bus ":00.0 in pci0000:00/0000:00:01.0 " rest "\n"
#define DISK(bus, rest) "pci 0000:" bus ":00.0 in pci0000:00/0000:00:02.0 " rest "\n"
#define NIC "driver=e1000e id=8086:10D3 class=20000"
#define NVME "driver=nvme id=144D:A808 class=10802"
#define DMAR                                                           \
	"iommu dmar0 address=fed90000 serves=/sys/devices/pci0000:00/" \
	"0000:00:01.0/0000:01:00.0,/sys/devices/pci0000:00/0000:00:02.0/0000:02:00.0\n"
#define GROUPS "group 0 type=DMA\ngroup 1 type=DMA\ngroup 2 type=DMA\n"
#define REST CARD("01", "group=1 " NIC) DISK("02", "group=2 " NVME) PORTS DMAR
#define USUAL KERNEL("6.12", "") GROUPS REST

static struct arena *arena;

static int arena_before(void **state)
{
	arena = arena_new();
	return 0;
}

static int arena_after(void **state)
{
	arena_free(arena);
	return 0;
}

static struct inventory *inventory_of_text(const char *text)
{
	const struct system *system = snapshot(text, INVENTORY_FACTS);
	struct inventory *inventory = inventory_of(system);

	/* The inventory must have no pointers into the system. */
	system_free(system);
	return inventory;
}

static struct differences compare_texts(const char *before, const char *after)
{
	struct inventory *old = inventory_of_text(before), *new = inventory_of_text(after);
	struct differences all = differences_between(old, new, arena);
	const bool none[DIFFERENCE_KIND_COUNT] = {false};
	struct differences sorted = differences_without(&all, none, arena);
	struct difference *copies = arena_array(arena, sorted.count + 1, sizeof(*copies));

	for (size_t i = 0; i < sorted.count; i++) {
		copies[i] = sorted.items[i];
		copies[i].finding.subject = arena_strdup(arena, copies[i].finding.subject);
		copies[i].finding.message = arena_strdup(arena, copies[i].finding.message);
		copies[i].before = arena_strdup(arena, copies[i].before);
		copies[i].after = arena_strdup(arena, copies[i].after);
		copies[i].finding.devices = NULL;
	}
	sorted.items = copies;
	inventory_free(old);
	inventory_free(new);
	return sorted;
}

/* "severity kind subject; …" */
static const char *list_of(struct differences differences)
{
	const char *text = "";

	for (size_t i = 0; i < differences.count; i++) {
		const struct difference *difference = &differences.items[i];
		const char *subject = difference->finding.subject;

		text = arena_printf(arena, "%s%s%s %s %s", text, *text ? "; " : "",
				    severity_name(difference->finding.severity),
				    difference_kind_name(difference->kind),
				    subject ? subject : "machine");
	}
	return text;
}

static void assert_differences(const char *before, const char *after, const char *wanted)
{
	assert_string_equal(list_of(compare_texts(before, after)), wanted);
}

static const struct difference *difference_of(struct differences differences,
					      enum difference_kind kind)
{
	for (size_t i = 0; i < differences.count; i++)
		if (differences.items[i].kind == kind)
			return &differences.items[i];
	fail_msg("no difference of kind %s", difference_kind_name(kind));
	return NULL;
}

static void assert_message(const char *before, const char *after, enum difference_kind kind,
			   const char *wanted)
{
	assert_string_equal(difference_of(compare_texts(before, after), kind)->finding.message,
			    wanted);
}

static void an_unchanged_machine_has_none(void **state)
{
	assert_differences(USUAL, USUAL, "");
}

static void another_kernel_is_a_note(void **state)
{
	assert_differences(USUAL, KERNEL("7.3", "") GROUPS REST, "note kernel machine");
	assert_message(USUAL, KERNEL("7.3", "") GROUPS REST, DIFFERENCE_KERNEL,
		       "the kernel is 7.3 (x86_64), and 6.12 (x86_64) before");
}

static void only_options_that_decide_devices_are_compared(void **state)
{
	assert_differences(USUAL, KERNEL("6.12", " other=2") GROUPS REST, "");
	assert_differences(USUAL, KERNEL("6.12", " intel_iommu=on iommu.strict=1") GROUPS REST,
			   "note command_line machine");
	assert_string_equal(
		difference_of(compare_texts(USUAL, KERNEL("6.12", " iommu.strict=1") GROUPS REST),
			      DIFFERENCE_COMMAND_LINE)
			->after,
		"iommu.strict=1");
}

static void firmware_of_another_kind_is_a_note(void **state)
{
	const char *text = USUAL "/sys/firmware/devicetree/base/\n";

	assert_message(text, USUAL, DIFFERENCE_FIRMWARE, "firmware is acpi, and devicetree before");
}

static void a_machine_without_groups_is_an_alarm(void **state)
{
	const char *bare = KERNEL("6.12", "") "/sys/kernel/iommu_groups/\n" CARD("01", NIC)
		DISK("02", NVME) DMAR;

	assert_string_equal(difference_of(compare_texts(USUAL, bare), DIFFERENCE_USAGE)->after,
			    "disabled");
	assert_int_equal(
		difference_of(compare_texts(USUAL, bare), DIFFERENCE_USAGE)->finding.severity,
		SEVERITY_ALARM);
	assert_int_equal(
		difference_of(compare_texts(bare, USUAL), DIFFERENCE_USAGE)->finding.severity,
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

#define ONLY_NIC KERNEL("6.12", "") GROUPS CARD("01", "group=1 " NIC) PORTS DMAR

static void a_device_goes_and_comes(void **state)
{
	assert_differences(USUAL, ONLY_NIC, "warning device_gone 0000:02:00.0");
	assert_differences(ONLY_NIC, USUAL, "note device_came 0000:02:00.0");
	assert_message(USUAL, ONLY_NIC, DIFFERENCE_DEVICE_GONE,
		       "is gone (nvme) [144d:a808:?:?:010802]");
}

static void a_platform_device_without_dma_is_no_news(void **state)
{
	assert_differences(USUAL, USUAL "platform serial8250 driver=serial8250\n", "");
}

static void another_card_in_the_slot_is_told_alone(void **state)
{
	assert_differences(USUAL,
			   KERNEL("6.12", "") GROUPS CARD(
				   "01", "group=1 driver=mlx5_core id=15B3:1013 class=20000")
				   DISK("02", "group=2 " NVME) PORTS DMAR,
			   "warning replaced 0000:01:00.0");
}

static void a_card_in_another_slot_is_found_by_its_ids(void **state)
{
	assert_differences(ONLY_NIC,
			   KERNEL("6.12", "") GROUPS DISK("03", "group=1 " NIC) PORTS
			   "iommu dmar0 address=fed90000 serves=/sys/devices/pci0000:00/"
			   "0000:00:02.0/0000:03:00.0\n",
			   "note moved 0000:03:00.0");
	/* Two of them: it is not known which. */
	assert_differences(KERNEL("6.12", "") GROUPS CARD("01", "group=1 " NIC)
				   CARD("04", "group=1 " NIC) PORTS,
			   KERNEL("6.12", "") GROUPS DISK("03", "group=1 " NIC) PORTS,
			   "warning device_gone 0000:01:00.0; warning device_gone 0000:04:00.0; "
			   "note device_came 0000:03:00.0");
}

static void a_card_elsewhere_moves_the_bus_numbers(void **state)
{
	assert_differences(USUAL,
			   KERNEL("6.12", "") GROUPS CARD("01", "group=1 " NIC)
				   DISK("03", "group=2 " NVME) PORTS
			   "iommu dmar0 address=fed90000 serves=/sys/devices/pci0000:00/"
			   "0000:00:01.0/0000:01:00.0,/sys/devices/pci0000:00/"
			   "0000:00:02.0/0000:03:00.0\n",
			   "note address 0000:03:00.0");
}

/* On the bus after that of its PF, a virtual function has the location of the PF. */
#define FUNCTIONS(pf, vf)                                              \
	KERNEL("6.12", "")                                             \
	GROUPS CARD(pf, "group=1 driver=igb id=8086:10C9 class=20000") \
		CARD(vf, "group=2 driver=igbvf id=8086:10CA class=20000") PORTS

static void functions_of_one_location_are_told_apart_by_their_ids(void **state)
{
	assert_differences(FUNCTIONS("01", "02"), FUNCTIONS("02", "03"),
			   "note address 0000:02:00.0; note address 0000:03:00.0");
	assert_differences(FUNCTIONS("01", "02"), FUNCTIONS("02", "01"),
			   "note address 0000:01:00.0; note address 0000:02:00.0");
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
	assert_message(USUAL, TOGETHER, DIFFERENCE_MEMBERS, "0000:02:00.0 (nvme) joined it");
	assert_message(USUAL, TOGETHER, DIFFERENCE_HAND_OVER,
		       "can no longer be handed over alone: 0000:02:00.0 (nvme) joined its group");
	assert_int_equal(
		difference_of(compare_texts(USUAL, TOGETHER), DIFFERENCE_HAND_OVER)->finding.cause,
		CODE_CHANGE_MEMBERS);
	assert_string_equal(
		difference_of(compare_texts(USUAL, TOGETHER), DIFFERENCE_MEMBERS)->after,
		"0000:01:00.0,0000:02:00.0");
}

static void a_group_falls_apart(void **state)
{
	assert_differences(TOGETHER, USUAL,
			   "warning members group 1; note hand_over 0000:01:00.0; "
			   "note hand_over 0000:02:00.0");
	assert_message(TOGETHER, USUAL, DIFFERENCE_MEMBERS, "0000:02:00.0 (nvme) left it");
	assert_message(TOGETHER, USUAL, DIFFERENCE_HAND_OVER, "can be handed over alone now");
}

#define GROUPLESS KERNEL("6.12", "") GROUPS CARD("01", NIC) DISK("02", "group=2 " NVME) PORTS DMAR

static void a_group_is_lost_and_gained(void **state)
{
	assert_string_equal(
		difference_of(compare_texts(USUAL, GROUPLESS), DIFFERENCE_GROUP_LOST)->before, "1");
	assert_string_equal(
		difference_of(compare_texts(GROUPLESS, USUAL), DIFFERENCE_GROUP_GAINED)->after,
		"1");
	assert_int_equal(difference_of(compare_texts(USUAL, GROUPLESS), DIFFERENCE_GROUP_LOST)
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

static void a_driver_is_bound_and_unbound(void **state)
{
	const char *given = KERNEL("6.12", "") GROUPS CARD(
		"01", "group=1 driver=vfio-pci override=vfio-pci id=8086:10D3 class=20000")
		DISK("02", "group=2 " NVME) PORTS DMAR;
	const char *bare = KERNEL("6.12", "") GROUPS CARD("01", "group=1 id=8086:10D3 class=20000")
		DISK("02", "group=2 " NVME) PORTS DMAR;

	/* That VFIO has a device that could go alone is told by the driver. */
	assert_differences(USUAL, given,
			   "warning driver 0000:01:00.0; note driver_override 0000:01:00.0");
	assert_differences(USUAL, bare, "warning driver 0000:01:00.0");
	assert_differences(bare, USUAL, "note driver 0000:01:00.0");
	assert_message(USUAL, bare, DIFFERENCE_DRIVER, "has no driver, and had e1000e");
	assert_message(given, USUAL, DIFFERENCE_OVERRIDE,
		       "has no driver_override, and had vfio-pci");
}

static void a_device_becomes_deferred(void **state)
{
	const char *bare = KERNEL("6.12", "") GROUPS CARD("01", "group=1 id=8086:10D3 class=20000")
		DISK("02", "group=2 " NVME) PORTS DMAR;
	const char *deferred = "/proc/sys/kernel/osrelease = 6.12\n/proc/sys/kernel/arch = x86_64\n"
			       "/proc/cmdline = quiet\n/sys/firmware/acpi/tables/\n"
			       "/sys/kernel/debug/devices_deferred = 0000:01:00.0\\t\n" GROUPS CARD(
				       "01", "group=1 id=8086:10D3 class=20000")
				       DISK("02", "group=2 " NVME) PORTS DMAR;

	assert_differences(bare, deferred, "warning state 0000:01:00.0");
	assert_differences(deferred, bare, "note state 0000:01:00.0");
}

static void streams_of_a_platform_device_change(void **state)
{
	static const char tree[] =
		"/sys/kernel/debug/devices_deferred = \n"
		"/proc/sys/kernel/osrelease = 6.12\n/proc/sys/kernel/arch = aarch64\n"
		"/proc/cmdline = quiet\n"
		"/sys/firmware/devicetree/base/smmu@1/phandle = \\x00\\x00\\x00\\x01\\c\n"
		"/sys/firmware/devicetree/base/smmu@1/compatible = arm,mmu-500\\x00\\c\n"
		"/sys/firmware/devicetree/base/smmu@1/#iommu-cells = \\x00\\x00\\x00\\x01\\c\n"
		"/sys/firmware/devicetree/base/dev@2/iommus = "
		"\\x00\\x00\\x00\\x01\\x00\\x00\\x00%s\\c\n"
		"platform 2.dev group=1 driver=dev of=/dev@2\ngroup 1 type=DMA\n";
	char before[2048], after[2048];
	const struct difference *difference;

	snprintf(before, sizeof(before), tree, "\\x10");
	snprintf(after, sizeof(after), tree, "\\x11");
	assert_differences(before, after, "warning streams 2.dev");
	difference = difference_of(compare_texts(before, after), DIFFERENCE_STREAMS);
	assert_string_equal(difference->before, "0x10");
	assert_string_equal(difference->after, "0x11");
}

static void a_given_device_becomes_unusable(void **state)
{
#define PAIR(driver)                                                                               \
	KERNEL("6.12", "")                                                                         \
	GROUPS CARD("01",                                                                          \
		    "group=1 driver=vfio-pci id=8086:10D3 class=20000") "pci 0000:01:00.1 in "     \
									"pci0000:00/0000:00:01.0 " \
									"group=1 id=8086:10D4 "    \
									"class=20000 " driver      \
									"\n" PORTS
	assert_differences(PAIR(""), PAIR("driver=e1000e"),
			   "warning hand_over 0000:01:00.0; note driver 0000:01:00.1");
	assert_message(PAIR(""), PAIR("driver=e1000e"), DIFFERENCE_HAND_OVER,
		       "is given, and no VFIO user can have it: unusable: 0000:01:00.1 has e1000e");
	assert_message(PAIR("driver=e1000e"), PAIR(""), DIFFERENCE_HAND_OVER,
		       "is given, and a VFIO user can have it now");
}

static void an_interface_has_another_name(void **state)
{
#define NAMED(name) \
	USUAL "interface net " name " of /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0\n"
	assert_differences(NAMED("eth0"), NAMED("enp1s0"), "note interfaces 0000:01:00.0");
	/* A driver without an interface tells it by itself. */
	assert_differences(NAMED("eth0"), USUAL, "");
}

#define UNREADABLE(file) "/iommuctl/unreadable = " file "\\tdenied\n"

static size_t unknown_of(const char *before, const char *after, enum difference_kind kind)
{
	struct differences differences = compare_texts(before, after);

	assert_string_equal(list_of(differences), "");
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
	struct differences differences = compare_texts(USUAL, unread);

	for (size_t i = 0; i < differences.count; i++)
		assert_int_not_equal(differences.items[i].kind, DIFFERENCE_DEVICE_GONE);
	assert_int_equal(differences.unknown[DIFFERENCE_DEVICE_GONE], 4);
}

static void ignored_kinds_are_left_out(void **state)
{
	struct differences all = compare_texts(USUAL, TOGETHER);
	bool ignored[DIFFERENCE_KIND_COUNT] = {[DIFFERENCE_HAND_OVER] = true};

	assert_string_equal(list_of(differences_without(&all, ignored, arena)),
			    "warning members group 1");
}

static void devices_that_differ_alike_are_one_finding(void **state)
{
	const char *passes =
		KERNEL("6.12", " iommu=pt") "group 0 type=identity\ngroup 1 type=identity\ngroup 2 "
					    "type=identity\n" REST;
	struct inventory *old = inventory_of_text(USUAL), *new = inventory_of_text(passes);
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
#define TEST(function) cmocka_unit_test_setup_teardown(function, arena_before, arena_after)
	const struct CMUnitTest tests[] = {
		TEST(an_unchanged_machine_has_none),
		TEST(another_kernel_is_a_note),
		TEST(only_options_that_decide_devices_are_compared),
		TEST(firmware_of_another_kind_is_a_note),
		TEST(a_machine_without_groups_is_an_alarm),
		TEST(an_iommu_comes_and_goes),
		TEST(the_number_of_an_iommu_says_nothing),
		TEST(a_device_goes_and_comes),
		TEST(a_platform_device_without_dma_is_no_news),
		TEST(another_card_in_the_slot_is_told_alone),
		TEST(a_card_in_another_slot_is_found_by_its_ids),
		TEST(a_card_elsewhere_moves_the_bus_numbers),
		TEST(functions_of_one_location_are_told_apart_by_their_ids),
		TEST(a_group_has_another_number),
		TEST(a_device_joins_a_group),
		TEST(a_group_falls_apart),
		TEST(a_group_is_lost_and_gained),
		TEST(a_type_that_passes_dma_is_an_alarm),
		TEST(a_group_is_behind_another_iommu),
		TEST(reserved_regions_change),
		TEST(a_driver_is_bound_and_unbound),
		TEST(a_device_becomes_deferred),
		TEST(streams_of_a_platform_device_change),
		TEST(a_given_device_becomes_unusable),
		TEST(an_interface_has_another_name),
		TEST(an_unknown_fact_is_counted_and_no_difference),
		TEST(devices_of_a_bus_that_was_not_read_are_not_gone),
		TEST(ignored_kinds_are_left_out),
		TEST(devices_that_differ_alike_are_one_finding),
		TEST(every_kind_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
