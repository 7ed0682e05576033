/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uses of a whole device: by name (driverctl, libvirt), by other devices, and by the kernel itself.
 */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define DEVICE "/sys/devices/pci0000:00/0000:01:00.0"

static const char *const paths[] = {DEVICE, NULL};

/* A device of that driver and class, on a machine where all uses can be read. */
static const struct system *read_device(const char *driver_and_class, const char *more)
{
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text,
			     "pci 0000:01:00.0 in pci0000:00 group=1 id=10DE:1EB8 %s\n"
			     "/proc/1/fd/\n"
			     "/proc/1/ns/mnt -> mnt:[1]\n"
			     "/proc/iomem = 00000000-0009ffff : System RAM\n"
			     "/iommuctl/network = namespace own /proc/self/ns/net this network "
			     "namespace\\n"
			     "interface 2 eth0 0 0 0 -1 - pci 0000:01:00.0\\nend\n"
			     "/proc/consoles = tty0                 -WU (EC  p  )    4:7\\n"
			     "ttyS0                -W- (EC  p a)    4:64\n%s",
			     driver_and_class, more) > 0);
	return snapshot_about(text, 0, paths);
}

static const struct device *device_of(const struct system *system)
{
	return find_device(system, "0000:01:00.0");
}

static void expect_use(const struct system *system, enum use_kind kind, const char *node,
		       const char *user, const char *evidence)
{
	const struct use *use = find_use(device_of(system), kind);

	assert_non_null(use);
	assert_string_equal(use->node, node);
	assert_string_equal(use->user, user);
	assert_string_equal(use->evidence, evidence);
	assert_int_equal(device_of(system)->uses->count, 1);
	assert_int_equal(device_of(system)->uses->blind_count, 0);
	system_free(system);
}

static void expect_free(const struct system *system)
{
	const struct uses *uses = device_of(system)->uses;

	if (uses->count)
		fail_msg("%s is used by %s", uses->items[0].node, uses->items[0].user);
	if (uses->blind_count)
		fail_msg("%s", uses->blind[0].why);
	system_free(system);
}

static void virtual_functions_use_their_physical_one(void **state)
{
	expect_use(read_device("", DEVICE "/virtfn0 -> ../0000:01:10.0\n"), USE_VIRTUAL_FUNCTION,
		   "0000:01:00.0", "0000:01:10.0", DEVICE "/virtfn0");
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
	expect_use(read_device("", ours), USE_MEDIATED, "0000:01:00.0", uuid,
		   "/sys/devices/pci0000:00/0000:01:00.0/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001");
	expect_free(read_device("", other));
}

/* A device with a device link to @consumer that has these attributes. */
static const struct system *look_at_link(const char *status, const char *sync_state_only)
{
	static const char link[] = "/sys/devices/virtual/devlink/a--b";
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text,
			     DEVICE "/consumer:pci:0000:01:00.1 -> ../../virtual/devlink/a--b\n"
				    "%s/status = %s\n%s/sync_state_only = %s\n",
			     link, status, link, sync_state_only) > 0);
	return read_device("", text);
}

static void active_consumers_would_be_unbound_too(void **state)
{
	expect_use(look_at_link("active", "0"), USE_CONSUMER, "0000:01:00.0", "pci:0000:01:00.1",
		   DEVICE "/consumer:pci:0000:01:00.1/status");
	expect_free(look_at_link("active", "1"));
	expect_free(look_at_link("not tracked", "0"));
	expect_free(look_at_link("available", "0"));
}

static void uses_of_devices_below_are_the_devices_own(void **state)
{
#define CHILD DEVICE "/pci10000:e0/10000:e0:01.0"
	static const char child[] = "pci 10000:e0:01.0 in pci0000:00/0000:01:00.0/pci10000:e0 "
				    "class=30000 driver=amdgpu\n";
	_autofree_ char *display = NULL, *consumer = NULL, *inside = NULL;

	assert_true(asprintf(&display, "%s" CHILD "/boot_vga = 1\n", child) > 0);
	expect_use(read_device("", display), USE_DISPLAY, "10000:e0:01.0", "boot VGA",
		   CHILD "/boot_vga");
	assert_true(asprintf(&consumer,
			     "%s" CHILD "/consumer:platform:x -> ../../../../virtual/devlink/l\n"
			     "/sys/devices/virtual/devlink/l/status = active\n"
			     "/sys/devices/virtual/devlink/l/sync_state_only = 0\n",
			     child) > 0);
	expect_use(read_device("", consumer), USE_CONSUMER, "10000:e0:01.0", "platform:x",
		   CHILD "/consumer:platform:x/status");
	/* A consumer below the device is moved with it. */
	assert_true(asprintf(&inside,
			     "%s/sys/devices/virtual/devlink/l/consumer -> "
			     "../../../pci0000:00/0000:01:00.0/y\n",
			     consumer) > 0);
	expect_free(read_device("", inside));
#undef CHILD
}

static void a_link_that_cannot_be_read_may_be_active(void **state)
{
	const struct system *system = read_device(
		"", DEVICE "/consumer:pci:0000:01:00.1 -> ../../virtual/devlink/gone\n");

	assert_true(is_blind(device_of(system), USE_CONSUMER));
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
			     DEVICE "/of_node -> ../../../firmware/devicetree/base/clk\n" BASE
				    "/clk/compatible = a,clk\\x00\\c\n" BASE
				    "/clk/phandle = \\x00\\x00\\x00\\x07\\c\n" BASE
				    "/clk/%s = \\x00\\x00\\x00\\x00\\c\n" BASE
				    "/dma/compatible = a,dma\\x00\\c\n" BASE
				    "/dma/%s = \\x00\\x00\\x00\\x07\\c\n"
				    "platform 1.dma of=/dma group=5 %s\n",
			     provision, property, driver) > 0);
	return read_device("", text);
}

static void a_device_is_used_by_those_that_it_provides_for(void **state)
{
	expect_use(look_at_provider("#clock-cells", "clocks", "driver=dma"), USE_CONSUMER,
		   "0000:01:00.0", "1.dma", BASE "/dma/clocks");
	expect_use(look_at_provider("interrupt-controller", "interrupt-parent",
				    "driver=dma\n" BASE "/dma/interrupts = x"),
		   USE_CONSUMER, "0000:01:00.0", "1.dma", BASE "/dma/interrupts");
	expect_use(look_at_provider("regulators/x", "vdd-supply", "driver=dma"), USE_CONSUMER,
		   "0000:01:00.0", "1.dma", BASE "/dma/vdd-supply");
	/* An unbound device uses nothing, and a number is no phandle. */
	expect_free(look_at_provider("#clock-cells", "clocks", ""));
	expect_free(look_at_provider("#clock-cells", "clock-frequency", "driver=dma"));
	expect_free(look_at_provider("#size-cells", "clocks", "driver=dma"));
}

static void dma_channels_in_use_are_a_use(void **state)
{
#define CHANNEL DEVICE "/dma/dma0chan1"
	static const char class[] =
		"/sys/class/dma/dma0chan1 -> ../../devices/pci0000:00/0000:01:00.0/dma/dma0chan1\n"
		"/sys/class/dma/dma9chan1 -> ../../devices/platform/dma/dma9chan1\n"
		"/sys/devices/platform/dma/dma9chan1/in_use = 1\n";
	_autofree_ char *busy = NULL, *idle = NULL;

	assert_true(asprintf(&busy, "%s" CHANNEL "/in_use = 2\n", class) > 0);
	assert_true(asprintf(&idle, "%s" CHANNEL "/in_use = 0\n", class) > 0);
	expect_use(read_device("", busy), USE_CONSUMER, "dma0chan1", "2 DMA clients",
		   CHANNEL "/in_use");
	expect_free(read_device("", idle));
#undef CHANNEL
}

static void other_tools_that_claim_a_device_are_named(void **state)
{
	expect_use(read_device("", "/etc/driverctl.d/pci-0000:01:00.0 = vfio-pci\n"), USE_TOOL,
		   "0000:01:00.0", "driverctl (vfio-pci)", "/etc/driverctl.d/pci-0000:01:00.0");
	expect_use(read_device("", "/run/libvirt/hostdevmgr/0000:01:00.0_vf1 = x\n"), USE_TOOL,
		   "0000:01:00.0", "libvirt", "/run/libvirt/hostdevmgr/0000:01:00.0_vf1");
	expect_use(read_device("", "interface net eth5 of " DEVICE
				   "\n/run/libvirt/hostdevmgr/eth5_vf1 = x\n"),
		   USE_TOOL, "0000:01:00.0", "libvirt", "/run/libvirt/hostdevmgr/eth5_vf1");
	expect_use(read_device("", "/proc/cmdline = quiet vfio-pci.ids=8086:1,10de:1eb8 rw\n"),
		   USE_TOOL, "0000:01:00.0", "vfio-pci.ids", "/proc/cmdline");
	expect_use(read_device("", "/proc/cmdline = vfio_pci.ids=10DE:1EB8:ffffffff:ffffffff\n"),
		   USE_TOOL, "0000:01:00.0", "vfio-pci.ids", "/proc/cmdline");
}

static void tools_that_claim_others_are_not(void **state)
{
	expect_free(read_device(
		"", "/etc/driverctl.d/pci-0000:01:00.1 = vfio-pci\n"
		    "/run/libvirt/hostdevmgr/eth55_vf1 = x\n"
		    "interface net eth5 of " DEVICE "\n"
		    "/proc/cmdline = xvfio-pci.ids=10de:1eb8 vfio-pci.ids=10de:1eb9,,x\n"));
}

static void the_boot_display_is_in_use(void **state)
{
	expect_use(read_device("driver=amdgpu class=30000", DEVICE "/boot_vga = 1\n"), USE_DISPLAY,
		   "0000:01:00.0", "boot VGA", DEVICE "/boot_vga");
	/* A display that a guest has does not show this host; a second card never did. */
	expect_free(read_device("driver=vfio-pci class=30000", DEVICE "/boot_vga = 1\n"));
	expect_free(read_device("driver=amdgpu class=30000", DEVICE "/boot_vga = 0\n"));
}

static void firmwares_framebuffer_may_sit_on_a_display(void **state)
{
	expect_use(read_device("class=30000", "/proc/iomem = d0000000-efffffff : PCI Bus 0000:01\\n"
					      "  d0000000-dfffffff : 0000:01:00.0\\n"
					      "    d0000000-d02fffff : BOOTFB\\n"
					      "  e0000000-e00fffff : 0000:02:00.0\n"),
		   USE_DISPLAY, "0000:01:00.0", "framebuffer of the firmware (BOOTFB)",
		   "/proc/iomem");
	expect_free(read_device("class=30000", "/proc/iomem = 0-0 : PCI Bus 0000:01\\n"
					       "  0-0 : 0000:01:00.0\\n"
					       "    0-0 : nouveau\\n"
					       "  0-0 : 0000:02:00.0\\n"
					       "    0-0 : efifb\\n"
					       "0-0 : BOOTFB\n"));
}

static void memory_that_cannot_be_read_may_be_a_framebuffers(void **state)
{
	const struct system *system =
		snapshot_about("pci 0000:01:00.0 in pci0000:00 class=30000\n", 0, paths);

	assert_true(is_blind(device_of(system), USE_DISPLAY));
	system_free(system);
}

static void the_first_framebuffer_is_the_console(void **state)
{
	static const char bound[] = "/sys/class/vtconsole/vtcon1/name = (M) frame buffer device\n"
				    "/sys/class/vtconsole/vtcon1/bind = 1\n"
				    "/sys/class/graphics/fbcon -> ../../devices/virtual/fbcon\n";
	_autofree_ char *first = NULL, *second = NULL, *unbound = NULL, *mapped = NULL;

	assert_true(asprintf(&first, "%snode graphics fb0 29:0 at " DEVICE "/graphics/fb0\n",
			     bound) > 0);
	assert_true(asprintf(&second,
			     "%snode graphics fb10 29:10 at " DEVICE "/graphics/fb10\n"
			     "node graphics fb9 29:9 at /sys/devices/virtual/graphics/fb9\n",
			     bound) > 0);
	assert_true(asprintf(&unbound, "%s/sys/class/vtconsole/vtcon1/bind = 0\n", first) > 0);
	assert_true(asprintf(&mapped, "%s/proc/cmdline = fbcon=map:1\n", second) > 0);
	expect_use(read_device("", first), USE_DISPLAY, "fb0", "framebuffer console",
		   "/sys/class/vtconsole");
	expect_free(read_device("", second));
	expect_free(read_device("", unbound));
	expect_use(read_device("", mapped), USE_DISPLAY, "fb10", "framebuffer console",
		   "/sys/class/vtconsole");
}

static void a_terminal_may_be_the_kernels_console(void **state)
{
	expect_use(read_device("", "node tty ttyS0 4:64 at " DEVICE "/tty/ttyS0\n"), USE_CONSOLE,
		   "ttyS0", "kernel console", "/proc/consoles");
	expect_free(read_device("", "node tty ttyS4 4:68 at " DEVICE "/tty/ttyS4\n"));
	expect_free(read_device("", "node tty ttyX 4:6 at " DEVICE "/tty/ttyX\n"));
}

#define PORT "node virtio-ports vport3p0 247:1 at " DEVICE "/virtio3/virtio-ports/vport3p0\n"
#define HVC                                                           \
	"/proc/consoles = hvc0                 -W- (EC p  )  229:0\n" \
	"/sys/class/tty/hvc0/dev = 229:0\n"
#define PORTS "/sys/kernel/debug/virtio-ports/vport3p0 = name: x\\nis_console: "

static void a_console_port_of_virtio_serial_is_the_consoles(void **state)
{
	const struct system *system;

	expect_use(read_device("", PORT HVC PORTS "yes\n"), USE_CONSOLE, "hvc0", "kernel console",
		   "/proc/consoles");
	/* The port of a guest agent is no console, even if another port is hvc0. */
	expect_free(read_device("", PORT HVC PORTS "no\n"));
	expect_free(read_device("", PORT PORTS "yes\n"));
	system = read_device("", PORT HVC);
	assert_true(is_blind(device_of(system), USE_CONSOLE));
	system_free(system);
	system = read_device("", PORT PORTS "yes\n/sys/class/tty/hvc0/dev = 229:0\n"
					    "/proc/9/comm = getty\n/proc/9/fd/0 -> /dev/hvc0\n");
	assert_non_null(find_use(device_of(system), USE_OPEN));
	system_free(system);
	expect_free(read_device("", PORT PORTS "no\n/proc/9/fd/0 -> /dev/hvc0\n"));
}

/*
 * A machine whose /proc/bus/input/devices has a keyboard at @place, with these handlers and keys.
 */
static const struct system *look_at_keyboard(const char *place, const char *handlers,
					     const char *keys, const char *more)
{
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text,
			     "node input input/event3 13:67 at " DEVICE "/usb1/1-1/input/event3\n"
			     "/proc/bus/input/devices = I: Bus=0003\\nS: Sysfs=%s\\n"
			     "H: Handlers=%s\\nB: EV=120013\\nB: KEY=%s\\n\n%s",
			     place, handlers, keys, more) > 0);
	return read_device("", text);
}

static void a_keyboard_is_the_consoles_where_that_is_on_the_screen(void **state)
{
	static const char place[] = "/devices/pci0000:00/0000:01:00.0/usb1/1-1/input/input3";
	static const char other[] = "/devices/platform/i8042/serio0/input/input3";
	static const char keys[] = "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe";

	expect_use(look_at_keyboard(place, "sysrq kbd event3 leds ", keys, ""), USE_CONSOLE,
		   "input3", "keyboard of the console", "/proc/bus/input/devices");
	expect_free(look_at_keyboard(other, "sysrq kbd event3 leds ", keys, ""));
	expect_free(look_at_keyboard(place, "kbd event3 ", "10000000000000 0", ""));
	expect_free(look_at_keyboard(place, "event3 ", keys, ""));
	expect_free(look_at_keyboard(place, "sysrq kbd event3 leds ", keys,
				     "/proc/consoles = ttyS0 -W- (EC  p a)    4:64\n"));
}

static void consoles_that_cannot_be_read_may_be_anywhere(void **state)
{
	const struct system *system =
		snapshot_about("pci 0000:01:00.0 in pci0000:00\n/proc/1/fd/\n"
			       "node tty ttyS0 4:64 at " DEVICE "/tty/ttyS0\n",
			       0, paths);

	assert_true(is_blind(device_of(system), USE_CONSOLE));
	system_free(system);
}

static void a_watchdog_counts_while_it_runs(void **state)
{
	static const char node[] =
		"node watchdog watchdog0 248:0 at " DEVICE "/watchdog/watchdog0\n";
	_autofree_ char *active = NULL, *inactive = NULL;
	const struct system *system = read_device("", node);

	assert_true(is_blind(device_of(system), USE_WATCHDOG));
	system_free(system);
	assert_true(asprintf(&active, "%s" DEVICE "/watchdog/watchdog0/state = active\n", node) >
		    0);
	assert_true(asprintf(&inactive, "%s" DEVICE "/watchdog/watchdog0/state = inactive\n",
			     node) > 0);
	expect_use(read_device("", active), USE_WATCHDOG, "watchdog0", "a running watchdog",
		   DEVICE "/watchdog/watchdog0/state");
	expect_free(read_device("", inactive));
}

static void a_watchdog_of_no_device_is_that_of_the_driver_of_its_name(void **state)
{
#define WATCHDOG "/sys/class/watchdog/watchdog0"
	static const char running[] =
		WATCHDOG "/identity = i6300ESB\n" WATCHDOG "/state = active\n";
	_autofree_ char *owned = NULL;

	assert_true(asprintf(&owned, "%s" WATCHDOG "/device -> ../../../devices/pci0000:00\n",
			     running) > 0);
	expect_use(read_device("driver=i6300ESB", running), USE_WATCHDOG, "watchdog0",
		   "a running watchdog", WATCHDOG "/state");
	expect_free(read_device("driver=nvme", running));
	expect_free(read_device("", running));
	expect_free(read_device("driver=i6300ESB", owned));
	expect_free(read_device("driver=i6300ESB",
				WATCHDOG "/identity = i6300ESB\n" WATCHDOG "/state = inactive\n"));
#undef WATCHDOG
}

static void a_tpm_and_a_management_controller_are_always_in_use(void **state)
{
	expect_use(read_device("", "node tpm tpm0 10:224 at " DEVICE "/tpm/tpm0\n"
				   "node tpmrm tpmrm0 252:65536 at " DEVICE "/tpmrm/tpmrm0\n"),
		   USE_TPM, "tpm0", "the machine's TPM", DEVICE "/tpm/tpm0");
	expect_use(read_device("", "node ipmi ipmi0 240:0 at " DEVICE "/ipmi/ipmi0\n"), USE_IPMI,
		   "ipmi0", "the management controller", DEVICE "/ipmi/ipmi0");
}

static void devices_without_users_are_free(void **state)
{
	static const char *const lines[] = {
		"",
		"node sound snd/pcmC1D0p 116:4 at " DEVICE "/sound/card1/pcmC1D0p\n",
		"node drm dri/card1 226:1 at " DEVICE "/drm/card1\n",
		"node usb_device bus/usb/003/001 189:256 at " DEVICE "/usb3\n",
		"node infiniband_verbs infiniband/uverbs0 231:192 at " DEVICE
		"/infiniband_verbs/uverbs0\n",
		"interface net eth7 of " DEVICE "\n",
		"node rtc rtc1 252:1 at " DEVICE "/rtc/rtc1\n",
		"node nvme nvme3 240:3 at " DEVICE "/nvme/nvme3\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		expect_free(read_device("", lines[i]));
}

static void a_device_that_is_gone_has_no_uses(void **state)
{
	static const char *const gone[] = {"/sys/devices/pci0000:00/0000:09:00.0", NULL};
	const struct system *system = snapshot_about("pci 0000:01:00.0 in pci0000:00\n", 0, gone);

	assert_null(device_of(system)->uses);
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
		cmocka_unit_test(a_device_is_used_by_those_that_it_provides_for),
		cmocka_unit_test(dma_channels_in_use_are_a_use),
		cmocka_unit_test(other_tools_that_claim_a_device_are_named),
		cmocka_unit_test(tools_that_claim_others_are_not),
		cmocka_unit_test(the_boot_display_is_in_use),
		cmocka_unit_test(firmwares_framebuffer_may_sit_on_a_display),
		cmocka_unit_test(memory_that_cannot_be_read_may_be_a_framebuffers),
		cmocka_unit_test(the_first_framebuffer_is_the_console),
		cmocka_unit_test(a_terminal_may_be_the_kernels_console),
		cmocka_unit_test(a_console_port_of_virtio_serial_is_the_consoles),
		cmocka_unit_test(a_keyboard_is_the_consoles_where_that_is_on_the_screen),
		cmocka_unit_test(consoles_that_cannot_be_read_may_be_anywhere),
		cmocka_unit_test(a_watchdog_counts_while_it_runs),
		cmocka_unit_test(a_watchdog_of_no_device_is_that_of_the_driver_of_its_name),
		cmocka_unit_test(a_tpm_and_a_management_controller_are_always_in_use),
		cmocka_unit_test(devices_without_users_are_free),
		cmocka_unit_test(a_device_that_is_gone_has_no_uses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
