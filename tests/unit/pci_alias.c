/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The requester IDs of PCI devices that send under an ID that is not their own. */
#include "model/pci_alias.h"

#include "sources/read.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

/* The IDs of the streams of the device with that label, and the devices' own in brackets. */
static void expect_streams(const char *tree, const char *label, const char *expected)
{
	_autosystem_ const struct system *system = snapshot(tree, FACT_STREAMS);
	const struct device *device = find_device(system, label);
	char text[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < device->stream_count; i++) {
		const struct stream *stream = &device->streams[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%llx", i ? " " : "",
					 (long long)stream->id);
		if (stream->alias_of >= 0)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "[%llx]",
						 (long long)stream->alias_of);
	}
	assert_string_equal(text, expected);
}

static void some_devices_also_send_as_another_function(void **state)
{
	static const char tree[] =
		"pci 0000:06:00.0 in pci0000:00 group=3 id=1b4b:9125 class=10601\n"
		"pci 0000:07:00.1 in pci0000:00 group=4 id=1180:e832 class=c0010\n"
		"pci 0000:08:00.1 in pci0000:00 group=5 id=1b4b:9125 class=10601\n"
		"pci 0000:09:00.0 in pci0000:00 group=6 id=1b4b:9999 class=10601\n"
		"iommu dmar0 serves=/sys/devices/pci0000:00/0000:06:00.0,"
		"/sys/devices/pci0000:00/0000:07:00.1,/sys/devices/pci0000:00/0000:08:00.1,"
		"/sys/devices/pci0000:00/0000:09:00.0\n";

	expect_streams(tree, "0000:06:00.0", "600 601[600]");
	expect_streams(tree, "0000:07:00.1", "701 700[701]");
	expect_streams(tree, "0000:08:00.1", "801");
	expect_streams(tree, "0000:09:00.0", "900");
}

static void fixed_aliases_do_not_depend_on_the_slot(void **state)
{
	struct device device = {.vendor_id = 0x8086, .device_id = 0x2260};
	uint8_t functions[PCI_ALIAS_FUNCTIONS_MAX];

	assert_int_equal(pci_alias_functions(&device, 0, functions), 3);
	assert_int_equal(functions[2], 0x12 << 3 | 3);
	assert_int_equal(pci_alias_functions(&device, 0x10 << 3, functions), 2);
}

static void the_card_decides_where_the_function_is_of_many_cards(void **state)
{
	struct device device = {.vendor_id = 0x9005,
				.device_id = 0x0285,
				.subsystem_vendor_id = 0x9005,
				.subsystem_device_id = 0x02bb};
	uint8_t functions[PCI_ALIAS_FUNCTIONS_MAX];

	assert_int_equal(pci_alias_functions(&device, 0x0e << 3, functions), 1);
	assert_int_equal(functions[0], 1 << 3);
	device.subsystem_device_id = 0x02bc;
	assert_int_equal(pci_alias_functions(&device, 0x0e << 3, functions), 1);
	device.subsystem_device_id = 0x02bd;
	assert_int_equal(pci_alias_functions(&device, 0x0e << 3, functions), 0);
	device.subsystem_device_id = -1;
	assert_int_equal(pci_alias_functions(&device, 0x0e << 3, functions), 0);
}

/* As an Adaptec 3405 is seen: one device behind a PCIe-to-PCI bridge. */
static void the_ids_of_the_card_come_from_its_uevent(void **state)
{
	static const char tree[] =
		"pci 0000:01:00.0 in pci0000:00 group=3 driver=shpchp class=60400 header=1 pcie=7\n"
		"pci 0000:02:0e.0 in pci0000:00/0000:01:00.0 group=3 id=9005:0285 class=10400\n"
		"/sys/devices/pci0000:00/0000:01:00.0/0000:02:0e.0/uevent = PCI_CLASS=10400\\n"
		"PCI_ID=9005:0285\\nPCI_SUBSYS_ID=9005:02BC\\nPCI_SLOT_NAME=0000:02:0e.0\n"
		"/sys/devices/pci0000:00/0000:01:00.0/max_link_speed = 2.5 GT/s PCIe\n"
		"iommu dmar0 serves=/sys/devices/pci0000:00/0000:01:00.0/0000:02:0e.0\n";

	expect_streams(tree, "0000:02:0e.0", "270 200[270] 208[270]");
}

#define PORT "/sys/devices/pci0000:00/0000:00:1c.0"
#define BRIDGE PORT "/0000:01:00.0"
#define NIC BRIDGE "/0000:02:05.0"
#define BEHIND_A_BRIDGE(id, port)                                                        \
	"pci 0000:00:1c.0 in pci0000:00 group=3 class=60400\n" port                      \
	"pci 0000:01:00.0 in pci0000:00/0000:00:1c.0 group=3 class=60400 id=" id "\n"    \
	"pci 0000:02:05.0 in pci0000:00/0000:00:1c.0/0000:01:00.0 group=3 driver=e1000 " \
	"class=20000\n"                                                                  \
	"iommu dmar0 serves=" NIC "\n"

static void a_bridge_that_hides_its_capability_gives_the_id_of_its_bus(void **state)
{
	static const char express[] = PORT "/max_link_speed = 5\n";
	char tree[2048];

	snprintf(tree, sizeof(tree), BEHIND_A_BRIDGE("1b21:1080", "%s"), express);
	expect_streams(tree, "0000:02:05.0", "228 200[228]");
	snprintf(tree, sizeof(tree), BEHIND_A_BRIDGE("8086:244e", "%s"), express);
	expect_streams(tree, "0000:02:05.0", "228 200[228]");
	/* Any other bridge without the capability is one of conventional PCI. */
	snprintf(tree, sizeof(tree), BEHIND_A_BRIDGE("1b21:1081", "%s"), express);
	expect_streams(tree, "0000:02:05.0", "228 100[228]");
	/* Not below a PCIe port, the bridge works the other way round. */
	snprintf(tree, sizeof(tree), BEHIND_A_BRIDGE("1b21:1080", "%s"), "");
	expect_streams(tree, "0000:02:05.0", "228 100[228] e0[228]");
}

#define ASPEED                             \
	BEHIND_A_BRIDGE("1a03:1150", "%s") \
	BRIDGE "/max_link_speed = 5\n"     \
	       "/proc/sys/kernel/osrelease = %s\n"

/* An AST1150 is a PCIe-to-PCI bridge by its capability, and no bus of PCI is behind it. */
static void an_aspeed_bridge_passes_ids_on_where_the_kernel_knows_it(void **state)
{
	static const char port[] = PORT "/max_link_speed = 5\n";
	static const struct {
		const char *release, *expected;
	} rows[] = {{"6.18.15", "228 200[228]"}, {"7.3.4", "228"}};
	char tree[2048];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(tree, sizeof(tree), ASPEED, port, rows[i].release);
		expect_streams(tree, "0000:02:05.0", rows[i].expected);
	}
}

/* The other ID may be there or not. */
static void what_an_unknown_kernel_does_with_an_aspeed_bridge_is_unknown(void **state)
{
	char tree[2048];

	snprintf(tree, sizeof(tree),
		 BEHIND_A_BRIDGE("1a03:1150", "%s") BRIDGE "/max_link_speed = 5\n",
		 PORT "/max_link_speed = 5\n");
	{
		_autosystem_ const struct system *system = snapshot(tree, FACT_STREAMS);
		const struct device *device = find_device(system, "0000:02:05.0");

		assert_int_equal(device->streams[0].id, -1);
		assert_non_null(strstr(device->streams[0].error, "AST1150"));
	}
}

/* On a ThunderX2 the SMMU is below the first bridge. */
static void no_bridge_above_the_iommu_changes_an_id(void **state)
{
	char tree[2048];

	snprintf(tree, sizeof(tree), BEHIND_A_BRIDGE("14e4:9084", "%s"), "");
	expect_streams(tree, "0000:02:05.0", "228");
	snprintf(tree, sizeof(tree), BEHIND_A_BRIDGE("14e4:9085", "%s"), "");
	expect_streams(tree, "0000:02:05.0", "228 100[228] e0[228]");
}

static void a_bridge_between_hosts_sends_under_all_slots(void **state)
{
	struct device device = {.vendor_id = 0x10b5, .device_id = 0x87b0};
	uint8_t functions[PCI_ALIAS_FUNCTIONS_MAX];

	assert_int_equal(pci_alias_functions(&device, 0, functions), 255);
	device = (struct device){.vendor_id = 0x8086, .device_id = 0x295a};
	assert_int_equal(pci_alias_functions(&device, 1, functions), 32 * 5 - 1);
	assert_null(memchr(functions, 1, 32 * 5 - 1));
	assert_non_null(memchr(functions, 0x1f << 3 | 4, 32 * 5 - 1));
	assert_null(memchr(functions, 5, 32 * 5 - 1));
}

static void devices_of_a_vmd_send_under_the_id_of_the_vmd(void **state)
{
	static const char tree[] =
		"pci 0000:d7:05.5 in pci0000:d7 group=40 driver=vmd id=8086:201d class=10400\n"
		"pci 10000:00:02.0 in pci0000:d7/0000:d7:05.5/pci10000:00 group=40 class=60400\n"
		"pci 10000:01:00.0 in pci0000:d7/0000:d7:05.5/pci10000:00/10000:00:02.0 group=40\n"
		"iommu dmar0 serves=/sys/devices/pci0000:d7/0000:d7:05.5,"
		"/sys/devices/pci0000:d7/0000:d7:05.5/pci10000:00/10000:00:02.0/"
		"10000:01:00.0\n"
		"/sys/devices/pci0000:d7/0000:d7:05.5/max_link_speed = 8\n"
		"/sys/devices/pci0000:d7/0000:d7:05.5/pci10000:00/10000:00:02.0/max_link_speed = "
		"8\n"
		"/sys/devices/pci0000:d7/0000:d7:05.5/pci10000:00/10000:00:02.0/10000:01:00.0/"
		"max_link_speed = 8\n";

	expect_streams(tree, "0000:d7:05.5", "d72d");
	expect_streams(tree, "10000:01:00.0", "d72d[100]");
}

UNIT(pci_alias)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_devices_also_send_as_another_function),
		cmocka_unit_test(fixed_aliases_do_not_depend_on_the_slot),
		cmocka_unit_test(the_card_decides_where_the_function_is_of_many_cards),
		cmocka_unit_test(the_ids_of_the_card_come_from_its_uevent),
		cmocka_unit_test(a_bridge_that_hides_its_capability_gives_the_id_of_its_bus),
		cmocka_unit_test(an_aspeed_bridge_passes_ids_on_where_the_kernel_knows_it),
		cmocka_unit_test(what_an_unknown_kernel_does_with_an_aspeed_bridge_is_unknown),
		cmocka_unit_test(no_bridge_above_the_iommu_changes_an_id),
		cmocka_unit_test(a_bridge_between_hosts_sends_under_all_slots),
		cmocka_unit_test(devices_of_a_vmd_send_under_the_id_of_the_vmd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
