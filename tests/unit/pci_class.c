/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pci_class.h"
#include "support/check.h"

static const char *name_of(int class)
{
	const struct device device = {.class = class};

	return device_class_name(&device);
}

static void a_class_has_the_name_of_the_pci_id_list(void **state)
{
	assert_string_equal(name_of(0x020000), "Ethernet controller");
	assert_string_equal(name_of(0x010802), "Non-Volatile memory controller");
	assert_string_equal(name_of(0x0c0330), "USB controller");
	assert_string_equal(name_of(0x000100), "VGA compatible unclassified device");
	assert_string_equal(name_of(0x400000), "Coprocessor");
}

static void an_unlisted_subclass_has_the_name_of_its_class(void **state)
{
	assert_string_equal(name_of(0x028000), "Network controller");
	assert_string_equal(name_of(0x12ff00), "Processing accelerators");
}

static void an_unknown_class_has_no_name(void **state)
{
	assert_null(name_of(-1));
	assert_null(name_of(0xff0000));
	assert_null(name_of(0x800000));
}

UNIT(pci_class)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_class_has_the_name_of_the_pci_id_list),
		cmocka_unit_test(an_unlisted_subclass_has_the_name_of_its_class),
		cmocka_unit_test(an_unknown_class_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
