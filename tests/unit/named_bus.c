/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buses without groups are read where a selector names one of their devices. */
#include "model/facts.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <string.h>

static const char TREE[] =
	"/sys/kernel/iommu_groups/\n"
	"/proc/sys/kernel/osrelease = 6.12.0\n"
	"pci 0000:00:02.0 in pci0000:00 driver=e1000e\n"
	"interface net eth0 of /sys/devices/pci0000:00/0000:00:02.0\n"
	"/sys/bus/vmbus/devices/aa-bb -> ../../../devices/LNXSYSTM:00/VMBUS:00/aa-bb\n"
	"/sys/devices/LNXSYSTM:00/VMBUS:00/aa-bb/uevent = DRIVER=hv_netvsc\n"
	"interface net eth1 of /sys/devices/LNXSYSTM:00/VMBUS:00/aa-bb\n"
	"/sys/bus/vmbus/devices/cc-dd -> ../../../devices/LNXSYSTM:00/VMBUS:00/cc-dd\n"
	"/sys/devices/LNXSYSTM:00/VMBUS:00/cc-dd/uevent = DRIVER=hv_utils\n";

/* The names of the devices that a reading for that selector has; NULL: without a selector. */
static void expect_devices_with(unsigned facts, const char *selector, const char *wanted)
{
	const char *const selectors[] = {selector, NULL};
	char *dir = tree_new(TREE);
	const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char names[256] = "";

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(system_read_selected(root, facts, selectors, NULL, &system, &error), 0);
	for (size_t i = 0; i < system->device_count; i++) {
		strcat(names, system->devices[i]->name);
		strcat(names, " ");
	}
	assert_string_equal(names, wanted);
	system_free(system);
	tree_remove(dir);
}

static void expect_devices(const char *selector, const char *wanted)
{
	expect_devices_with(FACT_IDS, selector, wanted);
}

static void a_bus_without_groups_is_left_out(void **state)
{
	expect_devices(NULL, "0000:00:02.0 ");
	expect_devices("0000:00:02.0", "0000:00:02.0 ");
	expect_devices("eth0", "0000:00:02.0 ");
	expect_devices("eth2", "0000:00:02.0 ");
	expect_devices("driver:hv_netvsc", "0000:00:02.0 ");
}

static void a_device_that_is_named_brings_its_bus(void **state)
{
	expect_devices("aa-bb", "0000:00:02.0 aa-bb cc-dd ");
	expect_devices("vmbus:aa-bb", "0000:00:02.0 aa-bb cc-dd ");
	expect_devices("/sys/devices/LNXSYSTM:00/VMBUS:00/aa-bb", "0000:00:02.0 aa-bb cc-dd ");
}

static void a_device_whose_interface_is_named_brings_its_bus(void **state)
{
	expect_devices("eth1", "0000:00:02.0 aa-bb cc-dd ");
}

/* Facts that need the whole machine still need the devices that the user names. */
static void a_reading_of_the_whole_machine_has_the_named_devices_too(void **state)
{
	expect_devices_with(FACTS_ALL, "aa-bb", "0000:00:02.0 aa-bb cc-dd ");
	expect_devices_with(FACTS_ALL, "eth1", "0000:00:02.0 aa-bb cc-dd ");
	expect_devices_with(FACTS_ALL, "eth0", "0000:00:02.0 ");
}

UNIT(named_bus)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bus_without_groups_is_left_out),
		cmocka_unit_test(a_device_that_is_named_brings_its_bus),
		cmocka_unit_test(a_device_whose_interface_is_named_brings_its_bus),
		cmocka_unit_test(a_reading_of_the_whole_machine_has_the_named_devices_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
