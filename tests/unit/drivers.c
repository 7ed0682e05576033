/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of "check DEVICE help": drivers that a device may go to. */
#include "commands/drivers.h"

#include "support/check.h"
#include "support/said.h"
#include "support/shelf.h"
#include "support/tree.h"

#include <string.h>

#define NIC "0000:77:00.0"
#define NIC_PATH "/sys/devices/pci0000:77/" NIC
#define MODULE "/sys/module/virtio_iommu/"
#define LAST "none                 leaves devices without a driver\n"

static struct said said;
static struct error error;

static int drivers_of(const char *selector)
{
	char *arguments[] = {(char *)selector, NULL};
	const struct options options = {.root = shelf.dir, .arguments = arguments};
	int result;

	error = (struct error){0};
	said_start();
	result = drivers_print(&options, &error);
	said_end(&said);
	return result;
}

/* The index of modules says that virtio_iommu claims this device. */
static int start(void **state)
{
	int result = shelf_start(state);

	tree_unpack("group 77\npci " NIC
		    " in pci0000:77 group=77 driver=acme id=8086:10d3\n" NIC_PATH
		    "/modalias = " VIRTIO_IOMMU "\n"
		    "platform 77.uart driver=uart\n"
		    "/sys/bus/odd/devices/\n",
		    shelf.dir);
	return result;
}

static void a_module_that_is_not_loaded_stands_for_its_driver(void **state)
{
	assert_int_equal(drivers_of(NIC), 0);
	assert_string_equal(said.out, "vfio-pci             hands devices to VFIO users\n"
				      "acme                 has a device now\n"
				      "virtio_iommu         its module can be loaded\n" LAST);
}

/* Drivers of other buses, and of buses whose names begin alike, are none for this device. */
static void a_loaded_module_has_drivers_of_the_bus(void **state)
{
	tree_unpack(MODULE "drivers/pci:acme-two/\n" MODULE "drivers/pci:acme_one/\n" MODULE
			   "drivers/pcie:acme-port/\n" MODULE "drivers/virtio:virtio_iommu/\n",
		    shelf.dir);
	assert_int_equal(drivers_of(NIC), 0);
	assert_non_null(strstr(said.out, "acme-two             its module claims the device\n"));
	assert_non_null(strstr(said.out, "acme_one             "));
	assert_null(strstr(said.out, "acme-port"));
	assert_null(strstr(said.out, "virtio_iommu"));
	assert_null(strstr(said.out, "can be loaded"));
}

static void each_driver_is_listed_once(void **state)
{
	const char *first;

	assert_int_equal(drivers_of("driver:acme"), 0);
	first = strstr(said.out, "vfio-pci ");
	assert_non_null(first);
	assert_null(strstr(first + 1, "vfio-pci "));
}

static void a_device_that_is_not_there_has_none(void **state)
{
	assert_true(drivers_of("eth7") < 0);
	assert_int_equal(error.code, ERROR_NO_MATCH);
	assert_string_equal(said.out, "");
}

UNIT(drivers)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_that_is_not_loaded_stands_for_its_driver),
		cmocka_unit_test(a_loaded_module_has_drivers_of_the_bus),
		cmocka_unit_test(each_driver_is_listed_once),
		cmocka_unit_test(a_device_that_is_not_there_has_none),
	};

	return cmocka_run_group_tests(tests, start, shelf_end);
}
