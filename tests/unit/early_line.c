/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of the list of early pins: what a compiler writes is read, what a hand may write is not.
 */
#include "model/early_line.h"

#include "model/early_list.h"
#include "support/check.h"

#include <string.h>

static bool split(const char *text, struct early_line *line)
{
	static char copy[256];

	snprintf(copy, sizeof(copy), "%s", text);
	return early_line_split(copy, line);
}

static void a_line_is_read_as_it_was_written(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct serial serial = {SERIAL_PCIE, "00-1B-21-ff-ff-a1-b2-c3"};
	struct pin pin = {.name = "nic@1:a",
			  .driver = "vfio-pci",
			  .bus = "pci",
			  .location = "platform/4010000000.pcie/pci0000:00/1c.0/00.0",
			  .vendor_id = 0x8086,
			  .device_id = 0x10d3,
			  .subsystem_vendor_id = -1,
			  .subsystem_device_id = 0,
			  .serials = &serial,
			  .serial_count = 1,
			  .member_count = 12};
	char *text = arena_strdup(arena, early_list_line(&pin, arena));
	struct early_line line;

	text[strlen(text) - 1] = '\0';
	assert_true(early_line_split(text, &line));
	assert_string_equal(line.location, pin.location);
	assert_string_equal(line.driver, "vfio-pci");
	assert_string_equal(line.name, "nic@1:a");
	assert_string_equal(line.serial, "00-1b-21-ff-ff-a1-b2-c3");
	assert_int_equal(line.members, 12);
	assert_int_equal(line.ids.vendor, 0x8086);
	assert_int_equal(line.ids.device, 0x10d3);
	assert_int_equal(line.ids.subsystem_vendor, -1);
	assert_int_equal(line.ids.subsystem_device, 0);
}

static void any_serial_and_any_number_of_members_are_a_sign(void **state)
{
	struct early_line line;

	assert_true(split("pci0000:00/01.0 0x8086 0x10d3 - - - - vfio-pci nic", &line));
	assert_string_equal(line.serial, "-");
	assert_int_equal(line.members, 0);
	assert_int_equal(line.ids.subsystem_vendor, -1);
}

/* Each differs from a good line in one place. */
static void lines_of_another_form_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"# pci0000:00/01.0 0x8086 0x10d3 - - - - vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - - - vfio-pci",
		"pci0000:00/01.0 0x8086 0x10d3 - - - - vfio-pci nic more",
		"pci0000:00/01.0  0x8086 0x10d3 - - - - vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - - - vfio-pci nic ",
		"pci0000:00/01.0\t0x8086 0x10d3 - - - - vfio-pci nic",
		"pci0000:00/01.0 - 0x10d3 - - - - vfio-pci nic",
		"pci0000:00/01.0 0x8086 - - - - - vfio-pci nic",
		"pci0000:00/01.0 8086 0x10d3 - - - - vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10D3 - - - - vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x010d3 - - - - vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 * - - - vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - 00-11 - vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - 00-1B-21-ff-ff-a1-b2-c3 - vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - 00-1b-21-ff-ff-a1-b2-c3- - vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - - 0 vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - - -1 vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - - 0x2 vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - - 99999999999999999999 vfio-pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - - - ../x nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - - - vfio/pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - - - vfio;pci nic",
		"pci0000:00/01.0 0x8086 0x10d3 - - - - vfio-pci $x",
		"/pci0000:00/01.0 0x8086 0x10d3 - - - - vfio-pci nic",
		"./pci0000:00/01.0 0x8086 0x10d3 - - - - vfio-pci nic",
		"pci0000:00/../01.0 0x8086 0x10d3 - - - - vfio-pci nic",
		"pci0000:00//01.0 0x8086 0x10d3 - - - - vfio-pci nic",
		"pci0000:00/01.0/ 0x8086 0x10d3 - - - - vfio-pci nic",
		"pci0000:00/*/00.0 0x8086 0x10d3 - - - - vfio-pci nic",
		"pci0000:00 0x8086 0x10d3 - - - - vfio-pci nic",
		"01.0 0x8086 0x10d3 - - - - vfio-pci nic",
	};
	struct early_line line;

	assert_true(split("pci0000:00/01.0 0x8086 0x10d3 - - - - vfio-pci nic", &line));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (split(bad[i], &line))
			fail_msg("\"%s\" is taken for a pin", bad[i]);
}

UNIT(early_line)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_read_as_it_was_written),
		cmocka_unit_test(any_serial_and_any_number_of_members_are_a_sign),
		cmocka_unit_test(lines_of_another_form_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
