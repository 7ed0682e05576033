/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/iommu_compatible.h"
#include "support/check.h"

#include <string.h>

static void every_kind_has_a_name_of_its_own(void **state)
{
	assert_null(iommu_traits(IOMMU_KIND_UNKNOWN)->name);
	for (enum iommu_kind kind = IOMMU_KIND_UNKNOWN + 1; kind < IOMMU_KIND_COUNT; kind++) {
		assert_non_null(iommu_traits(kind)->name);
		for (enum iommu_kind other = IOMMU_KIND_UNKNOWN + 1; other < kind; other++)
			assert_string_not_equal(iommu_traits(kind)->name,
						iommu_traits(other)->name);
	}
}

static void a_driver_and_its_bus_lead_to_one_kind(void **state)
{
	for (enum iommu_kind kind = 0; kind < IOMMU_KIND_COUNT; kind++) {
		const struct iommu_traits *traits = iommu_traits(kind);

		assert_int_equal(!traits->driver, !traits->bus);
		if (traits->driver)
			assert_int_equal(iommu_kind_of_driver(traits->driver), kind);
	}
	assert_int_equal(iommu_kind_of_driver("e1000e"), IOMMU_KIND_UNKNOWN);
}

static void no_class_prefix_hides_another(void **state)
{
	for (enum iommu_kind kind = 0; kind < IOMMU_KIND_COUNT; kind++)
		if (iommu_traits(kind)->class_prefix)
			assert_int_equal(iommu_kind_of_instance(iommu_traits(kind)->class_prefix),
					 kind);
	assert_int_equal(iommu_kind_of_instance("smmu3.0x0000000009050000"), IOMMU_KIND_SMMU_V3);
	assert_int_equal(iommu_kind_of_instance("riscv-iommu@0000:00:01.0"), IOMMU_KIND_RISCV);
	assert_int_equal(iommu_kind_of_instance("fe810000.iommu"), IOMMU_KIND_UNKNOWN);
}

static void each_compatible_stands_once_and_names_its_driver(void **state)
{
	size_t count;
	const struct iommu_compatible *rows = iommu_compatibles(&count);

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(iommu_kind_of_compatible(rows[i].word), rows[i].kind);
		assert_int_not_equal(rows[i].kind, IOMMU_KIND_UNKNOWN);
		assert_memory_equal(rows[i].file, "drivers/", 8);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(rows[i].word, rows[j].word);
	}
}

/*
 * A kind that a devicetree can describe has a compatible, any other a driver that finds its devices
 * itself.
 */
static void each_platform_driver_has_a_compatible(void **state)
{
	size_t count;
	const struct iommu_compatible *rows = iommu_compatibles(&count);

	for (enum iommu_kind kind = 0; kind < IOMMU_KIND_COUNT; kind++) {
		const char *bus = iommu_traits(kind)->bus;
		size_t own = 0;

		for (size_t i = 0; i < count; i++)
			own += rows[i].kind == kind;
		if (bus && strcmp(bus, "platform") == 0)
			assert_true(own > 0);
	}
}

static void a_chip_s_word_means_no_driver(void **state)
{
	assert_int_equal(iommu_kind_of_compatible("nvidia,tegra234-smmu"), IOMMU_KIND_UNKNOWN);
	assert_int_equal(iommu_kind_of_compatible("nvidia,smmu-500"), IOMMU_KIND_SMMU);
	assert_int_equal(iommu_kind_of_compatible("qcom,sdm845-smmu-500"), IOMMU_KIND_UNKNOWN);
	assert_int_equal(iommu_kind_of_compatible("rockchip,iommu-v9"), IOMMU_KIND_UNKNOWN);
}

UNIT(iommu_kind)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_name_of_its_own),
		cmocka_unit_test(a_driver_and_its_bus_lead_to_one_kind),
		cmocka_unit_test(no_class_prefix_hides_another),
		cmocka_unit_test(each_compatible_stands_once_and_names_its_driver),
		cmocka_unit_test(each_platform_driver_has_a_compatible),
		cmocka_unit_test(a_chip_s_word_means_no_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
