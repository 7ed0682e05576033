/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which device or stream a fault is about: names in every form, PCI segments, masks and ranges of
 * IDs. */
#include "model/fault_match.h"

#include "support/check.h"

#include <stdio.h>

static struct fault named(const char *device)
{
	struct fault fault = {.stream = -1, .pasid = -1};

	snprintf(fault.device, sizeof(fault.device), "%s", device);
	return fault;
}

static struct fault at_iommu(const char *iommu, int64_t stream)
{
	struct fault fault = {.stream = stream, .pasid = -1};

	snprintf(fault.iommu, sizeof(fault.iommu), "%s", iommu);
	return fault;
}

static const struct device nic = {.name = "0000:06:00.1", .bus = "pci", .vendor_id = -1};
static const struct device far_nic = {.name = "0001:06:00.1", .bus = "pci", .vendor_id = -1};
static const struct device mmc = {.name = "3400000.mmc", .bus = "platform", .vendor_id = -1};

static bool names(const char *text, const struct device *device)
{
	const struct fault fault = named(text);

	return fault_names_device(&fault, device);
}

static void a_line_names_a_function_in_the_form_of_its_driver(void **state)
{
	assert_true(names("0000:06:00.1", &nic));
	assert_true(names("06:00.1", &nic));
	assert_true(names("3400000.mmc", &mmc));
	assert_false(names("", &nic));
	assert_false(names("06:00.2", &nic));
	assert_false(names("3400000.mmc", &nic));
	assert_false(names("06:00.1", &mmc));
}

static void a_line_without_a_segment_means_any_segment(void **state)
{
	assert_true(names("06:00.1", &far_nic));
	assert_true(names("0001:06:00.1", &far_nic));
	assert_false(names("0000:06:00.1", &far_nic));
}

static bool is_of(struct fault fault, struct stream stream)
{
	return fault_is_of_stream(&fault, &stream);
}

static void a_stream_id_is_one_of_its_iommu(void **state)
{
	const struct stream stream = {
		.iommu_name = "smmu3.0x9050000", .id = 0x10, .count = 4, .available = true};

	assert_true(is_of(at_iommu("smmu3.0x9050000", 0x10), stream));
	assert_true(is_of(at_iommu("smmu3.0x9050000", 0x13), stream));
	assert_false(is_of(at_iommu("smmu3.0x9050000", 0xf), stream));
	assert_false(is_of(at_iommu("smmu3.0x9050000", 0x14), stream));
	assert_false(is_of(at_iommu("smmu3.0x9060000", 0x10), stream));
	assert_false(is_of(at_iommu("", 0x10), stream));
}

/* All PAMUs share one table of LIODNs, and their driver's lines name none of them. */
static void the_only_iommu_of_a_kind_need_not_be_named(void **state)
{
	struct fault fault = at_iommu("", 0x9c);
	struct stream stream = {.iommu_name = "/soc/iommu@20000",
				.iommu_kind = IOMMU_KIND_PAMU,
				.id = 0x9c,
				.count = 1,
				.available = true};

	fault.iommu_kind = IOMMU_KIND_PAMU;
	assert_true(is_of(fault, stream));
	fault.stream = 0x9d;
	assert_false(is_of(fault, stream));
	fault.stream = 0x9c;
	stream.iommu_kind = fault.iommu_kind = IOMMU_KIND_SMMU_V3;
	assert_false(is_of(fault, stream));
}

static void bits_of_a_mask_match_either_way(void **state)
{
	const struct stream stream = {.iommu_name = "smmu.0x12000000",
				      .id = 0x1,
				      .mask = 0x7f80,
				      .count = 1,
				      .available = true};

	assert_true(is_of(at_iommu("smmu.0x12000000", 0x2401), stream));
	assert_true(is_of(at_iommu("smmu.0x12000000", 0x7f81), stream));
	assert_false(is_of(at_iommu("smmu.0x12000000", 0x7f82), stream));
}

static void a_stream_without_a_known_id_or_of_a_disabled_node_has_no_fault(void **state)
{
	const struct stream unknown = {.iommu_name = "smmu", .id = -1, .available = true};
	const struct stream disabled = {.iommu_name = "smmu", .id = 1, .count = 1};

	assert_false(is_of(at_iommu("smmu", 1), unknown));
	assert_false(is_of(at_iommu("smmu", 1), disabled));
}

static void a_requester_id_is_that_of_the_function_in_its_segment(void **state)
{
	struct stream stream = {.kind = STREAM_REQUESTER_ID,
				.device = &nic,
				.id = 0x601,
				.count = 1,
				.available = true};

	assert_true(is_of(named("06:00.1"), stream));
	assert_true(is_of(named("0000:06:00.1"), stream));
	assert_false(is_of(named("0001:06:00.1"), stream));
	assert_false(is_of(named("06:00.0"), stream));
	assert_false(is_of(named("nothing"), stream));
	stream.device = &mmc;
	assert_false(is_of(named("06:00.1"), stream));
	stream.device = NULL;
	assert_false(is_of(named("06:00.1"), stream));
}

static bool is_alias(const char *text, const struct device *device)
{
	const struct fault fault = named(text);

	return fault_is_of_alias(&fault, device);
}

static void an_alias_is_a_function_of_the_same_bus_that_the_quirk_names(void **state)
{
	const struct device marvell = {
		.name = "0000:06:00.0", .bus = "pci", .vendor_id = 0x1b4b, .device_id = 0x9125};

	assert_true(is_alias("06:00.1", &marvell));
	assert_true(is_alias("0000:06:00.1", &marvell));
	assert_false(is_alias("06:00.2", &marvell));
	assert_false(is_alias("07:00.1", &marvell));
	assert_false(is_alias("0001:06:00.1", &marvell));
	assert_false(is_alias("3400000.mmc", &marvell));
	assert_false(is_alias("06:00.1", &mmc));
}

UNIT(fault_match)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_names_a_function_in_the_form_of_its_driver),
		cmocka_unit_test(a_line_without_a_segment_means_any_segment),
		cmocka_unit_test(a_stream_id_is_one_of_its_iommu),
		cmocka_unit_test(the_only_iommu_of_a_kind_need_not_be_named),
		cmocka_unit_test(bits_of_a_mask_match_either_way),
		cmocka_unit_test(a_stream_without_a_known_id_or_of_a_disabled_node_has_no_fault),
		cmocka_unit_test(a_requester_id_is_that_of_the_function_in_its_segment),
		cmocka_unit_test(an_alias_is_a_function_of_the_same_bus_that_the_quirk_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
