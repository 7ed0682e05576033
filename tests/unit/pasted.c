/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pasted.h"

#include "support/check.h"

#include <string.h>

static void an_iommu_answers_to_all_its_names(void **state)
{
	const struct iommu iommu = {
		.name = "smmu3.0x0000000009050000",
		.device = "/sys/devices/platform/arm-smmu-v3.0.auto",
		.firmware_node = "/soc/smmuv3@9050000",
	};
	static const char *const names[] = {
		"smmu3.0x0000000009050000", "smmu3.0x9050000",	    "SMMU3.0x09050000",
		"arm-smmu-v3.0.auto",	    "/soc/smmuv3@09050000",
	};
	static const char *const others[] = {
		"smmu3.0x90500000", "smmu3.0x905000", "smmu3.0x", "arm-smmu-v3.1.auto", "smmu3", "",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_true(iommu_is_called(&iommu, names[i], strlen(names[i])));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(iommu_is_called(&iommu, others[i], strlen(others[i])));
}

static void zeros_count_where_no_number_begins(void **state)
{
	assert_false(pasted_same("dmar0", "dmar", 4));
	assert_false(pasted_same("eth00", "eth0", 4));
	assert_true(pasted_same("iommu@0", "iommu@0", 7));
	assert_true(pasted_same("iommu@0", "iommu@00", 8));
}

static void requester_ids_are_those_of_the_function(void **state)
{
	struct pci_name name;

	assert_true(pasted_pci("[06:00.1]", &name));
	assert_int_equal(pasted_rid(name), 0x601);
	assert_true(pasted_pci("pci_0000_d7_05_5", &name));
	assert_int_equal(pasted_rid(name), 0xd72d);
	assert_true(pasted_pci("10000:01:00.0", &name));
	assert_int_equal(name.domain, 0x10000);
}

static void other_text_is_no_function(void **state)
{
	static const char *const texts[] = {
		"",
		":",
		"eth0",
		"06:00",
		"6.0",
		"123:00.0",
		"06:00.1x",
		"0x:00.0",
		"[[06:00.1]]",
		"8086:10d3",
		"100000000:00:00.0",
		"06:00.",
		"device=",
	};
	struct pci_name name;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_false(pasted_pci(texts[i], &name));
}

static void the_kernels_own_names_have_one_form(void **state)
{
	static const struct {
		const char *text;
		bool is_name;
	} rows[] = {
		{"0000:01:00.0", true},	 {"10000:e0:1f.7", true}, {"0:1:0.0", false},
		{"0000:01:20.0", false}, {"0000:01:00.8", false}, {"0000:01:00", false},
		{"0000-01:00.0", false}, {"0000:01:0g.0", false}, {"123456789:01:00.0", false},
	};
	struct pci_name name;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(pci_name_parse(rows[i].text, strlen(rows[i].text), &name),
				 rows[i].is_name);
	assert_true(pci_name_parse("10000:e0:1f.7/power", 13, &name));
	assert_int_equal(name.domain, 0x10000);
	assert_int_equal(pasted_rid(name), 0xe0ff);
}

UNIT(pasted)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernels_own_names_have_one_form),
		cmocka_unit_test(an_iommu_answers_to_all_its_names),
		cmocka_unit_test(zeros_count_where_no_number_begins),
		cmocka_unit_test(requester_ids_are_those_of_the_function),
		cmocka_unit_test(other_text_is_no_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
