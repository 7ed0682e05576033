/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When uses of a device's interfaces are unknown, and when no interface can exist. */
#include "support/check.h"
#include "support/nic.h"

#define DISK "/sys/devices/pci0000:00/0000:00:05.0"

static void an_interface_that_nobody_shows_is_not_free(void **state)
{
	static const char lines[] =
		OWN "unseen other /proc/*/ns/net: 3 processes may not be read\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);

	nic_assert_counts(nic_uses(system, NIC), 0, 1);
	nic_assert_blind(nic_uses(system, NIC), USE_NAMESPACE, "3 processes");
	system_free(system);
	/* The folder in sysfs shows that the interface exists, in any namespace. */
	system = nic_read(NIC_MACHINE, OWN "end\n", NIC);
	nic_assert_blind(nic_uses(system, NIC), USE_NAMESPACE, NIC "/net");
	system_free(system);
}

static void gaps_do_not_matter_where_the_interface_was_found(void **state)
{
	static const char lines[] = OWN ETH0_DOWN "unseen other whatever\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);

	nic_assert_counts(nic_uses(system, NIC), 0, 0);
	system_free(system);
}

static void an_interface_elsewhere_that_names_no_device_may_be_anybodys(void **state)
{
	static const char lines[] = OWN BLUE "interface 2 eth0 1 0 0 -1 - - -\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);

	nic_assert_counts(nic_uses(system, NIC), 0, 1);
	nic_assert_blind(nic_uses(system, NIC), USE_NAMESPACE, "eth0 of blue");
	system_free(system);
}

static void a_session_that_could_not_be_looked_for_matters_where_there_are_addresses(void **state)
{
	static const char lines[] =
		"unseen session /proc/7/fd cannot be read\n" OWN ETH0_UP
		"interface 3 eth1 1 0 0 -1 - virtio virtio0\naddress 2 10.0.0.5/24\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);

	nic_assert_counts(nic_uses(system, NIC), 1, 1);
	nic_assert_blind(nic_uses(system, NIC), USE_SESSION, "/proc/7/fd");
	system_free(system);
	system = nic_read(NIC_MACHINE, lines, OTHER_NIC);
	nic_assert_counts(nic_uses(system, OTHER_NIC), 1, 0);
	system_free(system);
}

static void without_rtnetlink_nothing_is_known_of_network_devices(void **state)
{
	static const enum use_kind kinds[] = {USE_ADDRESS,  USE_LINK_UP, USE_DEFAULT_ROUTE,
					      USE_MASTER,   USE_SESSION, USE_NAMESPACE,
					      USE_PROTOCOL, USE_LISTENER};
	const struct system *system = nic_read(NIC_MACHINE, NULL, NIC);

	nic_assert_counts(nic_uses(system, NIC), 0, ARRAY_SIZE(kinds));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		nic_assert_blind(nic_uses(system, NIC), kinds[i], "rtnetlink");
	assert_int_equal(system_source(system, "rtnetlink")->state, SOURCE_ABSENT);
	system_free(system);
}

static void lines_that_end_early_are_no_answer(void **state)
{
	const struct system *system = nic_read(NIC_MACHINE, OWN ETH0_DOWN, NIC);

	nic_assert_blind(nic_uses(system, NIC), USE_ADDRESS, "did not finish");
	system_free(system);
}

static void a_disk_is_not_asked_about_networks(void **state)
{
	const struct system *system = nic_read(NIC_MACHINE, NULL, DISK);

	nic_assert_counts(nic_uses(system, DISK), 0, 0);
	assert_int_equal(system_source(system, "rtnetlink")->state, SOURCE_SKIPPED);
	system_free(system);
}

static void a_network_card_that_vfio_holds_has_no_interface_to_miss(void **state)
{
	static const char machine[] =
		"pci 0000:00:03.0 in pci0000:00 group=1 driver=vfio-pci id=8086:10D3 class=20000\n";
	const struct system *system = nic_read(machine, NULL, NIC);

	nic_assert_counts(nic_uses(system, NIC), 0, 0);
	system_free(system);
}

static void a_network_card_without_a_folder_is_doubted_only_where_something_is_hidden(void **state)
{
	static const char machine[] =
		"pci 0000:00:03.0 in pci0000:00 group=1 driver=e1000e id=8086:10D3 class=20000\n";
	const struct system *system = nic_read(machine, OWN "end\n", NIC);

	nic_assert_counts(nic_uses(system, NIC), 0, 0);
	system_free(system);
	system = nic_read(machine, OWN "unseen other hidden\nend\n", NIC);
	nic_assert_counts(nic_uses(system, NIC), 0, 1);
	system_free(system);
}

UNIT(network_unknown)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interface_that_nobody_shows_is_not_free),
		cmocka_unit_test(gaps_do_not_matter_where_the_interface_was_found),
		cmocka_unit_test(an_interface_elsewhere_that_names_no_device_may_be_anybodys),
		cmocka_unit_test(
			a_session_that_could_not_be_looked_for_matters_where_there_are_addresses),
		cmocka_unit_test(without_rtnetlink_nothing_is_known_of_network_devices),
		cmocka_unit_test(lines_that_end_early_are_no_answer),
		cmocka_unit_test(a_disk_is_not_asked_about_networks),
		cmocka_unit_test(a_network_card_that_vfio_holds_has_no_interface_to_miss),
		cmocka_unit_test(
			a_network_card_without_a_folder_is_doubted_only_where_something_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
