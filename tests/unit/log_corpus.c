/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of the kernel log, by version: the same event in the wording of each kernel. Debian's
 * kernels printed those of 6.1 to 7.3; where no machine printed a line, its format is that of the
 * source.
 */
#include "sources/deferral/log_remarks.h"
#include "support/check.h"

#include <string.h>

#define NOTHING REMARK_KIND_COUNT

struct row {
	const char *kernel, *line;
	enum remark_kind kind;
	const char *device;
	int64_t number;
	const char *other, *reason;
};

static void assert_text(const char *actual, const char *expected)
{
	if (expected)
		assert_string_equal(actual, expected);
	else
		assert_null(actual);
}

static void assert_row(const struct row *row)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct remark *remarks;
	size_t count = log_remarks(row->line, strlen(row->line), arena, &remarks);

	if (count != (row->kind != NOTHING))
		fail_msg("%s: %zu remarks in: %s", row->kernel, count, row->line);
	if (!count)
		return;
	assert_int_equal(remarks[0].kind, row->kind);
	assert_string_equal(remarks[0].device, row->device);
	assert_int_equal(remarks[0].number, row->number);
	assert_text(remarks[0].other, row->other);
	assert_text(remarks[0].reason, row->reason);
}

#define ALL(rows)                                             \
	do {                                                  \
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) \
			assert_row(&(rows)[i]);               \
	} while (0)

static void a_pending_probe_in_the_words_of_each_kernel(void **state)
{
	static const struct row rows[] = {
		{"5.10", "<6>[   14.1] platform a000400.virtio_mmio: deferred probe pending",
		 REMARK_PENDING, "a000400.virtio_mmio", -1},
		{"6.1", "<6>[   14.1] platform 4010000000.pcie: deferred probe pending",
		 REMARK_PENDING, "4010000000.pcie", -1},
		{"6.12", "<4>[   16.9] pci 0000:08:01.0: deferred probe pending: (reason unknown)",
		 REMARK_PENDING, "0000:08:01.0", -1},
		{"6.18",
		 "<4>[   12.4] platform a000c00.virtio_mmio: deferred probe pending: platform: "
		 "supplier 5f000000.iommu not ready",
		 REMARK_PENDING, "a000c00.virtio_mmio", -1,
		 .reason = "platform: supplier 5f000000.iommu not ready"},
		{"7.3",
		 "<4>[   12.4] platform a000000.virtio_mmio: deferred probe pending: platform: "
		 "supplier 5f000000.iommu not ready",
		 REMARK_PENDING, "a000000.virtio_mmio", -1,
		 .reason = "platform: supplier 5f000000.iommu not ready"},
	};

	ALL(rows);
}

static void a_timeout_in_the_words_of_each_kernel(void **state)
{
	static const struct row rows[] = {
		{"5.10",
		 "<4>[    2.9] virtio-mmio a000200.virtio_mmio: deferred probe timeout, ignoring "
		 "dependency",
		 REMARK_TIMED_OUT, "a000200.virtio_mmio", -1},
		{"6.1",
		 "<4>[    2.9] shpchp 0000:04:00.0: deferred probe timeout, ignoring dependency",
		 REMARK_TIMED_OUT, "0000:04:00.0", -1},
		{"6.12",
		 "<4>[    2.9] virtio-pci 0000:03:00.0: deferred probe timeout, ignoring "
		 "dependency",
		 REMARK_TIMED_OUT, "0000:03:00.0", -1},
		{"6.18, without modules",
		 "<4>[    2.9] virtio-mmio a000200.virtio_mmio: ignoring dependency for device, "
		 "assuming no driver",
		 REMARK_TIMED_OUT, "a000200.virtio_mmio", -1},
		{"7.3",
		 "<4>[    2.9] agpgart-intel 0000:00:00.0: deferred probe timeout, ignoring "
		 "dependency",
		 REMARK_TIMED_OUT, "0000:00:00.0", -1},
	};

	ALL(rows);
}

static void a_failed_probe_in_the_words_of_each_kernel(void **state)
{
	static const struct row rows[] = {
		{"5.10", "<4>[    1.0] arm-smmu-v3: probe of 9050000.smmuv3 failed with error -22",
		 REMARK_PROBE_FAILED, "9050000.smmuv3", 22},
		{"6.1", "<4>[    1.0] arm-smmu-v3: probe of smmuv3@9050000 failed with error -22",
		 REMARK_PROBE_FAILED, "smmuv3@9050000", 22},
		{"6.12",
		 "<3>[    1.0] arm-smmu-v3 smmuv3@9050000: probe with driver arm-smmu-v3 failed "
		 "with error -22",
		 REMARK_PROBE_FAILED, "smmuv3@9050000", 22},
		{"6.18",
		 "<3>[   17.1] vfio-pci 0000:06:00.0: probe with driver vfio-pci failed with "
		 "error -22",
		 REMARK_PROBE_FAILED, "0000:06:00.0", 22},
		{"7.3",
		 "<3>[    1.2] arm-smmu 5f000000.iommu: probe with driver arm-smmu failed with "
		 "error -22",
		 REMARK_PROBE_FAILED, "5f000000.iommu", 22},
		{"5.10 to 7.3",
		 "<3>[    1.2] shpchp 0000:04:00.0: pci_hp_register failed with error -16",
		 NOTHING},
	};

	ALL(rows);
}

static void a_registration_that_failed_in_the_words_of_each_kernel(void **state)
{
	static const struct row rows[] = {
		{"5.10", "<3>[    1.0] arm-smmu-v3 9050000.smmuv3: Failed to register iommu",
		 REMARK_IOMMU_FAILED, "9050000.smmuv3", -1},
		{"6.12", "<3>[    1.0] arm-smmu 5f000000.iommu: Failed to register iommu in sysfs",
		 REMARK_IOMMU_FAILED, "5f000000.iommu", -1},
		{"6.18",
		 "<3>[    1.2] arm-smmu 5f000000.iommu: error -EINVAL: Failed to register iommu",
		 REMARK_IOMMU_FAILED, "5f000000.iommu", -1},
		{"7.3",
		 "<3>[    1.2] arm-smmu 5f000000.iommu: error -EINVAL: Failed to register iommu",
		 REMARK_IOMMU_FAILED, "5f000000.iommu", -1},
		{"7.3, without names of errors",
		 "<3>[    1.2] arm-smmu 5f000000.iommu: error -22: Failed to register iommu in "
		 "sysfs",
		 REMARK_IOMMU_FAILED, "5f000000.iommu", -1},
		{"5.10 to 7.3",
		 "<3>[    1.2] nvme 0000:02:00.0: Failed to add to iommu group 6: -12",
		 REMARK_IOMMU_FAILED, "0000:02:00.0", 12},
		{"of a driver",
		 "<3>[    1.2] nvme 0000:02:00.0: error -12 at: Failed to register iommu", NOTHING},
	};

	ALL(rows);
}

static void a_taken_stream_in_the_words_of_each_kernel(void **state)
{
	static const struct row rows[] = {
		{"5.13", "<4>[    2.6] e1000 0000:05:02.0: stream 1280 already in tree",
		 REMARK_STREAM_TAKEN, "0000:05:02.0", 0x500},
		{"6.1",
		 "<4>[    2.6] virtio-mmio a000400.virtio_mmio: stream 34 already in tree from dev "
		 "a000200.virtio_mmio",
		 REMARK_STREAM_TAKEN, "a000400.virtio_mmio", 0x22, .other = "a000200.virtio_mmio"},
		{"6.12",
		 "<4>[    2.6] e1000e 0000:01:00.0: stream 256 already in tree from dev "
		 "a000a00.virtio_mmio",
		 REMARK_STREAM_TAKEN, "0000:01:00.0", 0x100, .other = "a000a00.virtio_mmio"},
		{"6.18",
		 "<4>[    1.3] platform a000400.virtio_mmio: Aliasing StreamID 0x22 (from "
		 "a000200.virtio_mmio) unsupported, expect DMA to be broken",
		 REMARK_STREAM_TAKEN, "a000400.virtio_mmio", 0x22, .other = "a000200.virtio_mmio"},
		{"7.3",
		 "<4>[    1.3] pci 0000:05:02.0: Aliasing StreamID 0x500 (from 0000:05:01.0) "
		 "unsupported, expect DMA to be broken",
		 REMARK_STREAM_TAKEN, "0000:05:02.0", 0x500, .other = "0000:05:01.0"},
		{"7.3, cut off",
		 "<4>[    1.3] pci 0000:05:02.0: Aliasing StreamID 0x500 (from 0000:05", NOTHING},
		{"5.10 to 7.3",
		 "<3>[    2.5] virtio-mmio a000e00.virtio_mmio: stream ID 0x1ffff out of range for "
		 "SMMU (0x7fff)",
		 REMARK_STREAM_RANGE, "a000e00.virtio_mmio", 0x1ffff},
	};

	ALL(rows);
}

static void a_joined_group_in_the_words_of_each_kernel(void **state)
{
	static const struct row rows[] = {
		{"5.10", "<6>[    1.5] virtio-mmio a000000.virtio_mmio: Adding to iommu group 4",
		 REMARK_GROUP_JOINED, "a000000.virtio_mmio", 4},
		{"6.12", "<6>[    0.6] pci 0000:00:00.0: Adding to iommu group 0",
		 REMARK_GROUP_JOINED, "0000:00:00.0", 0},
		{"7.3", "<6>[    1.2] platform a000c00.virtio_mmio: Adding to iommu group 3",
		 REMARK_GROUP_JOINED, "a000c00.virtio_mmio", 3},
	};

	ALL(rows);
}

static void a_broken_cycle_names_two_nodes(void **state)
{
	static const struct row rows[] = {
		{"6.12",
		 "<6>[    0.38] /clock-controller@b002000: Fixed dependency cycle(s) with "
		 "/phy@b003000",
		 REMARK_CYCLE_FIXED, "/clock-controller@b002000", -1, .other = "/phy@b003000"},
		{"7.3",
		 "<6>[    0.03] /soc@0/phy@ae95000: Fixed dependency cycle(s) with "
		 "/soc@0/clock-controller@af00000",
		 REMARK_CYCLE_FIXED, "/soc@0/phy@ae95000", -1,
		 .other = "/soc@0/clock-controller@af00000"},
	};

	ALL(rows);
}

UNIT(log_corpus)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pending_probe_in_the_words_of_each_kernel),
		cmocka_unit_test(a_timeout_in_the_words_of_each_kernel),
		cmocka_unit_test(a_failed_probe_in_the_words_of_each_kernel),
		cmocka_unit_test(a_registration_that_failed_in_the_words_of_each_kernel),
		cmocka_unit_test(a_taken_stream_in_the_words_of_each_kernel),
		cmocka_unit_test(a_broken_cycle_names_two_nodes),
		cmocka_unit_test(a_joined_group_in_the_words_of_each_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
