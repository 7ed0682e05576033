/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The present and future drivers of devices in focus, with their modules, in a real machine's
 * capture: e1000e is loaded there, vfio-pci is not, and two devices have no driver.
 */
#include "model/pci_ids.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NIC "/sys/devices/pci0000:00/0000:00:03.0/0000:01:00.0"
#define SMBUS "/sys/devices/pci0000:00/0000:00:1f.3"
#define MODULES "/lib/modules/6.12.117+deb12-amd64/kernel/"
#define VGA "0000:05:02.0"

static char *dir;

static int unpack(void **state)
{
	_autofree_ char *command = NULL;

	dir = tree_new("");
	assert_true(asprintf(&command, "tar -C %s -xzf %s/trees/virtio-6.12.tar.gz", dir,
			     TESTS_DIR) > 0);
	return system(command);
}

static int clean_up(void **state)
{
	tree_remove(dir);
	return 0;
}

/* The capture with more files; the files of one test are overwritten by the next. */
static const struct system *read_focus(const char *more, const char *driver)
{
	static const char *const paths[] = {NIC, SMBUS};
	const struct focus focus = {.paths = paths, .count = 2, .driver = driver};
	_autoroot_ struct root *root = NULL;
	const struct system *system;
	struct error error;

	tree_unpack("/etc/modprobe.d/test.conf = \n/proc/cmdline = quiet\n", dir);
	tree_unpack(more, dir);
	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(system_read_about(root, FACT_DRIVERS, &focus, &system, &error), 0);
	return system;
}

static const struct driver *driver_of(const struct system *system, const char *name)
{
	const struct driver *driver = system_driver(system, "pci", name);

	assert_non_null(driver);
	return driver;
}

static void drivers_of_devices_in_focus_are_registered(void **state)
{
	_autosystem_ const struct system *system = read_focus("", NULL);
	const struct driver *driver = driver_of(system, "e1000e");

	assert_int_equal(system->driver_count, 2);
	assert_true(driver->registered);
	assert_true(driver->can_bind);
	assert_true(driver->can_unbind);
	assert_string_equal(driver->module, "e1000e");
	assert_true(driver->modules_known);
	assert_int_equal(driver->module_count, 0);
	assert_true(driver_of(system, "i801_smbus")->registered);
}

static void a_driver_without_the_files_cannot_be_bound(void **state)
{
	_autosystem_ const struct system *system =
		read_focus("/sys/bus/pci/drivers/built-in/uevent = \n", "built-in");
	const struct driver *driver = driver_of(system, "built-in");

	assert_true(driver->registered);
	assert_false(driver->can_bind);
	assert_false(driver->can_unbind);
	assert_null(driver->module);
}

static void a_driver_that_is_missing_names_its_modules_and_what_they_need(void **state)
{
	/* libkmod lists only modules whose files exist; a capture has none. */
	_autosystem_ const struct system *system = read_focus(
		MODULES "virt/lib/irqbypass.ko = \n" MODULES "drivers/vfio/vfio.ko = \n" MODULES
			"drivers/vfio/pci/vfio-pci-core.ko = \n",
		"vfio-pci");
	const struct driver *driver = driver_of(system, "vfio-pci");
	const struct module *module = driver->modules;

	assert_false(driver->registered);
	assert_true(driver->modules_known);
	assert_int_equal(driver->module_count, 2);
	assert_string_equal(module->name, "vfio_pci");
	assert_int_equal(module->state, MODULE_NOT_LOADED);
	assert_null(module->options);
	assert_false(module->has_install_command);
	assert_int_equal(module->need_count, 3);
	assert_string_equal(module->needs[0], "vfio");
	assert_string_equal(module->needs[1], "irqbypass");
	assert_string_equal(module->needs[2], "vfio_pci_core");
	assert_string_equal(driver->modules[1].name, "vfio_iommu_type1");
	assert_true(driver->takes_known);
	assert_int_equal(driver->take_count, 0);
}

static void modprobe_d_and_the_command_line_of_the_tree_count(void **state)
{
	_autosystem_ const struct system *system = read_focus(
		"/etc/modprobe.d/test.conf = options vfio-pci disable_vga=1\\n"
		"blacklist vfio_pci\\ninstall vfio_iommu_type1 /bin/false\n"
		"/proc/cmdline = quiet vfio-pci.ids=1234:11e8 vfio_pci.x=\"1 2\" vfio.y=3\n",
		"vfio-pci");
	const struct driver *driver = driver_of(system, "vfio-pci");

	assert_int_equal(driver->module_count, 2);
	assert_string_equal(driver->modules[0].options, "disable_vga=1 ids=1234:11e8 x=\"1 2\"");
	assert_true(driver->modules[0].blacklisted);
	assert_false(driver->modules[0].has_install_command);
	assert_false(driver->modules[1].blacklisted);
	assert_true(driver->modules[1].has_install_command);
}

static void softdeps_come_before_the_module_that_names_them(void **state)
{
	_autosystem_ const struct system *system =
		read_focus("/etc/modprobe.d/test.conf = softdep vfio_pci pre: e1000\\n"
			   "softdep e1000 pre: vfio_pci\n",
			   "vfio-pci");
	const struct module *module = driver_of(system, "vfio-pci")->modules;

	assert_string_equal(module->name, "vfio_pci");
	assert_string_equal(module->needs[module->need_count - 1], "e1000");
}

static void ids_of_a_module_take_driverless_devices(void **state)
{
	_autosystem_ const struct system *system =
		read_focus("/etc/modprobe.d/test.conf = options vfio-pci ids=8086:10d3,1234:11e8\n",
			   "vfio-pci");
	const struct driver *driver = driver_of(system, "vfio-pci");

	/* The devices 8086:10d3 are network cards with a driver. */
	assert_true(driver->takes_known);
	assert_int_equal(driver->take_count, 1);
	assert_string_equal(driver->takes[0]->name, VGA);
	assert_string_equal(driver->takes_why[0],
			    "ids=1234:11e8 in the options of module vfio_pci");
}

static void an_alias_of_a_module_takes_driverless_devices(void **state)
{
	_autosystem_ const struct system *system = read_focus(
		"/etc/modprobe.d/test.conf = alias pci:v00001234d* sd_mod\\n"
		"softdep vfio_pci pre: sd_mod\n" MODULES "drivers/scsi/sd_mod.ko = \n" MODULES
		"drivers/scsi/scsi_mod.ko = \n" MODULES "drivers/scsi/scsi_common.ko = \n",
		"vfio-pci");
	const struct driver *driver = driver_of(system, "vfio-pci");

	assert_int_equal(driver->take_count, 1);
	assert_string_equal(driver->takes[0]->name, VGA);
	assert_string_equal(driver->takes_why[0], "an alias of module sd_mod");
}

/* An alias of modprobe.d has modprobe load vfio_pci, whose table has no device by that. */
static void an_alias_of_a_driver_without_a_table_takes_nothing(void **state)
{
	_autosystem_ const struct system *system = read_focus(
		"/etc/modprobe.d/test.conf = alias pci:v00001234d* vfio_pci\n", "vfio-pci");
	const struct driver *driver = driver_of(system, "vfio-pci");

	assert_true(driver->takes_known);
	assert_int_equal(driver->take_count, 0);
}

/* It waits for the driver that its override names. */
static void a_device_with_an_override_is_not_taken(void **state)
{
	_autofree_ char *other = NULL;
	const struct system *system = read_focus("", "vfio-pci");
	const char *path = find_device(system, VGA)->path;
	const struct driver *driver;

	assert_true(asprintf(&other,
			     "%s/driver_override = vfio-pci\n/etc/modprobe.d/test.conf = "
			     "options vfio-pci ids=1234:11e8\n",
			     path) > 0);
	system_free(system);
	system = read_focus(other, "vfio-pci");
	driver = driver_of(system, "vfio-pci");
	assert_true(driver->takes_known);
	assert_int_equal(driver->take_count, 0);
	system_free(system);
}

static void a_loaded_module_is_not_loaded_again(void **state)
{
	const struct system *system =
		read_focus("/sys/bus/pci/drivers/vfio-pci/bind = \n", "vfio-pci");
	const struct driver *driver = driver_of(system, "vfio-pci");

	/* The driver is registered; vfio_iommu_type1, which a container needs, is not loaded. */
	assert_true(driver->registered);
	assert_int_equal(driver->module_count, 1);
	assert_string_equal(driver->modules[0].name, "vfio_iommu_type1");
	system_free(system);
	system = read_focus("/sys/module/vfio_iommu_type1/initstate = live\n", "vfio-pci");
	driver = driver_of(system, "vfio-pci");
	assert_true(driver->modules_known);
	assert_int_equal(driver->module_count, 0);
	system_free(system);
}

static void a_name_that_no_module_has_has_none(void **state)
{
	static const char *const names[] = {
		"nobody-drives", "pci:v00008086*", "../../pci", ".", "..", "", "e1000e/"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_autosystem_ const struct system *system = read_focus("", names[i]);
		const struct driver *driver = driver_of(system, names[i]);

		assert_false(driver->registered);
		assert_true(driver->modules_known);
		assert_int_equal(driver->module_count, 0);
	}
}

static void without_an_index_no_module_is_known(void **state)
{
	static const char *const paths[] = {"/sys/devices/pci0000:00/0000:01:00.0"};
	const struct focus focus = {.paths = paths, .count = 1, .driver = "vfio-pci"};
	char *bare = tree_new("pci 0000:01:00.0 in pci0000:00 driver=e1000e\n"
			      "pci 0000:02:00.0 in pci0000:00\n"
			      "/proc/sys/kernel/osrelease = 6.12.0\n");
	_autoroot_ struct root *root = NULL;
	const struct system *system;
	struct error error;

	assert_int_equal(root_open(bare, &root, &error), 0);
	assert_int_equal(system_read_about(root, FACT_DRIVERS, &focus, &system, &error), 0);
	assert_false(driver_of(system, "vfio-pci")->modules_known);
	assert_false(driver_of(system, "vfio-pci")->takes_known);
	assert_true(driver_of(system, "e1000e")->modules_known);
	assert_int_equal(system_source(system, "drivers")->state, SOURCE_ABSENT);
	system_free(system);
	tree_remove(bare);
}

static bool claimed(const char *options)
{
	return pci_ids_claim(options, "pci:v000010DEd00001EB8sv000010DEsd000012A2bc03sc02i00")
		.length;
}

static void ids_match_as_the_kernel_matches_them(void **state)
{
	assert_true(claimed("ids=10de:1eb8"));
	assert_true(claimed("ids=8086:1,10de:1eb8"));
	assert_true(claimed("ids=10de:ffffffff"));
	assert_true(claimed("ids=10DE:1EB8:10de:12a2"));
	assert_true(claimed("ids=10de:1eb8:ffffffff:ffffffff:30000:ff0000"));
	assert_true(claimed("x=1 ids=\"10de:1eb8\" y=2"));
	assert_false(claimed("ids=10de:1eb8:8086"));
	assert_false(claimed("ids=10de:1eb8:ffffffff:ffffffff:20000:ff0000"));
	assert_false(claimed("ids=10de"));
	assert_false(claimed("noids=10de:1eb8"));
	assert_false(claimed("ids=10de:1eb8 ids=8086:1"));
	assert_false(claimed("ids="));
	assert_false(claimed(NULL));
	assert_false(pci_ids_claim("ids=10de:1eb8", "platform:x").length);
}

static void ids_that_were_not_read_match_any(void **state)
{
	struct device device = {.vendor_id = 0x10de,
				.device_id = 0x1eb8,
				.subsystem_vendor_id = -1,
				.subsystem_device_id = -1,
				.class = -1};

	assert_true(pci_ids_claim_device("ids=10de:1eb8:1043:8601:20000:ff0000", &device).length);
	assert_false(pci_ids_claim_device("ids=10de:1eb9:1043:8601", &device).length);
	device.subsystem_vendor_id = 0x1043;
	device.subsystem_device_id = 0x8602;
	assert_true(pci_ids_claim_device("ids=10de:1eb8:1043", &device).length);
	assert_false(pci_ids_claim_device("ids=10de:1eb8:1043:8601", &device).length);
	device.vendor_id = device.device_id = -1;
	assert_false(pci_ids_claim_device("ids=ffffffff:ffffffff", &device).length);
}

UNIT(focus_drivers)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drivers_of_devices_in_focus_are_registered),
		cmocka_unit_test(a_driver_without_the_files_cannot_be_bound),
		cmocka_unit_test(a_driver_that_is_missing_names_its_modules_and_what_they_need),
		cmocka_unit_test(modprobe_d_and_the_command_line_of_the_tree_count),
		cmocka_unit_test(softdeps_come_before_the_module_that_names_them),
		cmocka_unit_test(ids_of_a_module_take_driverless_devices),
		cmocka_unit_test(an_alias_of_a_module_takes_driverless_devices),
		cmocka_unit_test(a_name_that_no_module_has_has_none),
		cmocka_unit_test(without_an_index_no_module_is_known),
		cmocka_unit_test(ids_match_as_the_kernel_matches_them),
		cmocka_unit_test(ids_that_were_not_read_match_any),
		/* These tests change the tree for the tests after them. */
		cmocka_unit_test(an_alias_of_a_driver_without_a_table_takes_nothing),
		cmocka_unit_test(a_device_with_an_override_is_not_taken),
		cmocka_unit_test(a_loaded_module_is_not_loaded_again),
	};

	return cmocka_run_group_tests(tests, unpack, clean_up);
}
