/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pin:NAME means the device that the pin means, and says why it means none. */
#include "model/select.h"

#include "support/check.h"

#include <errno.h>
#include <string.h>

#define PIN(name, place, device)                                                                \
	"/etc/iommuctl/pins.d/" name ".conf = driver = vfio-pci\\nlocation = pci0000:00/" place \
	"\\nvendor = 0x8086\\ndevice = " device "\\n\n"
#define MACHINE                                                                                  \
	"group 1 type=DMA\ngroup 2 type=DMA\n/proc/cmdline = quiet\n"                            \
	"pci 0000:00:03.0 in pci0000:00 group=1 id=8086:10d3 driver=e1000e\n"                    \
	"pci 0000:00:04.0 in pci0000:00 group=2 id=8086:10d3 driver=e1000e\n" PIN("nic", "03.0", \
										  "0x10d3")      \
		PIN("other", "04.0", "0x1234") "/etc/iommuctl/pins.d/broken.conf = nothing\n"

static struct error error;

/* The device that @selector chooses in @tree, or "" with the error. */
static const char *chosen_by(const char *tree, const char *selector)
{
	static char label[64];
	_autosystem_ const struct system *system = snapshot(tree, select_facts(selector));
	bool chosen[8] = {false};
	struct selection selection = {.system = system, .chosen = chosen};

	label[0] = '\0';
	error = (struct error){0};
	if (select_devices(&selection, selector, &error) < 0)
		return label;
	for (size_t i = 0; i < system->device_count; i++)
		if (chosen[i])
			strncat(label, system->devices[i]->label, sizeof(label) - 32);
	return label;
}

static void a_pin_selects_its_device_alone(void **state)
{
	assert_string_equal(chosen_by(MACHINE, "pin:nic"), "0000:00:03.0");
	assert_string_equal(chosen_by(MACHINE, "PIN:nic"), "0000:00:03.0");
	assert_int_equal(select_reach("pin:nic"), REACH_DEVICE);
}

static void a_pin_without_a_device_says_why(void **state)
{
	assert_string_equal(chosen_by(MACHINE, "pin:other"), "");
	assert_int_equal(error.code, ERROR_NO_MATCH);
	assert_string_equal(error.message,
			    "the pin other means no device here: it is mismatch: at its place is "
			    "0000:00:04.0, a card with other IDs");
	assert_string_equal(chosen_by(MACHINE, "pin:broken"), "");
	assert_int_equal(error.code, ERROR_NO_MATCH);
}

static void another_name_gets_the_nearest_one(void **state)
{
	assert_string_equal(chosen_by(MACHINE, "pin:nix"), "");
	assert_int_equal(error.code, ERROR_NO_MATCH);
	assert_string_equal(error.message, "there is no pin nix");
	assert_string_equal(error.remedy, "Did you mean nic?");
	assert_string_equal(chosen_by(MACHINE, "pin:something"), "");
	assert_string_equal(error.remedy, "\"iommuctl pins\" lists all pins.");
	assert_string_equal(chosen_by(MACHINE, "pin:"), "");
	assert_int_equal(error.code, ERROR_USAGE);
}

/* Pins that cannot be read are not "no pins". */
static void an_unreadable_folder_is_no_answer(void **state)
{
	assert_string_equal(
		chosen_by("group 1 type=DMA\n"
			  "/iommuctl/unreadable = /etc/iommuctl/pins.d\tdenied EACCES\n",
			  "pin:nic"),
		"");
	assert_int_equal(error.code, ERROR_PERMISSION);
	assert_non_null(strstr(error.message, "whether there is a pin nic is unknown"));
	assert_string_equal(chosen_by("group 1 type=DMA\n"
				      "/iommuctl/unreadable = /etc/iommuctl/pins.d\tfailed EIO\n",
				      "pin:nic"),
			    "");
	assert_int_equal(error.code, ERROR_IO);
}

UNIT(select_pin)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pin_selects_its_device_alone),
		cmocka_unit_test(a_pin_without_a_device_says_why),
		cmocka_unit_test(another_name_gets_the_nearest_one),
		cmocka_unit_test(an_unreadable_folder_is_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
