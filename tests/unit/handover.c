/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves of a handover that are alike, and devices that are moved by themselves. */
#include "checks/handover.h"
#include "support/check.h"

static void moves_go_to_the_same_driver_on_the_same_bus(void **state)
{
	static const struct device pci = {.bus = "pci"}, platform = {.bus = "platform"};
	static const struct {
		struct move one, other;
		bool same;
	} rows[] = {
		{{.device = &pci, .driver = "nvme"}, {.device = &pci, .driver = "nvme"}, true},
		{{.device = &pci, .driver = "nvme"}, {.device = &pci, .driver = "igb"}, false},
		{{.device = &pci, .driver = "nvme"},
		 {.device = &platform, .driver = "nvme"},
		 false},
		{{.device = &pci}, {.device = &pci, .driver = "nvme"}, false},
		{{.device = &pci, .driver = "nvme"}, {.device = &pci}, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(moves_to_same_driver(&rows[i].one, &rows[i].other), rows[i].same);
}

static void a_device_is_independent_by_its_bus_group_or_stream(void **state)
{
	static const struct group group = {.id = 7};
	static const struct device pci = {.bus = "pci"}, grouped = {.bus = "usb", .group = &group},
				   streaming = {.bus = "platform", .stream_count = 1},
				   function = {.bus = "platform"};

	assert_true(device_is_independent(&pci));
	assert_true(device_is_independent(&grouped));
	assert_true(device_is_independent(&streaming));
	assert_false(device_is_independent(&function));
}

UNIT(handover)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_go_to_the_same_driver_on_the_same_bus),
		cmocka_unit_test(a_device_is_independent_by_its_bus_group_or_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
