/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that come, go, move or change between two machines, a test for each kind of difference.
 */
#include "support/check.h"
#include "support/compared.h"

#include <stdio.h>

#define ONLY_NIC KERNEL("6.12", "") GROUPS CARD("01", "group=1 " NIC) PORTS DMAR

static void a_device_goes_and_comes(void **state)
{
	assert_differences(USUAL, ONLY_NIC, "warning device_gone 0000:02:00.0");
	assert_differences(ONLY_NIC, USUAL, "note device_came 0000:02:00.0");
	assert_difference_says(USUAL, ONLY_NIC, DIFFERENCE_DEVICE_GONE,
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
	assert_difference_says(USUAL, bare, DIFFERENCE_DRIVER, "has no driver, and had e1000e");
	assert_difference_says(given, USUAL, DIFFERENCE_OVERRIDE,
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
	difference = compared_find(compared_trees(before, after), DIFFERENCE_STREAMS);
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
	assert_difference_says(
		PAIR(""), PAIR("driver=e1000e"), DIFFERENCE_HAND_OVER,
		"is given, and no VFIO user can have it: unusable: 0000:01:00.1 has e1000e");
	assert_difference_says(PAIR("driver=e1000e"), PAIR(""), DIFFERENCE_HAND_OVER,
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

UNIT(difference_devices)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_goes_and_comes),
		cmocka_unit_test(a_platform_device_without_dma_is_no_news),
		cmocka_unit_test(another_card_in_the_slot_is_told_alone),
		cmocka_unit_test(a_card_in_another_slot_is_found_by_its_ids),
		cmocka_unit_test(a_card_elsewhere_moves_the_bus_numbers),
		cmocka_unit_test(functions_of_one_location_are_told_apart_by_their_ids),
		cmocka_unit_test(a_driver_is_bound_and_unbound),
		cmocka_unit_test(a_device_becomes_deferred),
		cmocka_unit_test(streams_of_a_platform_device_change),
		cmocka_unit_test(a_given_device_becomes_unusable),
		cmocka_unit_test(an_interface_has_another_name),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
