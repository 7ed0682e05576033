/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pins are applied to a machine with a fake kernel, as the service does at boot. */
#include "commands/apply_pins.h"

#include "checks/pin_refusal.h"
#include "model/sriov.h"
#include "sources/read.h"
#include "support/changing.h"
#include "support/check.h"

#include <string.h>

#define PINS "/etc/iommuctl/pins.d/"
#define PIN_OF(name, driver, place)                                            \
	PINS name ".conf = driver = " driver "\\nlocation = pci0000:00/" place \
		  "\\nvendor = 0x8086\\ndevice = 0x10d3\\n\n"
/* Two more cards, in one group. */
#define PAIR                                                                              \
	"group 3\n"                                                                       \
	"pci 0000:03:01.0 in pci0000:00 group=3 driver=e1000e id=8086:10D3 class=20000\n" \
	"/sys/devices/pci0000:00/0000:03:01.0/modalias = "                                \
	"pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n"                         \
	"pci 0000:03:02.0 in pci0000:00 group=3 driver=e1000e id=8086:10D3 class=20000\n" \
	"/sys/devices/pci0000:00/0000:03:02.0/modalias = "                                \
	"pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n"

/* Read the machine, match its pins, and apply them. */
static struct pin_failures apply(struct arena *arena, const struct system **ret_system)
{
	const struct host host = {.root = changing.root,
				  .kernel = fake_kernel(changing.fake),
				  .timeout_ms = changing.timeout_ms};
	_autosystem_ const struct system *system = NULL;
	struct pin_failures failures;
	struct error error = {0};

	assert_int_equal(system_read(changing.root, PIN_FACTS, &system, &error), 0);
	failures = apply_pins(&host, pins_match(system, arena), system->machine.pin_count, arena);
	assert_int_equal(system_read(changing.root, PIN_FACTS, ret_system, &error), 0);
	return failures;
}

static enum pin_state state_of(const struct system *system, size_t index, struct arena *arena)
{
	return pins_match(system, arena)[index].state;
}

static void a_pinned_device_gets_its_driver_once(void **state)
{
	_autosystem_ const struct system *system = NULL, *again = NULL;
	_autoarena_ struct arena *arena = arena_new();
	struct pin_failures failures;
	unsigned writes;

	fake_plug(changing.fake, PIN_OF("nic", "vfio-pci", "00.0"));
	failures = apply(arena, &system);
	assert_int_equal(failures.count, 0);
	assert_int_equal(state_of(system, 0, arena), PIN_SATISFIED);
	assert_string_equal(find_device(system, NIC)->driver, "vfio-pci");
	writes = fake_count(changing.fake);
	assert_int_equal(apply(arena, &again).count, 0);
	assert_int_equal(fake_count(changing.fake), writes);
}

static void write_to(const char *file, const char *text)
{
	assert_int_equal(fake_write(changing.fake, file, text, strlen(text)), 0);
}

/* @driver: what the device has then */
static void restore_and_expect_nothing_of_a_pin(const char *driver)
{
	_autosystem_ const struct system *restored = NULL;
	struct error error = {0};

	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	assert_int_equal(system_read(changing.root, PIN_FACTS | FACT_OVERRIDE, &restored, &error),
			 0);
	if (driver)
		assert_string_equal(find_device(restored, NIC)->driver, driver);
	else
		assert_null(find_device(restored, NIC)->driver);
	assert_null(find_device(restored, NIC)->driver_override);
}

/* The initramfs has written the override, so the native driver never came. */
static void wait_for_vfio(void)
{
	write_to(NIC_PATH "/driver_override", "vfio-pci");
	write_to("/sys/bus/pci/drivers/e1000e/unbind", NIC);
}

static void restore_clears_the_override_that_the_initramfs_wrote(void **state)
{
	_autosystem_ const struct system *system = NULL;
	_autoarena_ struct arena *arena = arena_new();

	fake_plug(changing.fake, PIN_OF("nic", "vfio-pci", "00.0"));
	wait_for_vfio();
	assert_int_equal(apply(arena, &system).count, 0);
	assert_int_equal(state_of(system, 0, arena), PIN_SATISFIED);
	restore_and_expect_nothing_of_a_pin(NULL);
}

/* It was plugged in, or the module was loaded for another device. */
static void restore_knows_a_device_that_the_override_of_its_pin_bound(void **state)
{
	_autosystem_ const struct system *system = NULL;
	_autoarena_ struct arena *arena = arena_new();

	fake_plug(changing.fake, PIN_OF("nic", "vfio-pci", "00.0"));
	wait_for_vfio();
	write_to("/sys/bus/pci/drivers/vfio-pci/bind", NIC);
	assert_int_equal(apply(arena, &system).count, 0);
	restore_and_expect_nothing_of_a_pin(NULL);
}

/* The memory of a card says nothing of the one that is in its slot after it. */
static void restore_knows_a_card_that_took_the_place_of_a_moved_one(void **state)
{
	_autosystem_ const struct system *system = NULL, *again = NULL;
	_autoarena_ struct arena *arena = arena_new();

	fake_plug(changing.fake, PIN_OF("nic", "vfio-pci", "00.0"));
	assert_int_equal(apply(arena, &system).count, 0);
	fake_unplug(changing.fake, "pci", NIC);
	fake_plug(changing.fake,
		  "group 2\npci " NIC
		  " in pci0000:00 group=2 driver=vfio-pci override=vfio-pci id=8086:10D3 "
		  "class=20000\n" NIC_PATH
		  "/modalias = pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n");
	assert_int_equal(apply(arena, &again).count, 0);
	restore_and_expect_nothing_of_a_pin(NULL);
}

/* The native driver was loaded when the card was plugged in: the rule of udev came after it. */
static void restore_clears_the_override_that_came_after_the_native_driver(void **state)
{
	_autosystem_ const struct system *system = NULL;
	_autoarena_ struct arena *arena = arena_new();

	fake_plug(changing.fake, PIN_OF("nic", "vfio-pci", "00.0"));
	write_to(NIC_PATH "/driver_override", "vfio-pci");
	assert_int_equal(apply(arena, &system).count, 0);
	restore_and_expect_nothing_of_a_pin("e1000e");
}

static void a_card_with_other_ids_keeps_its_driver(void **state)
{
	_autosystem_ const struct system *system = NULL;
	_autoarena_ struct arena *arena = arena_new();

	fake_plug(changing.fake, PINS "nic.conf = driver = vfio-pci\\nlocation = "
				      "pci0000:00/00.0\\nvendor = 0x144d\\ndevice = 0xa808\\n\n");
	assert_int_equal(apply(arena, &system).count, 0);
	assert_int_equal(state_of(system, 0, arena), PIN_MISMATCH);
	assert_string_equal(find_device(system, NIC)->driver, "e1000e");
}

static int start_pair(void **state)
{
	return changing_start_with(PAIR);
}

static void pins_of_one_group_move_together(void **state)
{
	_autosystem_ const struct system *system = NULL, *again = NULL;
	_autoarena_ struct arena *arena = arena_new();

	/* Alone, the first would leave a group that VFIO does not open. */
	fake_plug(changing.fake, PIN_OF("a", "vfio-pci", "01.0"));
	assert_int_equal(apply(arena, &system).count, 1);
	assert_string_equal(find_device(system, "0000:03:01.0")->driver, "e1000e");
	fake_plug(changing.fake, PIN_OF("b", "vfio-pci", "02.0"));
	assert_int_equal(apply(arena, &again).count, 0);
	assert_int_equal(state_of(again, 0, arena), PIN_SATISFIED);
	assert_int_equal(state_of(again, 1, arena), PIN_SATISFIED);
}

/* One waits for vfio-pci and is bound by its override when the other is moved, or before. */
static void restore_knows_a_member_that_was_bound_before_its_group_moved(void **state)
{
	_autosystem_ const struct system *system = NULL, *restored = NULL;
	_autoarena_ struct arena *arena = arena_new();
	struct error error = {0};

	fake_plug(changing.fake, PIN_OF("a", "vfio-pci", "01.0") PIN_OF("b", "vfio-pci", "02.0"));
	write_to("/sys/devices/pci0000:00/0000:03:01.0/driver_override", "vfio-pci");
	write_to("/sys/bus/pci/drivers/e1000e/unbind", "0000:03:01.0");
	write_to("/sys/bus/pci/drivers/vfio-pci/bind", "0000:03:01.0");
	assert_int_equal(apply(arena, &system).count, 0);
	assert_int_equal(state_of(system, 0, arena), PIN_SATISFIED);
	assert_int_equal(state_of(system, 1, arena), PIN_SATISFIED);
	assert_int_equal(changing_make("restore", NULL, NULL, (struct request){.all = true}), 0);
	assert_int_equal(system_read(changing.root, PIN_FACTS | FACT_OVERRIDE, &restored, &error),
			 0);
	assert_null(find_device(restored, "0000:03:01.0")->driver);
	assert_null(find_device(restored, "0000:03:01.0")->driver_override);
	assert_string_equal(find_device(restored, "0000:03:02.0")->driver, "e1000e");
}

/* A pin whose driver is none that the kernel has fails alone. */
static void a_pin_that_fails_leaves_the_others(void **state)
{
	_autosystem_ const struct system *system = NULL;
	_autoarena_ struct arena *arena = arena_new();
	struct pin_failures failures;

	fake_plug(changing.fake,
		  PIN_OF("broken", "no-such-driver", "01.0") PIN_OF("nic", "vfio-pci", "00.0"));
	failures = apply(arena, &system);
	assert_int_equal(failures.count, 1);
	assert_string_equal(failures.items[0].name, "broken");
	assert_non_null(failures.items[0].why);
}

#define FUNCTIONS                                                                \
	NIC_PATH "/sriov_totalvfs = 4\n" NIC_PATH "/sriov_numvfs = 0\n" NIC_PATH \
		 "/sriov_drivers_autoprobe = 1\n"
#define NIC_PIN(more)                                                       \
	PINS "nic.conf = driver = vfio-pci\\nlocation = pci0000:00/00.0\\n" \
	     "vendor = 0x8086\\ndevice = 0x10d3\\n" more "\n"

/* They come with the driver of the pin, and the device keeps its own. */
static void a_pin_with_a_count_makes_virtual_functions(void **state)
{
	_autosystem_ const struct system *system = NULL, *again = NULL;
	_autoarena_ struct arena *arena = arena_new();
	unsigned writes;

	fake_plug(changing.fake, FUNCTIONS NIC_PIN("count = 2\\n"));
	assert_int_equal(apply(arena, &system).count, 0);
	assert_int_equal(state_of(system, 0, arena), PIN_SATISFIED);
	assert_string_equal(find_device(system, NIC)->driver, "e1000e");
	assert_int_equal(find_device(system, NIC)->sriov->count, 2);
	assert_int_equal(find_device(system, NIC)->sriov->function_count, 2);
	writes = fake_count(changing.fake);
	assert_int_equal(apply(arena, &again).count, 0);
	assert_int_equal(fake_count(changing.fake), writes);
}

static void a_pin_with_a_type_sets_it_with_the_driver(void **state)
{
	_autosystem_ const struct system *system = NULL, *again = NULL;
	_autoarena_ struct arena *arena = arena_new();
	unsigned writes;

	fake_plug(changing.fake, NIC_PIN("type = DMA-FQ\\n"));
	assert_int_equal(apply(arena, &system).count, 0);
	assert_int_equal(state_of(system, 0, arena), PIN_SATISFIED);
	assert_string_equal(find_device(system, NIC)->driver, "vfio-pci");
	assert_string_equal(find_device(system, NIC)->group->type, "DMA-FQ");
	writes = fake_count(changing.fake);
	assert_int_equal(apply(arena, &again).count, 0);
	assert_int_equal(fake_count(changing.fake), writes);
}

UNIT(apply_pins)
{
	const struct CMUnitTest tests[] = {
		WITH_CHANGING(a_pinned_device_gets_its_driver_once),
		WITH_CHANGING(restore_clears_the_override_that_the_initramfs_wrote),
		WITH_CHANGING(restore_knows_a_device_that_the_override_of_its_pin_bound),
		WITH_CHANGING(restore_knows_a_card_that_took_the_place_of_a_moved_one),
		WITH_CHANGING(restore_clears_the_override_that_came_after_the_native_driver),
		WITH_CHANGING(a_card_with_other_ids_keeps_its_driver),
		WITH_CHANGING(a_pin_with_a_count_makes_virtual_functions),
		WITH_CHANGING(a_pin_with_a_type_sets_it_with_the_driver),
		cmocka_unit_test_setup_teardown(pins_of_one_group_move_together, start_pair,
						changing_end),
		cmocka_unit_test_setup_teardown(
			restore_knows_a_member_that_was_bound_before_its_group_moved, start_pair,
			changing_end),
		cmocka_unit_test_setup_teardown(a_pin_that_fails_leaves_the_others, start_pair,
						changing_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
