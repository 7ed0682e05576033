/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sentences of restore about pins that give the device away again at the next boot. */
#include "commands/pin_notes.h"

#include "model/pin_file.h"
#include "support/changing.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define PIN_OF(name, driver, place)                                                       \
	PINS_FOLDER "/" name ".conf = driver = " driver "\\nlocation = pci0000:00/" place \
		    "\\nvendor = 0x8086\\ndevice = 0x10d3\\n\n"

static struct pin_notes notes_now(struct options options)
{
	options.root = fake_dir(changing.fake);
	return pin_notes_read(&options);
}

static const char *words_about(const struct pin_notes *before, const struct pin_notes *after)
{
	said_start();
	pin_notes_print(before, after);
	said_end(&changing.said);
	return changing.said.err;
}

/* The device goes to @driver and back; the words about that. */
static const char *words_after_restore(const char *driver, struct options options)
{
	_autopinnotes_ struct pin_notes before = {0}, after = {0};

	assert_int_equal(changing_rebind(NIC, driver), 0);
	before = notes_now(options);
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	after = notes_now(options);
	return words_about(&before, &after);
}

static void a_pin_stays_and_that_is_said(void **state)
{
	fake_plug(changing.fake,
		  PIN_OF("other", "vfio-pci", "07.0") PIN_OF("nic", "vfio-pci", "00.0"));
	assert_string_equal(words_after_restore("vfio-pci", (struct options){0}),
			    "iommuctl: the pin nic stays, and gives the device to vfio-pci at the "
			    "next boot: iommuctl unpin nic\n");
}

/* The override of the pin kept it away; @left: that of the device in the end. */
static const char *words_without_a_driver(const char *left)
{
	_autopinnotes_ struct pin_notes before = {0}, after = {0};
	const char *override = NIC_PATH "/driver_override";

	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	before = notes_now((struct options){0});
	assert_int_equal(
		fake_write(changing.fake, "/sys/bus/pci/drivers/vfio-pci/unbind", NIC, strlen(NIC)),
		0);
	assert_int_equal(fake_write(changing.fake, override, left, strlen(left)), 0);
	after = notes_now((struct options){0});
	return words_about(&before, &after);
}

static void a_device_without_a_driver_has_the_way_to_its_native_one(void **state)
{
	fake_plug(changing.fake, PIN_OF("nic", "vfio-pci", "00.0"));
	changing_must_say(words_without_a_driver("\n"),
			  "no native driver has had " NIC " since the boot: echo " NIC
			  " > /sys/bus/pci/drivers_probe lets the kernel choose one");
	/* With an override the kernel would give it to that driver. */
	assert_null(strstr(words_without_a_driver("vfio-pci"), "drivers_probe"));
}

static void a_pin_may_leave_a_device_without_a_driver(void **state)
{
	fake_plug(changing.fake, PIN_OF("nic", "none", "00.0"));
	changing_must_say(words_after_restore(NULL, (struct options){0}),
			  "gives the device to no driver at the next boot");
}

static void a_pin_of_the_driver_that_it_returns_to_needs_no_word(void **state)
{
	fake_plug(changing.fake, PIN_OF("nic", "e1000e", "00.0"));
	assert_string_equal(words_after_restore("vfio-pci", (struct options){0}), "");
}

static void there_are_no_sentences_for_scripts(void **state)
{
	fake_plug(changing.fake, PIN_OF("nic", "vfio-pci", "00.0"));
	assert_string_equal(words_after_restore("vfio-pci", (struct options){.quiet = true}), "");
	assert_string_equal(words_after_restore("vfio-pci", (struct options){.json = true}), "");
	assert_string_equal(words_after_restore("vfio-pci", (struct options){.dry_run = true}), "");
}

static void a_pin_that_is_gone_or_unread_gives_nothing_back(void **state)
{
	_autopinnotes_ struct pin_notes before = {0}, gone = {0}, unread = {0};

	fake_plug(changing.fake, PIN_OF("nic", "vfio-pci", "00.0"));
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	before = notes_now((struct options){0});
	assert_int_equal(remove(changing_path(PINS_FOLDER "/nic.conf")), 0);
	gone = notes_now((struct options){0});
	unread = pin_notes_read(&(struct options){.root = "/nowhere/at/all"});
	assert_string_equal(words_about(&before, &gone), "");
	assert_string_equal(words_about(&before, &unread), "");
	assert_string_equal(words_about(&unread, &before), "");
}

UNIT(pin_notes)
{
	const struct CMUnitTest tests[] = {
		WITH_CHANGING(a_pin_stays_and_that_is_said),
		WITH_CHANGING(a_device_without_a_driver_has_the_way_to_its_native_one),
		WITH_CHANGING(a_pin_may_leave_a_device_without_a_driver),
		WITH_CHANGING(a_pin_of_the_driver_that_it_returns_to_needs_no_word),
		WITH_CHANGING(there_are_no_sentences_for_scripts),
		WITH_CHANGING(a_pin_that_is_gone_or_unread_gives_nothing_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
