/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical functions and their virtual functions: counts, switch, addresses of interfaces. */
#include "model/sriov.h"

#include "model/facts.h"
#include "support/check.h"
#include "support/hang.h"

#include <stdio.h>
#include <string.h>

#define PF "/sys/devices/pci0000:00/0000:01:00.0"
#define CARD "pci 0000:01:00.0 in pci0000:00\npci 0000:01:10.0 in pci0000:00\n"
#define FUNCTION PF "/virtfn0 -> ../0000:01:10.0\n"
#define ATTRIBUTES \
	PF "/sriov_totalvfs = 63\n" PF "/sriov_numvfs = 1\n" PF "/sriov_drivers_autoprobe = 0\n"

static const struct sriov *sriov_of(const struct system *system, const char *label)
{
	return find_device(system, label)->sriov;
}

static void a_device_without_the_capability_is_no_physical_function(void **state)
{
	_autosystem_ const struct system *system = snapshot(CARD FUNCTION ATTRIBUTES, FACT_SRIOV);

	assert_null(sriov_of(system, "0000:01:10.0"));
	assert_non_null(sriov_of(system, "0000:01:00.0"));
	assert_int_equal(system_source(system, "sriov")->state, SOURCE_READ);
}

static void nothing_is_read_that_is_not_asked_for(void **state)
{
	_autosystem_ const struct system *system = snapshot(CARD FUNCTION ATTRIBUTES, FACT_DETAILS);

	assert_null(sriov_of(system, "0000:01:00.0"));
	assert_null(system_source(system, "sriov"));
}

static void counts_switch_and_functions_are_those_of_sysfs(void **state)
{
	_autosystem_ const struct system *system = snapshot(CARD FUNCTION ATTRIBUTES, FACT_SRIOV);
	const struct sriov *sriov = sriov_of(system, "0000:01:00.0");

	assert_int_equal(sriov->total, 63);
	assert_int_equal(sriov->count, 1);
	assert_int_equal(sriov->autoprobe, ANSWER_NO);
	assert_int_equal(sriov->function_count, 1);
	assert_string_equal(sriov->functions[0].path, "/sys/devices/pci0000:00/0000:01:10.0");
	assert_null(sriov->functions[0].mac);
}

static void a_function_has_the_address_of_its_interface(void **state)
{
	static const char address[] =
		"interface net eth3 of /sys/devices/pci0000:00/0000:01:10.0\n"
		"/sys/devices/pci0000:00/0000:01:10.0/net/eth3/address = 52:54:00:aa:bb:cc\n";
	static const char private[] = "interface net eth3 of /sys/devices/pci0000:00/0000:01:10.0\n"
				      "/sys/devices/pci0000:00/0000:01:10.0/net/eth3/address = \n";
	char text[1024];

	for (size_t i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), "%s%s", CARD FUNCTION ATTRIBUTES,
			 i ? private : address);
		_autosystem_ const struct system *system = snapshot(text, FACT_SRIOV);
		const char *mac = sriov_of(system, "0000:01:00.0")->functions[0].mac;

		if (i)
			assert_null(mac);
		else
			assert_string_equal(mac, "52:54:00:aa:bb:cc");
	}
}

static void numbers_that_are_none_are_unknown(void **state)
{
	_autosystem_ const struct system *system =
		snapshot(CARD PF "/sriov_totalvfs = 65536\n" PF "/sriov_numvfs = x\n" PF
				 "/sriov_drivers_autoprobe = on\n",
			 FACT_SRIOV);
	const struct sriov *sriov = sriov_of(system, "0000:01:00.0");

	assert_int_equal(sriov->total, -1);
	assert_int_equal(sriov->count, -1);
	assert_int_equal(sriov->autoprobe, ANSWER_UNKNOWN);
}

static void a_total_that_cannot_be_read_is_unknown_and_told(void **state)
{
	_autosystem_ const struct system *system =
		snapshot(CARD ATTRIBUTES "/iommuctl/unreadable = " PF "/sriov_totalvfs\\tdenied\n",
			 FACT_SRIOV);

	assert_int_equal(sriov_of(system, "0000:01:00.0")->total, -1);
	assert_int_equal(system_source(system, "sriov")->state, SOURCE_PARTIAL);
}

static void a_count_behind_a_held_lock_is_unknown_and_told(void **state)
{
	const struct system *system;

	hang_at(PF "/sriov_numvfs");
	system = snapshot(CARD FUNCTION ATTRIBUTES, FACT_SRIOV);
	hang_nowhere();
	assert_int_equal(sriov_of(system, "0000:01:00.0")->total, 63);
	assert_int_equal(sriov_of(system, "0000:01:00.0")->count, -1);
	assert_int_equal(system_source(system, "sriov")->state, SOURCE_PARTIAL);
	assert_non_null(strstr(system_source(system, "sriov")->detail, PF "/sriov_numvfs"));
	system_free(system);
}

UNIT(sriov)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_without_the_capability_is_no_physical_function),
		cmocka_unit_test(nothing_is_read_that_is_not_asked_for),
		cmocka_unit_test(counts_switch_and_functions_are_those_of_sysfs),
		cmocka_unit_test(a_function_has_the_address_of_its_interface),
		cmocka_unit_test(numbers_that_are_none_are_unknown),
		cmocka_unit_test(a_total_that_cannot_be_read_is_unknown_and_told),
		cmocka_unit_test(a_count_behind_a_held_lock_is_unknown_and_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
