/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that firmware wants mapped 1:1: one finding for a range, with the groups that it keeps
 * from VFIO. */
#include "checks/doctor.h"

#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define MACHINE                                                                 \
	"/proc/sys/kernel/osrelease = 6.12.1\n/proc/sys/kernel/arch = x86_64\n" \
	"/sys/firmware/acpi/tables/\n/sys/kernel/debug/devices_deferred = \n"   \
	"/proc/cmdline = quiet intel_iommu=on\n"                                \
	"/proc/interrupts =   1:  9  IR-IO-APIC    1-edge      i8042\n"         \
	"iommu dmar0 serves=/sys/devices/pci0000:00/0000:01:00.0\n"
/* A group of one device, kept from VFIO by the range up to @end. */
#define GROUP(number, end, driver)                                                                \
	"group " number " type=DMA regions=\"0x00000000a0000000 0x00000000a000" end " direct\"\n" \
	"pci 0000:0" number ":00.0 in pci0000:00 group=" number                                   \
	" id=8086:10d3 class=20000 driver=" driver "\n"

/* "group 2: … ; …": the findings about such memory, in order */
static void assert_forbidden(const char *tree, const char *subjects)
{
	_autosystem_ const struct system *system = snapshot(tree, DOCTOR_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);
	const char *text = "";

	for (size_t i = 0; i < findings.count; i++)
		if (findings.items[i].code == CODE_MEMORY_FORBIDS)
			text = arena_printf(arena, "%s%s%s", text, *text ? "; " : "",
					    findings.items[i].subject);
	assert_string_equal(text, subjects);
}

static void groups_of_one_range_are_one_finding(void **state)
{
	assert_forbidden(MACHINE GROUP("1", "0fff", "e1000e") GROUP("2", "0fff", "e1000e"),
			 "groups 1, 2");
}

static void at_most_three_groups_are_named(void **state)
{
#define THREE GROUP("1", "0fff", "igb") GROUP("2", "0fff", "igb") GROUP("3", "0fff", "igb")
	assert_forbidden(MACHINE THREE, "groups 1, 2, 3");
	assert_forbidden(MACHINE THREE GROUP("4", "0fff", "igb"), "groups 1, 2, 3 and 1 other");
	assert_forbidden(MACHINE THREE GROUP("4", "0fff", "igb") GROUP("5", "0fff", "igb"),
			 "groups 1, 2, 3 and 2 others");
}

static void ranges_with_one_start_are_told_apart_by_their_end(void **state)
{
	assert_forbidden(MACHINE GROUP("1", "1fff", "igb") GROUP("2", "0fff", "igb")
				 GROUP("3", "1fff", "igb"),
			 "group 2; groups 1, 3");
}

static void a_group_that_vfio_has_stands_apart_and_first(void **state)
{
	assert_forbidden(MACHINE GROUP("1", "0fff", "igb") GROUP("2", "0fff", "vfio-pci"),
			 "group 2; group 1");
}

UNIT(doctor_memory)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_of_one_range_are_one_finding),
		cmocka_unit_test(at_most_three_groups_are_named),
		cmocka_unit_test(ranges_with_one_start_are_told_apart_by_their_end),
		cmocka_unit_test(a_group_that_vfio_has_stands_apart_and_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
