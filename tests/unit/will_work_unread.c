/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of a move on devices of which few facts are known, or that only look like the case. */
#include "checks/check_functions.h"
#include "support/scene.h"

static void qat(struct scene *scene)
{
	scene->device->device_id = 0x37c8;
}

static void qat_without_a_host(struct scene *scene)
{
	qat(scene);
	build_machine(scene->build)->vfio = NULL;
}

static void number_unread(struct scene *scene)
{
	scene->device->device_id = -1;
}

static void on_the_platform_bus(struct scene *scene)
{
	scene->device->bus = "platform";
}

static void the_denylist_is_asked_only_of_pci_devices_on_vfio_pci(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_DENYLIST, "c6xx", "vfio-pci", qat_without_a_host, "unknown"},
		{CHECK_DENYLIST, "c6xx", "vfio-pci", number_unread, "unknown"},
		{CHECK_DENYLIST, "c6xx", "mlx5_vfio_pci", qat, "none"},
		{CHECK_DENYLIST, "c6xx", "vfio-platform", on_the_platform_bus, "none"},
		{CHECK_DENYLIST, "c6xx", "e1000e", qat, "none"},
	};

	SCENE_CHECK(rows);
}

static void acme_with_vfio(struct scene *scene)
{
	scene->device->vfio_dev = "vfio0";
}

static void only_a_pci_device_leaves_a_variant_driver(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_VARIANT_DRIVER, "mlx5_vfio_pci", "vfio-pci", NULL, "warning",
		 "mlx5_vfio_pci, a VFIO driver made for its kind"},
		{CHECK_VARIANT_DRIVER, "acme", "vfio-pci", acme_with_vfio, "warning"},
		{CHECK_VARIANT_DRIVER, "acme", "vfio-pci", NULL, "none"},
		{CHECK_VARIANT_DRIVER, "vfio-pci", "vfio-pci", NULL, "none"},
		{CHECK_VARIANT_DRIVER, "vfio-platform", "vfio-pci", on_the_platform_bus, "none"},
		{CHECK_VARIANT_DRIVER, "mlx5_vfio_pci", "mlx5_vfio_pci", NULL, "none"},
		{CHECK_VARIANT_DRIVER, NULL, "vfio-pci", NULL, "none"},
	};

	SCENE_CHECK(rows);
}

static struct driver *loadable(struct scene *scene, const char *name)
{
	struct driver *driver = build_driver(scene->build, "pci", name);

	driver->registered = driver->can_bind = true;
	driver->module = name;
	return driver;
}

static void claimed_by_a_longer_name(struct scene *scene)
{
	static const char *const claims[] = {"e1000e"};

	loadable(scene, "e1000");
	scene->traits->claims_known = true;
	scene->traits->claims = claims;
	scene->traits->claim_count = 1;
}

static void claimed_by_two_others(struct scene *scene)
{
	static const char *const claims[] = {"e100", "e1000f"};

	loadable(scene, "e1000");
	scene->traits->claims_known = true;
	scene->traits->claims = claims;
	scene->traits->claim_count = 2;
}

static void claimed_by_none(struct scene *scene)
{
	loadable(scene, "e1000");
	scene->traits->claims_known = true;
}

static void a_part_of_a_name_is_another_driver(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_DRIVER_MATCH, "pci-stub", "e1000", claimed_by_a_longer_name, "refuse"},
		{CHECK_DRIVER_MATCH, "pci-stub", "e1000", claimed_by_two_others, "refuse"},
		{CHECK_DRIVER_MATCH, "pci-stub", "e1000", claimed_by_none, "refuse"},
	};

	SCENE_CHECK(rows);
}

static void parent_unread(struct scene *scene)
{
	struct device *parent =
		build_device(scene->build, "pci", "0000:01:10.0", "/sys/devices/pci0/0000:01:10.0");

	parent->driver_known = false;
	scene->traits->physical_function = parent->path;
}

static void a_physical_function_whose_driver_is_unread_may_be_on_vfio(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_VF_TOKEN, "igbvf", "vfio-pci", parent_unread, "unknown warning"},
	};

	SCENE_CHECK(rows);
}

UNIT(will_work_unread)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_denylist_is_asked_only_of_pci_devices_on_vfio_pci),
		cmocka_unit_test(only_a_pci_device_leaves_a_variant_driver),
		cmocka_unit_test(a_part_of_a_name_is_another_driver),
		cmocka_unit_test(a_physical_function_whose_driver_is_unread_may_be_on_vfio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
