/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses of interfaces by parts of the kernel: netconsole, disks over the network. */
#include "sources/network/network_kernel.h"
#include "sources/network/network.h"
#include "support/arena.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

/*
 * eth0 and eth1 are in the namespace of this process; another namespace has an eth1 too, with an
 * equal address.
 */
#define NETWORK                                                    \
	"namespace own /proc/self/ns/net this network namespace\n" \
	"interface 2 eth0 1 0 0 -1 - pci 0000:00:03.0\n"           \
	"interface 3 eth1 1 0 0 -1 - pci 0000:00:04.0\n"           \
	"address 2 10.0.0.2/24\n"                                  \
	"address 3 10.0.0.20/24\n"                                 \
	"namespace other /run/netns/blue blue\n"                   \
	"interface 2 eth1 1 0 0 -1 - pci 0000:00:05.0\n"           \
	"address 2 10.0.0.2/24\n"                                  \
	"end\n"

/* The uses of the tree @text, "INTERFACE: TEXT" joined by "; "; interfaces of others with "!". */
static const char *uses_of(const char *text)
{
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *dir = tree_new(text);
	struct network network;
	const char *all = "";

	network_parse(arena_strdup(arena, NETWORK), arena, &network);
	assert_int_equal(root_open(dir, &root, &error), 0);
	network_kernel_uses(root, arena, &network);
	for (size_t i = 0; i < network.uses.count; i++) {
		const struct net_entry *use = &network.uses.items[i];

		all = arena_printf(arena, "%s%s%s%s: %s", all, *all ? "; " : "",
				   use->interface->name, network.spaces[use->space].own ? "" : "!",
				   use->text);
	}
	tree_remove(dir);
	return network.unseen_protocol ? network.unseen_protocol : all;
}

static void a_target_of_netconsole_counts_if_it_is_enabled(void **state)
{
#define TARGET "/sys/kernel/config/netconsole/log"
	assert_string_equal(uses_of(TARGET "/enabled = 1\n" TARGET "/dev_name = eth1\n"),
			    "eth1: netconsole (log)");
	assert_string_equal(uses_of(TARGET "/enabled = 0\n" TARGET "/dev_name = eth1\n"), "");
	assert_string_equal(uses_of(TARGET "/dev_name = eth1\n"), "");
	assert_string_equal(uses_of(TARGET "/enabled = 1\n"), "");
#undef TARGET
}

static void the_command_line_of_netconsole_means_eth0_if_it_names_none(void **state)
{
	static const struct {
		const char *line, *uses;
	} rows[] = {
		{"netconsole=6665@10.0.0.2/eth1,6666@10.0.0.1/", "eth1: netconsole"},
		{"netconsole=@/,6666@10.0.0.1/", "eth0: netconsole"},
		{"netconsole=@10.0.0.2", "eth0: netconsole"},
		{"netconsole=@/eth0 netconsole=@/eth1", "eth0: netconsole; eth1: netconsole"},
		{"netconsole=@/eth9,@10.0.0.1/ quiet", ""},
		{"quiet", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(
			uses_of(arena_printf(arena, "/proc/cmdline = %s\n", rows[i].line)),
			rows[i].uses);
}

static void a_netconsole_whose_interface_no_file_shows_may_be_on_any(void **state)
{
	assert_non_null(
		strstr(uses_of("/proc/consoles = netcon0 -W- (EN)\n"), "netconsole is active"));
	assert_non_null(strstr(uses_of("/proc/consoles = tty0 -WU (EC)\\nnetcon0 -W- (EN)\n"),
			       "netconsole is active"));
	assert_string_equal(uses_of("/proc/consoles = tty0 -WU (EC p) 4:1\n"), "");
	assert_string_equal(uses_of("/proc/consoles = netcon0 -W- (EN)\n"
				    "/proc/cmdline = netconsole=@/eth1\n"),
			    "eth1: netconsole");
}

static void a_disk_over_ethernet_names_its_interfaces(void **state)
{
	assert_string_equal(uses_of("/sys/block/etherd!e1.1/netif = eth0,eth1\n"),
			    "eth0: the disk etherd!e1.1 (AoE); eth1: the disk etherd!e1.1 (AoE)");
	assert_string_equal(uses_of("/sys/block/etherd!e1.1/size = 8\n"), "");
	assert_string_equal(uses_of("/sys/block/sda/netif = eth0\n"), "");
}

static void a_fibre_channel_host_may_run_over_an_interface(void **state)
{
	assert_string_equal(
		uses_of("/sys/class/fc_host/host3/symbolic_name = fcoe v0.1 over eth1\n"),
		"eth1: host3 (FCoE)");
	assert_string_equal(uses_of("/sys/class/fc_host/host3/symbolic_name = QLE2562 FW:v8\n"),
			    "");
	assert_string_equal(uses_of("/sys/class/fc_host/host3/port_name = 0x1\n"), "");
}

static void nvme_over_fabrics_names_its_interface_or_its_address(void **state)
{
	static const struct {
		const char *transport, *address, *uses;
	} rows[] = {
		{"tcp", "traddr=10.0.0.1,trsvcid=4420,host_iface=eth1,src_addr=10.0.0.2",
		 "eth1: the connection of nvme1 (NVMe over tcp)"},
		{"tcp", "traddr=10.0.0.1,src_addr=10.0.0.2",
		 "eth0: the connection of nvme1 (NVMe over tcp)"},
		{"rdma", "src_addr=10.0.0.20", "eth1: the connection of nvme1 (NVMe over rdma)"},
		{"tcp", "traddr=10.0.0.1", ""},
		{"tcp", "not_src_addr=10.0.0.2", ""},
		{"tcp", "not_src_addr=10.9.9.9,src_addr=10.0.0.2",
		 "eth0: the connection of nvme1 (NVMe over tcp)"},
		{"tcp", "src_addr=10.0.0", ""},
		{"fc", "src_addr=10.0.0.2", ""},
		{"pcie", "0000:01:00.0", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(
			uses_of(arena_printf(
				arena,
				"/sys/devices/virtual/nvme-fabrics/ctl/nvme1/transport = %s\n"
				"/sys/devices/virtual/nvme-fabrics/ctl/nvme1/address = %s\n",
				rows[i].transport, rows[i].address)),
			rows[i].uses);
	assert_string_equal(
		uses_of("/sys/devices/virtual/nvme-fabrics/ctl/nvme1/transport = tcp\n"), "");
	assert_string_equal(uses_of("/sys/devices/virtual/nvme-fabrics/ctl/nvme1/model = x\n"), "");
}

static void iscsi_names_its_interface_or_its_address(void **state)
{
#define HOST "/sys/class/iscsi_host/host5"
	assert_string_equal(uses_of(HOST "/netdev = eth1\n"),
			    "eth1: the connection of host5 (iSCSI)");
	assert_string_equal(uses_of(HOST "/netdev = default\n" HOST "/ipaddress = 10.0.0.20\n"),
			    "eth1: the connection of host5 (iSCSI)");
	assert_string_equal(uses_of(HOST "/netdev = <NULL>\n" HOST "/ipaddress = 10.0.0.2\n"),
			    "eth0: the connection of host5 (iSCSI)");
	assert_string_equal(uses_of(HOST "/ipaddress = 10.9.9.9\n"), "");
	assert_string_equal(uses_of(HOST "/hwaddress = 0\n"), "");
#undef HOST
}

UNIT(network_kernel)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_of_netconsole_counts_if_it_is_enabled),
		cmocka_unit_test(the_command_line_of_netconsole_means_eth0_if_it_names_none),
		cmocka_unit_test(a_netconsole_whose_interface_no_file_shows_may_be_on_any),
		cmocka_unit_test(a_disk_over_ethernet_names_its_interfaces),
		cmocka_unit_test(a_fibre_channel_host_may_run_over_an_interface),
		cmocka_unit_test(nvme_over_fabrics_names_its_interface_or_its_address),
		cmocka_unit_test(iscsi_names_its_interface_or_its_address),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
