/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only the kernel's own lines count, not text that a device or a process chose. */
#include "model/build.h"
#include "sources/deferral/log_capacity.h"
#include "sources/deferral/log_ring.h"
#include "support/check.h"

#include <string.h>

static void assert_line(const char *record, const char *expected)
{
	char line[512];
	size_t length = log_ring_line(record, strlen(record), line);

	line[length] = '\0';
	assert_string_equal(line, expected);
}

static void a_record_is_one_line(void **state)
{
	assert_line("6,339,5140900,-;NET: registered\n", "<6>[    5.140900] NET: registered\n");
	assert_line("4,339,5140900,-,caller=T1;pci 0000:00:01.0: text\n SUBSYSTEM=pci\n"
		    " DEVICE=+pci:0000:00:01.0\n",
		    "<4>[    5.140900] pci 0000:00:01.0: text\n");
	assert_line("5,1,12345678000001,-;\\x09tab and \\x5cslash\n",
		    "<5>[12345678.000001] \ttab and \\slash\n");
}

static void a_newline_in_a_name_makes_no_second_line(void **state)
{
	assert_line("6,7,1000000,-;usb 1-1: Product: x\\x0a<4>[ 1.0] arm-smmu 5f0000.iommu: y\n",
		    "<6>[    1.000000] usb 1-1: Product: x?<4>[ 1.0] arm-smmu 5f0000.iommu: y\n");
	assert_line("6,7,1000000,-;a\\x1b[31m\\x00b\\xzz\\x4\n",
		    "<6>[    1.000000] a?[31m?b\\xzz\\x4\n");
}

static void records_of_processes_and_other_bytes_are_left_out(void **state)
{
	assert_line("12,7,1000000,-;arm-smmu 5f0000.iommu: \\x098 context banks (0 stage-2 only)\n",
		    "");
	assert_line("30,7,1,-;systemd[1]: text\n", "");
	assert_line("no record", "");
	assert_line("6,7;text\n", "");
	assert_line("", "");
}

static struct log_capacity capacity_of(const char *log)
{
	return log_capacity(log, IOMMU_KIND_SMMU, "5f0000.iommu");
}

static void the_drivers_own_lines_tell_the_capacity(void **state)
{
	struct log_capacity capacity = capacity_of(
		"<5>[ 1.0] arm-smmu 5f0000.iommu: probing hardware configuration...\n"
		"<5>[ 1.0] arm-smmu 5f0000.iommu: \tstream matching with 32 register groups\n"
		"<5>[ 1.0][    T1] arm-smmu 5f0000.iommu: \t8 context banks (0 stage-2 only)\n");

	assert_int_equal(capacity.stream_entries, 32);
	assert_int_equal(capacity.context_banks, 8);
}

static void nothing_else_tells_a_capacity(void **state)
{
	static const char *const foreign[] = {
		"<6>[ 1.0] usb 1-1: Product: arm-smmu 5f0000.iommu: \t9 context banks (0 s)\n",
		"<6>[ 1.0] usb 1-1: Product: 5f0000.iommu: \tstream matching with 9 register "
		"groups\n",
		"<6>[ 1.0] virtio 5f0000.iommu: \t9 context banks (0 stage-2 only)\n",
		"<6>[ 1.0] arm-smmu 5f0000.iommu2: \t9 context banks (0 stage-2 only)\n",
		"<6>[ 1.0] arm-smmu 5f0000.iommu: name \t9 context banks (0 stage-2 only)\n",
		"<14>[ 1.0] arm-smmu 5f0000.iommu: \t9 context banks (0 stage-2 only)\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		struct log_capacity capacity = capacity_of(foreign[i]);

		assert_int_equal(capacity.stream_entries, -1);
		assert_int_equal(capacity.context_banks, -1);
	}
}

static void the_name_of_a_usb_device_sets_no_capacity(void **state)
{
	const struct system *system = snapshot(
		"platform 5f0000.iommu driver=arm-smmu\n"
		"iommu smmu.0x00000000005f0000 device=/sys/devices/platform/5f0000.iommu\n"
		"/iommuctl/log = <6>[ 0.8] arm-smmu 5f0000.iommu: \\tstream matching with 32 "
		"register groups\\n<6>[ 9.0] usb 1-1: Product: 5f0000.iommu: 999 register "
		"groups\\n\n",
		FACT_IOMMUS | FACT_CAPACITY);

	assert_int_equal(system->iommus[0]->stream_entries, 32);
	assert_int_equal(system->iommus[0]->context_banks, -1);
	system_free(system);
}

UNIT(log_form)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_one_line),
		cmocka_unit_test(a_newline_in_a_name_makes_no_second_line),
		cmocka_unit_test(records_of_processes_and_other_bytes_are_left_out),
		cmocka_unit_test(the_drivers_own_lines_tell_the_capacity),
		cmocka_unit_test(nothing_else_tells_a_capacity),
		cmocka_unit_test(the_name_of_a_usb_device_sets_no_capacity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
