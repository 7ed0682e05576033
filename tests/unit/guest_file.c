/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that the file of a guest of libvirt has: "NAME DRIVER" for each that libvirt manages.
 */
#include "model/guest_file.h"

#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define PLACE "<address domain='0x0000' bus='0x3b' slot='0x1f' function='0x7'/>"
#define SOURCE "<source>" PLACE "</source>"
#define HOSTDEV(more) "<hostdev mode='subsystem' type='pci' managed='yes'>" more "</hostdev>"

static void assert_devices(const char *text, const char *expected)
{
	/* No byte behind the text may be read. */
	size_t length = strlen(text);
	char *copy = malloc(length + 1), found[512] = "";
	struct span rest = {copy, length};
	struct guest_device device;

	assert_non_null(copy);
	memcpy(copy, text, length);
	while (guest_file_next(&rest, &device)) {
		size_t used = strlen(found);

		snprintf(found + used, sizeof(found) - used, "%x:%x:%x.%x %.*s;",
			 device.name.domain, device.name.bus, device.name.slot,
			 device.name.function, (int)device.driver.length, device.driver.start);
	}
	assert_string_equal(found, expected);
	free(copy);
}

static void a_managed_device_is_found_in_each_kind_of_element(void **state)
{
	assert_devices("<?xml version='1.0'?>\n<domain type='kvm'>\n<devices>\n" HOSTDEV(
			       SOURCE) "\n"
				       "</devices></domain>",
		       "0:3b:1f.7 ;");
	assert_devices("<interface type='hostdev' managed='yes'><mac address='52:54:00:1:2:3'/>"
		       "<source><address type='pci' domain='0x10000' bus='1' slot='2'/></source>"
		       "</interface>",
		       "10000:1:2.0 ;");
	assert_devices("<disk type='nvme' device='disk'><driver name='qemu' type='raw'/><source "
		       "type='pci' managed='yes' namespace='1'>" PLACE "</source></disk>",
		       "0:3b:1f.7 ;");
	assert_devices(HOSTDEV(SOURCE) HOSTDEV("<source>\n<address\tbus = \"0x02\"\n/></source>"),
		       "0:3b:1f.7 ;0:2:0.0 ;");
}

static void a_device_that_libvirt_does_not_manage_is_none(void **state)
{
	assert_devices("<hostdev mode='subsystem' type='pci' managed='no'>" SOURCE "</hostdev>",
		       "");
	assert_devices("<hostdev mode='subsystem' type='pci'>" SOURCE "</hostdev>", "");
	assert_devices("<hostdev mode='subsystem' type='usb' managed='yes'>" SOURCE "</hostdev>",
		       "");
	assert_devices("<interface type='network' managed='yes'>" SOURCE "</interface>", "");
	assert_devices("<disk type='nvme'>" SOURCE "</disk>", "");
	assert_devices("<hostdev type='pci' managed='yes'/>" SOURCE, "");
}

/* The guest's own address stands outside of <source>. */
static void the_address_is_that_of_the_source(void **state)
{
	assert_devices(HOSTDEV(SOURCE "<address type='pci' bus='0x07'/>"), "0:3b:1f.7 ;");
	assert_devices(HOSTDEV("<address type='pci' bus='0x07'/>"), "");
	assert_devices(HOSTDEV("<source/>" PLACE), "");
	assert_devices(HOSTDEV("<source><address type='ccw' bus='1'/></source>"), "");
}

static void the_driver_may_be_named(void **state)
{
	assert_devices(HOSTDEV("<driver name='vfio' model='mlx5_vfio_pci'/>" SOURCE),
		       "0:3b:1f.7 mlx5_vfio_pci;");
	assert_devices(HOSTDEV(SOURCE "<driver name='kvm'/>"), "0:3b:1f.7 pci-stub;");
	assert_devices(HOSTDEV("<driver name='xen'></driver>" SOURCE), "0:3b:1f.7 pciback;");
	/* Only a name of a module is one. */
	assert_devices(HOSTDEV("<driver model='../x y'/>" SOURCE), "0:3b:1f.7 ;");
}

static void numbers_have_the_limits_of_libvirt(void **state)
{
	static const char *const wrong[] = {
		"bus='0x100'",
		"bus='1' slot='32'",
		"bus='1' function='8'",
		"domain='0x0'",
		"bus='0x'",
		"bus='1 '",
		"bus='-1'",
		"bus=''",
		"domain='4294967296' bus='1'",
		"bus='0x1' slot='g'",
		"function='1'",
	};
	char text[512];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(text, sizeof(text), HOSTDEV("<source><address %s/></source>"), wrong[i]);
		assert_devices(text, "");
	}
}

static void text_that_is_no_element_does_not_count(void **state)
{
	assert_devices("<!-- " HOSTDEV(SOURCE) " --><![CDATA[" HOSTDEV(
			       SOURCE) "]]>"
				       "<!DOCTYPE x><?x " HOSTDEV(SOURCE) "?><description a='>"
									  "<hostdev'>x</a>",
		       "");
	assert_devices("<a b='"
		       "<!--"
		       "'>" HOSTDEV(SOURCE),
		       "0:3b:1f.7 ;");
	assert_devices(HOSTDEV("<!-- <source> --><source><!-- x -->" PLACE "</source>"),
		       "0:3b:1f.7 ;");
}

static void an_element_without_end_has_no_device(void **state)
{
	static const char whole[] = HOSTDEV(SOURCE);
	char text[sizeof(whole)];

	for (size_t length = 0; length < sizeof(whole) - 1; length++) {
		memcpy(text, whole, length);
		text[length] = '\0';
		assert_devices(text, "");
	}
	assert_devices(whole, "0:3b:1f.7 ;");
	assert_devices("<", "");
	assert_devices("</", "");
	assert_devices("<>", "");
	assert_devices("<hostdev managed=yes type=pci>" SOURCE, "");
	assert_devices("<hostdev managed='yes", "");
	assert_devices("", "");
}

UNIT(guest_file)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_managed_device_is_found_in_each_kind_of_element),
		cmocka_unit_test(a_device_that_libvirt_does_not_manage_is_none),
		cmocka_unit_test(the_address_is_that_of_the_source),
		cmocka_unit_test(the_driver_may_be_named),
		cmocka_unit_test(numbers_have_the_limits_of_libvirt),
		cmocka_unit_test(text_that_is_no_element_does_not_count),
		cmocka_unit_test(an_element_without_end_has_no_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
