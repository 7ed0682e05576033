/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses of a whole device: by name (driverctl, libvirt), and by other devices. */
#include "support/card.h"
#include "support/check.h"

#include <stdio.h>

static void virtual_functions_use_their_physical_one(void **state)
{
	card_expect_use(card_read("", CARD "/virtfn0 -> ../0000:01:10.0\n"), USE_VIRTUAL_FUNCTION,
			"0000:01:00.0", "0000:01:10.0", CARD "/virtfn0");
}

static void mediated_devices_use_their_parent(void **state)
{
	static const char uuid[] = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";
	_autofree_ char *ours = NULL, *other = NULL;

	assert_true(asprintf(&ours,
			     "/sys/bus/mdev/devices/%s -> "
			     "../../../devices/pci0000:00/0000:01:00.0/%s\n",
			     uuid, uuid) > 0);
	assert_true(asprintf(&other,
			     "/sys/bus/mdev/devices/%s -> "
			     "../../../devices/pci0000:00/0000:01:00.01/%s\n",
			     uuid, uuid) > 0);
	card_expect_use(
		card_read("", ours), USE_MEDIATED, "0000:01:00.0", uuid,
		"/sys/devices/pci0000:00/0000:01:00.0/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001");
	card_expect_free(card_read("", other));
}

/* A device with a device link to @consumer that has these attributes. */
static const struct system *look_at_link(const char *status, const char *sync_state_only)
{
	static const char link[] = "/sys/devices/virtual/devlink/a--b";
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text,
			     CARD "/consumer:pci:0000:01:00.1 -> ../../virtual/devlink/a--b\n"
				  "%s/status = %s\n%s/sync_state_only = %s\n",
			     link, status, link, sync_state_only) > 0);
	return card_read("", text);
}

static void active_consumers_would_be_unbound_too(void **state)
{
	card_expect_use(look_at_link("active", "0"), USE_CONSUMER, "0000:01:00.0",
			"pci:0000:01:00.1", CARD "/consumer:pci:0000:01:00.1/status");
	card_expect_free(look_at_link("active", "1"));
	card_expect_free(look_at_link("not tracked", "0"));
	card_expect_free(look_at_link("available", "0"));
}

static void uses_of_devices_below_are_the_devices_own(void **state)
{
#define CHILD CARD "/pci10000:e0/10000:e0:01.0"
	static const char child[] = "pci 10000:e0:01.0 in pci0000:00/0000:01:00.0/pci10000:e0 "
				    "class=30000 driver=amdgpu\n";
	_autofree_ char *display = NULL, *consumer = NULL, *inside = NULL;

	assert_true(asprintf(&display, "%s" CHILD "/boot_vga = 1\n", child) > 0);
	card_expect_use(card_read("", display), USE_DISPLAY, "10000:e0:01.0", "boot VGA",
			CHILD "/boot_vga");
	assert_true(asprintf(&consumer,
			     "%s" CHILD "/consumer:platform:x -> ../../../../virtual/devlink/l\n"
			     "/sys/devices/virtual/devlink/l/status = active\n"
			     "/sys/devices/virtual/devlink/l/sync_state_only = 0\n",
			     child) > 0);
	card_expect_use(card_read("", consumer), USE_CONSUMER, "10000:e0:01.0", "platform:x",
			CHILD "/consumer:platform:x/status");
	/* A consumer below the device is moved with it. */
	assert_true(asprintf(&inside,
			     "%s/sys/devices/virtual/devlink/l/consumer -> "
			     "../../../pci0000:00/0000:01:00.0/y\n",
			     consumer) > 0);
	card_expect_free(card_read("", inside));
#undef CHILD
}

static void a_link_that_cannot_be_read_may_be_active(void **state)
{
	const struct system *system =
		card_read("", CARD "/consumer:pci:0000:01:00.1 -> ../../virtual/devlink/gone\n");

	assert_true(is_blind(card_of(system), USE_CONSUMER));
	system_free(system);
}

#define BASE "/sys/firmware/devicetree/base"

/*
 * The device is a clock controller, and a bound device of another bus has a property that refers to
 * it.
 */
static const struct system *look_at_provider(const char *provision, const char *property,
					     const char *driver)
{
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text,
			     CARD "/of_node -> ../../../firmware/devicetree/base/clk\n" BASE
				  "/clk/compatible = a,clk\\x00\\c\n" BASE
				  "/clk/phandle = \\x00\\x00\\x00\\x07\\c\n" BASE
				  "/clk/%s = \\x00\\x00\\x00\\x00\\c\n" BASE
				  "/dma/compatible = a,dma\\x00\\c\n" BASE
				  "/dma/%s = \\x00\\x00\\x00\\x07\\c\n"
				  "platform 1.dma of=/dma group=5 %s\n",
			     provision, property, driver) > 0);
	return card_read("", text);
}

static void expect_blind(const char *file, enum use_kind kind)
{
	_autofree_ char *more = NULL;
	const struct system *system;

	assert_true(asprintf(&more,
			     CARD "/virtfn0 -> ../0000:01:10.0\n/sys/bus/mdev/devices/\n"
				  "/run/libvirt/hostdevmgr/\n"
				  "/etc/driverctl.d/pci-0000:01:00.0 = vfio-pci\n"
				  "/iommuctl/unreadable = %s\\tdenied\n",
			     file) > 0);
	system = card_read("", more);
	if (!is_blind(card_of(system), kind))
		fail_msg("%s cannot be read, and nothing is unknown", file);
	system_free(system);
}

static void lists_of_uses_that_cannot_be_read_may_name_the_device(void **state)
{
	expect_blind(CARD "/virtfn0", USE_VIRTUAL_FUNCTION);
	expect_blind("/sys/bus/mdev/devices", USE_MEDIATED);
	expect_blind("/run/libvirt/hostdevmgr", USE_TOOL);
	expect_blind("/etc/driverctl.d/pci-0000:01:00.0", USE_TOOL);
}

static void a_device_is_used_by_those_that_it_provides_for(void **state)
{
	card_expect_use(look_at_provider("#clock-cells", "clocks", "driver=dma"), USE_CONSUMER,
			"0000:01:00.0", "1.dma", BASE "/dma/clocks");
	card_expect_use(look_at_provider("interrupt-controller", "interrupt-parent",
					 "driver=dma\n" BASE "/dma/interrupts = x"),
			USE_CONSUMER, "0000:01:00.0", "1.dma", BASE "/dma/interrupts");
	card_expect_use(look_at_provider("regulators/x", "vdd-supply", "driver=dma"), USE_CONSUMER,
			"0000:01:00.0", "1.dma", BASE "/dma/vdd-supply");
	/* An unbound device uses nothing, and a number is no phandle. */
	card_expect_free(look_at_provider("#clock-cells", "clocks", ""));
	card_expect_free(look_at_provider("#clock-cells", "clock-frequency", "driver=dma"));
	card_expect_free(look_at_provider("#size-cells", "clocks", "driver=dma"));
}

static void dma_channels_in_use_are_a_use(void **state)
{
#define CHANNEL CARD "/dma/dma0chan1"
	static const char class[] =
		"/sys/class/dma/dma0chan1 -> ../../devices/pci0000:00/0000:01:00.0/dma/dma0chan1\n"
		"/sys/class/dma/dma9chan1 -> ../../devices/platform/dma/dma9chan1\n"
		"/sys/devices/platform/dma/dma9chan1/in_use = 1\n";
	_autofree_ char *busy = NULL, *idle = NULL;

	assert_true(asprintf(&busy, "%s" CHANNEL "/in_use = 2\n", class) > 0);
	assert_true(asprintf(&idle, "%s" CHANNEL "/in_use = 0\n", class) > 0);
	card_expect_use(card_read("", busy), USE_CONSUMER, "dma0chan1", "2 DMA clients",
			CHANNEL "/in_use");
	card_expect_free(card_read("", idle));
#undef CHANNEL
}

static void other_tools_that_claim_a_device_are_named(void **state)
{
	card_expect_use(card_read("", "/etc/driverctl.d/pci-0000:01:00.0 = vfio-pci\n"), USE_TOOL,
			"0000:01:00.0", "driverctl (vfio-pci)",
			"/etc/driverctl.d/pci-0000:01:00.0");
	card_expect_use(card_read("", "/run/libvirt/hostdevmgr/0000:01:00.0_vf1 = x\n"), USE_TOOL,
			"0000:01:00.0", "libvirt", "/run/libvirt/hostdevmgr/0000:01:00.0_vf1");
	card_expect_use(card_read("", "interface net eth5 of " CARD
				      "\n/run/libvirt/hostdevmgr/eth5_vf1 = x\n"),
			USE_TOOL, "0000:01:00.0", "libvirt", "/run/libvirt/hostdevmgr/eth5_vf1");
	card_expect_use(card_read("", "/proc/cmdline = quiet vfio-pci.ids=8086:1,10de:1eb8 rw\n"),
			USE_TOOL, "0000:01:00.0", "vfio-pci.ids", "/proc/cmdline");
	card_expect_use(card_read("", "/proc/cmdline = vfio_pci.ids=10DE:1EB8:ffffffff:ffffffff\n"),
			USE_TOOL, "0000:01:00.0", "vfio-pci.ids", "/proc/cmdline");
	card_expect_use(card_read("", "/proc/cmdline = pci_stub.ids=10de:1eb8\n"), USE_TOOL,
			"0000:01:00.0", "pci-stub.ids", "/proc/cmdline");
}

static void tools_that_claim_others_are_not(void **state)
{
	card_expect_free(card_read(
		"", "/etc/driverctl.d/pci-0000:01:00.1 = vfio-pci\n"
		    "/run/libvirt/hostdevmgr/eth55_vf1 = x\n"
		    "interface net eth5 of " CARD "\n"
		    "/proc/cmdline = xvfio-pci.ids=10de:1eb8 vfio-pci.ids=10de:1eb9,,x\n"));
	/* Of the same option the kernel takes the last. */
	card_expect_free(
		card_read("", "/proc/cmdline = vfio-pci.ids=10de:1eb8 vfio_pci.ids=10de:1eb9\n"));
}

static void devices_without_users_are_free(void **state)
{
	static const char *const lines[] = {
		"",
		"node sound snd/pcmC1D0p 116:4 at " CARD "/sound/card1/pcmC1D0p\n",
		"node drm dri/card1 226:1 at " CARD "/drm/card1\n",
		"node usb_device bus/usb/003/001 189:256 at " CARD "/usb3\n",
		"node infiniband_verbs infiniband/uverbs0 231:192 at " CARD
		"/infiniband_verbs/uverbs0\n",
		"interface net eth7 of " CARD "\n",
		"node rtc rtc1 252:1 at " CARD "/rtc/rtc1\n",
		"node nvme nvme3 240:3 at " CARD "/nvme/nvme3\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		card_expect_free(card_read("", lines[i]));
}

static void a_device_that_is_gone_has_no_uses(void **state)
{
	static const char *const gone[] = {"/sys/devices/pci0000:00/0000:09:00.0", NULL};
	const struct system *system = snapshot_about("pci 0000:01:00.0 in pci0000:00\n", 0, gone);

	assert_null(card_of(system)->uses);
	system_free(system);
}

UNIT(device_uses)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(virtual_functions_use_their_physical_one),
		cmocka_unit_test(mediated_devices_use_their_parent),
		cmocka_unit_test(active_consumers_would_be_unbound_too),
		cmocka_unit_test(uses_of_devices_below_are_the_devices_own),
		cmocka_unit_test(a_link_that_cannot_be_read_may_be_active),
		cmocka_unit_test(lists_of_uses_that_cannot_be_read_may_name_the_device),
		cmocka_unit_test(a_device_is_used_by_those_that_it_provides_for),
		cmocka_unit_test(dma_channels_in_use_are_a_use),
		cmocka_unit_test(other_tools_that_claim_a_device_are_named),
		cmocka_unit_test(tools_that_claim_others_are_not),
		cmocka_unit_test(devices_without_users_are_free),
		cmocka_unit_test(a_device_that_is_gone_has_no_uses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
