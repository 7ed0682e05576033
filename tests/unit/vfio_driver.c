/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/vfio_driver.h"
#include "support/check.h"

static void the_names_of_sysfs_are_known(void **state)
{
	static const char *const names[] = {
		"vfio-pci",	"mlx5_vfio_pci", "hisi_acc_vfio_pci", "nvgrace_gpu_vfio_pci",
		"pds_vfio_pci", "qat_vfio_pci",	 "virtio_vfio_pci",   "xe-vfio-pci",
		"ism_vfio_pci", "vfio-platform", "vfio-amba",	      "vfio-fsl-mc",
		"vfio-cdx",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_non_null(vfio_driver_find(names[i]));
		assert_string_equal(vfio_driver_spelling(names[i]), names[i]);
		assert_true(driver_name_is_vfio(names[i]));
	}
}

static void the_other_spelling_means_the_same_driver(void **state)
{
	assert_string_equal(vfio_driver_spelling("mlx5-vfio-pci"), "mlx5_vfio_pci");
	assert_string_equal(vfio_driver_spelling("vfio_pci"), "vfio-pci");
	assert_string_equal(vfio_driver_spelling("xe_vfio_pci"), "xe-vfio-pci");
	assert_true(driver_name_is_vfio("qat-vfio-pci"));
}

static void no_two_rows_are_one_driver(void **state)
{
	size_t count;
	const struct vfio_driver *drivers = vfio_drivers(&count);

	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(vfio_driver_find(drivers[i].name), &drivers[i]);
		assert_non_null(drivers[i].bus);
		assert_memory_equal(drivers[i].file, "drivers/", 8);
	}
}

static void native_drivers_are_none(void **state)
{
	assert_false(driver_name_is_vfio("e1000e"));
	assert_false(driver_name_is_vfio("pci-stub"));
	assert_false(driver_name_is_vfio("myvfiolike"));
	assert_false(driver_name_is_vfio(""));
	assert_string_equal(vfio_driver_spelling("virtio-pci"), "virtio-pci");
}

static bool bound_is_vfio(const char *driver, const char *vfio_dev)
{
	const struct device device = {.driver = driver, .vfio_dev = vfio_dev};

	return driver_is_vfio(&device);
}

static void a_foreign_variant_is_asked_about_by_its_name_and_proven_by_its_entry(void **state)
{
	assert_true(driver_name_is_vfio("nvidia-vgpu-vfio"));
	assert_false(bound_is_vfio("nvidia-vgpu-vfio", NULL));
	assert_true(bound_is_vfio("nvidia-vgpu-vfio", "vfio3"));
	assert_true(bound_is_vfio("mlx5_vfio_pci", NULL));
	assert_false(bound_is_vfio(NULL, NULL));
}

static void a_driver_that_mediates_does_not_serve_its_own_device(void **state)
{
	assert_true(driver_name_mediates("vfio_ccw"));
	assert_true(driver_name_mediates("vfio-ap"));
	assert_false(driver_name_is_vfio("vfio_ccw"));
	assert_false(bound_is_vfio("vfio_ap", NULL));
	assert_false(driver_name_mediates("vfio-pci"));
}

static bool is_placeholder(const char *driver)
{
	const struct device device = {.driver = driver};

	return driver_is_placeholder(&device);
}

static void placeholders_keep_a_device_for_others(void **state)
{
	assert_true(is_placeholder("vfio-pci"));
	assert_true(is_placeholder("vfio_ccw"));
	assert_true(is_placeholder("pci-stub"));
	assert_true(is_placeholder("xen-pciback"));
	assert_true(is_placeholder("uio_pci_generic"));
	assert_true(is_placeholder("igb_uio"));
	assert_false(is_placeholder("e1000e"));
	assert_false(is_placeholder(NULL));
}

static void some_drivers_match_by_the_override_alone(void **state)
{
	assert_true(driver_name_matches_by_override("vfio-pci"));
	assert_true(driver_name_matches_by_override("pci-stub"));
	assert_true(driver_name_matches_by_override("pciback"));
	assert_true(driver_name_matches_by_override("uio_pci_generic"));
	assert_true(driver_name_matches_by_override("uio_hv_generic"));
	assert_false(driver_name_matches_by_override("e1000e"));
	assert_false(driver_name_matches_by_override("vfio_ap"));
}

static void only_one_driver_has_a_denylist(void **state)
{
	size_t count, with = 0;
	const struct vfio_driver *drivers = vfio_drivers(&count);

	for (size_t i = 0; i < count; i++)
		with += drivers[i].has_denylist;
	assert_int_equal(with, 1);
	assert_true(vfio_driver_find("vfio_pci")->has_denylist);
}

UNIT(vfio_driver)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_names_of_sysfs_are_known),
		cmocka_unit_test(the_other_spelling_means_the_same_driver),
		cmocka_unit_test(no_two_rows_are_one_driver),
		cmocka_unit_test(native_drivers_are_none),
		cmocka_unit_test(
			a_foreign_variant_is_asked_about_by_its_name_and_proven_by_its_entry),
		cmocka_unit_test(a_driver_that_mediates_does_not_serve_its_own_device),
		cmocka_unit_test(placeholders_keep_a_device_for_others),
		cmocka_unit_test(some_drivers_match_by_the_override_alone),
		cmocka_unit_test(only_one_driver_has_a_denylist),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
