/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/location.h"

#include "support/check.h"

static void only_the_number_of_the_bus_may_differ(void **state)
{
	assert_true(location_same_name("0000:01:00.0", "0000:01:00.0"));
	assert_true(location_same_name("0000:01:00.0", "0000:fe:00.0"));
	assert_true(location_same_name("10000:01:00.0", "10000:02:00.0"));
	assert_false(location_same_name("0000:01:00.0", "0001:01:00.0"));
	assert_false(location_same_name("0000:01:00.0", "0000:01:01.0"));
	assert_false(location_same_name("0000:01:00.0", "0000:01:00.1"));
	assert_false(location_same_name("0000:01:00.0", "10000:01:00.0"));
}

static void other_names_have_no_bus(void **state)
{
	assert_true(location_same_name("virtio0", "virtio0"));
	assert_true(location_same_name("", ""));
	assert_false(location_same_name("pci0000:00", "pci0000:01"));
	assert_false(location_same_name("0000:01:00-0", "0000:02:00-0"));
	assert_false(location_same_name("00001:00.0", "00002:00.0"));
	assert_false(location_same_name("000x:01:00.0", "000x:02:00.0"));
	assert_false(location_same_name("0000:g1:00.0", "0000:g2:00.0"));
	assert_false(location_same_name("0000.01:00.0", "0000.02:00.0"));
	assert_false(location_name_is_pci("1:00.0"));
	assert_false(location_name_is_pci(""));
	assert_true(location_name_is_pci("0000:ff:1f.7"));
}

static void assert_location(const char *path, const char *location)
{
	char text[256];

	location_write(path, text);
	assert_string_equal(text, location);
}

static void a_location_has_no_numbers_of_buses(void **state)
{
	assert_location("/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0",
			"pci0000:00/01.0/00.0");
	assert_location("/sys/devices/pci10000:e0/10000:e0:06.0/10000:e1:00.1",
			"pci10000:e0/06.0/00.1");
	assert_location("/sys/devices/platform/a000000.virtio_mmio",
			"platform/a000000.virtio_mmio");
	assert_location("/odd//0000:01:00.0/", "/odd//00.0/");
	assert_location("", "");
}

static void paths_are_compared_part_by_part(void **state)
{
	assert_true(location_same("/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0",
				  "/sys/devices/pci0000:00/0000:00:01.0/0000:02:00.0"));
	assert_true(location_same("/sys/a/0000:01:00.0/0000:02:00.0/net/eth0",
				  "/sys/a/0000:03:00.0/0000:04:00.0/net/eth0"));
	assert_false(location_same("/sys/a/0000:01:00.0/net/eth0", "/sys/a/0000:01:00.0/net/eth1"));
	assert_false(location_same("/sys/a/0000:01:00.0", "/sys/a/0000:01:00.0/b"));
	assert_false(location_same("/sys/a/0000:01:00.0/b", "/sys/a/0000:01:00.0"));
	assert_false(location_same("/sys/ab/c", "/sys/a/bc"));
	assert_true(location_same("", ""));
}

UNIT(location)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_number_of_the_bus_may_differ),
		cmocka_unit_test(other_names_have_no_bus),
		cmocka_unit_test(a_location_has_no_numbers_of_buses),
		cmocka_unit_test(paths_are_compared_part_by_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
