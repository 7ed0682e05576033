/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses of a device by the kernel itself: display, console, keyboard, watchdog, TPM. */
#include "support/card.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

static void the_boot_display_is_in_use(void **state)
{
	card_expect_use(card_read("driver=amdgpu class=30000", CARD "/boot_vga = 1\n"), USE_DISPLAY,
			"0000:01:00.0", "boot VGA", CARD "/boot_vga");
	/* A display that a guest has does not show this host; a second card never did. */
	card_expect_free(card_read("driver=vfio-pci class=30000", CARD "/boot_vga = 1\n"));
	card_expect_free(card_read("driver=amdgpu class=30000", CARD "/boot_vga = 0\n"));
}

static void firmwares_framebuffer_may_sit_on_a_display(void **state)
{
	card_expect_use(
		card_read("class=30000", "/proc/iomem = d0000000-efffffff : PCI Bus 0000:01\\n"
					 "  d0000000-dfffffff : 0000:01:00.0\\n"
					 "    d0000000-d02fffff : BOOTFB\\n"
					 "  e0000000-e00fffff : 0000:02:00.0\n"),
		USE_DISPLAY, "0000:01:00.0", "framebuffer of the firmware (BOOTFB)", "/proc/iomem");
	card_expect_free(card_read("class=30000", "/proc/iomem = 0-0 : PCI Bus 0000:01\\n"
						  "  0-0 : 0000:01:00.0\\n"
						  "    0-0 : nouveau\\n"
						  "  0-0 : 0000:02:00.0\\n"
						  "    0-0 : efifb\\n"
						  "0-0 : BOOTFB\n"));
}

static void memory_that_cannot_be_read_may_be_a_framebuffers(void **state)
{
	const struct system *system =
		snapshot_about("pci 0000:01:00.0 in pci0000:00 class=30000\n", 0, card_paths);

	assert_true(is_blind(card_of(system), USE_DISPLAY));
	system_free(system);
}

static void the_first_framebuffer_is_the_console(void **state)
{
	static const char bound[] = "/sys/class/vtconsole/vtcon1/name = (M) frame buffer device\n"
				    "/sys/class/vtconsole/vtcon1/bind = 1\n"
				    "/sys/class/graphics/fbcon -> ../../devices/virtual/fbcon\n";
	_autofree_ char *first = NULL, *second = NULL, *unbound = NULL, *mapped = NULL;

	assert_true(asprintf(&first, "%snode graphics fb0 29:0 at " CARD "/graphics/fb0\n", bound) >
		    0);
	assert_true(asprintf(&second,
			     "%snode graphics fb10 29:10 at " CARD "/graphics/fb10\n"
			     "node graphics fb9 29:9 at /sys/devices/virtual/graphics/fb9\n",
			     bound) > 0);
	assert_true(asprintf(&unbound, "%s/sys/class/vtconsole/vtcon1/bind = 0\n", first) > 0);
	assert_true(asprintf(&mapped, "%s/proc/cmdline = fbcon=map:1\n", second) > 0);
	card_expect_use(card_read("", first), USE_DISPLAY, "fb0", "framebuffer console",
			"/sys/class/vtconsole");
	card_expect_free(card_read("", second));
	card_expect_free(card_read("", unbound));
	card_expect_use(card_read("", mapped), USE_DISPLAY, "fb10", "framebuffer console",
			"/sys/class/vtconsole");
}

static void a_terminal_may_be_the_kernels_console(void **state)
{
	card_expect_use(card_read("", "node tty ttyS0 4:64 at " CARD "/tty/ttyS0\n"), USE_CONSOLE,
			"ttyS0", "kernel console", "/proc/consoles");
	card_expect_free(card_read("", "node tty ttyS4 4:68 at " CARD "/tty/ttyS4\n"));
	card_expect_free(card_read("", "node tty ttyX 4:6 at " CARD "/tty/ttyX\n"));
}

static void a_terminal_may_be_the_kernel_debuggers(void **state)
{
	static const char *const settings[] = {"ttyS4", "ttyS4,115200", "kms,kbd,ttyS4"};
	static const char *const others[] = {"", "kbd", "ttyS40,115200", "ttyS,4"};
	_autofree_ char *text = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(settings) + ARRAY_SIZE(others); i++) {
		bool is_its = i < ARRAY_SIZE(settings);
		const char *setting = is_its ? settings[i] : others[i - ARRAY_SIZE(settings)];

		free(text);
		assert_true(asprintf(&text,
				     "node tty ttyS4 4:68 at " CARD "/tty/ttyS4\n"
				     "/sys/module/kgdboc/parameters/kgdboc = %s\n",
				     setting) > 0);
		if (is_its)
			card_expect_use(card_read("", text), USE_CONSOLE, "ttyS4",
					"terminal of the kernel debugger (kgdboc)",
					"/sys/module/kgdboc/parameters/kgdboc");
		else
			card_expect_free(card_read("", text));
	}
}

#define PORT "node virtio-ports vport3p0 247:1 at " CARD "/virtio3/virtio-ports/vport3p0\n"

#define HVC                                                           \
	"/proc/consoles = hvc0                 -W- (EC p  )  229:0\n" \
	"/sys/class/tty/hvc0/dev = 229:0\n"

#define PORTS "/sys/kernel/debug/virtio-ports/vport3p0 = name: x\\nis_console: "

static void a_console_port_of_virtio_serial_is_the_consoles(void **state)
{
	const struct system *system;

	card_expect_use(card_read("", PORT HVC PORTS "yes\n"), USE_CONSOLE, "hvc0",
			"kernel console", "/proc/consoles");
	/* The port of a guest agent is no console, even if another port is hvc0. */
	card_expect_free(card_read("", PORT HVC PORTS "no\n"));
	card_expect_free(card_read("", PORT PORTS "yes\n"));
	system = card_read("", PORT HVC);
	assert_true(is_blind(card_of(system), USE_CONSOLE));
	system_free(system);
	system = card_read("", PORT PORTS "yes\n/sys/class/tty/hvc0/dev = 229:0\n"
					  "/proc/9/comm = getty\n/proc/9/fd/0 -> /dev/hvc0\n");
	assert_non_null(find_use(card_of(system), USE_OPEN));
	system_free(system);
	card_expect_free(card_read("", PORT PORTS "no\n/proc/9/fd/0 -> /dev/hvc0\n"));
}

/*
 * A machine whose /proc/bus/input/devices has a keyboard at @place, with these handlers and keys.
 */
static const struct system *look_at_keyboard(const char *place, const char *handlers,
					     const char *keys, const char *more)
{
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text,
			     "node input input/event3 13:67 at " CARD "/usb1/1-1/input/event3\n"
			     "/proc/bus/input/devices = I: Bus=0003\\nS: Sysfs=%s\\n"
			     "H: Handlers=%s\\nB: EV=120013\\nB: KEY=%s\\n\n%s",
			     place, handlers, keys, more) > 0);
	return card_read("", text);
}

static void a_keyboard_is_the_consoles_where_that_is_on_the_screen(void **state)
{
	static const char place[] = "/devices/pci0000:00/0000:01:00.0/usb1/1-1/input/input3";
	static const char other[] = "/devices/platform/i8042/serio0/input/input3";
	static const char keys[] = "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe";

	card_expect_use(look_at_keyboard(place, "sysrq kbd event3 leds ", keys, ""), USE_CONSOLE,
			"input3", "keyboard of the console", "/proc/bus/input/devices");
	card_expect_free(look_at_keyboard(other, "sysrq kbd event3 leds ", keys, ""));
	card_expect_free(look_at_keyboard(place, "kbd event3 ", "10000000000000 0", ""));
	card_expect_free(look_at_keyboard(place, "event3 ", keys, ""));
	card_expect_free(look_at_keyboard(place, "sysrq kbd event3 leds ", keys,
					  "/proc/consoles = ttyS0 -W- (EC  p a)    4:64\n"));
}

static void consoles_that_cannot_be_read_may_be_anywhere(void **state)
{
	const struct system *system = snapshot_about("pci 0000:01:00.0 in pci0000:00\n/proc/1/fd/\n"
						     "node tty ttyS0 4:64 at " CARD "/tty/ttyS0\n",
						     0, card_paths);

	assert_true(is_blind(card_of(system), USE_CONSOLE));
	system_free(system);
}

static void a_watchdog_counts_while_it_runs(void **state)
{
	static const char node[] = "node watchdog watchdog0 248:0 at " CARD "/watchdog/watchdog0\n";
	_autofree_ char *active = NULL, *inactive = NULL;
	const struct system *system = card_read("", node);

	assert_true(is_blind(card_of(system), USE_WATCHDOG));
	system_free(system);
	assert_true(asprintf(&active, "%s" CARD "/watchdog/watchdog0/state = active\n", node) > 0);
	assert_true(asprintf(&inactive, "%s" CARD "/watchdog/watchdog0/state = inactive\n", node) >
		    0);
	card_expect_use(card_read("", active), USE_WATCHDOG, "watchdog0", "a running watchdog",
			CARD "/watchdog/watchdog0/state");
	card_expect_free(card_read("", inactive));
}

static void a_watchdog_of_no_device_is_that_of_the_driver_of_its_name(void **state)
{
#define WATCHDOG "/sys/class/watchdog/watchdog0"
	static const char running[] =
		WATCHDOG "/identity = i6300ESB\n" WATCHDOG "/state = active\n";
	_autofree_ char *owned = NULL;

	assert_true(asprintf(&owned, "%s" WATCHDOG "/device -> ../../../devices/pci0000:00\n",
			     running) > 0);
	card_expect_use(card_read("driver=i6300ESB", running), USE_WATCHDOG, "watchdog0",
			"a running watchdog", WATCHDOG "/state");
	card_expect_free(card_read("driver=nvme", running));
	card_expect_free(card_read("", running));
	card_expect_free(card_read("driver=i6300ESB", owned));
	card_expect_free(card_read("driver=i6300ESB", WATCHDOG "/identity = i6300ESB\n" WATCHDOG
							       "/state = inactive\n"));
#undef WATCHDOG
}

static void a_tpm_and_a_management_controller_are_always_in_use(void **state)
{
	card_expect_use(card_read("", "node tpm tpm0 10:224 at " CARD "/tpm/tpm0\n"
				      "node tpmrm tpmrm0 252:65536 at " CARD "/tpmrm/tpmrm0\n"),
			USE_TPM, "tpm0", "the machine's TPM", CARD "/tpm/tpm0");
	card_expect_use(card_read("", "node ipmi ipmi0 240:0 at " CARD "/ipmi/ipmi0\n"), USE_IPMI,
			"ipmi0", "the management controller", CARD "/ipmi/ipmi0");
}

UNIT(kernel_uses)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_boot_display_is_in_use),
		cmocka_unit_test(firmwares_framebuffer_may_sit_on_a_display),
		cmocka_unit_test(memory_that_cannot_be_read_may_be_a_framebuffers),
		cmocka_unit_test(the_first_framebuffer_is_the_console),
		cmocka_unit_test(a_terminal_may_be_the_kernels_console),
		cmocka_unit_test(a_terminal_may_be_the_kernel_debuggers),
		cmocka_unit_test(a_console_port_of_virtio_serial_is_the_consoles),
		cmocka_unit_test(a_keyboard_is_the_consoles_where_that_is_on_the_screen),
		cmocka_unit_test(consoles_that_cannot_be_read_may_be_anywhere),
		cmocka_unit_test(a_watchdog_counts_while_it_runs),
		cmocka_unit_test(a_watchdog_of_no_device_is_that_of_the_driver_of_its_name),
		cmocka_unit_test(a_tpm_and_a_management_controller_are_always_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
