/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that end a use, for each kind of user. */
#include "checks/use_remedy.h"
#include "support/arena.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

static const struct device DEVICE = {.name = "0000:01:00.0"};
static const char *remedy_of(enum use_kind kind, const char *node, const char *user,
			     const char *evidence)
{
	const struct use use = {.kind = kind, .node = node, .user = user, .evidence = evidence};
	const struct use *const uses[] = {&use};
	const char *remedy = use_remedy(&DEVICE, uses, 1, arena);

	return remedy ? remedy : "";
}

static void a_device_on_a_disk_is_stopped_by_its_own_tool(void **state)
{
	static const struct {
		const char *user, *remedy;
	} rows[] = {
		{"md127 (raid1)", "mdadm --stop /dev/md127"},
		{"bcache0 (bcache)", "echo 1 > /sys/block/bcache0/bcache/stop"},
		{"dm-0 (vg-root)", "dmsetup remove vg-root (LVM: vgchange -an vg; LUKS: cryptsetup "
				   "close vg-root)"},
		{"dm-0 (my--vg-root)", "dmsetup remove my--vg-root (LVM: vgchange -an my-vg; LUKS: "
				       "cryptsetup close my--vg-root)"},
		{"dm-0", "Stop the block device on top of it."},
		{"drbd0", "Stop the block device on top of it."},
		{NULL, "Stop the block device on top of it."},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(remedy_of(USE_HOLDER, "sda", rows[i].user, NULL),
				    rows[i].remedy);
}

/* Brackets in the wrong order are no brackets. */
static void a_name_with_broken_brackets_is_taken_whole(void **state)
{
	assert_non_null(strstr(remedy_of(USE_HOLDER, "sda", "dm-0 )vg-root(", NULL),
			       "dmsetup remove 'dm-0 )vg-root('"));
	assert_non_null(strstr(remedy_of(USE_HOLDER, "sda", "dm-0 (vg", NULL),
			       "dmsetup remove 'dm-0 (vg'"));
}

static void a_mount_is_unmounted_where_that_can_be_done_from_here(void **state)
{
	assert_string_equal(remedy_of(USE_MOUNT, "sda1", "/srv", NULL), "umount /srv");
	assert_string_equal(remedy_of(USE_MOUNT, "sda1", "/srv/my disk", NULL),
			    "umount '/srv/my disk'");
	assert_non_null(strstr(
		remedy_of(USE_MOUNT, "sda1", "/srv in the mount namespace of postgres", NULL),
		"Unmount it where it is mounted"));
	assert_non_null(
		strstr(remedy_of(USE_MOUNT, "sda1", "btrfs, mounted where it cannot be seen", NULL),
		       "Unmount it where it is mounted"));
	assert_non_null(strstr(remedy_of(USE_MOUNT, "sda1", "", NULL), "Unmount it where"));
	assert_non_null(strstr(remedy_of(USE_MOUNT, "sda1", NULL, NULL), "Unmount it where"));
}

static void a_loop_device_is_detached(void **state)
{
	assert_string_equal(remedy_of(USE_BACKING, "sda1", "loop0", NULL),
			    "losetup --detach /dev/loop0");
	assert_string_equal(remedy_of(USE_BACKING, "mtd0", "ubi0", NULL), "ubidetach -p /dev/mtd0");
	assert_non_null(strstr(remedy_of(USE_BACKING, "sda1", "iscsi", NULL), "that exports it"));
	assert_non_null(strstr(remedy_of(USE_BACKING, "sda1", NULL, NULL), "that exports it"));
}

static void an_interface_leaves_what_it_is_a_part_of(void **state)
{
	static const struct {
		const char *user, *remedy;
	} rows[] = {
		{"vlan7 (vlan)", "ip link delete vlan7"},
		{"m0 (macvlan)", "ip link delete m0"},
		{"t0 (ipvtap)", "ip link delete t0"},
		{"ovs-system (openvswitch)", "ovs-vsctl del-port eth0"},
		{"br0 (bridge)", "ip link set eth0 nomaster"},
		{NULL, "ip link set eth0 nomaster"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(remedy_of(USE_MASTER, "eth0", rows[i].user, NULL),
				    rows[i].remedy);
}

static void a_default_route_is_removed_from_its_own_interface(void **state)
{
	assert_string_equal(remedy_of(USE_DEFAULT_ROUTE, "eth0", "default via 10.0.0.1", NULL),
			    "ip route del default dev eth0");
	assert_string_equal(
		remedy_of(USE_DEFAULT_ROUTE, "eth0", "default via 10.0.0.1 on br0", NULL),
		"ip route del default dev br0");
	assert_string_equal(remedy_of(USE_DEFAULT_ROUTE, "eth0", NULL, NULL),
			    "ip route del default dev eth0");
}

static void an_interface_comes_back_from_a_namespace_that_has_a_name(void **state)
{
	assert_string_equal(remedy_of(USE_NAMESPACE, "eth0", "blue", "/run/netns/blue"),
			    "ip netns exec blue ip link set eth0 netns 1");
	assert_non_null(strstr(remedy_of(USE_NAMESPACE, "eth0", "podman", "/proc/7/ns/net"),
			       "Stop the container"));
	assert_non_null(
		strstr(remedy_of(USE_NAMESPACE, "eth0", "blue", NULL), "Stop the container"));
	assert_non_null(strstr(remedy_of(USE_NAMESPACE, "eth0", NULL, NULL), "Stop the container"));
}

static void consoles_and_other_tools_have_their_own_ways(void **state)
{
	assert_non_null(
		strstr(remedy_of(USE_CONSOLE, NULL, "keyboard", NULL), "Plug the keyboard"));
	assert_non_null(strstr(remedy_of(USE_CONSOLE, NULL, "ttyS0", NULL), "console="));
	assert_non_null(strstr(remedy_of(USE_CONSOLE, NULL, NULL, NULL), "console="));
	assert_string_equal(
		remedy_of(USE_CONSOLE, "ttyS4", "terminal of the kernel debugger (kgdboc)", NULL),
		"echo > /sys/module/kgdboc/parameters/kgdboc");
	assert_string_equal(remedy_of(USE_TOOL, NULL, "driverctl", NULL),
			    "driverctl unset-override 0000:01:00.0");
	assert_non_null(strstr(remedy_of(USE_TOOL, NULL, "libvirt", NULL), "other tool"));
	assert_non_null(strstr(remedy_of(USE_TOOL, NULL, NULL, NULL), "other tool"));
}

static void clients_of_a_dma_channel_have_no_name(void **state)
{
	assert_string_equal(remedy_of(USE_CONSUMER, NULL, "a000000.dma", NULL),
			    "Unbind a000000.dma first.");
	assert_string_equal(remedy_of(USE_CONSUMER, "dma0chan0", "1 DMA clients", NULL),
			    "Unload the drivers that have DMA channels of it.");
}

/* Without a node the device itself is meant. */
static void the_node_of_a_use_is_the_device_if_it_has_no_other(void **state)
{
	assert_string_equal(remedy_of(USE_LINK_UP, NULL, NULL, NULL),
			    "ip link set 0000:01:00.0 down");
}

static void a_command_that_does_not_fit_is_not_given(void **state)
{
	char path[600];

	memset(path, 'a', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_string_equal(remedy_of(USE_MOUNT, "sda1", path, NULL), "");
}

static void commands_for_several_uses_stand_beside_each_other_once(void **state)
{
	const struct use one = {.kind = USE_MOUNT, .user = "/a"},
			 two = {.kind = USE_MOUNT, .user = "/b"};
	const struct use *const uses[] = {&one, &one, &two};

	assert_string_equal(use_remedy(&DEVICE, uses, ARRAY_SIZE(uses), arena),
			    "umount /a; umount /b");
	assert_null(use_remedy(&DEVICE, uses, 0, arena));
}

static void a_sentence_covers_all_uses_of_its_kind(void **state)
{
	const struct use one = {.kind = USE_OPEN, .user = "qemu"},
			 two = {.kind = USE_OPEN, .user = "sh"};
	const struct use *const uses[] = {&one, &two};

	assert_string_equal(use_remedy(&DEVICE, uses, ARRAY_SIZE(uses), arena),
			    "Stop that process, or let it close the device.");
}

/* The GPUs of a machine depend on the switches, which have no GPU's name. */
static void without_its_switches_a_machine_loses_nvlink(void **state)
{
	static const char *const nodes[] = {"nvidia-nvswitch0", "nvidia-nvswitchctl"};

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		assert_non_null(
			strstr(remedy_of(USE_OPEN, nodes[i], "nv-fabricmanager (process 9)", NULL),
			       "lose NVLink"));
	assert_string_equal(remedy_of(USE_OPEN, "nvidia0", "nv-fabricmanager (process 9)", NULL),
			    "Stop that process, or let it close the device.");
	assert_string_equal(remedy_of(USE_OPEN, NULL, "sh (process 9)", NULL),
			    "Stop that process, or let it close the device.");
}

UNIT(use_remedy)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_on_a_disk_is_stopped_by_its_own_tool),
		cmocka_unit_test(a_name_with_broken_brackets_is_taken_whole),
		cmocka_unit_test(a_mount_is_unmounted_where_that_can_be_done_from_here),
		cmocka_unit_test(a_loop_device_is_detached),
		cmocka_unit_test(an_interface_leaves_what_it_is_a_part_of),
		cmocka_unit_test(a_default_route_is_removed_from_its_own_interface),
		cmocka_unit_test(an_interface_comes_back_from_a_namespace_that_has_a_name),
		cmocka_unit_test(consoles_and_other_tools_have_their_own_ways),
		cmocka_unit_test(clients_of_a_dma_channel_have_no_name),
		cmocka_unit_test(the_node_of_a_use_is_the_device_if_it_has_no_other),
		cmocka_unit_test(a_command_that_does_not_fit_is_not_given),
		cmocka_unit_test(commands_for_several_uses_stand_beside_each_other_once),
		cmocka_unit_test(a_sentence_covers_all_uses_of_its_kind),
		cmocka_unit_test(without_its_switches_a_machine_loses_nvlink),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
