/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a changed device is remembered as another one, and when it is forgotten. */
#include "support/changing.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define SECOND "0000:03:00.0"
#define SECOND_LINE                                                                 \
	"group 3\npci " SECOND " in pci0000:00 group=3 driver=e1000e id=8086:10D3 " \
	"class=20000\n/sys/devices/pci0000:00/" SECOND                              \
	"/modalias = pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n"

static void another_device_at_the_same_place_starts_a_new_memory(void **state)
{
	/* Another device of the vendor, another vendor, and the same model plugged in again. */
	static const char *const ids[] = {"8086:1521", "10EC:1521", "10EC:1521"};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		char line[512];

		assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
		fake_unplug(changing.fake, "pci", NIC);
		snprintf(line, sizeof(line),
			 "group 2\npci " NIC " in pci0000:00 group=2 driver=e1000e id=%s "
			 "class=20000\n" NIC_PATH
			 "/modalias = pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n",
			 ids[i]);
		fake_plug(changing.fake, line);
		assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
		changing_must_say(changing.said.out, NIC " was another device before; its former "
							 "state is forgotten");
		assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	}
}

static void the_interface_of_a_device_that_is_gone_selects_nothing(void **state)
{
	assert_int_equal(changing_rebind("eth0", "vfio-pci"), 0);
	fake_unplug(changing.fake, "pci", NIC);
	assert_int_equal(changing_rebind("/dev/net/eth0", "vfio-pci"), 6);
	assert_int_equal(changing_rebind("eth0", "vfio-pci"), 6);
}

static void the_interface_that_a_driver_took_away_still_selects_the_device(void **state)
{
	assert_int_equal(changing_rebind("eth0", "vfio-pci"), 0);
	assert_int_equal(changing_rebind("eth0", NULL), 0);
	changing_must_say(changing.said.out, NIC " has no driver (before: vfio-pci)");
}

static void all_devices_that_are_gone_are_forgotten_at_once(void **state)
{
	fake_plug(changing.fake, SECOND_LINE);
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	assert_int_equal(changing_rebind(SECOND, "vfio-pci"), 0);
	fake_unplug(changing.fake, "pci", NIC);
	fake_unplug(changing.fake, "pci", SECOND);
	assert_int_equal(changing_make("restore", NULL, NULL, (struct request){.all = true}), 0);
	changing_must_say(changing.said.out, NIC " has gone");
	changing_must_say(changing.said.out, SECOND " has gone");
}

/* The path, the name and the label of a device that is gone mean it; others mean others. */
static void a_selector_of_another_device_forgets_nothing(void **state)
{
	fake_plug(changing.fake, SECOND_LINE);
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	assert_int_equal(changing_rebind(SECOND, "vfio-pci"), 0);
	fake_unplug(changing.fake, "pci", NIC);
	assert_int_equal(changing_make("restore", NULL, SECOND, (struct request){0}), 0);
	assert_null(strstr(changing.said.out, NIC));
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	changing_must_say(changing.said.out, NIC " has gone");
}

static void write_as_others(const char *file, const char *text)
{
	assert_int_equal(fake_write(changing.fake, file, text, strlen(text)), 0);
}

/* Another process has moved it back by sysfs: there is nothing that restore could overwrite. */
static void a_device_that_others_have_moved_back_is_forgotten(void **state)
{
	assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
	write_as_others("/sys/bus/pci/drivers/vfio-pci/unbind", NIC);
	write_as_others(NIC_PATH "/driver_override", "\n");
	write_as_others("/sys/bus/pci/drivers_probe", NIC);
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	changing_must_say(changing.said.out, NIC " is bound to e1000e, as before");
	assert_int_equal(changing_make("restore", NULL, NULL, (struct request){.all = true}), 0);
	changing_must_say(changing.said.out, "Nothing to restore");
}

UNIT(change_memory)
{
	const struct CMUnitTest tests[] = {
		WITH_CHANGING(another_device_at_the_same_place_starts_a_new_memory),
		WITH_CHANGING(the_interface_of_a_device_that_is_gone_selects_nothing),
		WITH_CHANGING(the_interface_that_a_driver_took_away_still_selects_the_device),
		WITH_CHANGING(all_devices_that_are_gone_are_forgotten_at_once),
		WITH_CHANGING(a_selector_of_another_device_forgets_nothing),
		WITH_CHANGING(a_device_that_others_have_moved_back_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
