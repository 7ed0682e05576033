/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces on top of a device's interface, and interfaces in other namespaces. */
#include "support/check.h"
#include "support/nic.h"

static void default_routes_through_it_or_interfaces_on_it_are_uses(void **state)
{
	static const char lines[] =
		OWN "interface 2 eth0 1 5 0 -1 - pci 0000:00:03.0\n"
		    "interface 3 eth1 1 0 0 -1 - virtio virtio0\n"
		    "interface 5 br0 1 0 0 -1 bridge - -\n"
		    "route 2 -\nroute 5 10.0.0.1\nroute 3 10.9.9.1\nroute 99 10.8.8.1\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);
	const struct uses *uses = nic_uses(system, NIC);

	nic_assert_counts(uses, 4, 0);
	nic_assert_use(uses, USE_DEFAULT_ROUTE, "eth0", "default");
	nic_assert_use(uses, USE_DEFAULT_ROUTE, "eth0", "default via 10.0.0.1 on br0");
	nic_assert_use(uses, USE_MASTER, "eth0", "br0 (bridge)");
	nic_assert_use(uses, USE_LINK_UP, "eth0", "up, without an address of its own");
	system_free(system);
}

static void a_session_is_found_through_a_vlan_on_a_bond(void **state)
{
	static const char lines[] =
		"session 10.0.0.5 /proc/net/tcp sshd (process 7), port 22, from 10.0.0.9\n" OWN
		"interface 2 eth0 1 4 0 -1 - pci 0000:00:03.0\n"
		"interface 3 eth1 1 4 0 -1 - virtio virtio0\n"
		"interface 4 bond0 1 0 0 -1 bond - -\n"
		"interface 6 bond0.10 1 0 4 -1 vlan - -\n"
		"address 6 10.0.0.5/24\nroute 6 10.0.0.1\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, OTHER_NIC);
	const struct uses *uses = nic_uses(system, OTHER_NIC);

	nic_assert_counts(uses, 4, 0);
	nic_assert_use(uses, USE_SESSION, "eth1", "sshd (process 7), port 22, from 10.0.0.9");
	nic_assert_use(uses, USE_MASTER, "eth1", "bond0 (bond)");
	nic_assert_use(uses, USE_DEFAULT_ROUTE, "eth1", "default via 10.0.0.1 on bond0.10");
	system_free(system);
}

static void addresses_of_an_ovs_switch_are_on_an_interface_that_no_port_names(void **state)
{
	static const char lines[] = "session 10.0.0.5 /proc/net/tcp sshd\n" OWN
				    "interface 2 eth0 1 4 0 -1 - pci 0000:00:03.0\n"
				    "interface 3 br-ex 1 0 0 -1 openvswitch - -\n"
				    "interface 4 ovs-system 0 0 0 -1 openvswitch - -\n"
				    "address 3 10.0.0.5/24\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);
	const struct uses *uses = nic_uses(system, NIC);

	nic_assert_use(uses, USE_MASTER, "eth0", "ovs-system (openvswitch)");
	nic_assert_use(uses, USE_SESSION, "eth0", "sshd");
	system_free(system);
}

/* A VLAN on an internal port of the switch has the address; the switch of "blue" is another one. */
static void a_switch_reaches_what_is_stacked_on_its_ports_in_its_namespace(void **state)
{
#define SWITCH "interface 4 ovs-system 0 0 0 -1 openvswitch - -\n"
	static const char lines[] =
		"session 10.0.0.5 /proc/net/tcp sshd\nsession 10.7.0.5 /proc/net/tcp other\n" OWN
		"interface 2 eth0 1 4 0 -1 - pci 0000:00:03.0\n"
		"interface 3 tap0 1 0 0 -1 openvswitch - -\n" SWITCH
		"interface 5 br-ex 1 0 0 -1 openvswitch - -\n"
		"interface 6 br-ex.7 1 0 5 -1 vlan - -\n"
		"address 6 10.0.0.5/24\nend\n" BLUE SWITCH
		"interface 5 br-in 1 0 0 -1 openvswitch - -\naddress 5 10.7.0.5/24\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);
	const struct uses *uses = nic_uses(system, NIC);
	size_t sessions = 0;

	nic_assert_use(uses, USE_SESSION, "eth0", "sshd");
	for (size_t i = 0; i < uses->count; i++)
		sessions += uses->items[i].kind == USE_SESSION;
	assert_int_equal(sessions, 1);
	system_free(system);
}

static void an_interface_that_is_up_in_another_namespace_is_in_use(void **state)
{
	const struct system *system =
		nic_read(NIC_MACHINE, OWN BLUE ETH0_UP "address 2 10.0.0.5/24\nend\n", NIC);
	const struct uses *uses = nic_uses(system, NIC);

	nic_assert_counts(uses, 1, 0);
	nic_assert_use(uses, USE_NAMESPACE, "eth0", "blue");
	assert_string_equal(uses->items[0].evidence,
			    "rtnetlink, network namespace /run/netns/blue");
	system_free(system);
}

static void an_interface_of_another_namespace_is_in_use_though_it_is_down(void **state)
{
	const struct system *system = nic_read(NIC_MACHINE, OWN BLUE ETH0_DOWN "end\n", NIC);

	nic_assert_counts(nic_uses(system, NIC), 1, 0);
	nic_assert_use(nic_uses(system, NIC), USE_NAMESPACE, "eth0", "blue");
	system_free(system);
}

static void an_upper_link_of_sysfs_means_a_stacked_interface(void **state)
{
	static const char lines[] = ETH0_DOWN "interface 5 hsr0 1 0 0 -1 hsr - -\n"
					      "interface 6 br0 1 0 0 -1 bridge - -\n"
					      "interface 7 free0 1 0 0 -1 dummy - -\n"
					      "route 6 10.0.0.1\nroute 7 10.0.0.1\n";
	static const char files[] = NIC "/net/eth0/upper_hsr0 -> ../../../../virtual/net/hsr0\n"
					"/sys/class/net/hsr0/upper_br0 -> ../br0\n"
					"/sys/class/net/free0/upper_eth0 -> ../eth0\n";

	nic_expect_use_of_eth0(lines, files, USE_MASTER, "hsr0 (hsr)");
	nic_expect_use_of_eth0(lines, files, USE_DEFAULT_ROUTE, "default via 10.0.0.1 on br0");
	nic_expect_use_of_eth0(ETH0_DOWN, files, USE_MASTER, NULL);
}

/* rtnetlink reports the bond and the VLAN; of the HSR interface only sysfs has a link. */
static void an_upper_link_of_something_stacked_on_it_counts_too(void **state)
{
	static const char lines[] = "interface 2 eth0 1 4 0 -1 - pci 0000:00:03.0\n"
				    "interface 4 bond0 1 0 0 -1 bond - -\n"
				    "interface 5 bond0.7 1 0 4 -1 vlan - -\n"
				    "interface 6 hsr0 1 0 0 -1 hsr - -\nroute 6 10.0.0.1\n";
	static const char files[] = NIC "/net/eth0/upper_bond0 -> ../../../../virtual/net/bond0\n"
					"/sys/class/net/bond0/upper_bond0.7 -> ../bond0.7\n"
					"/sys/class/net/bond0.7/upper_hsr0 -> ../hsr0\n";

	nic_expect_use_of_eth0(lines, files, USE_DEFAULT_ROUTE, "default via 10.0.0.1 on hsr0");
}

static void something_stacked_on_it_in_another_namespace_is_a_use(void **state)
{
	static const char lines[] =
		OWN BLUE ETH0_DOWN "interface 3 eth0.7 0 0 2 -1 vlan - -\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);

	nic_assert_use(nic_uses(system, NIC), USE_NAMESPACE, "eth0", "blue");
	system_free(system);
}

/* LOWER 2 means this interface only if NSID is the number of the namespace of this process. */
static void a_container_on_an_interface_of_the_host_is_distinguished(void **state)
{
	static const char lines[] = OWN ETH0_DOWN BLUE
		"interface 8 mv0 1 0 2 3 macvlan - -\n"
		"interface 9 veth0 1 0 2 4 veth - -\n"
		"interface 2 dummy0 1 0 0 -1 dummy - -\ninterface 7 mv1 1 0 2 -1 macvlan - -\n"
		"ours 3\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);
	const struct uses *uses = nic_uses(system, NIC);

	nic_assert_counts(uses, 1, 0);
	nic_assert_use(uses, USE_MASTER, "eth0", "mv0 (macvlan) in blue");
	system_free(system);
}

static void stacks_that_lead_round_in_circles_end(void **state)
{
	static const char lines[] = OWN "interface 2 eth0 1 4 4 -1 - pci 0000:00:03.0\n"
					"interface 4 loop 1 2 2 -1 bridge - -\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);

	nic_assert_use(nic_uses(system, NIC), USE_MASTER, "eth0", "loop (bridge)");
	system_free(system);
}

UNIT(network_stacks)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_routes_through_it_or_interfaces_on_it_are_uses),
		cmocka_unit_test(a_session_is_found_through_a_vlan_on_a_bond),
		cmocka_unit_test(addresses_of_an_ovs_switch_are_on_an_interface_that_no_port_names),
		cmocka_unit_test(a_switch_reaches_what_is_stacked_on_its_ports_in_its_namespace),
		cmocka_unit_test(an_interface_that_is_up_in_another_namespace_is_in_use),
		cmocka_unit_test(an_interface_of_another_namespace_is_in_use_though_it_is_down),
		cmocka_unit_test(an_upper_link_of_sysfs_means_a_stacked_interface),
		cmocka_unit_test(an_upper_link_of_something_stacked_on_it_counts_too),
		cmocka_unit_test(something_stacked_on_it_in_another_namespace_is_a_use),
		cmocka_unit_test(a_container_on_an_interface_of_the_host_is_distinguished),
		cmocka_unit_test(stacks_that_lead_round_in_circles_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
