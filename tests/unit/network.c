/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses of a device's interfaces, from lines of the network protocol. */
#include "sources/network/network.h"
#include "sources/network/network_words.h"
#include "sources/network/rtnetlink.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define NIC "/sys/devices/pci0000:00/0000:00:03.0"
#define OTHER_NIC "/sys/devices/pci0000:00/0000:00:04.0"
#define DISK "/sys/devices/pci0000:00/0000:00:05.0"

static const char MACHINE[] =
	"pci 0000:00:03.0 in pci0000:00 group=1 driver=e1000e id=8086:10D3 class=20000\n"
	"pci 0000:00:04.0 in pci0000:00 group=2 driver=virtio-pci id=1AF4:1041 class=20000\n"
	"pci 0000:00:05.0 in pci0000:00 group=3 driver=nvme id=144D:A808 class=10802\n"
	"interface net eth0 of " NIC "\n"
	"interface net eth1 of " OTHER_NIC "/virtio0\n"
	"/sys/bus/virtio/devices/virtio0 -> ../../../devices/pci0000:00/0000:00:04.0/virtio0\n";

#define OWN "namespace own /proc/self/ns/net this network namespace\n"
#define BLUE "namespace other /run/netns/blue blue\n"
/* 1: IFF_UP. */
#define ETH0_UP "interface 2 eth0 1 0 0 -1 - pci 0000:00:03.0\n"
#define ETH0_DOWN "interface 2 eth0 0 0 0 -1 - pci 0000:00:03.0\n"

/* The device at @path as the sources read it on a machine with these network lines. */
static const struct system *look_at(const char *machine, const char *lines, const char *path)
{
	const struct focus focus = {.paths = &path, .count = 1};
	const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	_autofree_ char *file = NULL;
	struct error error = {0};
	char *dir = tree_new(machine);
	FILE *out;

	if (lines) {
		tree_unpack("/iommuctl/\n", dir);
		assert_true(asprintf(&file, "%s%s", dir, CAPTURED_NETWORK) > 0);
		out = fopen(file, "w");
		assert_non_null(out);
		fputs(lines, out);
		fclose(out);
	}
	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(system_read_about(root, FACT_USES, &focus, &system, &error), 0);
	tree_remove(dir);
	return system;
}

static const struct uses *uses_of(const struct system *system, const char *path)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (strcmp(system->devices[i]->path, path) == 0)
			return system->devices[i]->uses;
	fail_msg("no device at %s", path);
	return NULL;
}

static bool same(const struct use *use, enum use_kind kind, const char *node, const char *user)
{
	return use->kind == kind && strcmp(use->node, node) == 0 && strcmp(use->user, user) == 0;
}

/* True for kinds of use that the network source finds. */
static bool is_ours(enum use_kind kind)
{
	return (kind >= USE_ADDRESS && kind <= USE_NAMESPACE) || kind == USE_RDMA;
}

static void assert_use(const struct uses *uses, enum use_kind kind, const char *node,
		       const char *user)
{
	for (size_t i = 0; i < uses->count; i++)
		if (same(&uses->items[i], kind, node, user))
			return;
	for (size_t i = 0; i < uses->count; i++)
		print_message("use %d: %s, %s\n", (int)uses->items[i].kind, uses->items[i].node,
			      uses->items[i].user);
	fail_msg("no use %d of %s by %s", (int)kind, node, user);
}

static void assert_counts(const struct uses *uses, size_t count, size_t blind)
{
	size_t used = 0, unseen = 0;

	assert_non_null(uses);
	for (size_t i = 0; i < uses->count; i++)
		used += is_ours(uses->items[i].kind);
	for (size_t i = 0; i < uses->blind_count; i++)
		unseen += is_ours(uses->blind[i].kind);
	assert_int_equal(used, count);
	assert_int_equal(unseen, blind);
}

static void assert_blind(const struct uses *uses, enum use_kind kind, const char *words)
{
	for (size_t i = 0; i < uses->blind_count; i++)
		if (uses->blind[i].kind == kind && strstr(uses->blind[i].why, words))
			return;
	fail_msg("not blind for %d because of %s", (int)kind, words);
}

static void an_address_of_an_interface_that_is_up_is_a_use(void **state)
{
	const struct system *system = look_at(
		MACHINE, OWN ETH0_UP "address 2 10.0.0.5/24\naddress 2 fe80::1/64\nend\n", NIC);
	const struct uses *uses = uses_of(system, NIC);

	assert_counts(uses, 1, 0);
	assert_use(uses, USE_ADDRESS, "eth0", "10.0.0.5/24");
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
	system = look_at(MACHINE, lines, NIC);
	uses = uses_of(system, NIC);
	assert_counts(uses, 4, 0);
	assert_use(uses, USE_DEFAULT_ROUTE, "eth$0", "default via 10.0.0.1");
	assert_use(uses, USE_ROUTE, "eth$0", "10.1.0.0/16 via 10.0.0.2 metric 5");
	assert_use(uses, USE_ROUTE, "eth$0", "10.2.0.0/16");
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
	const struct system *system;
	const struct uses *uses;

	assert_true(asprintf(&lines, "%sunseen way there are more than 4096 routes\nend\n",
			     ROUTED) > 0);
	system = look_at(MACHINE, lines, NIC);
	uses = uses_of(system, NIC);
	assert_int_equal(uses->setting_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < uses->setting_count; i++)
		assert_string_equal(uses->settings[i], expected[i]);
	system_free(system);
	system = look_at(MACHINE, OWN ETH0_UP "address 2 fe80::1/64\nend\n", NIC);
	assert_int_equal(uses_of(system, NIC)->setting_count, 0);
	system_free(system);
}

static void an_interface_that_is_down_is_free_even_with_an_address(void **state)
{
	const struct system *system =
		look_at(MACHINE, OWN ETH0_DOWN "address 2 10.0.0.5/24\nend\n", NIC);

	assert_counts(uses_of(system, NIC), 0, 0);
	system_free(system);
}

static void up_with_a_link_local_address_alone_is_up(void **state)
{
	const struct system *system =
		look_at(MACHINE, OWN ETH0_UP "address 2 fe80::1/64\nend\n", NIC);
	const struct uses *uses = uses_of(system, NIC);

	assert_counts(uses, 1, 0);
	assert_use(uses, USE_LINK_UP, "eth0", "up, without an address of its own");
	system_free(system);
}

static void the_interface_of_a_virtio_function_hangs_off_the_pci_device(void **state)
{
	static const char lines[] = OWN ETH0_UP "interface 3 eth1 1 0 0 -1 - virtio virtio0\n"
						"address 3 fd00::2/64\nend\n";
	const struct system *system = look_at(MACHINE, lines, OTHER_NIC);
	const struct uses *uses = uses_of(system, OTHER_NIC);

	assert_counts(uses, 1, 0);
	assert_use(uses, USE_ADDRESS, "eth1", "fd00::2/64");
	system_free(system);
}

static void without_a_parent_sysfs_tells_the_device_of_our_own_interfaces(void **state)
{
	const struct system *system = look_at(
		MACHINE, OWN "interface 2 eth0 1 0 0 -1 - - -\naddress 2 10.0.0.5/24\nend\n", NIC);

	assert_use(uses_of(system, NIC), USE_ADDRESS, "eth0", "10.0.0.5/24");
	system_free(system);
}

static void default_routes_through_it_or_interfaces_on_it_are_uses(void **state)
{
	static const char lines[] =
		OWN "interface 2 eth0 1 5 0 -1 - pci 0000:00:03.0\n"
		    "interface 3 eth1 1 0 0 -1 - virtio virtio0\n"
		    "interface 5 br0 1 0 0 -1 bridge - -\n"
		    "route 2 -\nroute 5 10.0.0.1\nroute 3 10.9.9.1\nroute 99 10.8.8.1\nend\n";
	const struct system *system = look_at(MACHINE, lines, NIC);
	const struct uses *uses = uses_of(system, NIC);

	assert_counts(uses, 4, 0);
	assert_use(uses, USE_DEFAULT_ROUTE, "eth0", "default");
	assert_use(uses, USE_DEFAULT_ROUTE, "eth0", "default via 10.0.0.1 on br0");
	assert_use(uses, USE_MASTER, "eth0", "br0 (bridge)");
	assert_use(uses, USE_LINK_UP, "eth0", "up, without an address of its own");
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
	const struct system *system = look_at(MACHINE, lines, OTHER_NIC);
	const struct uses *uses = uses_of(system, OTHER_NIC);

	assert_counts(uses, 4, 0);
	assert_use(uses, USE_SESSION, "eth1", "sshd (process 7), port 22, from 10.0.0.9");
	assert_use(uses, USE_MASTER, "eth1", "bond0 (bond)");
	assert_use(uses, USE_DEFAULT_ROUTE, "eth1", "default via 10.0.0.1 on bond0.10");
	system_free(system);
}

static void a_session_to_another_interface_is_no_use_of_this_one(void **state)
{
	static const char lines[] = "session 10.0.0.5 /proc/net/tcp sshd\n" OWN ETH0_UP
				    "interface 3 eth1 1 0 0 -1 - virtio virtio0\n"
				    "address 2 10.0.0.50/24\naddress 3 10.0.0.5/24\nend\n";
	const struct system *system = look_at(MACHINE, lines, NIC);

	assert_counts(uses_of(system, NIC), 1, 0);
	system_free(system);
}

static void addresses_of_an_ovs_switch_are_on_an_interface_that_no_port_names(void **state)
{
	static const char lines[] = "session 10.0.0.5 /proc/net/tcp sshd\n" OWN
				    "interface 2 eth0 1 4 0 -1 - pci 0000:00:03.0\n"
				    "interface 3 br-ex 1 0 0 -1 openvswitch - -\n"
				    "interface 4 ovs-system 0 0 0 -1 openvswitch - -\n"
				    "address 3 10.0.0.5/24\nend\n";
	const struct system *system = look_at(MACHINE, lines, NIC);
	const struct uses *uses = uses_of(system, NIC);

	assert_use(uses, USE_MASTER, "eth0", "ovs-system (openvswitch)");
	assert_use(uses, USE_SESSION, "eth0", "sshd");
	system_free(system);
}

static void an_interface_that_is_up_in_another_namespace_is_in_use(void **state)
{
	const struct system *system =
		look_at(MACHINE, OWN BLUE ETH0_UP "address 2 10.0.0.5/24\nend\n", NIC);
	const struct uses *uses = uses_of(system, NIC);

	assert_counts(uses, 1, 0);
	assert_use(uses, USE_NAMESPACE, "eth0", "blue");
	assert_string_equal(uses->items[0].evidence,
			    "rtnetlink, network namespace /run/netns/blue");
	system_free(system);
}

static void an_interface_of_another_namespace_is_in_use_though_it_is_down(void **state)
{
	const struct system *system = look_at(MACHINE, OWN BLUE ETH0_DOWN "end\n", NIC);

	assert_counts(uses_of(system, NIC), 1, 0);
	assert_use(uses_of(system, NIC), USE_NAMESPACE, "eth0", "blue");
	system_free(system);
}

/* Check the uses of eth0 on the machine with @lines and more files. */
static void expect_use_of_eth0(const char *lines, const char *files, enum use_kind kind,
			       const char *user)
{
	_autofree_ char *machine = NULL, *all = NULL;
	const struct system *system;

	assert_true(asprintf(&machine, "%s%s", MACHINE, files) > 0);
	assert_true(asprintf(&all, OWN "%send\n", lines) > 0);
	system = look_at(machine, all, NIC);
	if (user)
		assert_use(uses_of(system, NIC), kind, "eth0", user);
	else
		assert_counts(uses_of(system, NIC), 0, 0);
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

	expect_use_of_eth0(pppoe, "", USE_PROTOCOL, "1 PPPoE sessions");
	expect_use_of_eth0(xdp, "", USE_PROTOCOL, "4 AF_XDP sockets");
	expect_use_of_eth0(packet, "", USE_LISTENER, "2 packet sockets");
	expect_use_of_eth0(above, "", USE_PROTOCOL, "1 PPPoE sessions on vlan4");
	expect_use_of_eth0(ETH0_DOWN "interface 3 eth3 1 0 0 -1 - - -\n"
				     "use 3 /proc/self/net/pppoe 1 PPPoE sessions\n",
			   "", USE_PROTOCOL, NULL);
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

	expect_use_of_eth0(lines, files, USE_MASTER, "hsr0 (hsr)");
	expect_use_of_eth0(lines, files, USE_DEFAULT_ROUTE, "default via 10.0.0.1 on br0");
	expect_use_of_eth0(ETH0_DOWN, files, USE_MASTER, NULL);
}

static void the_kernels_own_traffic_is_a_use(void **state)
{
	static const char net[] = ETH0_UP "address 2 10.0.0.5/24\n";

	expect_use_of_eth0(ETH0_DOWN,
			   "/sys/kernel/config/netconsole/log/enabled = 1\n"
			   "/sys/kernel/config/netconsole/log/dev_name = eth0\n",
			   USE_PROTOCOL, "netconsole (log)");
	expect_use_of_eth0(ETH0_DOWN,
			   "/proc/cmdline = quiet netconsole=@10.0.0.2/eth0,@10.0.0.1/\n",
			   USE_PROTOCOL, "netconsole");
	expect_use_of_eth0(ETH0_DOWN, "/sys/block/etherd!e1.1/netif = eth9,eth0\n", USE_PROTOCOL,
			   "the disk etherd!e1.1 (AoE)");
	expect_use_of_eth0(ETH0_DOWN,
			   "/sys/class/fc_host/host3/symbolic_name = fcoe v0.1 over eth0\n",
			   USE_PROTOCOL, "host3 (FCoE)");
	expect_use_of_eth0(net,
			   "/sys/class/nvme/nvme4/transport = tcp\n/sys/class/nvme/nvme4/address = "
			   "traddr=10.0.0.1,trsvcid=4420,src_addr=10.0.0.5\n",
			   USE_PROTOCOL, "the connection of nvme4 (NVMe over tcp)");
	expect_use_of_eth0(net, "/sys/class/iscsi_host/host5/ipaddress = 10.0.0.5\n", USE_PROTOCOL,
			   "the connection of host5 (iSCSI)");
}

static void traffic_of_other_interfaces_is_not(void **state)
{
	expect_use_of_eth0(ETH0_DOWN,
			   "/sys/kernel/config/netconsole/log/enabled = 0\n"
			   "/sys/kernel/config/netconsole/log/dev_name = eth0\n"
			   "/sys/kernel/config/netconsole/on/enabled = 1\n"
			   "/sys/kernel/config/netconsole/on/dev_name = eth01\n"
			   "/proc/consoles = netcon0 -W- (EN  p) \n"
			   "/sys/block/etherd!e1.1/netif = eth01,eth\n"
			   "/sys/class/fc_host/host3/symbolic_name = QLE2562 FW:v8 over\n"
			   "/sys/class/nvme/nvme0/transport = pcie\n"
			   "/sys/class/nvme/nvme0/address = 0000:00:05.0\n"
			   "/sys/class/nvme/nvme4/transport = tcp\n/sys/class/nvme/nvme4/address = "
			   "traddr=10.0.0.5,trsvcid=4420,src_addr=10.0.0.55\n"
			   "/sys/class/iscsi_host/host5/ipaddress = 10.0.0.6\n",
			   USE_PROTOCOL, NULL);
}

static void a_netconsole_that_does_not_say_its_interface_may_be_on_any(void **state)
{
	_autofree_ char *machine = NULL;
	const struct system *system;

	assert_true(asprintf(&machine, "%s/proc/consoles = netcon0 -W- (EN  p) \n", MACHINE) > 0);
	system = look_at(machine, OWN ETH0_UP "address 2 10.0.0.5/24\nend\n", NIC);
	assert_blind(uses_of(system, NIC), USE_PROTOCOL, "netconsole");
	system_free(system);
	/* AF_XDP sockets of a kernel that only counts them may also use it. */
	system = look_at(MACHINE,
			 OWN ETH0_UP "unseen protocol 1 AF_XDP sockets\n"
				     "address 2 10.0.0.5/24\nend\n",
			 NIC);
	assert_blind(uses_of(system, NIC), USE_PROTOCOL, "AF_XDP");
	system_free(system);
	system = look_at(machine, OWN ETH0_DOWN "end\n", NIC);
	assert_counts(uses_of(system, NIC), 0, 0);
	system_free(system);
}

static void something_stacked_on_it_in_another_namespace_is_a_use(void **state)
{
	static const char lines[] =
		OWN BLUE ETH0_DOWN "interface 3 eth0.7 0 0 2 -1 vlan - -\nend\n";
	const struct system *system = look_at(MACHINE, lines, NIC);

	assert_use(uses_of(system, NIC), USE_NAMESPACE, "eth0", "blue");
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
	const struct system *system = look_at(MACHINE, lines, NIC);
	const struct uses *uses = uses_of(system, NIC);

	assert_counts(uses, 1, 0);
	assert_use(uses, USE_MASTER, "eth0", "mv0 (macvlan) in blue");
	system_free(system);
}

static void stacks_that_lead_round_in_circles_end(void **state)
{
	static const char lines[] = OWN "interface 2 eth0 1 4 4 -1 - pci 0000:00:03.0\n"
					"interface 4 loop 1 2 2 -1 bridge - -\nend\n";
	const struct system *system = look_at(MACHINE, lines, NIC);

	assert_use(uses_of(system, NIC), USE_MASTER, "eth0", "loop (bridge)");
	system_free(system);
}

static void an_interface_that_nobody_shows_is_not_free(void **state)
{
	static const char lines[] =
		OWN "unseen other /proc/*/ns/net: 3 processes may not be read\nend\n";
	const struct system *system = look_at(MACHINE, lines, NIC);

	assert_counts(uses_of(system, NIC), 0, 1);
	assert_blind(uses_of(system, NIC), USE_NAMESPACE, "3 processes");
	system_free(system);
	/* The folder in sysfs shows that the interface exists, in any namespace. */
	system = look_at(MACHINE, OWN "end\n", NIC);
	assert_blind(uses_of(system, NIC), USE_NAMESPACE, NIC "/net");
	system_free(system);
}

static void gaps_do_not_matter_where_the_interface_was_found(void **state)
{
	static const char lines[] = OWN ETH0_DOWN "unseen other whatever\nend\n";
	const struct system *system = look_at(MACHINE, lines, NIC);

	assert_counts(uses_of(system, NIC), 0, 0);
	system_free(system);
}

static void an_interface_elsewhere_that_names_no_device_may_be_anybodys(void **state)
{
	static const char lines[] = OWN BLUE "interface 2 eth0 1 0 0 -1 - - -\nend\n";
	const struct system *system = look_at(MACHINE, lines, NIC);

	assert_counts(uses_of(system, NIC), 0, 1);
	assert_blind(uses_of(system, NIC), USE_NAMESPACE, "eth0 of blue");
	system_free(system);
}

static void a_session_that_could_not_be_looked_for_matters_where_there_are_addresses(void **state)
{
	static const char lines[] =
		"unseen session /proc/7/fd cannot be read\n" OWN ETH0_UP
		"interface 3 eth1 1 0 0 -1 - virtio virtio0\naddress 2 10.0.0.5/24\nend\n";
	const struct system *system = look_at(MACHINE, lines, NIC);

	assert_counts(uses_of(system, NIC), 1, 1);
	assert_blind(uses_of(system, NIC), USE_SESSION, "/proc/7/fd");
	system_free(system);
	system = look_at(MACHINE, lines, OTHER_NIC);
	assert_counts(uses_of(system, OTHER_NIC), 1, 0);
	system_free(system);
}

static void without_rtnetlink_nothing_is_known_of_network_devices(void **state)
{
	static const enum use_kind kinds[] = {USE_ADDRESS,  USE_LINK_UP, USE_DEFAULT_ROUTE,
					      USE_MASTER,   USE_SESSION, USE_NAMESPACE,
					      USE_PROTOCOL, USE_LISTENER};
	const struct system *system = look_at(MACHINE, NULL, NIC);

	assert_counts(uses_of(system, NIC), 0, ARRAY_SIZE(kinds));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		assert_blind(uses_of(system, NIC), kinds[i], "rtnetlink");
	assert_int_equal(system_source(system, "rtnetlink")->state, SOURCE_ABSENT);
	system_free(system);
}

static void lines_that_end_early_are_no_answer(void **state)
{
	const struct system *system = look_at(MACHINE, OWN ETH0_DOWN, NIC);

	assert_blind(uses_of(system, NIC), USE_ADDRESS, "did not finish");
	system_free(system);
}

static void a_disk_is_not_asked_about_networks(void **state)
{
	const struct system *system = look_at(MACHINE, NULL, DISK);

	assert_counts(uses_of(system, DISK), 0, 0);
	assert_int_equal(system_source(system, "rtnetlink")->state, SOURCE_SKIPPED);
	system_free(system);
}

static void a_network_card_that_vfio_holds_has_no_interface_to_miss(void **state)
{
	static const char machine[] =
		"pci 0000:00:03.0 in pci0000:00 group=1 driver=vfio-pci id=8086:10D3 class=20000\n";
	const struct system *system = look_at(machine, NULL, NIC);

	assert_counts(uses_of(system, NIC), 0, 0);
	system_free(system);
}

static void a_network_card_without_a_folder_is_doubted_only_where_something_is_hidden(void **state)
{
	static const char machine[] =
		"pci 0000:00:03.0 in pci0000:00 group=1 driver=e1000e id=8086:10D3 class=20000\n";
	const struct system *system = look_at(machine, OWN "end\n", NIC);

	assert_counts(uses_of(system, NIC), 0, 0);
	system_free(system);
	system = look_at(machine, OWN "unseen other hidden\nend\n", NIC);
	assert_counts(uses_of(system, NIC), 0, 1);
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
	const struct system *system = look_at(machine, OWN "end\n", NIC);
	const struct uses *uses = uses_of(system, NIC);

	assert_counts(uses, 1, 0);
	assert_use(uses, USE_RDMA, "mlx5_0", "active port 1");
	assert_string_equal(uses->items[0].evidence, NIC "/infiniband/mlx5_0/ports/1/state");
	system_free(system);
	system = look_at(machine, OWN "end\n", OTHER_NIC);
	assert_counts(uses_of(system, OTHER_NIC), 0, 1);
	assert_blind(uses_of(system, OTHER_NIC), USE_RDMA, "ports/2/state");
	system_free(system);
}

/* The result of parsing malformed lines. */
static struct network parse(const char *lines, struct arena *arena)
{
	struct network network;

	network_parse(arena_strdup(arena, lines), arena, &network);
	return network;
}

static void lines_that_make_no_sense_count_as_unseen(void **state)
{
	static const char *const broken[] = {
		"interface 2 eth0 1 0 0 -1 - - -\n", /* belongs to no namespace */
		OWN "interface 2 eth0 1 0 0\n",
		OWN "interface -2 eth0 1 0 0 -1 - - -\n",
		OWN "interface 2 eth0 1 0 0 -7 - - -\n",
		OWN "interface 99999999999 eth0 1 0 0 -1 - - -\n",
		OWN "interface 2 eth/0 1 0 0 -1 - - -\n",
		OWN "interface 2 eth0 1 0 0 -1 - .. 0000:00:03.0\n",
		OWN "interface 2 eth0 1 0 0 -1 - pci ../../etc\n",
		OWN "interface  eth0 1 0 0 -1 - - -\n",
		OWN "address x 10.0.0.5/24\n",
		"address 2 10.0.0.5/24\n",
		"route 2 10.0.0.1\n",
		"ours 3\n",
		"namespace own\n",
		"unseen everything at all\n",
		"surprise\n",
		"interfaces 2 eth0\n",
		"session 10.0.0.5\n",
		" \n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		_autoarena_ struct arena *arena = arena_new();
		_autofree_ char *lines = NULL;
		struct network network;

		assert_true(asprintf(&lines, "%send\n", broken[i]) > 0);
		network = parse(lines, arena);
		assert_int_equal(network.interface_count, 0);
		assert_non_null(network.unseen_own);
		assert_non_null(network.unseen_other);
	}
}

static void nothing_at_all_is_no_answer(void **state)
{
	_autoarena_ struct arena *arena = arena_new();

	assert_non_null(parse("", arena).unseen_own);
	assert_null(parse("end\n", arena).unseen_own);
}

/* In every prefix of good lines the end is missing, so uses are unknown. */
static void lines_cut_anywhere_are_taken_apart_safely(void **state)
{
	static const char lines[] = "session 10.0.0.5 x y\n" OWN ETH0_UP
				    "address 2 10.0.0.5/24\nroute 2 -\n" BLUE ETH0_DOWN "ours 0\n"
				    "unseen other why\nend";

	for (size_t length = 0; length < sizeof(lines) - 1; length++) {
		_autoarena_ struct arena *arena = arena_new();
		_autofree_ char *part = strndup(lines, length);

		assert_non_null(parse(part, arena).unseen_own);
	}
}

static void entries_of_unknown_interfaces_are_left_out(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct network network =
		parse(OWN ETH0_UP "address 3 10.0.0.5/24\naddress 2 10.0.0.6/24\n" BLUE
				  "address 2 10.0.0.7/24\nroute 0 -\nend\n",
		      arena);

	assert_int_equal(network.addresses.count, 1);
	assert_string_equal(network.addresses.items[0].text, "10.0.0.6/24");
	assert_int_equal(network.routes.count, 0);
}

static char *write_with(void (*write)(FILE *out))
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	write(out);
	fclose(out);
	return text;
}

static void write_foreign(FILE *out)
{
	network_write_word(out, "a b\nc\x7f", 6);
	network_write_word(out, "", 0);
	network_write_rest(out, "two words\nend");
}

static void foreign_words_cannot_begin_a_line(void **state)
{
	_autofree_ char *text = write_with(write_foreign);

	assert_string_equal(text, "a?b?c?-two words?end\n");
}

/* Runs in a process of its own: a process cannot leave a namespace. */
static int look_from_a_new_namespace(void)
{
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	struct network network;
	struct error error = {0};
	char *lines;

	if (unshare(CLONE_NEWNET) < 0)
		return 77;
	if (root_open("/", &root, &error) < 0 || network_read(root, arena, &lines) < 0)
		return 1;
	network_parse(lines, arena, &network);
	/* The namespace has lo, which is down, and the namespace of the parent. */
	if (network.unseen_own || !network.interface_count || network.space_count < 2)
		return 2;
	return strcmp(network.interfaces[0].name, "lo") != 0 || network.interfaces[0].up ||
	       !network.interfaces[0].loopback || !network.spaces[0].own || network.spaces[1].own;
}

static void a_live_look_sees_our_own_namespace_and_the_others(void **state)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(look_from_a_new_namespace());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("skipped: no network namespace can be made here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* The lines of a child that waits for rtnl in the namespace "blue". */
static void a_network_that_hangs_is_named_and_what_came_before_counts(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct network network;
	char *text =
		network_cut_off(arena, arena_strdup(arena, OWN ETH0_UP BLUE "interface 3 et"), 42);

	network_parse(text, arena, &network);
	assert_int_equal(network.interface_count, 1);
	assert_non_null(strstr(network.unseen_other, "in blue (process 42"));
	assert_string_equal(network.unseen_own, network.unseen_other);
	assert_string_equal(network.unseen_session, network.unseen_other);
	text = network_cut_off(arena, arena_strdup(arena, "namespace ow"), 42);
	network_parse(text, arena, &network);
	assert_non_null(strstr(network.unseen_own, "in this network namespace (process 42"));
}

UNIT(network)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_of_an_interface_that_is_up_is_a_use),
		cmocka_unit_test(routes_of_an_interface_with_an_address_are_uses),
		cmocka_unit_test(the_commands_that_set_them_again_are_in_working_order),
		cmocka_unit_test(an_interface_that_is_down_is_free_even_with_an_address),
		cmocka_unit_test(up_with_a_link_local_address_alone_is_up),
		cmocka_unit_test(the_interface_of_a_virtio_function_hangs_off_the_pci_device),
		cmocka_unit_test(without_a_parent_sysfs_tells_the_device_of_our_own_interfaces),
		cmocka_unit_test(default_routes_through_it_or_interfaces_on_it_are_uses),
		cmocka_unit_test(a_session_is_found_through_a_vlan_on_a_bond),
		cmocka_unit_test(a_session_to_another_interface_is_no_use_of_this_one),
		cmocka_unit_test(addresses_of_an_ovs_switch_are_on_an_interface_that_no_port_names),
		cmocka_unit_test(an_interface_that_is_up_in_another_namespace_is_in_use),
		cmocka_unit_test(an_interface_of_another_namespace_is_in_use_though_it_is_down),
		cmocka_unit_test(sockets_without_an_address_are_uses),
		cmocka_unit_test(an_upper_link_of_sysfs_means_a_stacked_interface),
		cmocka_unit_test(the_kernels_own_traffic_is_a_use),
		cmocka_unit_test(traffic_of_other_interfaces_is_not),
		cmocka_unit_test(a_netconsole_that_does_not_say_its_interface_may_be_on_any),
		cmocka_unit_test(something_stacked_on_it_in_another_namespace_is_a_use),
		cmocka_unit_test(a_container_on_an_interface_of_the_host_is_distinguished),
		cmocka_unit_test(stacks_that_lead_round_in_circles_end),
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
		cmocka_unit_test(an_active_rdma_port_is_a_use),
		cmocka_unit_test(lines_that_make_no_sense_count_as_unseen),
		cmocka_unit_test(nothing_at_all_is_no_answer),
		cmocka_unit_test(a_network_that_hangs_is_named_and_what_came_before_counts),
		cmocka_unit_test(lines_cut_anywhere_are_taken_apart_safely),
		cmocka_unit_test(entries_of_unknown_interfaces_are_left_out),
		cmocka_unit_test(foreign_words_cannot_begin_a_line),
		cmocka_unit_test(a_live_look_sees_our_own_namespace_and_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
