/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses of a device's interfaces: addresses, routes, sessions, sockets and RDMA ports, from lines of
 * the network protocol. */
#include "support/check.h"
#include "support/nic.h"

#include <stdio.h>

static void an_address_of_an_interface_that_is_up_is_a_use(void **state)
{
	const struct system *system = nic_read(
		NIC_MACHINE, OWN ETH0_UP "address 2 10.0.0.5/24\naddress 2 fe80::1/64\nend\n", NIC);
	const struct uses *uses = nic_uses(system, NIC);

	nic_assert_counts(uses, 1, 0);
	nic_assert_use(uses, USE_ADDRESS, "eth0", "10.0.0.5/24");
	assert_string_equal(uses->items[0].evidence, "rtnetlink, this network namespace");
	system_free(system);
}

static const char ROUTED[] = "namespace own /proc/self/ns/net this network namespace\n"
			     "interface 2 eth$0 1 0 0 -1 - pci 0000:00:03.0\n"
			     "interface 3 eth1 1 0 0 -1 - pci 0000:00:04.0\n"
			     "address 2 10.0.0.5/24\naddress 2 fe80::1/64\naddress 3 10.0.3.5/24\n"
			     "route 2 10.0.0.1\nway 2 default via 10.0.0.1\n"
			     "way 2 10.1.0.0/16 via 10.0.0.2 metric 5\nway 2 10.2.0.0/16\n"
			     "way 3 10.3.0.0/16\n";

static void routes_of_an_interface_with_an_address_are_uses(void **state)
{
	_autofree_ char *lines = NULL;
	const struct system *system;
	const struct uses *uses;

	assert_true(asprintf(&lines, "%send\n", ROUTED) > 0);
	system = nic_read(NIC_MACHINE, lines, NIC);
	uses = nic_uses(system, NIC);
	nic_assert_counts(uses, 4, 0);
	nic_assert_use(uses, USE_DEFAULT_ROUTE, "eth$0", "default via 10.0.0.1");
	nic_assert_use(uses, USE_ROUTE, "eth$0", "10.1.0.0/16 via 10.0.0.2 metric 5");
	nic_assert_use(uses, USE_ROUTE, "eth$0", "10.2.0.0/16");
	system_free(system);
}

static void assert_settings(const char *lines, const char *const *expected, size_t count)
{
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);
	const struct uses *uses = nic_uses(system, NIC);

	assert_int_equal(uses->setting_count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(uses->settings[i], expected[i]);
	system_free(system);
}

static void the_commands_that_set_them_again_are_in_working_order(void **state)
{
	static const char *const expected[] = {
		"ip link set 'eth$0' up",
		"ip address add 10.0.0.5/24 dev 'eth$0'",
		"ip route add 10.2.0.0/16 dev 'eth$0'",
		"ip route add default via 10.0.0.1 dev 'eth$0'",
		"ip route add 10.1.0.0/16 via 10.0.0.2 metric 5 dev 'eth$0'",
		"# there are more than 4096 routes: the others were not kept",
	};
	_autofree_ char *lines = NULL;

	assert_true(asprintf(&lines, "%sunseen way there are more than 4096 routes\nend\n",
			     ROUTED) > 0);
	assert_settings(lines, expected, ARRAY_SIZE(expected));
	assert_settings(OWN ETH0_UP "address 2 fe80::1/64\nend\n", NULL, 0);
}

static void a_port_gets_its_master_back_before_it_is_up(void **state)
{
	static const char lines[] = OWN "interface 2 eth0 1 5 0 -1 - pci 0000:00:03.0\n"
					"interface 5 br?0 1 0 0 -1 bridge - -\nend\n";
	static const char *const masters[] = {"ip link set eth0 master 'br?0'",
					      "ip link set eth0 up"};

	assert_settings(lines, masters, ARRAY_SIZE(masters));
}

static void interfaces_that_go_with_it_are_named(void **state)
{
	static const char *const expected[] = {
		"# eth0.7 (vlan) was stacked on eth0 and was deleted with it: make it again",
		"ip link set eth0 up",
		"ip address add 10.0.0.5/24 dev eth0",
	};

	assert_settings(OWN ETH0_UP "interface 3 eth0.7 1 0 2 -1 vlan - -\n"
				    "address 2 10.0.0.5/24\nend\n",
			expected, ARRAY_SIZE(expected));
}

static void an_interface_that_is_down_is_free_even_with_an_address(void **state)
{
	const struct system *system =
		nic_read(NIC_MACHINE, OWN ETH0_DOWN "address 2 10.0.0.5/24\nend\n", NIC);

	nic_assert_counts(nic_uses(system, NIC), 0, 0);
	system_free(system);
}

static void up_with_a_link_local_address_alone_is_up(void **state)
{
	const struct system *system =
		nic_read(NIC_MACHINE, OWN ETH0_UP "address 2 fe80::1/64\nend\n", NIC);
	const struct uses *uses = nic_uses(system, NIC);

	nic_assert_counts(uses, 1, 0);
	nic_assert_use(uses, USE_LINK_UP, "eth0", "up, without an address of its own");
	system_free(system);
}

static void the_interface_of_a_virtio_function_hangs_off_the_pci_device(void **state)
{
	static const char lines[] = OWN ETH0_UP "interface 3 eth1 1 0 0 -1 - virtio virtio0\n"
						"address 3 fd00::2/64\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, OTHER_NIC);
	const struct uses *uses = nic_uses(system, OTHER_NIC);

	nic_assert_counts(uses, 1, 0);
	nic_assert_use(uses, USE_ADDRESS, "eth1", "fd00::2/64");
	system_free(system);
}

static void without_a_parent_sysfs_tells_the_device_of_our_own_interfaces(void **state)
{
	const struct system *system =
		nic_read(NIC_MACHINE,
			 OWN "interface 2 eth0 1 0 0 -1 - - -\naddress 2 10.0.0.5/24\nend\n", NIC);

	nic_assert_use(nic_uses(system, NIC), USE_ADDRESS, "eth0", "10.0.0.5/24");
	system_free(system);
}

static void a_session_to_another_interface_is_no_use_of_this_one(void **state)
{
	static const char lines[] = "session 10.0.0.5 /proc/net/tcp sshd\n" OWN ETH0_UP
				    "interface 3 eth1 1 0 0 -1 - virtio virtio0\n"
				    "address 2 10.0.0.50/24\naddress 3 10.0.0.5/24\nend\n";
	const struct system *system = nic_read(NIC_MACHINE, lines, NIC);

	nic_assert_counts(nic_uses(system, NIC), 1, 0);
	system_free(system);
}

static void sockets_without_an_address_are_uses(void **state)
{
	static const char pppoe[] = ETH0_DOWN "use 2 /proc/self/net/pppoe 1 PPPoE sessions\n";
	static const char xdp[] = ETH0_DOWN "use 2 sock_diag 4 AF_XDP sockets\n";
	static const char packet[] =
		ETH0_DOWN "listener 2 /proc/self/net/packet 2 packet sockets\n";
	static const char above[] = ETH0_DOWN "interface 4 vlan4 0 0 2 -1 vlan - -\n"
					      "use 4 /proc/self/net/pppoe 1 PPPoE sessions\n";

	nic_expect_use_of_eth0(pppoe, "", USE_PROTOCOL, "1 PPPoE sessions");
	nic_expect_use_of_eth0(xdp, "", USE_PROTOCOL, "4 AF_XDP sockets");
	nic_expect_use_of_eth0(packet, "", USE_LISTENER, "2 packet sockets");
	nic_expect_use_of_eth0(above, "", USE_PROTOCOL, "1 PPPoE sessions on vlan4");
	nic_expect_use_of_eth0(ETH0_DOWN "interface 3 eth3 1 0 0 -1 - - -\n"
					 "use 3 /proc/self/net/pppoe 1 PPPoE sessions\n",
			       "", USE_PROTOCOL, NULL);
}

static void the_kernels_own_traffic_is_a_use(void **state)
{
	static const char net[] = ETH0_UP "address 2 10.0.0.5/24\n";

	nic_expect_use_of_eth0(ETH0_DOWN,
			       "/sys/kernel/config/netconsole/log/enabled = 1\n"
			       "/sys/kernel/config/netconsole/log/dev_name = eth0\n",
			       USE_PROTOCOL, "netconsole (log)");
	nic_expect_use_of_eth0(ETH0_DOWN,
			       "/proc/cmdline = quiet netconsole=@10.0.0.2/eth0,@10.0.0.1/\n",
			       USE_PROTOCOL, "netconsole");
	nic_expect_use_of_eth0(ETH0_DOWN, "/sys/block/etherd!e1.1/netif = eth9,eth0\n",
			       USE_PROTOCOL, "the disk etherd!e1.1 (AoE)");
	nic_expect_use_of_eth0(ETH0_DOWN,
			       "/sys/class/fc_host/host3/symbolic_name = fcoe v0.1 over eth0\n",
			       USE_PROTOCOL, "host3 (FCoE)");
	nic_expect_use_of_eth0(net,
			       "/sys/devices/virtual/nvme-fabrics/ctl/nvme4/transport = "
			       "tcp\n/sys/devices/virtual/nvme-fabrics/ctl/nvme4/address = "
			       "traddr=10.0.0.1,trsvcid=4420,src_addr=10.0.0.5\n",
			       USE_PROTOCOL, "the connection of nvme4 (NVMe over tcp)");
	nic_expect_use_of_eth0(net, "/sys/class/iscsi_host/host5/ipaddress = 10.0.0.5\n",
			       USE_PROTOCOL, "the connection of host5 (iSCSI)");
}

static void traffic_of_other_interfaces_is_not(void **state)
{
	nic_expect_use_of_eth0(ETH0_DOWN,
			       "/sys/kernel/config/netconsole/log/enabled = 0\n"
			       "/sys/kernel/config/netconsole/log/dev_name = eth0\n"
			       "/sys/kernel/config/netconsole/on/enabled = 1\n"
			       "/sys/kernel/config/netconsole/on/dev_name = eth01\n"
			       "/proc/consoles = netcon0 -W- (EN  p) \n"
			       "/sys/block/etherd!e1.1/netif = eth01,eth\n"
			       "/sys/class/fc_host/host3/symbolic_name = QLE2562 FW:v8 over\n"
			       "/sys/class/nvme/nvme0/transport = pcie\n"
			       "/sys/class/nvme/nvme0/address = 0000:00:05.0\n"
			       "/sys/devices/virtual/nvme-fabrics/ctl/nvme4/transport = "
			       "tcp\n/sys/devices/virtual/nvme-fabrics/ctl/nvme4/address = "
			       "traddr=10.0.0.5,trsvcid=4420,src_addr=10.0.0.55\n"
			       "/sys/class/iscsi_host/host5/ipaddress = 10.0.0.6\n",
			       USE_PROTOCOL, NULL);
}

static void a_netconsole_that_does_not_say_its_interface_may_be_on_any(void **state)
{
	_autofree_ char *machine = NULL;
	const struct system *system;

	assert_true(asprintf(&machine, "%s/proc/consoles = netcon0 -W- (EN  p) \n", NIC_MACHINE) >
		    0);
	system = nic_read(machine, OWN ETH0_UP "address 2 10.0.0.5/24\nend\n", NIC);
	nic_assert_blind(nic_uses(system, NIC), USE_PROTOCOL, "netconsole");
	system_free(system);
	/* AF_XDP sockets of a kernel that only counts them may also use it. */
	system = nic_read(NIC_MACHINE,
			  OWN ETH0_UP "unseen protocol 1 AF_XDP sockets\n"
				      "address 2 10.0.0.5/24\nend\n",
			  NIC);
	nic_assert_blind(nic_uses(system, NIC), USE_PROTOCOL, "AF_XDP");
	system_free(system);
	system = nic_read(machine, OWN ETH0_DOWN "end\n", NIC);
	nic_assert_counts(nic_uses(system, NIC), 0, 0);
	system_free(system);
}

static void an_active_rdma_port_is_a_use(void **state)
{
	static const char machine[] =
		"pci 0000:00:03.0 in pci0000:00 group=1 driver=mlx5_core class=20000\n"
		"pci 0000:00:04.0 in pci0000:00 group=2 driver=mlx5_core class=20000\n"
		"interface infiniband mlx5_0 of " NIC "\n"
		"interface infiniband mlx5_1 of " OTHER_NIC "\n" NIC
		"/infiniband/mlx5_0/ports/1/state = 4: ACTIVE\n" NIC
		"/infiniband/mlx5_0/ports/2/state = 1: DOWN\n" OTHER_NIC
		"/infiniband/mlx5_1/ports/1/state = 2: INIT\n" OTHER_NIC
		"/infiniband/mlx5_1/ports/2/\n";
	const struct system *system = nic_read(machine, OWN "end\n", NIC);
	const struct uses *uses = nic_uses(system, NIC);

	nic_assert_counts(uses, 1, 0);
	nic_assert_use(uses, USE_RDMA, "mlx5_0", "active port 1");
	assert_string_equal(uses->items[0].evidence, NIC "/infiniband/mlx5_0/ports/1/state");
	system_free(system);
	system = nic_read(machine, OWN "end\n", OTHER_NIC);
	nic_assert_counts(nic_uses(system, OTHER_NIC), 0, 1);
	nic_assert_blind(nic_uses(system, OTHER_NIC), USE_RDMA, "ports/2/state");
	system_free(system);
}

UNIT(network_addresses)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_of_an_interface_that_is_up_is_a_use),
		cmocka_unit_test(routes_of_an_interface_with_an_address_are_uses),
		cmocka_unit_test(the_commands_that_set_them_again_are_in_working_order),
		cmocka_unit_test(a_port_gets_its_master_back_before_it_is_up),
		cmocka_unit_test(interfaces_that_go_with_it_are_named),
		cmocka_unit_test(an_interface_that_is_down_is_free_even_with_an_address),
		cmocka_unit_test(up_with_a_link_local_address_alone_is_up),
		cmocka_unit_test(the_interface_of_a_virtio_function_hangs_off_the_pci_device),
		cmocka_unit_test(without_a_parent_sysfs_tells_the_device_of_our_own_interfaces),
		cmocka_unit_test(a_session_to_another_interface_is_no_use_of_this_one),
		cmocka_unit_test(sockets_without_an_address_are_uses),
		cmocka_unit_test(the_kernels_own_traffic_is_a_use),
		cmocka_unit_test(traffic_of_other_interfaces_is_not),
		cmocka_unit_test(a_netconsole_that_does_not_say_its_interface_may_be_on_any),
		cmocka_unit_test(an_active_rdma_port_is_a_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
