/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for a modalias: forms as kernels write them. */
#include "model/modalias.h"
#include "support/check.h"

static void check_words(const char *modalias, const char *words)
{
	_autoarena_ struct arena *arena = arena_new();

	assert_string_equal(modalias_words(modalias, arena), words);
}

static void a_node_is_named_by_its_first_compatible_string(void **state)
{
	check_words("of:Nsmmuv3T(null)Cexample,unknown-smmu", "example,unknown-smmu");
	check_words("of:NtimerT(null)Carm,armv8-timerCarm,armv7-timer", "arm,armv8-timer");
	check_words("of:NpcieTpciCpci-host-ecam-generic", "pci-host-ecam-generic");
	check_words("of:NchipT(null)Cacme,TPS65C-1Cacme,tps", "acme,TPS65C-1");
}

static void a_device_of_a_bus_is_named_by_its_ids(void **state)
{
	check_words("pci:v00008086d000010D3sv00008086sd0000A01Fbc02sc00i00",
		    "PCI device 8086:10d3");
	check_words("virtio:d00000017v00001AF4", "virtio device type 23");
	check_words("acpi:ARMH0011:PNP0501:", "ACPI device ARMH0011");
	check_words("platform:iTCO_wdt", "platform device iTCO_wdt");
}

static void an_unknown_or_torn_form_stays_as_it_is(void **state)
{
	static const char *const others[] = {
		"",
		"usb:v1D6Bp0002d0612dc09dsc00dp01ic09isc00ip00in00",
		"of:NnodeT(null)",
		"of:NnodeT(null)C",
		"of:N",
		"pci:v00008086",
		"pci:v00008086d",
		"pci:d0000808600000000x",
		"virtio:d",
		"virtio:x00000017v",
		"acpi::",
		"acpi:",
		"platform:",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		check_words(others[i], others[i]);
}

UNIT(modalias)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_is_named_by_its_first_compatible_string),
		cmocka_unit_test(a_device_of_a_bus_is_named_by_its_ids),
		cmocka_unit_test(an_unknown_or_torn_form_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
