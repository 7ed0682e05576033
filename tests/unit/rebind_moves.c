/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices a request moves, which are the remembered ones, and which drivers it may name. */
#include "support/check.h"
#include "support/moving.h"

#include <string.h>

static void takes_along_only_members_in_the_way(void **state)
{
	struct group *group = build_group(moving.build, 4);
	struct handover handover;

	moving_add("0000:00:04.0", "pcieport", 0x60400)->group = group;
	moving_add("0000:01:00.0", "e1000e", 0x20000)->group = group;
	moving_add("0000:01:00.1", "e1000e", 0x20000)->group = group;
	moving_add("0000:01:00.2", NULL, 0x20000)->group = group;
	moving.named[1] = true;
	handover = moving_handover();
	assert_int_equal(handover.move_count, 1);
	moving.request.with_group = true;
	handover = moving_handover();
	assert_int_equal(handover.move_count, 2);
	assert_string_equal(handover.moves[1].device->name, "0000:01:00.1");
	assert_true(handover.moves[1].taken_along);
	assert_false(handover.moves[0].taken_along);
}

static void a_device_without_a_group_is_never_taken_along(void **state)
{
	moving_add("0000:01:00.0", "e1000e", 0x20000)->group = build_group(moving.build, 4);
	moving_add("0000:02:00.0", "e1000e", 0x20000);
	moving.named[0] = true;
	moving.request.with_group = true;
	assert_int_equal(moving_handover().move_count, 1);
}

/* A member of the group beside a named one, remembered as left at @left_driver. */
static size_t moves_beside(const char *driver, const char *left_driver)
{
	struct group *group = build_group(moving.build, 4);

	moving_add("0000:01:00.0", "vfio-pci", 0x20000)->group = group;
	moving_add("0000:01:00.1", driver, 0x20000)->group = group;
	moving_remember("0000:01:00.1", "e1000e", NULL);
	if (left_driver)
		memory_leave(&moving.memory, "/sys/devices/pci0000:00/0000:01:00.1",
			     *left_driver ? left_driver : NULL, NULL);
	moving.named[0] = true;
	moving.request.with_group = true;
	return moving_handover().move_count;
}

static void takes_along_again_what_it_took_along_before(void **state)
{
	assert_int_equal(moves_beside("vfio-pci", "vfio-pci"), 2);
}

static void takes_along_again_what_it_left_without_a_driver(void **state)
{
	moving.request.driver = NULL;
	assert_int_equal(moves_beside(NULL, ""), 2);
}

static void leaves_a_member_that_another_command_moved(void **state)
{
	assert_int_equal(moves_beside("vfio-pci", "acme-vfio-pci"), 1);
}

static void leaves_a_member_that_others_gave_a_driver_that_does_no_harm(void **state)
{
	assert_int_equal(moves_beside("pci-stub", "vfio-pci"), 1);
}

static void leaves_a_member_that_it_did_not_leave_there(void **state)
{
	assert_int_equal(moves_beside("vfio-pci", NULL), 1);
}

static void leaves_a_bridge_with_a_foreign_driver_where_it_is(void **state)
{
	struct group *group = build_group(moving.build, 4);

	moving_add("0000:00:04.0", "shpchp", 0x60400)->group = group;
	moving_add("0000:01:00.0", "e1000e", 0x20000)->group = group;
	moving.named[1] = true;
	moving.request.with_group = true;
	assert_int_equal(moving_handover().move_count, 1);
}

static void does_not_restore_another_device_at_the_same_address(void **state)
{
	moving_add("0000:01:00.0", "vfio-pci", 0x20000)->device_id = 0x1234;
	moving_remember("0000:01:00.0", "e1000e", NULL);
	moving.named[0] = true;
	moving.request.verb = "restore";
	assert_int_equal(moving_handover().move_count, 0);
}

static void the_remembered_device_is_told_by_its_path_its_bus_and_both_ids(void **state)
{
	const struct remembered known = {
		.path = "/sys/devices/a", .bus = "pci", .vendor_id = 0x8086, .device_id = 0x10d3};
	const struct device device = {
		.path = "/sys/devices/a", .bus = "pci", .vendor_id = 0x8086, .device_id = 0x10d3};
	struct device others[] = {device, device, device, device};

	others[0].path = "/sys/devices/b";
	others[1].bus = "cxl";
	others[2].vendor_id = 0x1af4;
	others[3].device_id = 0x1521;
	assert_true(remembered_is(&known, &device));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(remembered_is(&known, &others[i]));
}

static void a_device_whose_numbers_cannot_be_read_is_the_remembered_one_by_its_folder(void **state)
{
	const struct traits here = {.inode = 7}, elsewhere = {.inode = 8};
	const struct remembered known = {.path = "/sys/devices/a",
					 .bus = "pci",
					 .vendor_id = 0x8086,
					 .device_id = 0x10d3,
					 .inode = 7};
	struct device device = {.path = "/sys/devices/a",
				.bus = "pci",
				.vendor_id = -1,
				.device_id = -1,
				.ids_unknown = true,
				.traits = &here};

	assert_true(remembered_is(&known, &device));
	device.traits = &elsewhere;
	assert_false(remembered_is(&known, &device));
	device.traits = &here;
	device.ids_unknown = false;
	assert_false(remembered_is(&known, &device));
}

static void refuses_names_that_no_driver_can_have(void **state)
{
	static const char *const bad[] = {"", ".", "..", "../../x", "a/b", "a\nb"};
	char longest[5001];
	struct error error;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_true(driver_name_check(bad[i], &error) < 0);
		assert_int_equal(error.code, ERROR_USAGE);
	}
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_true(driver_name_check(longest, &error) < 0);
	assert_int_equal(driver_name_check("vfio-pci", &error), 0);
}

UNIT(rebind_moves)
{
	const struct CMUnitTest tests[] = {
		WITH_MOVING(takes_along_only_members_in_the_way),
		WITH_MOVING(a_device_without_a_group_is_never_taken_along),
		WITH_MOVING(takes_along_again_what_it_took_along_before),
		WITH_MOVING(takes_along_again_what_it_left_without_a_driver),
		WITH_MOVING(leaves_a_member_that_another_command_moved),
		WITH_MOVING(leaves_a_member_that_others_gave_a_driver_that_does_no_harm),
		WITH_MOVING(leaves_a_member_that_it_did_not_leave_there),
		WITH_MOVING(leaves_a_bridge_with_a_foreign_driver_where_it_is),
		WITH_MOVING(does_not_restore_another_device_at_the_same_address),
		cmocka_unit_test(the_remembered_device_is_told_by_its_path_its_bus_and_both_ids),
		cmocka_unit_test(
			a_device_whose_numbers_cannot_be_read_is_the_remembered_one_by_its_folder),
		cmocka_unit_test(refuses_names_that_no_driver_can_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
