/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which pins an initramfs may apply: without a serial and without uses the rest has to wait. */
#include "checks/pin_early.h"

#include "support/check.h"

#include <string.h>

#define PLACE "pci0000:00/01.0/00.0"
#define MACHINE                                                                      \
	"group 1 type=DMA\n/proc/cmdline = quiet\n"                                  \
	"pci 0000:00:01.0 in pci0000:00 driver=pcieport class=60400\n"               \
	"pci 0000:01:00.0 in pci0000:00/0000:00:01.0 group=1 driver=e1000e id=8086:" \
	"10d3 class="
#define PIN(name, place, more)                                                       \
	"/etc/iommuctl/pins.d/" name ".conf = driver = vfio-pci\\nlocation = " place \
	"\\nvendor = 0x8086\\ndevice = 0x10d3\\n" more "\n"
#define NIC MACHINE "20000\n"

/* Why the first pin of the tree is late, or NULL. @count: of lines in the list */
static const char *explain(const char *tree, struct arena *arena, int *ret_lines)
{
	_autosystem_ const struct system *system = snapshot(tree, PIN_FACTS);
	size_t count = system->machine.pin_count;
	struct pin_match *matches = pins_match_on(system, arena);
	struct span list = pins_write_list(matches, count, arena);

	assert_true(count > 0);
	*ret_lines = 0;
	for (size_t i = 0; i < list.length; i++)
		*ret_lines += list.start[i] == '\n';
	assert_int_equal(list.length == 0, pins_write_rules(matches, count, arena).length == 0);
	return pin_explain_late(&matches[0]);
}

static void expect_early(const char *tree)
{
	_autoarena_ struct arena *arena = arena_new();
	int lines;
	const char *why = explain(tree, arena, &lines);

	if (why)
		fail_msg("%s in\n%s", why, tree);
	assert_int_equal(lines, 2); /* and a comment */
}

static void expect_late(const char *tree, const char *why)
{
	_autoarena_ struct arena *arena = arena_new();
	int lines;
	const char *found = explain(tree, arena, &lines);

	if (!found || !strstr(found, why))
		fail_msg("not \"%s\" but \"%s\" in\n%s", why, found ? found : "-", tree);
	assert_int_equal(lines, 0);
}

static void a_card_at_its_place_is_early(void **state)
{
	expect_early(NIC PIN("nic", PLACE, ""));
	/* It may be plugged in before the next boot. */
	expect_early(NIC PIN("nic", "pci0000:00/02.0/00.0", ""));
}

/* An identical card in the slot may carry the network of the machine. */
static void a_serial_that_needs_a_driver_is_late(void **state)
{
	expect_late(NIC PIN("nic", PLACE, "serial = mac:52:54:00:12:34:56\\n"), "serial");
	expect_late(NIC PIN("nic", "pci0000:00/02.0/00.0", "serial = nvme:A\\n"), "serial");
	expect_early(NIC PIN("nic", PLACE,
			     "serial = pcie:00-1b-21-ff-ff-a1-b2-c3\\n"
			     "serial = mac:52:54:00:12:34:56\\n"));
}

/* The command line is that of this boot, and the list is for the next one. */
static void pins_that_are_off_now_are_early_at_the_next_boot(void **state)
{
	static const char tree[] =
		"group 1 type=DMA\n/proc/cmdline = rescue\n"
		"pci 0000:01:00.0 in pci0000:00 group=1 id=8086:10d3 class=20000\n" PIN(
			"nic", "pci0000:00/00.0", "");
	_autosystem_ const struct system *system = snapshot(tree, PIN_FACTS);
	_autoarena_ struct arena *arena = arena_new();

	expect_early(tree);
	/* The rules of udev are for this boot. */
	assert_int_equal(pins_write_rules(pins_match(system, arena), 1, arena).length, 0);
	assert_non_null(pin_explain_late(pins_match(system, arena)));
}

static void kinds_of_devices_that_need_a_second_look_are_late(void **state)
{
	expect_late(MACHINE "10802\n" PIN("nic", PLACE, ""), "disk controller");
	expect_late(MACHINE "30000\n" PIN("nic", PLACE, ""), "display");
	expect_late(MACHINE "60400\n" PIN("nic", PLACE, ""), "bridge");
}

static void a_class_that_is_unknown_is_late(void **state)
{
	const struct device device = {.bus = "pci", .class = -1};
	const struct pin pin = {.bus = "pci", .location = PLACE};
	const struct pin_match match = {.pin = &pin, .device = &device, .state = PIN_PENDING};

	assert_non_null(pin_explain_late(&match));
}

static void a_pin_whose_card_is_not_certain_is_late(void **state)
{
	expect_late(NIC PIN("nic", PLACE, "subsystem-vendor = 0x1234\\n"), "another card");
	expect_late(NIC PIN("a", PLACE, "") PIN("b", PLACE, ""), "no valid pin");
	expect_late(NIC PIN("nic", PLACE, "member = pci0000:00/07.0\\n") "pci 0000:01:00.1 in "
									 "pci0000:00/0000:00:01.0 "
									 "group=1 id=8086:10d4\n",
		    "new member");
	expect_late(NIC "/etc/iommuctl/pins.d/nic.conf = x\n", "no valid pin");
}

static void a_device_that_the_system_needs_is_late(void **state)
{
	const struct device device = {.bus = "pci", .class = 0x20000};
	const struct pin pin = {.bus = "pci", .location = PLACE};
	struct pin_match match = {.pin = &pin, .device = &device, .state = PIN_REFUSED};

	assert_non_null(pin_explain_late(&match));
	/* A failure of this boot says nothing of the next one. */
	match.state = PIN_FAILED;
	assert_null(pin_explain_late(&match));
}

static void a_device_of_another_bus_is_late(void **state)
{
	expect_late("group 1 type=DMA\n/proc/cmdline = quiet\n"
		    "platform 9000000.dma group=1 driver=pl330 of=/dma@9000000\n"
		    "/sys/devices/platform/9000000.dma/of_node/compatible = arm,pl330\\x00\\c\n"
		    "/etc/iommuctl/pins.d/dma.conf = driver = vfio-platform\\nbus = "
		    "platform\\nlocation = platform/9000000.dma\\ncompatible = arm,pl330\\n\n",
		    "none of PCI");
}

static void one_late_pin_leaves_the_others(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	int lines;

	assert_non_null(explain(NIC "/etc/iommuctl/pins.d/a.conf = x\n" PIN("b", PLACE, "")
					PIN("c", "pci0000:00/02.0/00.0", ""),
				arena, &lines));
	assert_int_equal(lines, 3);
}

UNIT(pin_early)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_at_its_place_is_early),
		cmocka_unit_test(a_serial_that_needs_a_driver_is_late),
		cmocka_unit_test(pins_that_are_off_now_are_early_at_the_next_boot),
		cmocka_unit_test(kinds_of_devices_that_need_a_second_look_are_late),
		cmocka_unit_test(a_class_that_is_unknown_is_late),
		cmocka_unit_test(a_pin_whose_card_is_not_certain_is_late),
		cmocka_unit_test(a_device_that_the_system_needs_is_late),
		cmocka_unit_test(a_device_of_another_bus_is_late),
		cmocka_unit_test(one_late_pin_leaves_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
