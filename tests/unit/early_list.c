/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pin as a line for the initramfs, and as a rule of udev: places and IDs, no addresses. */
#include "model/early_list.h"

#include "base/text.h"
#include "support/check.h"

#include <string.h>

static struct pin pin_at(const char *location)
{
	return (struct pin){
		.name = "nic",
		.driver = "vfio-pci",
		.bus = "pci",
		.location = location,
		.vendor_id = 0x8086,
		.device_id = 0x10d3,
		.subsystem_vendor_id = -1,
		.subsystem_device_id = 0,
	};
}

static void a_line_has_place_ids_driver_and_name(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct pin pin = pin_at("pci0000:00/1c.0/00.0");

	assert_string_equal(early_list_line(&pin, arena),
			    "pci0000:00/1c.0/00.0 0x8086 0x10d3 - 0x0000 - - vfio-pci nic\n");
	pin.member_count = 12;
	assert_non_null(strstr(early_list_line(&pin, arena), " - 12 vfio-pci nic\n"));
	/* No driver has that name, so none binds. */
	pin.driver = NULL;
	assert_non_null(strstr(early_list_line(&pin, arena), " none nic\n"));
}

static const struct serial pcie_serial = {SERIAL_PCIE, "00-1B-21-ff-ff-a1-b2-c3"};

/* As the kernel and lspci spell it. */
static void a_serial_of_config_space_is_compared_early(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct pin pin = pin_at("pci0000:00/1c.0/00.0");
	const char *rule;

	pin.serials = &pcie_serial;
	pin.serial_count = 1;
	assert_true(early_list_can_compare(&pin));
	assert_non_null(strstr(early_list_line(&pin, arena),
			       " 0x0000 00-1b-21-ff-ff-a1-b2-c3 - vfio-pci nic\n"));
	rule = early_list_rule(&pin, arena);
	assert_non_null(
		strstr(rule, "/pci-serials /sys%p\", RESULT==\"00-1b-21-ff-ff-a1-b2-c3\", "));
	assert_non_null(strstr(rule, "PROGRAM==\"/"));
}

static void a_pin_whose_serial_needs_a_driver_cannot_be_compared(void **state)
{
	static const struct serial mac = {SERIAL_MAC, "52:54:00:12:34:56"},
				   nvme = {SERIAL_NVME, "DISK0"};
	static const char *const odd[] = {"", "00-1b-21-ff-ff-a1-b2", "00-1b-21-ff-ff-a1-b2-c3-",
					  "00:1b:21:ff:ff:a1:b2:c3", "00-1b-21-ff-ff-a1-b2-cg"};
	struct serial serials[2];
	struct pin pin = pin_at("pci0000:00/1c.0/00.0");

	assert_true(early_list_can_compare(&pin));
	pin.serials = serials;
	pin.serial_count = 1;
	serials[0] = mac;
	assert_false(early_list_can_compare(&pin));
	serials[0] = nvme;
	assert_false(early_list_can_compare(&pin));
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		serials[0] = (struct serial){SERIAL_PCIE, odd[i]};
		assert_false(early_list_can_compare(&pin));
	}
	/* Each serial that can be read counts: one is enough, and two of config space are too many.
	 */
	pin.serial_count = 2;
	serials[0] = mac;
	serials[1] = pcie_serial;
	assert_true(early_list_can_compare(&pin));
	serials[0] = pcie_serial;
	assert_false(early_list_can_compare(&pin));
}

static void a_rule_matches_any_number_of_a_bus(void **state)
{
	static const char expected[] =
		"ACTION==\"add\", SUBSYSTEM==\"pci\", DEVPATH==\"/devices/pci0000:00/"
		"0000:[0-9a-f][0-9a-f]:1c.0/0000:[0-9a-f][0-9a-f]:00.0\", "
		"ATTR{vendor}==\"0x8086\", "
		"ATTR{device}==\"0x10d3\", ATTR{subsystem_device}==\"0x0000\", "
		"ATTR{class}!=\"0x01*|0x03*|0x06*\", ATTR{driver_override}==\"(null)\", "
		"ATTR{driver_override}=\"vfio-pci\", TAG+=\"systemd\", "
		"ENV{SYSTEMD_WANTS}+=\"iommuctl-pins.service\"\n";
	_autoarena_ struct arena *arena = arena_new();
	struct pin pin = pin_at("pci0000:00/1c.0/00.0");

	assert_string_equal(early_list_rule(&pin, arena), expected);
}

/* Below a VMD the functions have the domain of its own root bus. */
static void the_domain_is_that_of_the_nearest_root_bus(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct pin pin = pin_at("pci0000:00/0e.0/pci10000:e0/06.0/00.1");

	assert_non_null(strstr(early_list_rule(&pin, arena),
			       "/devices/pci0000:00/0000:[0-9a-f][0-9a-f]:0e.0/pci10000:e0/"
			       "10000:[0-9a-f][0-9a-f]:06.0/10000:[0-9a-f][0-9a-f]:00.1\""));
	pin = pin_at("platform/4010000000.pcie/pci0000:00/01.0");
	assert_non_null(strstr(early_list_rule(&pin, arena),
			       "/devices/platform/4010000000.pcie/pci0000:00/"
			       "0000:[0-9a-f][0-9a-f]:01.0\""));
	/* Above the first root bus a name is a name. */
	pin = pin_at("platform/01.0/pci0000:00/02.0");
	assert_non_null(strstr(early_list_rule(&pin, arena),
			       "/devices/platform/01.0/pci0000:00/0000:[0-9a-f][0-9a-f]:02.0\""));
}

static void only_functions_below_a_root_bus_can_be_found_early(void **state)
{
	static const char *const good[] = {"pci0000:00/1f.7", "pci0000:00/01.0/00.0",
					   "platform/x.pcie/pci0001:80/00.0",
					   "pci0000:00/0e.0/pci10000:e0/06.0"};
	static const char *const bad[] = {"pci0000:00",		 "01.0/00.0",
					  "pci0000:00/20.0",	 "pci0000:00/01.8",
					  "pci0000:00/1g.0",	 "pci0000:00/01.0/virtio0",
					  "pci0000:00/01.0/pci", "pci000:00/01.0",
					  "pci0000-00/01.0",	 "platform/a000000.virtio_mmio"};
	struct pin pin;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		pin = pin_at(good[i]);
		if (!early_list_can(&pin))
			fail_msg("%s cannot be found", good[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		pin = pin_at(bad[i]);
		if (early_list_can(&pin))
			fail_msg("%s can be found", bad[i]);
	}
	pin = pin_at(good[0]);
	pin.bus = "platform";
	assert_false(early_list_can(&pin));
}

UNIT(early_list)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_place_ids_driver_and_name),
		cmocka_unit_test(a_serial_of_config_space_is_compared_early),
		cmocka_unit_test(a_pin_whose_serial_needs_a_driver_cannot_be_compared),
		cmocka_unit_test(a_rule_matches_any_number_of_a_bus),
		cmocka_unit_test(the_domain_is_that_of_the_nearest_root_bus),
		cmocka_unit_test(only_functions_below_a_root_bus_can_be_found_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
