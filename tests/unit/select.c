/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/select.h"
#include "model/facts.h"
#include "support/check.h"

#include <string.h>

static const char TREE[] =
	"group 1\n"
	"group 12\n"
	"pci 0000:01:00.0 in pci0000:00 group=1 driver=e1000e id=8086:10D3 class=20000\n"
	"pci 0000:01:00.1 in pci0000:00 group=1 driver=vfio-pci id=8086:10D3 class=20000\n"
	"pci 0000:02:00.0 in pci0000:00 group=12 driver=nvme id=144D:A808 class=10802\n"
	"pci 0000:03:00.0 in pci0000:00 id=1B4B:9125 class=10601\n"
	"pci 0001:01:00.0 in pci0001:00 id=1AF4:1041 class=20000\n"
	"interface net eth0 of /sys/devices/pci0000:00/0000:01:00.0\n"
	"/proc/driver/nvidia/gpus/0000:01:00.1/information = Model: H200\\nDevice Minor: \t 3\n"
	"/proc/driver/nvidia/gpus/0000:07:00.1/information = Device Minor: 4\n"
	"interface nvme nvme0 of /sys/devices/pci0000:00/0000:02:00.0\n"
	"/sys/class/block/nvme0n1 -> ../../devices/pci0000:00/0000:02:00.0/nvme/nvme0/nvme0n1\n"
	"iommu dmar0 "
	"serves=/sys/devices/pci0000:00/0000:01:00.0,/sys/devices/pci0000:00/0000:01:00.1\n";

static const struct system *system_;

static int read_tree(void **state)
{
	system_ = snapshot(TREE, FACTS_CHEAP);
	return 0;
}

static int free_tree(void **state)
{
	system_free(system_);
	return 0;
}

/*
 * The labels of the devices that @selector matches, joined by blanks; the error code's name where
 * it fails.
 */
static const char *matches(const char *selector)
{
	static char labels[512];
	bool chosen[16] = {0};
	struct selection selection = {system_, chosen};
	struct error error = {0};

	if (select_devices(&selection, selector, &error) < 0)
		return error_code_name(error.code);
	labels[0] = '\0';
	for (size_t i = 0; i < system_->device_count; i++) {
		if (!chosen[i])
			continue;
		strcat(labels, *labels ? " " : "");
		strcat(labels, system_->devices[i]->label);
	}
	return labels;
}

static void names_have_a_long_a_short_and_libvirts_form(void **state)
{
	assert_string_equal(matches("0000:01:00.0"), "0000:01:00.0");
	assert_string_equal(matches("01:00.0"), "0000:01:00.0");
	assert_string_equal(matches("pci_0000_01_00_1"), "0000:01:00.1");
	assert_string_equal(matches("pci_0001_01_00_0"), "0001:01:00.0");
}

static void names_are_taken_as_the_kernel_log_prints_them(void **state)
{
	assert_string_equal(matches("[01:00.1]"), "0000:01:00.1");
	assert_string_equal(matches("[0001:01:00.0]"), "0001:01:00.0");
	assert_string_equal(matches("device=0000:02:00.0"), "0000:02:00.0");
	assert_string_equal(matches("0x02:0x00.0"), "0000:02:00.0");
	assert_string_equal(matches("01:00.1]"), "no_match");
	assert_string_equal(matches("[01:00.1"), "no_match");
	assert_string_equal(matches("01:20.0"), "no_match");
	assert_string_equal(matches("01:00.8"), "no_match");
}

/* The device that @selector means for a command that only reads; the remedy where there is none. */
static const char *reads(const char *selector)
{
	static struct error error;
	bool chosen[16] = {0};
	struct selection selection = {system_, chosen, .follows_ghosts = true};

	error = (struct error){0};
	if (select_devices(&selection, selector, &error) < 0)
		return error.remedy;
	if (selection.ghost_of)
		return selection.ghost_of->label;
	return selection.in_slot ? "in its slot" : "itself";
}

static void a_function_that_does_not_exist_leads_to_the_device_that_sends_as_it(void **state)
{
	assert_string_equal(reads("03:00.1"), "0000:03:00.0");
	assert_string_equal(reads("01:00.5"), "in its slot");
	assert_string_equal(reads("01:00.1"), "itself");
	/* Commands that write accept no device in place of another. */
	assert_string_equal(matches("03:00.1"), "no_match");
}

static void no_device_of_another_bus_is_suggested(void **state)
{
	assert_non_null(strstr(reads("02:01.0"), "Did you mean 0000:02:00.0?"));
	assert_non_null(strstr(reads("04:00.0"), "iommuctl show"));
	assert_non_null(strstr(reads("eth1"), "Did you mean eth0"));
}

static void a_name_may_have_its_bus_in_front(void **state)
{
	assert_string_equal(matches("pci:0000:01:00.0"), "0000:01:00.0");
	assert_string_equal(matches("platform:0000:01:00.0"), "no_match");
	assert_string_equal(matches("pci:01:00.0"), "no_match");
}

static void paths_and_links_to_them_name_a_device(void **state)
{
	assert_string_equal(matches("/sys/devices/pci0000:00/0000:02:00.0"), "0000:02:00.0");
	assert_string_equal(matches("/sys/devices/pci0000:00/0000:02:00.0/"), "0000:02:00.0");
	assert_string_equal(matches("/sys/bus/pci/devices/0000:02:00.0"), "0000:02:00.0");
}

static void what_hangs_off_a_device_names_it(void **state)
{
	assert_string_equal(matches("eth0"), "0000:01:00.0");
	assert_string_equal(matches("nvme0n1"), "0000:02:00.0");
	assert_string_equal(matches("/dev/nvme0n1"), "0000:02:00.0");
	assert_string_equal(matches("nvme0"), "0000:02:00.0");
	assert_string_equal(matches("/dev/nvidia3"), "0000:01:00.1");
	assert_string_equal(matches("nvidia4"), "no_match");
}

static void kinds_match_many(void **state)
{
	assert_string_equal(matches("group:1"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("iommu:dmar0"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("driver:nvme"), "0000:02:00.0");
	assert_string_equal(matches("id:8086:10d3"), "0000:01:00.0 0000:01:00.1");
	assert_string_equal(matches("class:0200"), "0000:01:00.0 0000:01:00.1 0001:01:00.0");
	assert_string_equal(matches("class:0108"), "0000:02:00.0");
}

static void nonsense_is_a_usage_error(void **state)
{
	assert_string_equal(matches("group:x"), "usage");
	assert_string_equal(matches("group:"), "usage");
	assert_string_equal(matches("id:8086"), "usage");
	assert_string_equal(matches("id:8086:10d3:1"), "usage");
	assert_string_equal(matches("id:18086:10d3"), "usage");
	assert_string_equal(matches("class:2"), "usage");
	assert_string_equal(matches("driver:"), "usage");
}

static void what_is_not_there_is_no_match(void **state)
{
	assert_string_equal(matches("group:77"), "no_match");
	assert_string_equal(matches("eth7"), "no_match");
	assert_string_equal(matches(""), "no_match");
	assert_string_equal(matches("id:ffff:ffff"), "no_match");
}

static void near_names_are_offered(void **state)
{
	bool chosen[16] = {0};
	struct selection selection = {system_, chosen};
	struct error error = {0};

	assert_true(select_devices(&selection, "ehh0", &error) < 0);
	assert_non_null(strstr(error.remedy, "eth0"));
	assert_true(select_devices(&selection, "nothing-like-it", &error) < 0);
	assert_non_null(strstr(error.remedy, "iommuctl show"));
}

UNIT(select)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_a_long_a_short_and_libvirts_form),
		cmocka_unit_test(names_are_taken_as_the_kernel_log_prints_them),
		cmocka_unit_test(
			a_function_that_does_not_exist_leads_to_the_device_that_sends_as_it),
		cmocka_unit_test(no_device_of_another_bus_is_suggested),
		cmocka_unit_test(a_name_may_have_its_bus_in_front),
		cmocka_unit_test(paths_and_links_to_them_name_a_device),
		cmocka_unit_test(what_hangs_off_a_device_names_it),
		cmocka_unit_test(kinds_match_many),
		cmocka_unit_test(nonsense_is_a_usage_error),
		cmocka_unit_test(what_is_not_there_is_no_match),
		cmocka_unit_test(near_names_are_offered),
	};

	return cmocka_run_group_tests(tests, read_tree, free_tree);
}
