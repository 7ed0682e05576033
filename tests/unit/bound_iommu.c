/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bound IOMMU has no group and misses none: firmware is not read because of it. */
#include "model/facts.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <string.h>

#define MACHINE                                                                     \
	"/proc/sys/kernel/osrelease = 6.12.0\n"                                     \
	"/sys/kernel/iommu_groups/1/type = DMA\n"                                   \
	"/sys/bus/platform/devices/nic -> ../../../devices/platform/nic\n"          \
	"/sys/devices/platform/nic/uevent = DRIVER=nic\n"                           \
	"/sys/devices/platform/nic/iommu_group -> ../../../kernel/iommu_groups/1\n" \
	"/sys/bus/platform/devices/smmu -> ../../../devices/platform/smmu\n"

static bool is_skipped(const struct system *system, const char *name)
{
	for (size_t i = 0; i < system->source_count; i++)
		if (strcmp(system->sources[i].name, name) == 0)
			return system->sources[i].state == SOURCE_SKIPPED;
	return false;
}

/* The word for the DMA of the device "smmu", and whether firmware was left unread. */
static enum device_dma dma_of_smmu(const char *tree, unsigned facts, bool *ret_skipped)
{
	char *dir = tree_new(tree);
	const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	enum device_dma dma;

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(system_read(root, facts, &system, &error), 0);
	dma = system_device(system, "/sys/devices/platform/smmu")->dma;
	*ret_skipped = is_skipped(system, "streams");
	system_free(system);
	tree_remove(dir);
	return dma;
}

static void a_bound_smmu_is_direct_whatever_is_read(void **state)
{
	static const char TREE[] =
		MACHINE "/sys/devices/platform/smmu/uevent = DRIVER=arm-smmu-v3\n";
	bool skipped;

	assert_int_equal(dma_of_smmu(TREE, FACT_DMA, &skipped), DMA_DIRECT);
	assert_true(skipped);
	assert_int_equal(dma_of_smmu(TREE, FACT_DMA | FACT_STREAMS, &skipped), DMA_DIRECT);
	assert_false(skipped);
}

static void another_device_without_a_group_has_firmware_read(void **state)
{
	bool skipped;

	dma_of_smmu(MACHINE "/sys/devices/platform/smmu/uevent = DRIVER=disk\n", FACT_DMA,
		    &skipped);
	assert_false(skipped);
}

static void an_smmu_that_the_devicetree_puts_behind_an_iommu_has_firmware_read(void **state)
{
	bool skipped;

	dma_of_smmu(MACHINE
		    "/sys/devices/platform/smmu/uevent = DRIVER=arm-smmu-v3\n"
		    "/sys/devices/platform/smmu/of_node -> "
		    "../../../firmware/devicetree/base/smmu@1\n"
		    "/sys/firmware/devicetree/base/smmu@1/iommus = \\x00\\x00\\x00\\x01\\c\n",
		    FACT_DMA, &skipped);
	assert_false(skipped);
}

UNIT(bound_iommu)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bound_smmu_is_direct_whatever_is_read),
		cmocka_unit_test(another_device_without_a_group_has_firmware_read),
		cmocka_unit_test(
			an_smmu_that_the_devicetree_puts_behind_an_iommu_has_firmware_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
