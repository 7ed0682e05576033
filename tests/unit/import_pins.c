/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "pin --import-driverctl": pins for the devices that driverctl has given away, all or none. */
#include "commands/import_pins.h"

#include "commands/pin.h"
#include "model/pin_file.h"
#include "support/changing.h"
#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OTHER "0000:00:05.0"
#define STUBBED "0000:00:06.0"
#define PATH(name) "/sys/devices/pci0000:00/" name
#define LIST(name, driver) "/etc/driverctl.d/pci-" name " = " driver "\n"
#define PIN_FILE(name) PINS_FOLDER "/" name ".conf"

/* Two cards that driverctl has given to vfio-pci, of one model, and one for pci-stub. */
static const char MORE[] =
	"/etc/\n/proc/swaps = Filename Type Size Used Priority\n/proc/1/comm = systemd\n"
	"/proc/1/fd/\n/proc/1/ns/mnt -> mnt:[100]\n"
	"/proc/1/mountinfo = 29 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
	"driver pci pci-stub\n"
	"group 5\npci " OTHER
	" in pci0000:00 group=5 driver=vfio-pci override=vfio-pci id=8086:10d3 class=20000\n" PATH(
		OTHER) "/modalias = pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n"
		       "group 6\npci " STUBBED
		       " in pci0000:00 group=6 driver=pci-stub override=pci-stub id=8086:1533 "
		       "class=20000\n" PATH(
			       STUBBED) "/modalias = "
					"pci:v00008086d00001533sv00001AF4sd00001100bc02sc00i00\n";

static struct error error;

static int start(void **state)
{
	return changing_start_with(MORE);
}

static int import(struct options options)
{
	const struct host host = changing_host();
	char folder[PATH_SIZE];
	char *none[] = {NULL};
	int status;

	snprintf(folder, sizeof(folder), "%s", changing_path(PINS_FOLDER));
	options.arguments = none;
	options.root = fake_dir(changing.fake);
	options.no_initramfs = true;
	options.import_driverctl = true;
	error = (struct error){0};
	said_start();
	status = import_driverctl(&host, folder, &options, &error);
	said_end(&changing.said);
	return status;
}

static void expect_refused(const char *why)
{
	assert_int_equal(import((struct options){0}), -EBUSY);
	assert_int_equal(error.code, ERROR_REFUSED);
	changing_must_say(error.message, "refused, no pin was made: ");
	changing_must_say(error.message, why);
	changing_must_say(changing.said.err, why);
	changing_must_say(error.remedy, "rm /etc/driverctl.d/");
	assert_string_equal(changing_text(PIN_FILE("8086-10d3")), "");
	assert_string_equal(changing_text(PIN_FILE("8086-1533")), "");
}

static void devices_of_the_list_get_pins(void **state)
{
	fake_plug(changing.fake, LIST(OTHER, "vfio-pci") LIST(STUBBED, "pci-stub"));
	assert_int_equal(import((struct options){0}), 0);
	changing_must_say(changing.said.out, "8086-10d3: " OTHER " is pinned to vfio-pci");
	changing_must_say(changing.said.out, "8086-1533: " STUBBED " is pinned to pci-stub");
	changing_must_say(changing_text(PIN_FILE("8086-10d3")), "location = pci0000:00/05.0\n");
	changing_must_say(changing_text(PIN_FILE("8086-1533")), "driver = pci-stub\n");
	/* Its files are its own. */
	changing_must_say(changing.said.err, "/etc/driverctl.d/pci-" OTHER " "
					     "/etc/driverctl.d/pci-" STUBBED "\n");
	assert_string_equal(changing_text("/etc/driverctl.d/pci-" OTHER), "vfio-pci");
	assert_int_equal(fake_count(changing.fake), 0);
}

/* Names of pins come from the model, also where the pins are for different drivers. */
static void two_cards_of_one_model_get_two_names(void **state)
{
	fake_plug(changing.fake,
		  LIST(OTHER, "vfio-pci")
			  LIST("0000:00:07.0",
			       "pci-stub") "group 7\npci 0000:00:07.0 in pci0000:00 group=7 "
					   "driver=pci-stub "
					   "override=pci-stub id=8086:10d3 class=20000\n" PATH(
						   "0000:00:07.0") "/modalias = "
								   "pci:"
								   "v00008086d000010D3sv00001AF4sd0"
								   "0001100bc02sc00i00\n");
	assert_int_equal(import((struct options){0}), 0);
	changing_must_say(changing_text(PIN_FILE("8086-10d3")), "driver = vfio-pci\n");
	changing_must_say(changing_text(PIN_FILE("8086-10d3-2")), "driver = pci-stub\n");
}

static void a_dry_run_writes_nothing(void **state)
{
	fake_plug(changing.fake, LIST(OTHER, "vfio-pci"));
	assert_int_equal(import((struct options){.dry_run = true}), 0);
	changing_must_say(changing.said.out, "driver = vfio-pci\n");
	assert_null(strstr(changing.said.err, "driverctl"));
	assert_string_equal(changing_text(PIN_FILE("8086-10d3")), "");
}

static void the_same_import_again_changes_nothing(void **state)
{
	fake_plug(changing.fake, LIST(OTHER, "vfio-pci"));
	assert_int_equal(import((struct options){0}), 0);
	assert_int_equal(import((struct options){0}), 0);
	changing_must_say(changing.said.out, "8086-10d3: " OTHER);
	assert_string_equal(changing_text(PIN_FILE("8086-10d3-2")), "");
}

static void an_address_without_a_device_refuses_all(void **state)
{
	fake_plug(changing.fake, LIST(OTHER, "vfio-pci") LIST("0000:77:00.0", "vfio-pci"));
	expect_refused("/etc/driverctl.d/pci-0000:77:00.0: no device has that address now");
	changing_must_say(error.message, "of 2 files of driverctl 1 cannot be taken over");
}

/* The address is that of another card since driverctl wrote the file, or it has never acted. */
static void a_device_that_was_not_given_away_refuses_all(void **state)
{
	fake_plug(changing.fake, LIST(OTHER, "vfio-pci") LIST(NIC, "vfio-pci"));
	expect_refused(NIC " has not been given to vfio-pci: its driver_override is not set");
	fake_plug(changing.fake, LIST(NIC, "e1000e") LIST(STUBBED, "vfio-pci"));
	expect_refused(STUBBED " has not been given to vfio-pci: its driver_override is pci-stub");
}

static void a_file_without_a_driver_refuses_all(void **state)
{
	fake_plug(changing.fake, LIST(OTHER, "vfio-pci") LIST(STUBBED, ""));
	expect_refused("pci-" STUBBED ": it names no driver");
	fake_plug(changing.fake, "/etc/driverctl.d/pci-0000:00:01.0/\n");
	expect_refused("it cannot be read");
}

static void a_pin_for_another_driver_stays(void **state)
{
	fake_plug(changing.fake,
		  LIST(STUBBED, "pci-stub") PIN_FILE("own") " = driver = vfio-pci\\nlocation = "
							    "pci0000:00/06.0\\nvendor = "
							    "0x8086\\ndevice = 0x1533\\n\n");
	expect_refused(STUBBED " is pinned to vfio-pci already, by " PIN_FILE("own"));
}

/* The checks are those of "pin": here no driver has that name. */
static void what_pin_refuses_is_refused(void **state)
{
	fake_plug(changing.fake,
		  LIST("0000:00:08.0",
		       "no-such-driver") "group 8\npci 0000:00:08.0 in pci0000:00 group=8 "
					 "override=no-such-driver id=8086:10d3 class=20000\n");
	assert_int_equal(import((struct options){.quiet = true}), -EBUSY);
	changing_must_say(error.message, "(driver)");
	assert_string_equal(changing_text(PIN_FILE("8086-10d3")), "");
}

static void without_a_list_nothing_matches(void **state)
{
	assert_true(import((struct options){0}) < 0);
	assert_int_equal(error.code, ERROR_NO_MATCH);
	fake_plug(changing.fake, "/etc/driverctl.d = a file\n");
	assert_true(import((struct options){0}) < 0);
}

static void options_for_one_device_or_for_now_are_mistakes(void **state)
{
	assert_int_equal(import((struct options){.now = true}), -EINVAL);
	assert_int_equal(import((struct options){.name = "nic"}), -EINVAL);
	assert_int_equal(import((struct options){.group = true}), -EINVAL);
	assert_int_equal(import((struct options){.all_matching = true}), -EINVAL);
	assert_int_equal(error.code, ERROR_USAGE);
}

static void the_document_has_the_pins(void **state)
{
	fake_plug(changing.fake, LIST(OTHER, "vfio-pci"));
	assert_int_equal(import((struct options){.json = true}), 0);
	changing_must_say(changing.said.out, "\"name\":\"8086-10d3\",\"driver\":\"vfio-pci\"");
	assert_string_equal(changing.said.err, "");
	fake_plug(changing.fake, LIST("0000:77:00.0", "vfio-pci"));
	assert_int_equal(import((struct options){.json = true}), -EBUSY);
	assert_string_equal(changing.said.err, "");
}

UNIT(import_pins)
{
#define IMPORTING(test) cmocka_unit_test_setup_teardown(test, start, changing_end)
	const struct CMUnitTest tests[] = {
		IMPORTING(devices_of_the_list_get_pins),
		IMPORTING(two_cards_of_one_model_get_two_names),
		IMPORTING(a_dry_run_writes_nothing),
		IMPORTING(the_same_import_again_changes_nothing),
		IMPORTING(an_address_without_a_device_refuses_all),
		IMPORTING(a_device_that_was_not_given_away_refuses_all),
		IMPORTING(a_file_without_a_driver_refuses_all),
		IMPORTING(a_pin_for_another_driver_stays),
		IMPORTING(what_pin_refuses_is_refused),
		IMPORTING(without_a_list_nothing_matches),
		IMPORTING(options_for_one_device_or_for_now_are_mistakes),
		IMPORTING(the_document_has_the_pins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
