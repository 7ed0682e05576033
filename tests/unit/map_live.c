/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommu-map of a running machine, read as its kernel reads it. */
#include "checks/cause.h"
#include "checks/streams.h"
#include "model/facts.h"
#include "support/check.h"

#include <string.h>

#define BASE "/sys/firmware/devicetree/base/"
#define CELL(number) "\\x00\\x00\\x" #number "\\x00"
#define SMALL(number) "\\x00\\x00\\x00\\x" #number
#define END "\\c\n"

/* A machine with an SMMU of two cells and a host bridge; its iommu-map comes after. */
#define MACHINE(release)                                                                        \
	"/proc/sys/kernel/osrelease = " release "\n"                                            \
	"/sys/kernel/iommu_groups/\n"                                                           \
	"iommu smmu.0x0000000005000000 serves=/sys/devices/none\n" BASE                         \
	"iommu@5000000/compatible = arm,mmu-500\\x00" END BASE                                  \
	"iommu@5000000/#iommu-cells = " SMALL(02) END BASE "iommu@5000000/phandle = " SMALL(07) \
		END "/sys/devices/platform/6000000.pcie/of_node -> "                            \
		    "../../../firmware/devicetree/base/pcie@6000000\n"
#define MAP BASE "pcie@6000000/iommu-map = "
#define OLD_ENTRY(rid, id, length) rid SMALL(07) SMALL(id) SMALL(length)
#define NEW_ENTRY(rid, id, length) rid SMALL(07) SMALL(id) SMALL(00) SMALL(length)
#define FUNCTION(name) "pci " name " in platform/6000000.pcie/pci0000:00 "

/* The streams of the device: IDs, "no" for one that is not covered, "?" for others; then its DMA.
 */
static void expect_streams(const char *tree, const char *label, const char *wanted)
{
	_autosystem_ const struct system *system = snapshot(tree, FACT_STREAMS | FACT_GROUP_TYPE);
	const struct device *device = find_device(system, label);
	char text[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < device->stream_count; i++) {
		const struct stream *stream = &device->streams[i];

		if (stream->id >= 0)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "0x%x ",
						 (unsigned)stream->id);
		else
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s ",
						 stream->uncovered ? "no" : "?");
		assert_true(stream->id >= 0 || stream->error);
	}
	snprintf(text + used, sizeof(text) - used, "%s", device_dma_name(device->dma));
	assert_string_equal(text, wanted);
}

static void a_new_map_is_read_by_new_kernels_alone(void **state)
{
	static const char map[] = MAP NEW_ENTRY(SMALL(00), 11, 01) NEW_ENTRY(CELL(01), 12, 01)
		END FUNCTION("0000:01:00.0") "driver=e1000e\n";
	char tree[4096];

	snprintf(tree, sizeof(tree), "%s%s", MACHINE("7.3.4"), map);
	expect_streams(tree, "0000:01:00.0", "0x12 lost");
	snprintf(tree, sizeof(tree), "%s%s", MACHINE("6.12.0"), map);
	expect_streams(tree, "0000:01:00.0", "? lost");
	snprintf(tree, sizeof(tree), "%s%s", MACHINE("7.1.13"), map);
	expect_streams(tree, "0000:01:00.0", "? lost");
	/* A release that tells no version: the reading that fits. */
	snprintf(tree, sizeof(tree), "%s%s", MACHINE("7"), map);
	expect_streams(tree, "0000:01:00.0", "0x12 lost");
}

static void an_old_range_is_lost_on_new_kernels(void **state)
{
	static const char map[] =
		MAP OLD_ENTRY(SMALL(00), 10, 08) END FUNCTION("0000:00:00.1") "driver=e1000e\n";
	char tree[4096];

	snprintf(tree, sizeof(tree), "%s%s", MACHINE("6.12.0"), map);
	expect_streams(tree, "0000:00:00.1", "0x11 lost");
	snprintf(tree, sizeof(tree), "%s%s", MACHINE("7.3.4"), map);
	expect_streams(tree, "0000:00:00.1", "? lost");
}

static void a_group_proves_the_reading(void **state)
{
	expect_streams(
		MACHINE("6.12.0") MAP NEW_ENTRY(SMALL(00), 11, 01) NEW_ENTRY(CELL(01), 12, 01)
			END FUNCTION("0000:01:00.0") "driver=e1000e group=3\ngroup 3 type=DMA\n",
		"0000:01:00.0", "0x12 translated");
}

static void an_id_that_no_entry_covers_is_named(void **state)
{
	static const char tree[] = MACHINE("6.12.0") MAP OLD_ENTRY(CELL(01), 11, 01)
		END FUNCTION("0000:01:00.1") "driver=e1000e\n" FUNCTION("0000:00:02.0") "\n";
	_autosystem_ const struct system *system = snapshot(tree, FACT_STREAMS);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings =
		streams_findings(system, streams_overlaps(system, arena), NULL, arena);

	expect_streams(tree, "0000:01:00.1", "no direct");
	assert_int_equal(findings.count, 2);
	assert_string_equal(findings.items[0].subject, "0000:00:02.0");
	assert_int_equal(findings.items[0].severity, SEVERITY_NOTE);
	assert_string_equal(findings.items[1].subject, "0000:01:00.1");
	assert_int_equal(findings.items[1].severity, SEVERITY_WARNING);
	assert_int_equal(findings.items[1].code, CODE_STREAM_NOT_MAPPED);
	assert_non_null(strstr(findings.items[1].message, "0x101"));
}

/* The bridge is a PCIe-to-PCI bridge of the old kind: devices behind it send as 01:00.0 or 00:02.0.
 */
static void an_alias_that_is_not_covered_drops_the_device(void **state)
{
	expect_streams(MACHINE("6.12.0") MAP OLD_ENTRY(CELL(01), 28, ff) END
		       "pci 0000:00:02.0 in platform/6000000.pcie/pci0000:00 header=01\n"
		       "pci 0000:01:05.0 in platform/6000000.pcie/pci0000:00/0000:00:02.0 "
		       "driver=e1000 header=00\n",
		       "0000:01:05.0", "0x50 no lost");
}

static void an_alias_that_is_not_covered_is_the_cause(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	_autosystem_ const struct system *system = snapshot(
		MACHINE("6.12.0") MAP OLD_ENTRY(CELL(01), 28, ff) END
		"pci 0000:00:02.0 in platform/6000000.pcie/pci0000:00 header=01\n"
		"pci 0000:01:05.0 in platform/6000000.pcie/pci0000:00/0000:00:02.0 driver=e1000 "
		"header=00\n",
		FACT_STREAMS);
	struct cause cause = cause_of_lost(system, find_device(system, "0000:01:05.0"), arena);
	struct findings findings =
		streams_findings(system, streams_overlaps(system, arena), NULL, arena);

	assert_int_equal(cause.finding.code, CODE_STREAM_ALIAS_NOT_MAPPED);
	assert_non_null(strstr(cause.finding.message, "covers the ID 0x10"));
	assert_non_null(strstr(cause.finding.message, "a bridge above it"));
	assert_int_equal(findings.count, 2);
	assert_string_equal(findings.items[0].subject, "0000:00:02.0");
	assert_int_equal(findings.items[0].code, CODE_STREAM_NOT_MAPPED);
	assert_string_equal(findings.items[1].subject, "0000:01:05.0");
	assert_int_equal(findings.items[1].code, CODE_STREAM_ALIAS_NOT_MAPPED);
}

UNIT(map_live)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_map_is_read_by_new_kernels_alone),
		cmocka_unit_test(an_old_range_is_lost_on_new_kernels),
		cmocka_unit_test(a_group_proves_the_reading),
		cmocka_unit_test(an_id_that_no_entry_covers_is_named),
		cmocka_unit_test(an_alias_that_is_not_covered_drops_the_device),
		cmocka_unit_test(an_alias_that_is_not_covered_is_the_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
