/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IPMMU whose driver serves a few devices of the chip, though firmware names many. */
#include "model/dma.h"
#include "model/facts.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define BASE "/sys/firmware/devicetree/base/"

enum { FACTS = FACT_STREAMS | FACT_IOMMUS | FACT_DMA };

/* A chip with a network card behind its IPMMU, which is ready or has no driver yet. */
static const struct system *chip(const char *compatible, bool is_ready)
{
	char tree[4096];

	snprintf(tree, sizeof(tree),
		 "/proc/sys/kernel/osrelease = 6.12.30\n"
		 "group 1 type=DMA\n"
		 "platform ee140000.mmc group=1 driver=renesas_sdhi_internal_dmac\n"
		 "platform e6800000.ethernet driver=ravb of=/ethernet@e6800000\n"
		 "platform e67b0000.iommu%s of=/iommu@e67b0000\n"
		 "/sys/devices/platform/e67b0000.iommu/of_node -> "
		 "../../../firmware/devicetree/base/iommu@e67b0000\n" BASE
		 "iommu@e67b0000/compatible = %s\\x00\\c\n" BASE
		 "iommu@e67b0000/#iommu-cells = \\x00\\x00\\x00\\x01\\c\n" BASE
		 "iommu@e67b0000/phandle = \\x00\\x00\\x00\\x07\\c\n" BASE
		 "ethernet@e6800000/iommus = \\x00\\x00\\x00\\x07\\x00\\x00\\x00\\x10\\c\n"
		 "%s",
		 is_ready ? " driver=ipmmu-vmsa" : "", compatible,
		 is_ready ? "iommu e67b0000.iommu device=/sys/devices/platform/e67b0000.iommu "
			    "serves=/sys/devices/platform/ee140000.mmc\n"
			  : "");
	return snapshot(tree, FACTS);
}

static const struct device *card(const struct system *system)
{
	return find_device(system, "e6800000.ethernet");
}

static void a_device_that_the_driver_leaves_out_has_lost_nothing(void **state)
{
	_autosystem_ const struct system *system = chip("renesas,ipmmu-r8a7795", true);

	assert_int_equal(card(system)->stream_count, 1);
	assert_int_equal(card(system)->dma, DMA_DIRECT);
	assert_true(dma_is_unserved(card(system)));
	assert_non_null(strstr(dma_why_direct(card(system)), "serves other devices"));
}

static void the_driver_of_older_chips_serves_all(void **state)
{
	_autosystem_ const struct system *system =
		chip("renesas,ipmmu-r8a7791\\x00renesas,ipmmu-vmsa", true);

	assert_int_equal(card(system)->dma, DMA_LOST);
	assert_false(dma_is_unserved(card(system)));
}

static void an_iommu_that_is_not_ready_has_left_nothing_out(void **state)
{
	_autosystem_ const struct system *system = chip("renesas,ipmmu-r8a7795", false);

	assert_int_equal(card(system)->dma, DMA_LOST);
}

UNIT(selective_iommu)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_that_the_driver_leaves_out_has_lost_nothing),
		cmocka_unit_test(the_driver_of_older_chips_serves_all),
		cmocka_unit_test(an_iommu_that_is_not_ready_has_left_nothing_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
