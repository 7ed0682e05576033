/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/rebind.h"

#include "actions/look.h"
#include "model/build.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

/* The machine while it is built, and the request. */
static struct build *build;
static const struct system *taken;
static struct arena *arena;
static struct memory memory;
static struct request request;
static struct checks checks;
static bool named[8];
static char text[2048];

static int start(void **state)
{
	build = build_new();
	arena = arena_new();
	memory = (struct memory){.arena = arena};
	request = (struct request){.verb = "rebind", .driver = "vfio-pci"};
	checks = (struct checks){0};
	memset(named, 0, sizeof(named));
	taken = NULL;
	return 0;
}

static int end(void **state)
{
	build_free(build);
	system_free(taken);
	arena_free(arena);
	return 0;
}

static struct device *add(const char *name, const char *driver, int class)
{
	char *path = arena_printf(build_arena(build), "/sys/devices/pci0000:00/%s", name);
	struct device *device = build_device(build, "pci", name, path);

	device->driver = driver;
	device->driver_known = true;
	device->vendor_id = 0x8086;
	device->device_id = 0x10d3;
	device->class = class;
	build_traits(build, device)->has_override = ANSWER_YES;
	return device;
}

static void remember(const char *name, const char *driver, const char *override)
{
	memory_put(&memory, &(struct target){
				    .label = name,
				    .bus = "pci",
				    .name = name,
				    .path = arena_printf(arena, "/sys/devices/pci0000:00/%s", name),
				    .vendor_id = 0x8086,
				    .device_id = 0x10d3,
				    .driver = driver,
				    .driver_override = override,
			    });
}

static struct handover moves(void)
{
	if (!taken) {
		taken = build_seal(build, 0);
		build = NULL;
	}
	return strcmp(request.verb, "restore") == 0
		       ? restore_moves(taken, &memory, named, arena)
		       : rebind_moves(&request, taken, &memory, named, arena);
}

static const char *last_part(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : "-";
}

/* The writes in order: "unbind=0000:01:00.0 driver_override=vfio-pci bind=…". */
static const char *steps(void)
{
	struct handover handover = moves();
	struct plan plan = rebind_plan(&handover, &checks, arena);
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < plan.step_count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s=%s", i ? " " : "",
					 plan.steps[i].file ? last_part(plan.steps[i].file)
							    : "load",
					 plan.steps[i].value);
	return text;
}

static const char *undo_steps(void)
{
	struct handover handover = moves();
	struct plan plan = rebind_plan(&handover, &checks, arena);
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = plan.step_count; i-- > 0;)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s=%s",
					 used ? " " : "", last_part(plan.steps[i].undo_file),
					 plan.steps[i].undo_value);
	return text;
}

static void overrides_then_unbinds_then_binds(void **state)
{
	add("0000:01:00.0", "e1000e", 0x20000);
	named[0] = true;
	assert_string_equal(steps(), "driver_override=vfio-pci unbind=0000:01:00.0 "
				     "bind=0000:01:00.0");
	assert_string_equal(undo_steps(), "unbind=0000:01:00.0 bind=0000:01:00.0 driver_override=");
}

static void does_nothing_where_it_is_so_already(void **state)
{
	add("0000:01:00.0", "vfio-pci", 0x20000)->driver_override = "vfio-pci";
	named[0] = true;
	assert_string_equal(steps(), "");
}

static void sets_the_override_of_a_device_that_has_the_driver(void **state)
{
	add("0000:01:00.0", "vfio-pci", 0x20000);
	named[0] = true;
	assert_string_equal(steps(), "driver_override=vfio-pci");
}

static void binds_a_driverless_device(void **state)
{
	add("0000:01:00.0", NULL, 0x20000);
	named[0] = true;
	assert_string_equal(steps(), "driver_override=vfio-pci bind=0000:01:00.0");
}

static void keeps_a_device_without_a_driver_by_an_override(void **state)
{
	add("0000:01:00.0", "e1000e", 0x20000);
	named[0] = true;
	request.driver = NULL;
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0");
}

static void clears_the_override_before_a_native_driver_binds(void **state)
{
	add("0000:01:00.0", "vfio-pci", 0x20000)->driver_override = "vfio-pci";
	remember("0000:01:00.0", "e1000e", NULL);
	named[0] = true;
	request.driver = "e1000e";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override= "
				     "bind=0000:01:00.0");
}

static void gives_a_native_driver_the_override_of_before_iommuctl(void **state)
{
	add("0000:01:00.0", "vfio-pci", 0x20000)->driver_override = "vfio-pci";
	remember("0000:01:00.0", "e1000e", "odd");
	named[0] = true;
	request.driver = "e1000e";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override= "
				     "bind=0000:01:00.0 driver_override=odd");
}

static void puts_a_foreign_override_back_last(void **state)
{
	add("0000:01:00.0", "e1000e", 0x20000)->driver_override = "odd";
	named[0] = true;
	assert_string_equal(steps(), "driver_override=vfio-pci unbind=0000:01:00.0 "
				     "bind=0000:01:00.0");
	assert_string_equal(undo_steps(), "unbind=0000:01:00.0 bind=0000:01:00.0 "
					  "driver_override=odd");
}

static void forces_a_driver_only_where_its_check_is_waived(void **state)
{
	struct check waived = {.id = CHECK_DRIVER_MATCH, .level = CHECK_REFUSE, .waived = true};

	waived.device = add("0000:01:00.0", "e1000e", 0x20000);
	named[0] = true;
	request.driver = "nvme";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override= "
				     "bind=0000:01:00.0");
	checks = (struct checks){.items = &waived, .count = 1};
	assert_string_equal(steps(), "driver_override=nvme unbind=0000:01:00.0 bind=0000:01:00.0 "
				     "driver_override=");
}

static void leaves_the_override_alone_where_the_bus_has_none(void **state)
{
	struct device *device = build_device(build, "spi", "spi0.0", "/sys/devices/spi0.0");

	device->driver = "spidev";
	device->driver_known = true;
	build_traits(build, device)->has_override = ANSWER_NO;
	named[0] = true;
	request.driver = "e1000e";
	assert_string_equal(steps(), "unbind=spi0.0 bind=spi0.0");
}

static void loads_each_module_once_and_first(void **state)
{
	static const struct module modules[] = {
		{.name = "vfio_pci", .state = MODULE_NOT_LOADED},
		{.name = "vfio_iommu_type1", .state = MODULE_NOT_LOADED},
	};
	struct driver *driver;

	add("0000:01:00.0", NULL, 0x20000);
	add("0000:02:00.0", NULL, 0x20000);
	driver = build_driver(build, "pci", "vfio-pci");
	driver->modules = modules;
	driver->module_count = ARRAY_SIZE(modules);
	driver->modules_known = true;
	named[0] = named[1] = true;
	assert_string_equal(steps(), "load=vfio_pci load=vfio_iommu_type1 "
				     "driver_override=vfio-pci bind=0000:01:00.0 "
				     "driver_override=vfio-pci bind=0000:02:00.0");
}

static void takes_along_only_members_in_the_way(void **state)
{
	struct group *group = build_group(build, 4);
	struct handover handover;

	add("0000:00:04.0", "pcieport", 0x60400)->group = group;
	add("0000:01:00.0", "e1000e", 0x20000)->group = group;
	add("0000:01:00.1", "e1000e", 0x20000)->group = group;
	add("0000:01:00.2", NULL, 0x20000)->group = group;
	named[1] = true;
	handover = moves();
	assert_int_equal(handover.move_count, 1);
	request.with_group = true;
	handover = moves();
	assert_int_equal(handover.move_count, 2);
	assert_string_equal(handover.moves[1].device->name, "0000:01:00.1");
	assert_true(handover.moves[1].taken_along);
	assert_false(handover.moves[0].taken_along);
}

/* A member of the group beside a named one, remembered as left at @left_driver. */
static size_t moves_beside(const char *driver, const char *left_driver)
{
	struct group *group = build_group(build, 4);

	add("0000:01:00.0", "vfio-pci", 0x20000)->group = group;
	add("0000:01:00.1", driver, 0x20000)->group = group;
	remember("0000:01:00.1", "e1000e", NULL);
	if (left_driver)
		memory_leave(&memory, "/sys/devices/pci0000:00/0000:01:00.1",
			     *left_driver ? left_driver : NULL, NULL);
	named[0] = true;
	request.with_group = true;
	return moves().move_count;
}

static void takes_along_again_what_it_took_along_before(void **state)
{
	assert_int_equal(moves_beside("vfio-pci", "vfio-pci"), 2);
}

static void takes_along_again_what_it_left_without_a_driver(void **state)
{
	request.driver = NULL;
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
	struct group *group = build_group(build, 4);

	add("0000:00:04.0", "shpchp", 0x60400)->group = group;
	add("0000:01:00.0", "e1000e", 0x20000)->group = group;
	named[1] = true;
	request.with_group = true;
	assert_int_equal(moves().move_count, 1);
}

static void restores_driver_and_override(void **state)
{
	add("0000:01:00.0", "vfio-pci", 0x20000)->driver_override = "vfio-pci";
	remember("0000:01:00.0", "e1000e", NULL);
	named[0] = true;
	request.verb = "restore";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override= "
				     "bind=0000:01:00.0");
}

static void restores_a_device_that_had_no_driver(void **state)
{
	add("0000:01:00.0", "vfio-pci", 0x20000)->driver_override = "vfio-pci";
	remember("0000:01:00.0", NULL, NULL);
	named[0] = true;
	request.verb = "restore";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override=");
}

static void does_not_restore_another_device_at_the_same_address(void **state)
{
	add("0000:01:00.0", "vfio-pci", 0x20000)->device_id = 0x1234;
	remember("0000:01:00.0", "e1000e", NULL);
	named[0] = true;
	request.verb = "restore";
	assert_int_equal(moves().move_count, 0);
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

static void the_override_of_another_remembered_device_is_not_given(void **state)
{
	add("0000:01:00.0", "vfio-pci", 0x20000)->device_id = 0x1521;
	remember("0000:01:00.0", "e1000e", "odd");
	named[0] = true;
	request.driver = "e1000e";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override= "
				     "bind=0000:01:00.0");
}

static void a_device_of_unknown_traits_gets_no_override_between_drivers(void **state)
{
	struct device *device = build_device(build, "spi", "spi0.0", "/sys/devices/spi0.0");

	device->driver = "spidev";
	device->driver_known = true;
	named[0] = true;
	request.driver = "e1000e";
	assert_string_equal(steps(), "unbind=spi0.0 bind=spi0.0");
}

static void a_driver_that_mediates_gets_its_override(void **state)
{
	add("0000:01:00.0", NULL, 0x20000);
	named[0] = true;
	request.driver = "vfio_ap";
	assert_string_equal(steps(), "driver_override=vfio_ap bind=0000:01:00.0");
}

static void a_module_that_is_there_is_not_loaded(void **state)
{
	static const struct module modules[] = {
		{.name = "vfio_pci", .state = MODULE_LIVE},
		{.name = "vfio_iommu_type1", .state = MODULE_NOT_LOADED},
	};
	struct driver *driver = build_driver(build, "pci", "vfio-pci");

	add("0000:01:00.0", NULL, 0x20000);
	driver->modules = modules;
	driver->module_count = ARRAY_SIZE(modules);
	driver->modules_known = true;
	named[0] = true;
	assert_string_equal(steps(), "load=vfio_iommu_type1 driver_override=vfio-pci "
				     "bind=0000:01:00.0");
}

static void a_device_without_a_group_is_never_taken_along(void **state)
{
	add("0000:01:00.0", "e1000e", 0x20000)->group = build_group(build, 4);
	add("0000:02:00.0", "e1000e", 0x20000);
	named[0] = true;
	request.with_group = true;
	assert_int_equal(moves().move_count, 1);
}

UNIT(rebind)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_device_whose_numbers_cannot_be_read_is_the_remembered_one_by_its_folder),
		cmocka_unit_test(the_remembered_device_is_told_by_its_path_its_bus_and_both_ids),
		cmocka_unit_test_setup_teardown(
			the_override_of_another_remembered_device_is_not_given, start, end),
		cmocka_unit_test_setup_teardown(
			a_device_of_unknown_traits_gets_no_override_between_drivers, start, end),
		cmocka_unit_test_setup_teardown(a_driver_that_mediates_gets_its_override, start,
						end),
		cmocka_unit_test_setup_teardown(a_module_that_is_there_is_not_loaded, start, end),
		cmocka_unit_test_setup_teardown(a_device_without_a_group_is_never_taken_along,
						start, end),
		cmocka_unit_test_setup_teardown(overrides_then_unbinds_then_binds, start, end),
		cmocka_unit_test_setup_teardown(does_nothing_where_it_is_so_already, start, end),
		cmocka_unit_test_setup_teardown(sets_the_override_of_a_device_that_has_the_driver,
						start, end),
		cmocka_unit_test_setup_teardown(binds_a_driverless_device, start, end),
		cmocka_unit_test_setup_teardown(keeps_a_device_without_a_driver_by_an_override,
						start, end),
		cmocka_unit_test_setup_teardown(clears_the_override_before_a_native_driver_binds,
						start, end),
		cmocka_unit_test_setup_teardown(
			gives_a_native_driver_the_override_of_before_iommuctl, start, end),
		cmocka_unit_test_setup_teardown(puts_a_foreign_override_back_last, start, end),
		cmocka_unit_test_setup_teardown(forces_a_driver_only_where_its_check_is_waived,
						start, end),
		cmocka_unit_test_setup_teardown(leaves_the_override_alone_where_the_bus_has_none,
						start, end),
		cmocka_unit_test_setup_teardown(loads_each_module_once_and_first, start, end),
		cmocka_unit_test_setup_teardown(takes_along_only_members_in_the_way, start, end),
		cmocka_unit_test_setup_teardown(takes_along_again_what_it_took_along_before, start,
						end),
		cmocka_unit_test_setup_teardown(takes_along_again_what_it_left_without_a_driver,
						start, end),
		cmocka_unit_test_setup_teardown(leaves_a_member_that_another_command_moved, start,
						end),
		cmocka_unit_test_setup_teardown(
			leaves_a_member_that_others_gave_a_driver_that_does_no_harm, start, end),
		cmocka_unit_test_setup_teardown(leaves_a_member_that_it_did_not_leave_there, start,
						end),
		cmocka_unit_test_setup_teardown(leaves_a_bridge_with_a_foreign_driver_where_it_is,
						start, end),
		cmocka_unit_test_setup_teardown(restores_driver_and_override, start, end),
		cmocka_unit_test_setup_teardown(restores_a_device_that_had_no_driver, start, end),
		cmocka_unit_test_setup_teardown(does_not_restore_another_device_at_the_same_address,
						start, end),
		cmocka_unit_test(refuses_names_that_no_driver_can_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
