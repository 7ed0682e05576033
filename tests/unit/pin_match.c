/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which device a pin means: the same machine, with one thing changed for each state. */
#include "checks/pin_refusal.h"

#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define PORTS                                                          \
	"pci 0000:00:01.0 in pci0000:00 driver=pcieport class=60400\n" \
	"pci 0000:00:02.0 in pci0000:00 driver=pcieport class=60400\n"
#define LEFT "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0"
#define RIGHT "/sys/devices/pci0000:00/0000:00:02.0/0000:02:00.0"
#define NIC_LEFT(driver) \
	"pci 0000:01:00.0 in pci0000:00/0000:00:01.0 group=1 id=8086:10d3 driver=" driver "\n"
#define NIC_RIGHT "pci 0000:02:00.0 in pci0000:00/0000:00:02.0 group=2 id=8086:10d3 driver=e1000e\n"
#define MAC(path, address) \
	path "/net/eth0/address = " address "\n" path "/net/eth0/addr_assign_type = 0\n"
#define PINNED "52:54:00:00:00:01"
#define OTHER "52:54:00:00:00:02"
#define PIN(name, more)                                                                   \
	"/etc/iommuctl/pins.d/" name ".conf = driver = vfio-pci\\nlocation = "            \
	"pci0000:00/01.0/00.0\\nvendor = 0x8086\\ndevice = 0x10d3\\nserial = mac:" PINNED \
	"\\nmember = pci0000:00/01.0/00.0\\n" more "\n"
#define MACHINE "group 1 type=DMA\ngroup 2 type=DMA\n/proc/cmdline = quiet\n" PORTS

static void expect(const char *tree, enum pin_state state, const char *device)
{
	_autosystem_ const struct system *system = snapshot(tree, PIN_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct pin_match *matches = pins_match(system, arena);

	assert_true(system->machine.pin_count > 0);
	if (matches[0].state != state)
		fail_msg("%s, not %s (%s) in\n%s", pin_state_name(matches[0].state),
			 pin_state_name(state), matches[0].detail ? matches[0].detail : "-", tree);
	if (device)
		assert_string_equal(matches[0].device->label, device);
	else
		assert_null(matches[0].device);
}

static void a_device_that_fits_is_pending_or_satisfied(void **state)
{
	expect(MACHINE NIC_LEFT("e1000e") MAC(LEFT, PINNED) PIN("nic", ""), PIN_PENDING,
	       "0000:01:00.0");
	expect(MACHINE NIC_LEFT("vfio-pci") PIN("nic", ""), PIN_SATISFIED, "0000:01:00.0");
	/* The numbers of buses move when a card is added in front. */
	expect(MACHINE
	       "pci 0000:07:00.0 in pci0000:00/0000:00:01.0 group=1 id=8086:10d3\n" PIN("nic", ""),
	       PIN_PENDING, "0000:07:00.0");
	/* An address that was set by hand is not that of the card. */
	expect(MACHINE NIC_LEFT("e1000e") LEFT "/net/eth0/address = " OTHER "\n" LEFT
					       "/net/eth0/addr_assign_type = 3\n" PIN("nic", ""),
	       PIN_PENDING, "0000:01:00.0");
}

static void another_model_or_another_card_of_the_model_is_left_alone(void **state)
{
	expect(MACHINE "pci 0000:01:00.0 in pci0000:00/0000:00:01.0 id=144d:a808 driver=nvme\n" PIN(
		       "nic", ""),
	       PIN_MISMATCH, NULL);
	expect(MACHINE NIC_LEFT("e1000e") MAC(LEFT, OTHER) PIN("nic", ""), PIN_MISMATCH, NULL);
}

static void the_ids_of_the_card_count_where_the_pin_has_them(void **state)
{
#define CARD(vendor, device)                                                              \
	LEFT "/uevent = "                                                                 \
	     "DRIVER=e1000e\\nPCI_CLASS=20000\\nPCI_ID=8086:10D3\\nPCI_SUBSYS_ID=" vendor \
	     ":" device "\\n\n"
	static const char pin[] =
		PIN("nic", "subsystem-vendor = 0x1458\\nsubsystem-device = 0xe000\\n");
	char tree[4096];

	static const struct {
		const char *card;
		enum pin_state state;
		const char *device;
	} rows[] = {{CARD("1458", "E000"), PIN_PENDING, "0000:01:00.0"},
		    {CARD("1458", "E001"), PIN_MISMATCH, NULL},
		    {CARD("1459", "E000"), PIN_MISMATCH, NULL}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(tree, sizeof(tree), "%s%s%s", MACHINE NIC_LEFT("e1000e"), rows[i].card,
			 pin);
		expect(tree, rows[i].state, rows[i].device);
	}
}

/* A serial of another kind than the pin's says nothing: the place and the IDs decide. */
static void a_serial_that_the_pin_does_not_have_says_nothing(void **state)
{
	expect(MACHINE NIC_LEFT("e1000e") LEFT "/nvme/nvme0/serial = S4EW\n" PIN("nic", ""),
	       PIN_PENDING, "0000:01:00.0");
	expect(MACHINE NIC_LEFT("e1000e") MAC(LEFT, PINNED) LEFT
	       "/nvme/nvme0/serial = S4EW\n" PIN("nic", "serial = nvme:OTHER\\n"),
	       PIN_MISMATCH, NULL);
}

static void another_function_of_the_card_is_not_the_one(void **state)
{
#define AT(device) "/sys/devices/pci0000:00/0000:00:02.0/" device
	expect(MACHINE "pci 0000:02:00.1 in pci0000:00/0000:00:02.0 group=2 id=8086:10d3\n" MAC(
		       AT("0000:02:00.1"), PINNED) PIN("nic", ""),
	       PIN_ABSENT, NULL);
	/* A name without a function, which no kernel has, but a tree may. */
	expect(MACHINE
	       "pci odd in pci0000:00/0000:00:02.0 group=2 id=8086:10d3\n" MAC(AT("odd"), PINNED)
		       PIN("nic", ""),
	       PIN_ABSENT, NULL);
	/* A device of another bus at a place of that name is another device. */
	expect(MACHINE NIC_RIGHT MAC(RIGHT, PINNED) "platform 9000000.dma\n" PIN("nic", ""),
	       PIN_MOVED, "0000:02:00.0");
	expect(MACHINE "platform pci0000:00/01.0/00.0\n" PIN("nic", ""), PIN_ABSENT, NULL);
}

static void a_device_without_a_group_can_be_pinned(void **state)
{
	expect(MACHINE
	       "pci 0000:01:00.0 in pci0000:00/0000:00:01.0 id=8086:10d3 driver=e1000e\n" PIN("nic",
											      ""),
	       PIN_PENDING, "0000:01:00.0");
}

static void a_pin_to_none_has_its_device_where_no_driver_is_bound(void **state)
{
	static const char none[] = "/etc/iommuctl/pins.d/nic.conf = driver = none\\nlocation = "
				   "pci0000:00/01.0/00.0\\nvendor = 0x8086\\ndevice = 0x10d3\\n\n";
	static const char bare[] = "pci 0000:01:00.0 in pci0000:00/0000:00:01.0 id=8086:10d3\n";
	char tree[4096];

	snprintf(tree, sizeof(tree), "%s%s%s", MACHINE, bare, none);
	expect(tree, PIN_SATISFIED, "0000:01:00.0");
	snprintf(tree, sizeof(tree), "%s%s", MACHINE NIC_LEFT("e1000e"), none);
	expect(tree, PIN_PENDING, "0000:01:00.0");
	snprintf(tree, sizeof(tree), "%s%s", MACHINE, bare);
	strcat(tree, PIN("nic", ""));
	expect(tree, PIN_PENDING, "0000:01:00.0");
}

static void a_broken_pin_stays_broken_where_pins_are_off(void **state)
{
	expect("group 1 type=DMA\n/proc/cmdline = rescue\n" PORTS NIC_LEFT(
		       "e1000e") "/etc/iommuctl/pins.d/nic.conf = x\n",
	       PIN_INVALID, NULL);
}

static void a_card_in_another_slot_is_found_by_its_serial(void **state)
{
	expect(MACHINE NIC_RIGHT MAC(RIGHT, PINNED) PIN("nic", ""), PIN_MOVED, "0000:02:00.0");
	/* Another card of the model took its place. */
	expect(MACHINE NIC_LEFT("e1000e") MAC(LEFT, OTHER) NIC_RIGHT MAC(RIGHT, PINNED)
		       PIN("nic", ""),
	       PIN_MOVED, "0000:02:00.0");
	/* Without its serial, the same model elsewhere is not the one. */
	expect(MACHINE NIC_RIGHT PIN("nic", ""), PIN_ABSENT, NULL);
	expect(MACHINE NIC_RIGHT MAC(RIGHT, OTHER) PIN("nic", ""), PIN_ABSENT, NULL);
}

static void two_devices_that_fit_are_none(void **state)
{
	/* The serial of the device in the slot cannot be read, and another has it. */
	expect(MACHINE NIC_LEFT("e1000e") NIC_RIGHT MAC(RIGHT, PINNED) PIN("nic", ""),
	       PIN_AMBIGUOUS, NULL);
	expect(MACHINE NIC_LEFT("e1000e") MAC(LEFT, PINNED) NIC_RIGHT MAC(RIGHT, OTHER)
		       PIN("nic", ""),
	       PIN_PENDING, "0000:01:00.0");
}

static void a_group_with_a_new_member_is_named(void **state)
{
	static const char member[] = "pci 0000:01:00.1 in pci0000:00/0000:00:01.0 group=1 "
				     "id=8086:10d4 driver=e1000e\n";
	char tree[4096];

	snprintf(tree, sizeof(tree), "%s%s", MACHINE NIC_LEFT("e1000e") PIN("nic", ""), member);
	expect(tree, PIN_GROUP_CHANGED, "0000:01:00.0");
	snprintf(tree, sizeof(tree), "%s%s",
		 MACHINE NIC_LEFT("e1000e") PIN("nic", "member = pci0000:00/01.0/00.1\\n"), member);
	expect(tree, PIN_PENDING, "0000:01:00.0");
}

static void two_pins_for_one_device_are_none(void **state)
{
	expect(MACHINE NIC_LEFT("e1000e") PIN("a", "") PIN("b", ""), PIN_INVALID, "0000:01:00.0");
}

static void a_broken_file_leaves_the_others(void **state)
{
	_autosystem_ const struct system *system = snapshot(
		MACHINE NIC_LEFT("e1000e") "/etc/iommuctl/pins.d/a.conf = \\x00\\xff\n"
					   "/etc/iommuctl/pins.d/notes.txt = x\n" PIN("b", ""),
		PIN_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct pin_match *matches = pins_match(system, arena);

	assert_int_equal(system->machine.pin_count, 2);
	assert_int_equal(matches[0].state, PIN_INVALID);
	assert_non_null(matches[0].detail);
	assert_int_equal(matches[1].state, PIN_PENDING);
}

/* The file of "a-2" comes before that of "a". */
static void pins_are_in_the_order_of_their_names(void **state)
{
	static const char *const names[] = {"a", "a-2", "a-10"};
	_autosystem_ const struct system *system =
		snapshot(PIN("a-10", "") PIN("a-2", "") PIN("a", ""), PIN_FACTS);

	assert_int_equal(system->machine.pin_count, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(system->machine.pins[i].name, names[i]);
}

/* A key of a later version, or a mistake of the person that wrote the file. */
static void a_key_that_is_unknown_is_named_and_has_no_effect(void **state)
{
	_autosystem_ const struct system *system = snapshot(
		MACHINE NIC_LEFT("e1000e") PIN("a", "owner = me\\nfuture = 1\\n"), PIN_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct pin_match *matches = pins_match(system, arena);

	assert_int_equal(matches[0].state, PIN_PENDING);
	assert_string_equal(matches[0].detail,
			    "this version does not know the line \"owner = me\"");
	/* The reason of a state has precedence. */
	expect(MACHINE PIN("a", "owner = me\\n"), PIN_ABSENT, NULL);
}

static void a_device_of_another_bus_is_told_by_place_and_compatible(void **state)
{
	static const char pin[] =
		"/etc/iommuctl/pins.d/dma.conf = driver = vfio-platform\\nbus = "
		"platform\\nlocation = platform/9000000.dma\\ncompatible = arm,pl330\\n\n";
	static const char device[] = "group 1 type=DMA\n/proc/cmdline = quiet\n"
				     "platform 9000000.dma group=1 driver=pl330 of=/dma@9000000\n"
				     "/sys/devices/platform/9000000.dma/of_node/compatible = ";
	char tree[4096];

	snprintf(tree, sizeof(tree), "%sarm,pl330\\x00arm,primecell\\x00\\c\n%s", device, pin);
	expect(tree, PIN_PENDING, "9000000.dma");
	snprintf(tree, sizeof(tree), "%sarm,pl080\\x00\\c\n%s", device, pin);
	expect(tree, PIN_MISMATCH, NULL);
}

/* "none" is not met where a driver may be bound. */
static void a_driver_that_could_not_be_read_is_not_none(void **state)
{
#define DMA "/sys/devices/platform/9000000.dma"
	static const char tree[] =
		"group 1 type=DMA\n/proc/cmdline = quiet\nplatform 9000000.dma group=1 "
		"of=/dma@9000000\n" DMA "/of_node/compatible = arm,pl330\\x00\\c\n"
		"/etc/iommuctl/pins.d/dma.conf = driver = none\\nbus = platform\\nlocation = "
		"platform/9000000.dma\\ncompatible = arm,pl330\\n\n";
	_autoarena_ struct arena *arena = arena_new();

	expect(tree, PIN_SATISFIED, "9000000.dma");
	expect(arena_concat(arena, tree,
			    "/iommuctl/unreadable = " DMA "/uevent\\tbusy\\n" DMA
			    "/driver\\tdenied\n",
			    ""),
	       PIN_PENDING, "9000000.dma");
}

static void words_of_the_command_line_switch_pins_off(void **state)
{
	static const char *const off[] = {
		"quiet iommuctl.pins=off", "rescue", "single ro", "ro emergency", "break",
		"break=premount"};
	static const char *const on[] = {NULL,	    "",		  "quiet", "iommuctl.pins=on",
					 "rescued", "foo.break=1"};
	_autoarena_ struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(off); i++)
		assert_non_null(pins_are_off(off[i], arena));
	for (size_t i = 0; i < ARRAY_SIZE(on); i++)
		assert_null(pins_are_off(on[i], arena));
	expect("group 1 type=DMA\n/proc/cmdline = iommuctl.pins=off\n" PORTS NIC_LEFT("e1000e")
		       PIN("nic", ""),
	       PIN_OFF, "0000:01:00.0");
}

/* The pinned device is a disk controller, and all uses of it can be read. */
#define DISK                                                                                    \
	"pci 0000:01:00.0 in pci0000:00/0000:00:01.0 group=1 id=8086:10d3 driver=nvme "         \
	"class=10802\n"                                                                         \
	"node nvme nvme0 240:0 at " LEFT "/nvme/nvme0\nnode block nvme0n1 259:0 at " LEFT       \
	"/nvme/nvme0/nvme0n1\n" LEFT "/nvme/nvme0/nvme0n1/queue/\n" LEFT "/msi_irqs/\n"         \
	"/proc/1/comm = systemd\n/proc/1/fd/\n/proc/1/root -> /\n/proc/1/ns/mnt -> mnt:[100]\n" \
	"/proc/consoles = ttyS0                -W- (EC  p a)    4:64\n/iommuctl/claimed = sdz\n"
#define SWAPS "/proc/swaps = Filename Type Size Used Priority"
#define ROOT_ON(disk)                    \
	"/proc/1/mountinfo = 29 1 " disk \
	" / / rw shared:1 - ext4 /dev/x rw\\n30 29 0:5 / /proc rw - proc proc rw\n"

/* The state of the pin of the disk on a machine with these mounts and swaps. */
static enum pin_state judge(const char *mounts, const char *swaps)
{
	_autoarena_ struct arena *arena = arena_new();
	const char *tree =
		arena_printf(arena, "%s%s%s", MACHINE DISK PIN("nic", ""), mounts, swaps);
	_autosystem_ const struct system *system = snapshot(tree, PIN_FACTS);
	struct pin_match *matches = pins_match(system, arena);
	const char *const paths[] = {LEFT, NULL};
	_autosystem_ const struct system *uses = snapshot_about(tree, PIN_FACTS, paths);

	assert_int_equal(matches[0].state, PIN_PENDING);
	pins_refuse(uses, matches, 1, arena);
	return matches[0].state;
}

static void the_disk_of_the_system_and_its_swap_are_refused_for_good(void **state)
{
	assert_int_equal(judge(ROOT_ON("259:0"), SWAPS "\n"), PIN_REFUSED);
	assert_int_equal(judge(ROOT_ON("8:1"), SWAPS "\\n/dev/nvme0n1 partition 1 0 -2\n"),
			 PIN_REFUSED);
	assert_int_equal(judge(ROOT_ON("8:1"), SWAPS "\n"), PIN_PENDING);
}

static void a_device_whose_uses_could_not_be_read_is_refused(void **state)
{
	assert_int_equal(judge("", SWAPS "\n"), PIN_REFUSED);
}

/* The states of a pin, and whether "pins --apply" moves its device there. */
static void pins_that_are_not_met_want_a_change(void **state)
{
	static const bool wants[PIN_STATE_COUNT] = {
		[PIN_PENDING] = true, [PIN_MOVED] = true, [PIN_GROUP_CHANGED] = true};

	for (unsigned i = 0; i < PIN_STATE_COUNT; i++)
		assert_int_equal(pin_wants_change(&(struct pin_match){.state = (enum pin_state)i}),
				 wants[i]);
}

static void four_checks_refuse_a_pin_for_good(void **state)
{
	for (unsigned i = 0; i < CHECK_ID_COUNT; i++) {
		const char *name = check_kinds[i].name;
		struct check check = {.id = (enum check_id)i, .level = CHECK_REFUSE};
		bool final = strcmp(name, "system-disk") == 0 || strcmp(name, "swap") == 0 ||
			     strcmp(name, "console") == 0 || strcmp(name, "display") == 0;

		assert_int_equal(pin_is_refused_by(&check), final);
		check.level = CHECK_WARNING;
		assert_false(pin_is_refused_by(&check));
	}
}

static void a_device_that_has_gone_is_not_judged(void **state)
{
	const char *tree = MACHINE DISK PIN("nic", "");
	_autosystem_ const struct system *system = snapshot(tree, PIN_FACTS);
	_autosystem_ const struct system *later = snapshot(MACHINE PIN("nic", ""), PIN_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	struct pin_match *matches = pins_match(system, arena);

	pins_refuse(later, matches, 1, arena);
	assert_int_equal(matches[0].state, PIN_PENDING);
}

/* The state of the first pin and its detail: "pending: it has 1 virtual function". */
static void expect_detail(const char *tree, const char *words)
{
	_autosystem_ const struct system *system = snapshot(tree, PIN_FACTS);
	_autoarena_ struct arena *arena = arena_new();
	const struct pin_match *match = pins_match(system, arena);
	const char *text = arena_printf(arena, "%s: %s", pin_state_name(match->state),
					match->detail ? match->detail : "-");

	assert_string_equal(text, words);
}

#define FUNCTIONS(count)                                                        \
	LEFT "/sriov_totalvfs = 4\n" LEFT "/sriov_drivers_autoprobe = 1\n" LEFT \
	     "/sriov_numvfs = " count "\n"
#define FUNCTION(driver)                                                                  \
	"pci 0000:01:10.0 in pci0000:00/0000:00:01.0 group=2 id=8086:10ca driver=" driver \
	"\n" LEFT "/virtfn0 -> ../0000:01:10.0\n"

static void a_pin_of_functions_asks_for_their_number_and_their_driver(void **state)
{
	expect_detail(MACHINE NIC_LEFT("igb") FUNCTIONS("0") PIN("nic", "count = 1\\n"),
		      "pending: it has 0 virtual functions");
	expect_detail(MACHINE NIC_LEFT("igb") FUNCTIONS("1") FUNCTION("igbvf")
			      PIN("nic", "count = 1\\n"),
		      "pending: 0000:01:10.0 has igbvf");
	expect_detail(MACHINE NIC_LEFT("igb") FUNCTIONS("1") FUNCTION("vfio-pci")
			      PIN("nic", "count = 1\\n"),
		      "satisfied: -");
	expect_detail(MACHINE NIC_LEFT("igb") FUNCTIONS("1") FUNCTION("vfio-pci")
			      PIN("nic", "count = 2\\n"),
		      "pending: it has 1 virtual function");
	expect_detail(MACHINE NIC_LEFT("igb") PIN("nic", "count = 2\\n"),
		      "pending: it is unknown how many virtual functions it has");
}

static void a_pin_with_a_type_asks_for_the_driver_first(void **state)
{
	expect_detail(MACHINE NIC_LEFT("e1000e") PIN("nic", "type = DMA-FQ\\n"), "pending: -");
	expect_detail(MACHINE NIC_LEFT("vfio-pci") PIN("nic", "type = DMA-FQ\\n"),
		      "pending: group 1 has the type DMA");
	expect_detail(MACHINE NIC_LEFT("vfio-pci") PIN("nic", "type = DMA\\n"), "satisfied: -");
	expect_detail(MACHINE "pci 0000:01:00.0 in pci0000:00/0000:00:01.0 id=8086:10d3 "
			      "driver=vfio-pci\n" PIN("nic", "type = DMA\\n"),
		      "pending: it is in no group that could have a type");
}

UNIT(pin_match)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_that_fits_is_pending_or_satisfied),
		cmocka_unit_test(another_model_or_another_card_of_the_model_is_left_alone),
		cmocka_unit_test(the_ids_of_the_card_count_where_the_pin_has_them),
		cmocka_unit_test(a_serial_that_the_pin_does_not_have_says_nothing),
		cmocka_unit_test(another_function_of_the_card_is_not_the_one),
		cmocka_unit_test(a_device_without_a_group_can_be_pinned),
		cmocka_unit_test(a_pin_to_none_has_its_device_where_no_driver_is_bound),
		cmocka_unit_test(a_broken_pin_stays_broken_where_pins_are_off),
		cmocka_unit_test(a_card_in_another_slot_is_found_by_its_serial),
		cmocka_unit_test(two_devices_that_fit_are_none),
		cmocka_unit_test(a_group_with_a_new_member_is_named),
		cmocka_unit_test(two_pins_for_one_device_are_none),
		cmocka_unit_test(a_broken_file_leaves_the_others),
		cmocka_unit_test(pins_are_in_the_order_of_their_names),
		cmocka_unit_test(a_key_that_is_unknown_is_named_and_has_no_effect),
		cmocka_unit_test(a_device_of_another_bus_is_told_by_place_and_compatible),
		cmocka_unit_test(a_driver_that_could_not_be_read_is_not_none),
		cmocka_unit_test(words_of_the_command_line_switch_pins_off),
		cmocka_unit_test(the_disk_of_the_system_and_its_swap_are_refused_for_good),
		cmocka_unit_test(a_device_whose_uses_could_not_be_read_is_refused),
		cmocka_unit_test(pins_that_are_not_met_want_a_change),
		cmocka_unit_test(four_checks_refuse_a_pin_for_good),
		cmocka_unit_test(a_device_that_has_gone_is_not_judged),
		cmocka_unit_test(a_pin_of_functions_asks_for_their_number_and_their_driver),
		cmocka_unit_test(a_pin_with_a_type_asks_for_the_driver_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
