/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps that give devices other drivers, in order, and those that undo them. */
#include "support/check.h"
#include "support/moving.h"

#include <stdio.h>
#include <string.h>

static char text[2048];

static const char *last_part(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : "-";
}

/* The writes in order: "unbind=0000:01:00.0 driver_override=vfio-pci bind=…". */
static const char *steps(void)
{
	struct handover handover = moving_handover();
	struct plan plan = rebind_plan(&handover, &moving.checks, moving.arena);
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
	struct handover handover = moving_handover();
	struct plan plan = rebind_plan(&handover, &moving.checks, moving.arena);
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
	moving_add("0000:01:00.0", "e1000e", 0x20000);
	moving.named[0] = true;
	assert_string_equal(steps(), "driver_override=vfio-pci unbind=0000:01:00.0 "
				     "bind=0000:01:00.0");
	assert_string_equal(undo_steps(), "unbind=0000:01:00.0 bind=0000:01:00.0 driver_override=");
}

static void does_nothing_where_it_is_so_already(void **state)
{
	moving_add("0000:01:00.0", "vfio-pci", 0x20000)->driver_override = "vfio-pci";
	moving.named[0] = true;
	assert_string_equal(steps(), "");
}

static void sets_the_override_of_a_device_that_has_the_driver(void **state)
{
	moving_add("0000:01:00.0", "vfio-pci", 0x20000);
	moving.named[0] = true;
	assert_string_equal(steps(), "driver_override=vfio-pci");
}

static void binds_a_driverless_device(void **state)
{
	moving_add("0000:01:00.0", NULL, 0x20000);
	moving.named[0] = true;
	assert_string_equal(steps(), "driver_override=vfio-pci bind=0000:01:00.0");
}

static void keeps_a_device_without_a_driver_by_an_override(void **state)
{
	moving_add("0000:01:00.0", "e1000e", 0x20000);
	moving.named[0] = true;
	moving.request.driver = NULL;
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0");
}

static void clears_the_override_before_a_native_driver_binds(void **state)
{
	moving_add("0000:01:00.0", "vfio-pci", 0x20000)->driver_override = "vfio-pci";
	moving_remember("0000:01:00.0", "e1000e", NULL);
	moving.named[0] = true;
	moving.request.driver = "e1000e";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override= "
				     "bind=0000:01:00.0");
}

static void gives_a_native_driver_the_override_of_before_iommuctl(void **state)
{
	moving_add("0000:01:00.0", "vfio-pci", 0x20000)->driver_override = "vfio-pci";
	moving_remember("0000:01:00.0", "e1000e", "odd");
	moving.named[0] = true;
	moving.request.driver = "e1000e";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override= "
				     "bind=0000:01:00.0 driver_override=odd");
}

static void the_override_of_another_remembered_device_is_not_given(void **state)
{
	moving_add("0000:01:00.0", "vfio-pci", 0x20000)->device_id = 0x1521;
	moving_remember("0000:01:00.0", "e1000e", "odd");
	moving.named[0] = true;
	moving.request.driver = "e1000e";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override= "
				     "bind=0000:01:00.0");
}

static void puts_a_foreign_override_back_last(void **state)
{
	moving_add("0000:01:00.0", "e1000e", 0x20000)->driver_override = "odd";
	moving.named[0] = true;
	assert_string_equal(steps(), "driver_override=vfio-pci unbind=0000:01:00.0 "
				     "bind=0000:01:00.0");
	assert_string_equal(undo_steps(), "unbind=0000:01:00.0 bind=0000:01:00.0 "
					  "driver_override=odd");
}

static void forces_a_driver_only_where_its_check_is_waived(void **state)
{
	struct check waived = {.id = CHECK_DRIVER_MATCH, .level = CHECK_REFUSE, .waived = true};

	waived.device = moving_add("0000:01:00.0", "e1000e", 0x20000);
	moving.named[0] = true;
	moving.request.driver = "nvme";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override= "
				     "bind=0000:01:00.0");
	moving.checks = (struct checks){.items = &waived, .count = 1};
	assert_string_equal(steps(), "driver_override=nvme unbind=0000:01:00.0 bind=0000:01:00.0 "
				     "driver_override=");
}

static void leaves_the_override_alone_where_the_bus_has_none(void **state)
{
	struct device *device = build_device(moving.build, "spi", "spi0.0", "/sys/devices/spi0.0");

	device->driver = "spidev";
	device->driver_known = true;
	build_traits(moving.build, device)->has_override = ANSWER_NO;
	moving.named[0] = true;
	moving.request.driver = "e1000e";
	assert_string_equal(steps(), "unbind=spi0.0 bind=spi0.0");
}

static void a_device_of_unknown_traits_gets_no_override_between_drivers(void **state)
{
	struct device *device = build_device(moving.build, "spi", "spi0.0", "/sys/devices/spi0.0");

	device->driver = "spidev";
	device->driver_known = true;
	moving.named[0] = true;
	moving.request.driver = "e1000e";
	assert_string_equal(steps(), "unbind=spi0.0 bind=spi0.0");
}

static void a_driver_that_mediates_gets_its_override(void **state)
{
	moving_add("0000:01:00.0", NULL, 0x20000);
	moving.named[0] = true;
	moving.request.driver = "vfio_ap";
	assert_string_equal(steps(), "driver_override=vfio_ap bind=0000:01:00.0");
}

static void loads_each_module_once_and_first(void **state)
{
	static const struct module modules[] = {
		{.name = "vfio_pci", .state = MODULE_NOT_LOADED},
		{.name = "vfio_iommu_type1", .state = MODULE_NOT_LOADED},
	};
	struct driver *driver;

	moving_add("0000:01:00.0", NULL, 0x20000);
	moving_add("0000:02:00.0", NULL, 0x20000);
	driver = build_driver(moving.build, "pci", "vfio-pci");
	driver->modules = modules;
	driver->module_count = ARRAY_SIZE(modules);
	driver->modules_known = true;
	moving.named[0] = moving.named[1] = true;
	assert_string_equal(steps(), "load=vfio_pci load=vfio_iommu_type1 "
				     "driver_override=vfio-pci bind=0000:01:00.0 "
				     "driver_override=vfio-pci bind=0000:02:00.0");
}

static void a_module_that_is_there_is_not_loaded(void **state)
{
	static const struct module modules[] = {
		{.name = "vfio_pci", .state = MODULE_LIVE},
		{.name = "vfio_iommu_type1", .state = MODULE_NOT_LOADED},
	};
	struct driver *driver = build_driver(moving.build, "pci", "vfio-pci");

	moving_add("0000:01:00.0", NULL, 0x20000);
	driver->modules = modules;
	driver->module_count = ARRAY_SIZE(modules);
	driver->modules_known = true;
	moving.named[0] = true;
	assert_string_equal(steps(), "load=vfio_iommu_type1 driver_override=vfio-pci "
				     "bind=0000:01:00.0");
}

static void restores_driver_and_override(void **state)
{
	moving_add("0000:01:00.0", "vfio-pci", 0x20000)->driver_override = "vfio-pci";
	moving_remember("0000:01:00.0", "e1000e", NULL);
	moving.named[0] = true;
	moving.request.verb = "restore";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override= "
				     "bind=0000:01:00.0");
}

static void restores_a_device_that_had_no_driver(void **state)
{
	moving_add("0000:01:00.0", "vfio-pci", 0x20000)->driver_override = "vfio-pci";
	moving_remember("0000:01:00.0", NULL, NULL);
	moving.named[0] = true;
	moving.request.verb = "restore";
	assert_string_equal(steps(), "driver_override=none unbind=0000:01:00.0 driver_override=");
}

UNIT(rebind_steps)
{
	const struct CMUnitTest tests[] = {
		WITH_MOVING(overrides_then_unbinds_then_binds),
		WITH_MOVING(does_nothing_where_it_is_so_already),
		WITH_MOVING(sets_the_override_of_a_device_that_has_the_driver),
		WITH_MOVING(binds_a_driverless_device),
		WITH_MOVING(keeps_a_device_without_a_driver_by_an_override),
		WITH_MOVING(clears_the_override_before_a_native_driver_binds),
		WITH_MOVING(gives_a_native_driver_the_override_of_before_iommuctl),
		WITH_MOVING(the_override_of_another_remembered_device_is_not_given),
		WITH_MOVING(puts_a_foreign_override_back_last),
		WITH_MOVING(forces_a_driver_only_where_its_check_is_waived),
		WITH_MOVING(leaves_the_override_alone_where_the_bus_has_none),
		WITH_MOVING(a_device_of_unknown_traits_gets_no_override_between_drivers),
		WITH_MOVING(a_driver_that_mediates_gets_its_override),
		WITH_MOVING(loads_each_module_once_and_first),
		WITH_MOVING(a_module_that_is_there_is_not_loaded),
		WITH_MOVING(restores_driver_and_override),
		WITH_MOVING(restores_a_device_that_had_no_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
