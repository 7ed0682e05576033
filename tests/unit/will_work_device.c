/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of a move that ask about the device alone: each of their answers. */
#include "checks/check_functions.h"
#include "support/scene.h"

#define PF_PATH "/sys/devices/pci0/0000:01:10.0"

static void header_0(struct scene *scene)
{
	scene->traits->header_type = 0;
}

static void header_1(struct scene *scene)
{
	scene->traits->header_type = 1;
}

static void bridge_by_class(struct scene *scene)
{
	scene->device->class = 0x060400;
}

static void class_unread(struct scene *scene)
{
	scene->device->class = -1;
}

static void no_bridge_goes_to_vfio(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_BRIDGE, "e1000e", "vfio-pci", header_0, "pass"},
		{CHECK_BRIDGE, "pcieport", "vfio-pci", header_1, "final"},
		{CHECK_BRIDGE, "pcieport", "vfio-pci", bridge_by_class, "final"},
		{CHECK_BRIDGE, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_BRIDGE, "e1000e", "vfio-pci", class_unread, "unknown"},
		{CHECK_BRIDGE, "pcieport", NULL, header_1, "none"},
	};

	SCENE_CHECK(rows);
}

static void qat(struct scene *scene)
{
	scene->device->device_id = 0x37c8;
	scene->host->denylist_off = ANSWER_NO;
}

static void qat_allowed(struct scene *scene)
{
	qat(scene);
	scene->host->denylist_off = ANSWER_YES;
}

static void qat_unknown(struct scene *scene)
{
	qat(scene);
	scene->host->denylist_off = ANSWER_UNKNOWN;
}

static void same_number_of_another_vendor(struct scene *scene)
{
	qat(scene);
	scene->device->vendor_id = 0x10de;
}

static void ids_unread(struct scene *scene)
{
	scene->device->vendor_id = -1;
}

static void the_denylist_of_vfio_pci_is_known(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_DENYLIST, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_DENYLIST, "c6xx", "vfio-pci", qat, "refuse"},
		{CHECK_DENYLIST, "c6xx", "vfio-pci", qat_allowed, "warning"},
		{CHECK_DENYLIST, "c6xx", "vfio-pci", qat_unknown, "unknown"},
		{CHECK_DENYLIST, "c6xx", "vfio-pci", same_number_of_another_vendor, "pass"},
		{CHECK_DENYLIST, "e1000e", "vfio-pci", ids_unread, "unknown"},
		{CHECK_DENYLIST, "c6xx", "qat_vfio_pci", qat, "none"},
	};

	SCENE_CHECK(rows);
}

static void flr(struct scene *scene)
{
	scene->traits->reset_methods = "flr bus";
	scene->traits->can_reset = ANSWER_YES;
	scene_sibling(scene, "0000:01:00.1", NULL);
}

static void no_reset(struct scene *scene)
{
	scene->traits->reset_methods = "\n";
	scene->traits->can_reset = ANSWER_NO;
}

static void bus_reset_alone(struct scene *scene)
{
	scene->traits->reset_methods = "bus";
	scene->traits->can_reset = ANSWER_YES;
}

static void bus_reset_of_two(struct scene *scene)
{
	bus_reset_alone(scene);
	scene_sibling(scene, "0000:01:00.1", NULL);
}

static void bus_reset_of_two_that_move(struct scene *scene)
{
	bus_reset_alone(scene);
	scene_move(scene, scene_sibling(scene, "0000:01:00.1", NULL), "vfio-pci");
}

static void reset_of_an_old_kernel(struct scene *scene)
{
	scene->traits->can_reset = ANSWER_YES;
}

static void no_reset_of_an_old_kernel(struct scene *scene)
{
	scene->traits->can_reset = ANSWER_NO;
}

static void on_the_platform_bus(struct scene *scene)
{
	scene->device->bus = "platform";
	scene->traits->compatible = "acme,nic";
}

static void a_reset_that_hits_others_is_warned_of(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_RESET, "e1000e", "vfio-pci", flr, "pass"},
		{CHECK_RESET, "e1000e", "vfio-pci", no_reset, "warning", "cannot be reset"},
		{CHECK_RESET, "e1000e", "vfio-pci", bus_reset_alone, "pass"},
		{CHECK_RESET, "e1000e", "vfio-pci", bus_reset_of_two, "warning", "0000:01:00.1"},
		{CHECK_RESET, "e1000e", "vfio-pci", bus_reset_of_two_that_move, "pass"},
		{CHECK_RESET, "e1000e", "vfio-pci", NULL, "unknown warning"},
		{CHECK_RESET, "e1000e", "vfio-pci", reset_of_an_old_kernel, "pass"},
		{CHECK_RESET, "e1000e", "vfio-pci", no_reset_of_an_old_kernel, "warning",
		 "cannot be reset"},
		{CHECK_RESET, "acme", "vfio-platform", on_the_platform_bus, "unknown warning",
		 "vfio-reset:acme,nic"},
		{CHECK_RESET, "vfio-pci", "e1000e", no_reset, "none"},
	};

	SCENE_CHECK(rows);
}

static void cold(struct scene *scene)
{
	scene->traits->power_state = "D3cold";
}

static void warm(struct scene *scene)
{
	scene->traits->power_state = "D0";
}

static void a_device_without_power_is_warned_of(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_POWER, "e1000e", "vfio-pci", warm, "pass"},
		{CHECK_POWER, "e1000e", "vfio-pci", cold, "warning"},
		{CHECK_POWER, "e1000e", "vfio-pci", NULL, "unknown warning"},
		{CHECK_POWER, "vfio-pci", "e1000e", cold, "none"},
	};

	SCENE_CHECK(rows);
}

static void two_functions(struct scene *scene)
{
	scene->traits->virtual_functions = 2;
	for (unsigned i = 0; i < 2; i++)
		build_use(scene->build, scene->device,
			  (struct use){USE_VIRTUAL_FUNCTION, "0000:01:00.0",
				       i ? "0000:01:10.2" : "0000:01:10.0", "/virtfn"});
}

static void functions_seen_by_uses_alone(struct scene *scene)
{
	two_functions(scene);
	scene->device->traits = NULL;
}

static void nobody_looked_at_it(struct scene *scene)
{
	scene->device->traits = NULL;
}

static void functions_unread(struct scene *scene)
{
	build_blindness(scene->build, scene->device, USE_VIRTUAL_FUNCTION, "denied");
}

static void a_device_with_virtual_functions_is_refused(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_VIRTUAL_FUNCTIONS, "igb", "vfio-pci", NULL, "pass"},
		{CHECK_VIRTUAL_FUNCTIONS, "igb", "vfio-pci", two_functions, "final",
		 "2 virtual functions: 0000:01:10.0, 0000:01:10.2, and VFIO accepts no"},
		{CHECK_VIRTUAL_FUNCTIONS, NULL, "vfio-pci", two_functions, "final"},
		{CHECK_VIRTUAL_FUNCTIONS, "igb", NULL, two_functions, "refuse", "left without it"},
		{CHECK_VIRTUAL_FUNCTIONS, "vfio-pci", "igb", two_functions, "refuse", "destroyed"},
		{CHECK_VIRTUAL_FUNCTIONS, "vfio-pci", "igb", functions_seen_by_uses_alone, "refuse",
		 "2 virtual functions"},
		{CHECK_VIRTUAL_FUNCTIONS, "igb", NULL, nobody_looked_at_it, "unknown"},
		{CHECK_VIRTUAL_FUNCTIONS, "igb", NULL, functions_unread, "unknown"},
		{CHECK_VIRTUAL_FUNCTIONS, NULL, "igb", two_functions, "none"},
	};

	SCENE_CHECK(rows);
}

static void function_of(struct scene *scene, const char *driver_name)
{
	scene->traits->physical_function = PF_PATH;
	scene_sibling(scene, "0000:01:10.0", driver_name);
}

static void function_of_vfio(struct scene *scene)
{
	function_of(scene, "vfio-pci");
}

static void function_of_igb(struct scene *scene)
{
	function_of(scene, "igb");
}

static void function_of_nobody(struct scene *scene)
{
	scene->traits->physical_function = "/sys/devices/none";
}

static void a_token_is_needed_below_vfio(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_VF_TOKEN, "igbvf", "vfio-pci", function_of_vfio, "warning", "0000:01:10.0"},
		{CHECK_VF_TOKEN, "igbvf", "vfio-pci", function_of_igb, "pass"},
		{CHECK_VF_TOKEN, "igbvf", "vfio-pci", function_of_nobody, "unknown warning"},
		{CHECK_VF_TOKEN, "igbvf", "vfio-pci", NULL, "none"},
		{CHECK_VF_TOKEN, "vfio-pci", "igbvf", function_of_vfio, "none"},
	};

	SCENE_CHECK(rows);
}

UNIT(will_work_device)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_bridge_goes_to_vfio),
		cmocka_unit_test(the_denylist_of_vfio_pci_is_known),
		cmocka_unit_test(a_reset_that_hits_others_is_warned_of),
		cmocka_unit_test(a_device_without_power_is_warned_of),
		cmocka_unit_test(a_device_with_virtual_functions_is_refused),
		cmocka_unit_test(a_token_is_needed_below_vfio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
