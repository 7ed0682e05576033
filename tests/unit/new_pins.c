/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pins that "pin" makes: their names, what they keep of older ones, and names that it refuses.
 */
#include "commands/new_pins.h"

#include "model/pin_file.h"
#include "model/pin_match.h"
#include "support/check.h"

#include <errno.h>
#include <string.h>

#define PATH(number) "/sys/devices/pci0000:00/0000:00:0" number ".0"
#define CARD(number, ids) "pci 0000:00:0" number ".0 in pci0000:00 id=" ids " driver=e1000e\n"
#define MACHINE                                                                                   \
	"/proc/cmdline = quiet\n" CARD("1", "8086:10d3") CARD("2", "8086:10d3") CARD("3", "1b36:" \
											  "10")
#define PIN(name, place, more)                                                          \
	PINS_FOLDER "/" name ".conf = driver = vfio-pci\\nlocation = pci0000:00/" place \
		    "\\nvendor = 0x8086\\ndevice = 0x10d3\\n" more "\n"

/* The outcome of one call, for the devices at the first @count of these paths. */
static const char *const paths[] = {PATH("1"), PATH("2"), PATH("3")};

struct made {
	const struct system *system;
	struct arena *arena;
	struct new_pins pins;
	struct error error;
	int result;
};

static void free_made(struct made *made)
{
	system_free(made->system);
	arena_free(made->arena);
}

#define _automade_ _cleanup_(free_made)

/* @later: the tree after the rebind was checked */
static struct made make_of(const char *tree, const char *later, size_t count, const char *driver,
			   const char *name)
{
	_autosystem_ const struct system *before = snapshot(tree, FACT_IDS);
	struct made made = {.system = snapshot(later, PIN_FACTS), .arena = arena_new()};
	struct move moves[ARRAY_SIZE(paths)] = {0};
	const struct pin_wish wish = {.driver = driver, .name = name};
	const struct handover handover = {.system = before, .moves = moves, .move_count = count};

	for (size_t i = 0; i < count; i++)
		moves[i].device = system_device(before, paths[i]);
	made.result =
		new_pins_make(made.system, &handover, &wish, made.arena, &made.pins, &made.error);
	return made;
}

static struct made make_in(const char *tree, size_t count, const char *name)
{
	return make_of(tree, tree, count, "vfio-pci", name);
}

static void each_device_gets_a_name_of_its_own(void **state)
{
	_automade_ struct made made = make_in(MACHINE PIN("8086-10d3-2", "07.0", ""), 3, NULL);

	assert_int_equal(made.result, 0);
	assert_int_equal(made.pins.count, 3);
	assert_string_equal(made.pins.items[0].pin.name, "8086-10d3");
	assert_string_equal(made.pins.items[1].pin.name, "8086-10d3-3");
	assert_string_equal(made.pins.items[2].pin.name, "1b36-0010");
	assert_string_equal(made.pins.items[1].pin.location, "pci0000:00/02.0");
	assert_string_equal(made.pins.items[2].device->path, PATH("3"));
	for (size_t i = 0; i < 3; i++)
		assert_true(made.pins.items[i].changed);
}

static void the_name_of_the_user_is_taken(void **state)
{
	_automade_ struct made made = make_in(MACHINE, 1, "gpu");

	assert_int_equal(made.result, 0);
	assert_string_equal(made.pins.items[0].pin.name, "gpu");
	assert_string_equal(made.pins.items[0].pin.file, PINS_FOLDER "/gpu.conf");
}

static void a_pinned_device_keeps_its_name_and_unread_serials(void **state)
{
	_automade_ struct made made =
		make_in(MACHINE PIN("nic", "01.0", "serial = mac:1\\nlater = x\\n"), 1, NULL);

	assert_int_equal(made.result, 0);
	assert_string_equal(made.pins.items[0].pin.name, "nic");
	assert_int_equal(made.pins.items[0].pin.serial_count, 1);
	assert_string_equal(made.pins.items[0].pin.serials[0].value, "1");
	assert_string_equal(made.pins.items[0].pin.unknown[0], "later = x");
	assert_false(made.pins.items[0].changed);
}

static void another_driver_changes_the_file(void **state)
{
	static const char tree[] = MACHINE PIN("nic", "01.0", "");
	_automade_ struct made made = make_of(tree, tree, 1, NULL, "nic");

	assert_int_equal(made.result, 0);
	assert_true(made.pins.items[0].changed);
	assert_null(made.pins.items[0].pin.driver);
}

/* A person may have made a typing error in it: it is not replaced. */
static void a_file_that_is_no_pin_keeps_its_name(void **state)
{
	static const char tree[] = MACHINE PINS_FOLDER "/8086-10d3.conf = nothing\n";
	_automade_ struct made named = make_in(tree, 1, "8086-10d3");
	_automade_ struct made chosen = make_in(tree, 1, NULL);

	assert_int_equal(named.result, -EINVAL);
	assert_non_null(strstr(named.error.message, "/8086-10d3.conf exists, and is no pin: "));
	assert_string_equal(named.error.remedy, "iommuctl unpin 8086-10d3");
	assert_int_equal(chosen.result, 0);
	assert_string_equal(chosen.pins.items[0].pin.name, "8086-10d3-2");
}

static void a_name_has_one_device_and_a_device_one_name(void **state)
{
	static const char tree[] = MACHINE PIN("nic", "01.0", "") PIN("other", "02.0", "");
	_automade_ struct made second = make_in(tree, 1, "other");
	_automade_ struct made several = make_in(tree, 2, "nic");
	_automade_ struct made bad = make_in(tree, 1, "../nic");

	assert_int_equal(second.error.code, ERROR_USAGE);
	assert_string_equal(second.error.message, "0000:00:01.0 is pinned already, as nic");
	assert_string_equal(second.error.remedy, "iommuctl unpin nic");
	assert_int_equal(several.error.code, ERROR_USAGE);
	assert_string_equal(several.error.message, "--name is for one device, and these are 2");
	assert_int_equal(bad.error.code, ERROR_USAGE);
	assert_string_equal(bad.error.message, "../nic is no name for a pin");
}

static void the_name_of_another_devices_pin_is_refused(void **state)
{
	_automade_ struct made made = make_in(MACHINE PIN("other", "02.0", ""), 1, "other");

	assert_int_equal(made.result, -EINVAL);
	assert_int_equal(made.error.code, ERROR_USAGE);
	assert_string_equal(made.error.message, "the pin other is for another device");
}

static void a_device_that_has_gone_meanwhile_is_an_error(void **state)
{
	_automade_ struct made made = make_of(
		MACHINE, "/proc/cmdline = quiet\n" CARD("2", "8086:10d3"), 1, "vfio-pci", NULL);

	assert_int_equal(made.error.code, ERROR_NO_MATCH);
	assert_string_equal(made.error.message, "0000:00:01.0 is gone");
	assert_int_equal(made.pins.count, 0);
}

static void without_devices_there_are_no_pins(void **state)
{
	_automade_ struct made made = make_in(MACHINE, 0, "any name at all");

	assert_int_equal(made.result, 0);
	assert_int_equal(made.pins.count, 0);
}

UNIT(new_pins)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_device_gets_a_name_of_its_own),
		cmocka_unit_test(the_name_of_the_user_is_taken),
		cmocka_unit_test(a_pinned_device_keeps_its_name_and_unread_serials),
		cmocka_unit_test(another_driver_changes_the_file),
		cmocka_unit_test(a_file_that_is_no_pin_keeps_its_name),
		cmocka_unit_test(a_name_has_one_device_and_a_device_one_name),
		cmocka_unit_test(the_name_of_another_devices_pin_is_refused),
		cmocka_unit_test(a_device_that_has_gone_meanwhile_is_an_error),
		cmocka_unit_test(without_devices_there_are_no_pins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
