/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the kernel log that show why a device did not probe or runs without its IOMMU. */
#include "capture/log_lines.h"
#include "sources/deferral/log_remarks.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

/* The one finding that the log source makes of the line. */
static struct remark only(struct arena *arena, const char *line)
{
	const struct remark *remarks;

	assert_int_equal(log_remarks(line, strlen(line), arena, &remarks), 1);
	return remarks[0];
}

static void assert_remark(const char *line, struct remark expected)
{
	_autoarena_ struct arena *arena = arena_new();
	struct remark remark = only(arena, line);

	assert_int_equal(remark.kind, expected.kind);
	assert_string_equal(remark.device, expected.device);
	assert_int_equal(remark.number, expected.number);
	if (expected.other)
		assert_string_equal(remark.other, expected.other);
	else
		assert_null(remark.other);
	if (expected.reason)
		assert_string_equal(remark.reason, expected.reason);
	else
		assert_null(remark.reason);
	if (expected.text)
		assert_string_equal(remark.text, expected.text);
}

static void assert_no_remark(const char *bytes, size_t length)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct remark *remarks;

	assert_int_equal(log_remarks(bytes, length, arena, &remarks), 0);
}

static void a_probe_that_waits_for_ever_is_pending(void **state)
{
	assert_remark("<6>[   17.104201] platform a000400.virtio_mmio: deferred probe pending\n",
		      (struct remark){REMARK_PENDING, "a000400.virtio_mmio", -1,
				      .text = "platform a000400.virtio_mmio: deferred probe "
					      "pending"});
	assert_remark("<4>[   17.104201] pci 0000:01:00.0: deferred probe pending: "
		      "(reason unknown)\n",
		      (struct remark){REMARK_PENDING, "0000:01:00.0", -1});
	assert_remark("<4>[   12.000001] platform a000400.virtio_mmio: deferred probe pending: "
		      "platform: supplier bench-clk not ready\n",
		      (struct remark){REMARK_PENDING, "a000400.virtio_mmio", -1,
				      .reason = "platform: supplier bench-clk not ready"});
}

static void a_wait_that_was_given_up_has_timed_out(void **state)
{
	assert_remark("<4>[   14.213456] virtio-mmio a000200.virtio_mmio: deferred probe timeout, "
		      "ignoring dependency\n",
		      (struct remark){REMARK_TIMED_OUT, "a000200.virtio_mmio", -1});
	assert_remark("<4>[    2.213456] virtio-mmio a000200.virtio_mmio: ignoring dependency for "
		      "device, assuming no driver\n",
		      (struct remark){REMARK_TIMED_OUT, "a000200.virtio_mmio", -1});
}

static void a_failed_probe_has_its_errno(void **state)
{
	assert_remark("<4>[    3.000000] arm-smmu: probe of 5f000000.iommu failed with error -16\n",
		      (struct remark){REMARK_PROBE_FAILED, "5f000000.iommu", 16,
				      .text = "arm-smmu: probe of 5f000000.iommu failed with "
					      "error -16"});
	assert_remark("<3>[    3.000000] virtio_iommu virtio2: probe with driver virtio_iommu "
		      "failed with error -110\n",
		      (struct remark){REMARK_PROBE_FAILED, "virtio2", 110});
	assert_remark("<3>[    3.000000] Generic PHY stmmac-0:01: probe with driver Generic PHY "
		      "failed with error -1\n",
		      (struct remark){REMARK_PROBE_FAILED, "stmmac-0:01", 1});
}

static void a_taken_stream_names_its_owner(void **state)
{
	assert_remark("<4>[    2.613807] virtio-mmio a000400.virtio_mmio: stream 34 already in "
		      "tree from dev a000200.virtio_mmio\n",
		      (struct remark){REMARK_STREAM_TAKEN, "a000400.virtio_mmio", 34,
				      .other = "a000200.virtio_mmio"});
	assert_remark("<4>[    2.613807] e1000 0000:05:02.0: stream 4294967295 already in tree\n",
		      (struct remark){REMARK_STREAM_TAKEN, "0000:05:02.0", 4294967295});
}

static void a_stream_or_mask_can_be_out_of_range(void **state)
{
	assert_remark("<3>[    2.5] virtio-mmio a000e00.virtio_mmio: stream ID 0x1ffff out of "
		      "range for SMMU (0x7fff)\n",
		      (struct remark){REMARK_STREAM_RANGE, "a000e00.virtio_mmio", 0x1ffff});
	assert_remark("<3>[    2.5] virtio-mmio a000e00.virtio_mmio: SMR mask 0x8000 out of range "
		      "for SMMU (0x7fff)\n",
		      (struct remark){REMARK_STREAM_RANGE, "a000e00.virtio_mmio", 0x8000});
}

static void an_iommu_or_a_group_can_fail(void **state)
{
	assert_remark("<3>[    1.0] arm-smmu 5f000000.iommu: Failed to register iommu\n",
		      (struct remark){REMARK_IOMMU_FAILED, "5f000000.iommu", -1});
	assert_remark("<3>[    1.0] arm-smmu 5f000000.iommu: Failed to register iommu in sysfs\n",
		      (struct remark){REMARK_IOMMU_FAILED, "5f000000.iommu", -1});
	assert_remark("<3>[    1.0] nvme 0000:02:00.0: Failed to add to iommu group 6: -12\n",
		      (struct remark){REMARK_IOMMU_FAILED, "0000:02:00.0", 12});
}

static void level_time_and_caller_may_lack(void **state)
{
	static const char *const lines[] = {
		"<4>[   14.213456] ", "<4>[14213.213456][    T1] ", "<4>[    C3] ", "<4>", "",
		"[   14.213456] ",
	};
	static const char text[] = "pci 0000:01:00.0: deferred probe pending: (reason unknown)";

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char line[256];

		snprintf(line, sizeof(line), "%s%s", lines[i], text);
		assert_remark(line,
			      (struct remark){REMARK_PENDING, "0000:01:00.0", -1, .text = text});
	}
}

static void a_line_of_a_process_is_no_finding(void **state)
{
	static const char *const lines[] = {
		"<12>[    9.0] platform a.b: deferred probe pending\n",
		"<12>[    9.0] <6>[    9.0] platform a.b: deferred probe pending\n",
		"<30>[    9.0] systemd[1]: arm-smmu: probe of a.b failed with error -16\n",
		"<8>pci 0000:01:00.0: stream 1 already in tree\n",
		"<2047>pci 0000:01:00.0: stream 1 already in tree\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_no_remark(lines[i], strlen(lines[i]));
}

static void other_lines_are_no_remarks(void **state)
{
	static const char *const lines[] = {
		"",
		"\n\n\n",
		"<",
		"<6>[",
		"<6>[    1.0] ",
		"<6>[    1.0] : ",
		"<6>[    1.0] : deferred probe pending",
		"<6>[    1.0] node 0 deferred pages initialised in 4ms",
		"<6>[    1.0] pci 0000:00:00.0: Adding to iommu group 0 and 1",
		"<6>[    1.0] pci 0000:00:00.0: note: deferred probe pending",
		"<6>[    1.0] pci 0000:00:00.0: deferred probe pendingly",
		"<6>[    1.0] deferred probe pending",
		"<3>[    1.0] a b: probe with driver c failed with error 12",
		"<3>[    1.0] a b: probe with driver c failed with error -",
		"<3>[    1.0] a b: probe with driver c failed with error -99999999999999999999",
		"<3>[    1.0] a: probe of  failed with error -12",
		"<3>[    1.0] a b: stream x already in tree",
		"<3>[    1.0] a b: stream 1 already in t",
		"<3>[    1.0] a b: stream ID 0x out of range for SMMU (0x1)",
		"<3>[    1.0] a b: stream ID 0xfffffffffffffffff out of range for SMMU (0x1)",
		"<3>[    1.0] a b: Failed to add to iommu group 1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_no_remark(lines[i], strlen(lines[i]));
}

static void the_newest_of_a_kind_about_a_device_counts(void **state)
{
	static const char log[] =
		"<3>[    1.0] a one: probe with driver a failed with error -5\n"
		"<4>[    2.0] a one: deferred probe timeout, ignoring dependency\n"
		"<3>[    3.0] a two: probe with driver a failed with error -6\n"
		"<3>[    4.0] b one: probe with driver b failed with error -7\n"
		"<6>[    5.0] b one: something else";
	_autoarena_ struct arena *arena = arena_new();
	const struct remark *remarks;

	assert_int_equal(log_remarks(log, strlen(log), arena, &remarks), 3);
	assert_int_equal(remarks[0].kind, REMARK_TIMED_OUT);
	assert_string_equal(remarks[1].device, "two");
	assert_int_equal(remarks[1].number, 6);
	assert_string_equal(remarks[2].device, "one");
	assert_int_equal(remarks[2].number, 7);
}

/* The same line repeated, with or without a number in its device's name. */
static char *repeat(struct arena *arena, size_t count, bool distinct)
{
	enum { ROOM = 64 };
	char *log = arena_array(arena, count + 1, ROOM), *at = log;

	for (size_t i = 0; i < count; i++)
		at += snprintf(at, ROOM, "<4>pci d%zu: stream %zu already in tree\n",
			       distinct ? i : 0, i);
	return log;
}

static void a_flood_leaves_the_newest(void **state)
{
	enum { FLOOD = 50000 };
	_autoarena_ struct arena *arena = arena_new();
	const char *same = repeat(arena, FLOOD, false), *distinct = repeat(arena, FLOOD, true);
	const struct remark *remarks;

	assert_int_equal(log_remarks(same, strlen(same), arena, &remarks), 1);
	assert_int_equal(remarks[0].number, FLOOD - 1);
	assert_int_equal(log_remarks(distinct, strlen(distinct), arena, &remarks), LOG_REMARKS_MAX);
	assert_int_equal(remarks[0].number, FLOOD - LOG_REMARKS_MAX);
	assert_string_equal(remarks[LOG_REMARKS_MAX - 1].device, "d49999");
}

static void a_line_longer_than_the_kernel_makes_is_passed_over(void **state)
{
	enum { HUGE_LINE = 4 * 1024 * 1024 };
	static const char huge[] = "<4>a b: deferred probe pending: ";
	static const char next[] = "\n<4>a c: deferred probe pending";
	_autoarena_ struct arena *arena = arena_new();
	char *log = arena_alloc(arena, HUGE_LINE + sizeof(next));

	memset(log, 'x', HUGE_LINE);
	memcpy(log, huge, strlen(huge));
	assert_no_remark(log, HUGE_LINE);
	memcpy(log + HUGE_LINE, next, sizeof(next));
	assert_string_equal(only(arena, log).device, "c");
}

static void nul_bytes_spoil_their_own_line_only(void **state)
{
	static const char log[] = "<4>a b\0: deferred probe pending\n"
				  "<4>a c: deferred probe pending\n"
				  "<4>a d: deferred probe pending: \0\n\0\0\n";
	_autoarena_ struct arena *arena = arena_new();
	const struct remark *remarks;

	assert_int_equal(log_remarks(log, sizeof(log) - 1, arena, &remarks), 1);
	assert_string_equal(remarks[0].device, "c");
	assert_no_remark(NULL, 0);
}

static void names_are_taken_as_they_are(void **state)
{
	assert_remark("<4>usb 1-1.4:1.0!a\033[2J\xff\"\\: deferred probe timeout, ignoring "
		      "dependency",
		      (struct remark){REMARK_TIMED_OUT, "1-1.4:1.0!a\033[2J\xff\"\\", -1});
	assert_remark("<4> nobus: deferred probe timeout, ignoring dependency",
		      (struct remark){REMARK_TIMED_OUT, "nobus", -1});
}

static void a_capture_keeps_lines_that_make_findings(void **state)
{
	static const char log[] =
		"<6>[    1.0] random: crng init done\n"
		"<6>[    1.0] a one: deferred probe pending\n"
		"<4>[    1.0] a one: deferred probe timeout, ignoring dependency\n"
		"<4>[    1.0] a two: ignoring dependency for device, assuming no driver\n"
		"<4>[    1.0] a: probe of one failed with error -5\n"
		"<3>[    1.0] a two: probe with driver a failed with error -5\n"
		"<4>[    1.0] a one: stream 1 already in tree\n"
		"<3>[    1.0] a one: stream ID 0x1 out of range for SMMU (0x0)\n"
		"<3>[    1.0] a two: SMR mask 0x1 out of range for SMMU (0x0)\n"
		"<3>[    1.0] a one: Failed to register iommu\n"
		"<3>[    1.0] a two: Failed to add to iommu group 1: -5";
	_autoarena_ struct arena *arena = arena_new();
	const struct remark *remarks;
	size_t length;
	const char *lines = log_lines(log, arena, &length);

	assert_null(memmem(lines, length, "crng", 4));
	assert_int_equal(log_remarks(lines, length, arena, &remarks), 10);
}

static void a_capture_keeps_faults_and_the_number_of_those_left_out(void **state)
{
	static const char *const faults[] = {
		"DMAR: [DMA Read NO_PASID] Request device [06:00.0] fault addr 0x1000",
		"e1000e 0000:06:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x1",
		"dmar_fault: 5 callbacks suppressed",
		"tegra_mc_irq: 5 callbacks suppressed",
		"rk_iommu ff9a0800.iommu: Page fault at 0x00000ee0 of type read",
	};
	_autoarena_ struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		size_t length;

		log_lines(faults[i], arena, &length);
		assert_int_equal(length, strlen(faults[i]) + 1);
	}
}

/* Each begins as a line that is recognised, and goes on in another way. */
static void lines_that_only_begin_alike_are_not_recognised(void **state)
{
	static const char *const lines[] = {
		"<6>[    1.0] platform a.b: deferred probe pendingx\n",
		"<6>[    1.0] platform a.b: probe with driver x failed\n",
		"<6>[    1.0] platform a.b: probe with driver x failed with error -\n",
		"<6>[    1.0] x: probe of a.b failed\n",
		"<6>[    1.0] x: probe of a.b failed with error -x\n",
		"<6>[    1.0] arm-smmu-v3 a.b: Aliasing StreamID 0x\n",
		"<6>[    1.0] arm-smmu-v3 a.b: Aliasing StreamID 0x22 (for c.d) unsupported\n",
		"<6>[    1.0] arm-smmu-v3 a.b: Aliasing StreamID 0x22 (from c.d) x\n",
		"<6>[    1.0] arm-smmu-v3 a.b: stream x already in tree\n",
		"<6>[    1.0] arm-smmu-v3 a.b: stream 34 is new\n",
		"<6>[    1.0] arm-smmu a.b: stream ID 0xzz out of range for SMMU\n",
		"<6>[    1.0] arm-smmu a.b: stream ID 0x10 in range\n",
		"<6>[    1.0] pci a.b: Failed to add to iommu group x: -16\n",
		"<6>[    1.0] pci a.b: Failed to add to iommu group 3: 16\n",
		"<6>[    1.0] pci a.b: Failed to add to iommu group 3: -x\n",
		"<6>[    1.0] pci a.b: Adding to iommu group x\n",
		"<6>[    1.0] pci a.b: Adding to iommu group 3 again\n",
		"<6>[    1.0] pci a.b: error -EINVAL without a colon\n",
		"<6>[    1.0] : deferred probe pending\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_no_remark(lines[i], strlen(lines[i]));
}

static void the_name_of_an_error_may_stand_before_the_text(void **state)
{
	assert_remark("<4>[    1.0] platform a.b: error -EPROBE_DEFER: deferred probe pending\n",
		      (struct remark){REMARK_PENDING, "a.b", -1});
	assert_no_remark(
		"<4>[    1.0] platform a.b: error -two words: deferred probe pending\n",
		strlen("<4>[    1.0] platform a.b: error -two words: deferred probe pending\n"));
}

UNIT(log)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_probe_that_waits_for_ever_is_pending),
		cmocka_unit_test(a_wait_that_was_given_up_has_timed_out),
		cmocka_unit_test(a_failed_probe_has_its_errno),
		cmocka_unit_test(a_taken_stream_names_its_owner),
		cmocka_unit_test(a_stream_or_mask_can_be_out_of_range),
		cmocka_unit_test(an_iommu_or_a_group_can_fail),
		cmocka_unit_test(level_time_and_caller_may_lack),
		cmocka_unit_test(a_line_of_a_process_is_no_finding),
		cmocka_unit_test(other_lines_are_no_remarks),
		cmocka_unit_test(the_newest_of_a_kind_about_a_device_counts),
		cmocka_unit_test(a_flood_leaves_the_newest),
		cmocka_unit_test(a_line_longer_than_the_kernel_makes_is_passed_over),
		cmocka_unit_test(nul_bytes_spoil_their_own_line_only),
		cmocka_unit_test(names_are_taken_as_they_are),
		cmocka_unit_test(a_capture_keeps_lines_that_make_findings),
		cmocka_unit_test(a_capture_keeps_faults_and_the_number_of_those_left_out),
		cmocka_unit_test(lines_that_only_begin_alike_are_not_recognised),
		cmocka_unit_test(the_name_of_an_error_may_stand_before_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
