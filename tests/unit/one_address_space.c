/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IOMMUs that have one address space for all their devices. */
#include "checks/isolation.h"
#include "checks/streams.h"
#include "model/dma.h"
#include "model/facts.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define BASE "/sys/firmware/devicetree/base/"
#define CELL(number) "\\x00\\x00\\x00\\x" #number
#define END "\\c\n"
#define MASTER(name, cells) \
	"platform " name " driver=x group=3 of=/" name "\n" BASE name "/iommus = " cells END
#define MASTERS(first, second)                                                  \
	"group 3 type=DMA\n" MASTER("a", CELL(07) first)                        \
		MASTER("b", CELL(07) second) "platform c driver=x of=/c\n" BASE \
					     "c/iommus = " CELL(08) END BASE    \
		"iommu@8/compatible = rockchip,iommu\\x00" END BASE             \
		"iommu@8/#iommu-cells = " CELL(00) END BASE "iommu@8/phandle = " CELL(08) END

/* A machine whose IOMMU has that compatible and #iommu-cells; it is not registered. */
static void write_machine(char *tree, size_t size, const char *compatible, const char *cells,
			  const char *masters)
{
	snprintf(tree, size,
		 "/proc/sys/kernel/osrelease = 6.12.30\n" BASE
		 "iommu@7/compatible = %s\\x00" END BASE "iommu@7/#iommu-cells = %s" END BASE
		 "iommu@7/phandle = " CELL(07) END "%s",
		 compatible, cells, masters);
}

/* Names of the devices that share with the device "a", and the reason for its group. */
static void expect_shared(const char *compatible, const char *cells, const char *masters,
			  const char *wanted)
{
	char tree[4096], text[256] = "";
	_autoarena_ struct arena *arena = arena_new();
	const struct device *device;
	const struct overlap *overlaps;
	struct findings reasons;
	size_t used = 0;

	write_machine(tree, sizeof(tree), compatible, cells, masters);
	_autosystem_ const struct system *system = snapshot(tree, FACT_STREAMS);
	device = find_device(system, "a");
	overlaps = streams_overlaps(system, arena);
	assert_int_equal(device->stream_count, 1);
	for (size_t i = 0; i < overlaps[device->streams - system->streams].count; i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s, ",
			overlaps[device->streams - system->streams].streams[i]->device_name);
	reasons = isolation_explain(system, device->group, arena);
	snprintf(text + used, sizeof(text) - used, "%s", reasons.items[0].message);
	assert_string_equal(text, wanted);
}

static void without_cells_all_devices_share(void **state)
{
	expect_shared("rockchip,iommu", CELL(00), MASTERS("", ""),
		      "b, b shares the one address space of /iommu@7 with a");
	expect_shared("samsung,exynos-sysmmu", CELL(00), MASTERS("", ""),
		      "b, b shares the one address space of /iommu@7 with a");
	expect_shared("vendor,of-the-future", CELL(00), MASTERS("", ""),
		      "b, b shares the one address space of /iommu@7 with a");
}

static void some_drivers_ignore_the_ids_that_they_are_given(void **state)
{
	expect_shared("allwinner,sun50i-h6-iommu", CELL(01), MASTERS(CELL(01), CELL(02)),
		      "b, b shares the one address space of /iommu@7 with a");
	expect_shared("renesas,ipmmu-r8a7795", CELL(01), MASTERS(CELL(01), CELL(02)),
		      "b, b shares the one address space of /iommu@7 with a");
}

static void with_ids_that_differ_nothing_is_shared(void **state)
{
	expect_shared("qcom,apq8064-iommu", CELL(01), MASTERS(CELL(01), CELL(02)),
		      "no fact that could be read explains it");
}

static void a_device_without_an_id_is_no_unknown(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	char tree[4096];

	write_machine(tree, sizeof(tree), "rockchip,iommu", CELL(00), MASTERS("", ""));
	_autosystem_ const struct system *system = snapshot(tree, FACT_STREAMS);

	assert_true(stream_is_known(&find_device(system, "a")->streams[0]));
	assert_int_equal(find_device(system, "a")->streams[0].id, -1);
	assert_int_equal(
		streams_findings(system, streams_overlaps(system, arena), NULL, arena).count, 0);
}

UNIT(one_address_space)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_cells_all_devices_share),
		cmocka_unit_test(some_drivers_ignore_the_ids_that_they_are_given),
		cmocka_unit_test(with_ids_that_differ_nothing_is_shared),
		cmocka_unit_test(a_device_without_an_id_is_no_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
