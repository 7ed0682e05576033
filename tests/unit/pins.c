/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "unpin" and "pins", with --apply on a machine with a fake kernel. */
#include "commands/pin.h"

#include "model/pin_file.h"
#include "support/changing.h"
#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_OF(name) PINS_FOLDER "/" name ".conf"
#define PIN_OF(name, driver, place)                             \
	FILE_OF(name)                                           \
	" = driver = " driver "\\nlocation = pci0000:00/" place \
	"\\nvendor = 0x8086\\ndevice = 0x10d3\\n\n"
#define CARD "0000:05:01.0"
#define CARD_PATH "/sys/devices/pci0000:00/" CARD

static struct error error;

static int unpin(char **names, struct options options)
{
	char folder[PATH_SIZE];
	int status;

	snprintf(folder, sizeof(folder), "%s", changing_path(PINS_FOLDER));
	options.arguments = names;
	options.root = fake_dir(changing.fake);
	options.no_initramfs = true;
	error = (struct error){0};
	said_start();
	status = unpin_in(folder, &options, &error);
	said_end(&changing.said);
	return status;
}

static int pins(bool apply, struct options options)
{
	const struct host host = changing_host();
	char *none[] = {NULL};
	int status;

	options.arguments = none;
	options.root = fake_dir(changing.fake);
	error = (struct error){0};
	said_start();
	status = pins_on(apply ? &host : NULL, &options, &error);
	said_end(&changing.said);
	return status;
}

/* "NAME STATE" of each pin, a line each. */
static const struct options states = {
	.output = "name,state", .raw = true, .no_headings = true, .quiet = true};

static bool is_there(const char *file)
{
	return root_has(changing.root, file) > 0;
}

static void plug_three_pins(void)
{
	fake_plug(changing.fake, PIN_OF("a", "vfio-pci", "00.0") PIN_OF("b", "vfio-pci", "07.0")
					 FILE_OF("broken") " = nothing\n");
}

static void named_pins_are_removed(void **state)
{
	char *names[] = {(char *)"a", (char *)"broken", (char *)"a", NULL};

	plug_three_pins();
	assert_int_equal(unpin(names, (struct options){0}), 0);
	assert_string_equal(changing.said.out,
			    "a is no longer pinned: its device keeps its driver until it is "
			    "restored or the machine boots\n"
			    "broken is no longer pinned: its device keeps its driver until it is "
			    "restored or the machine boots\n");
	assert_false(is_there(FILE_OF("a")));
	assert_false(is_there(FILE_OF("broken")));
	assert_true(is_there(FILE_OF("b")));
}

static void a_name_that_is_no_pin_leaves_all_of_them(void **state)
{
	char *names[] = {(char *)"a", (char *)"c", NULL};

	plug_three_pins();
	assert_true(unpin(names, (struct options){0}) < 0);
	assert_int_equal(error.code, ERROR_NO_MATCH);
	assert_string_equal(error.message, "there is no pin c");
	assert_true(is_there(FILE_OF("a")));
}

static void all_are_removed_without_a_word(void **state)
{
	char *none[] = {NULL};

	plug_three_pins();
	assert_int_equal(unpin(none, (struct options){.all = true, .quiet = true}), 0);
	assert_string_equal(changing.said.out, "");
	assert_false(is_there(FILE_OF("a")));
	assert_false(is_there(FILE_OF("b")));
	assert_false(is_there(FILE_OF("broken")));
}

static void the_document_of_unpin_has_the_pins_that_are_left(void **state)
{
	char *names[] = {(char *)"a", NULL};

	plug_three_pins();
	assert_int_equal(unpin(names, (struct options){.json = true}), 0);
	assert_null(strstr(changing.said.out, "no longer pinned"));
	assert_null(strstr(changing.said.out, "\"name\":\"a\",\"driver\""));
	changing_must_say(changing.said.out, "\"name\":\"b\",\"driver\"");
	changing_must_say(changing.said.out,
			  "\"file\":\"" FILE_OF("a") "\",\"before\":[\"driver = vfio-pci");
	changing_must_say(changing.said.out, "\"after\":null");
}

static void a_dry_run_of_unpin_removes_none(void **state)
{
	char *names[] = {(char *)"a", (char *)"broken", NULL};

	plug_three_pins();
	assert_int_equal(unpin(names, (struct options){.dry_run = true}), 0);
	changing_must_say(changing.said.out, "a would be no longer pinned");
	assert_int_equal(unpin(names, (struct options){.dry_run = true, .json = true}), 0);
	changing_must_say(changing.said.out,
			  "\"file\":\"" FILE_OF("broken") "\",\"before\":[\"nothing");
	assert_true(is_there(FILE_OF("a")));
	assert_true(is_there(FILE_OF("broken")));
}

static void a_pin_is_applied_and_then_satisfied(void **state)
{
	fake_plug(changing.fake, PIN_OF("nic", "vfio-pci", "00.0"));
	assert_int_equal(pins(false, states), 0);
	assert_string_equal(changing.said.out, "nic pending\n");
	assert_int_equal(pins(true, states), 0);
	assert_string_equal(changing.said.out, "nic satisfied\n");
	assert_string_equal(changing.said.err, "");
	assert_int_equal(pins(false, (struct options){.exit_code = true, .quiet = true}), 0);
}

static void a_card_that_was_taken_out_is_no_failure(void **state)
{
	fake_plug(changing.fake,
		  PIN_OF("nic", "vfio-pci", "00.0") PIN_OF("other", "vfio-pci", "07.0"));
	assert_int_equal(pins(true, states), 0);
	assert_string_equal(changing.said.out, "nic satisfied\nother absent\n");
	assert_int_equal(pins(false, (struct options){.exit_code = true, .quiet = true}), 8);
}

static void pins_that_are_switched_off_are_no_failure(void **state)
{
	fake_plug(changing.fake, PIN_OF("nic", "vfio-pci", "00.0") "/proc/cmdline = quiet "
								   "iommuctl.pins=off\n");
	assert_int_equal(pins(true, states), 0);
	assert_string_equal(changing.said.out, "nic off\n");
	assert_int_equal(fake_count(changing.fake), 0);
}

static void a_pin_that_fails_is_named_with_the_reason(void **state)
{
	fake_plug(changing.fake,
		  PIN_OF("nic", "no-such-driver", "00.0") FILE_OF("x") " = nothing\n");
	assert_int_equal(pins(true, (struct options){0}), 1);
	changing_must_say(changing.said.out, "failed");
	changing_must_say(changing.said.out, "no-such-driver");
	changing_must_say(changing.said.err, "iommuctl: 2 of 2 pins could not be applied\n");
}

static void a_device_that_the_system_needs_is_left_alone(void **state)
{
	fake_plug(changing.fake,
		  "group 5\npci " CARD " in pci0000:00 group=5 driver=bochs-drm id=8086:10D3 "
		  "class=30000\n" CARD_PATH "/boot_vga = 1\n" PIN_OF("card", "vfio-pci", "01.0"));
	assert_int_equal(pins(true, states), 1);
	assert_string_equal(changing.said.out, "card refused\n");
	assert_int_equal(fake_count(changing.fake), 0);
}

static void without_pins_there_is_a_sentence_and_nothing_to_apply(void **state)
{
	assert_int_equal(pins(false, (struct options){0}), 0);
	changing_must_say(changing.said.out, "There are no pins.\n");
	assert_int_equal(pins(true, states), 0);
	assert_string_equal(changing.said.out, "");
}

UNIT(pins)
{
	const struct CMUnitTest tests[] = {
		WITH_CHANGING(named_pins_are_removed),
		WITH_CHANGING(a_name_that_is_no_pin_leaves_all_of_them),
		WITH_CHANGING(all_are_removed_without_a_word),
		WITH_CHANGING(the_document_of_unpin_has_the_pins_that_are_left),
		WITH_CHANGING(a_dry_run_of_unpin_removes_none),
		WITH_CHANGING(a_pin_is_applied_and_then_satisfied),
		WITH_CHANGING(a_card_that_was_taken_out_is_no_failure),
		WITH_CHANGING(pins_that_are_switched_off_are_no_failure),
		WITH_CHANGING(a_pin_that_fails_is_named_with_the_reason),
		WITH_CHANGING(a_device_that_the_system_needs_is_left_alone),
		WITH_CHANGING(without_pins_there_is_a_sentence_and_nothing_to_apply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
