/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that devices had before they were moved, in commands that only read. */
#include "actions/kept_name.h"
#include "sources/read.h"
#include "support/changing.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

/* The label of the device that @name selects by a kept name, else the message of @ret_e. */
static const char *kept(const char *name, struct error *ret_e)
{
	static char label[64];
	const struct system *system;
	struct error e = {0};
	bool chosen[16] = {false};
	struct selection selection = {.chosen = chosen};
	const struct device *device;

	assert_int_equal(system_read(changing.root, FACT_INTERFACES, &system, &e), 0);
	selection.system = system;
	*ret_e = (struct error){0};
	assert_true(select_devices(&selection, name, ret_e) < 0);
	device = select_kept_name(&selection, changing.root, name, ret_e);
	if (device)
		assert_true(chosen[device->index]);
	strcpy(label, device ? device->label : "none");
	system_free(system);
	return label;
}

static void the_name_of_a_moved_device_still_selects_it(void **state)
{
	struct error e;

	assert_int_equal(changing_rebind("eth0", "vfio-pci"), 0);
	/* The fake kernel leaves the interface, which goes with its driver. */
	assert_int_equal(remove(changing_path("/sys/class/net/eth0")), 0);
	assert_string_equal(kept("eth0", &e), NIC);
	assert_int_equal(e.code, ERROR_NONE);
	assert_string_equal(kept("/dev/net/eth0", &e), NIC);
}

static void other_names_keep_their_error(void **state)
{
	struct error e;

	assert_string_equal(kept("eth7", &e), "none");
	assert_int_equal(e.code, ERROR_NO_MATCH);
	assert_int_equal(changing_rebind("eth0", "vfio-pci"), 0);
	assert_string_equal(kept("eth7", &e), "none");
	assert_string_equal(e.message, "no device is called eth7");
}

static void a_device_that_is_gone_is_said_to_be(void **state)
{
	struct error e;

	assert_int_equal(changing_rebind("eth0", "vfio-pci"), 0);
	fake_unplug(changing.fake, "pci", NIC);
	assert_string_equal(kept("eth0", &e), "none");
	assert_string_equal(e.message, "eth0 was " NIC ", which is gone");
}

/* The moved devices as text, "LABEL INTERFACES;" each. */
static void write_kept(void *context, const char *label, const char *interfaces)
{
	char *text = context;

	sprintf(text + strlen(text), "%s %s;", label, interfaces ? interfaces : "-");
}

static void moved_devices_are_listed_until_they_are_restored(void **state)
{
	char text[256] = "";

	kept_devices(changing.root, write_kept, text);
	assert_string_equal(text, "");
	assert_int_equal(changing_rebind("eth0", "vfio-pci"), 0);
	kept_devices(changing.root, write_kept, text);
	assert_string_equal(text, NIC " eth0;");
	*text = '\0';
	assert_int_equal(changing_make("restore", NULL, NIC, (struct request){0}), 0);
	kept_devices(changing.root, write_kept, text);
	assert_string_equal(text, "");
}

UNIT(kept_name)
{
	const struct CMUnitTest tests[] = {
		WITH_CHANGING(the_name_of_a_moved_device_still_selects_it),
		WITH_CHANGING(moved_devices_are_listed_until_they_are_restored),
		WITH_CHANGING(other_names_keep_their_error),
		WITH_CHANGING(a_device_that_is_gone_is_said_to_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
