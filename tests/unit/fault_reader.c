/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only whole lines of the kernel's own drivers are faults, whatever stands between them. */
#include "faults/reader.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

enum { KEPT = 8 };

struct faults_seen {
	size_t count;
	struct fault items[KEPT];
};

static void record_fault(void *context, const struct fault *fault)
{
	struct faults_seen *seen = context;

	if (seen->count < KEPT)
		seen->items[seen->count] = *fault;
	seen->count++;
}

static struct faults_seen read_log(const char *log)
{
	struct faults_seen seen = {0};
	_autofaultreader_ struct fault_reader *reader = fault_reader_new(record_fault, &seen);

	fault_reader_text(reader, (struct span){log, strlen(log)});
	fault_reader_flush(reader);
	return seen;
}

#define FAULT                                                                                 \
	"DMAR: [DMA Read NO_PASID] Request device [06:00.1] fault addr 0x1000 [fault reason " \
	"0x06] PTE Read access is not set"

static void the_form_of_the_log_makes_no_difference(void **state)
{
	static const struct {
		const char *before, *time;
	} forms[] = {
		{"", ""},
		{"<3>[    5.140900] ", "5.140900"},
		{"[    5.140900] ", "5.140900"},
		{"<3>[    5.140900][    T1] ", "5.140900"},
		{"[Sat Nov 28 16:44:33 2026] ", "Sat Nov 28 16:44:33 2026"},
		{"[Nov28 16:44] ", "Nov28 16:44"},
		{"[  +0.000012] ", "+0.000012"},
		{"kern  :err   : [    5.140900] ", "5.140900"},
		{"2026-11-28T16:44:33,140900+00:00 ", "2026-11-28T16:44:33,140900+00:00"},
		{"[    5.140900] host kernel: ", "5.140900"},
		{"[    5.140900] kernel: ", "5.140900"},
		{"Nov 28 16:44:33 my-host kernel: ", "Nov 28 16:44:33"},
		{"2026-11-28T16:44:33+0000 host kernel: ", "2026-11-28T16:44:33+0000"},
	};
	char log[512];

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct faults_seen seen;

		snprintf(log, sizeof(log), "%s" FAULT "\r\n", forms[i].before);
		seen = read_log(log);
		if (seen.count != 1)
			fail_msg("%zu faults: %s", seen.count, log);
		assert_string_equal(seen.items[0].time, forms[i].time);
		assert_string_equal(seen.items[0].line, FAULT);
	}
}

static void lines_that_imitate_the_kernel_are_no_faults(void **state)
{
	static const char *const lines[] = {
		/* Another facility, a process in the journal, a product name, a name of a process.
		 */
		"<11>[    5.1] " FAULT,
		"user  :err   : [    5.1] " FAULT,
		"daemon:err   : [    5.1] " FAULT,
		"[    5.1] host logger[77]: " FAULT,
		"Nov 28 16:44:33 host foo[1]: " FAULT,
		"[    5.1] usb 1-1: Product: " FAULT,
		"[    5.1] usb 1-1: Product: arm-smmu 5000000.iommu: Unhandled context fault: "
		"fsr=0x402, "
		"iova=0x1000, fsynr=0x11, cbfrsynra=0x1, cb=3",
		"[    5.1] usb arm-smmu: Unhandled context fault: fsr=0x402, iova=0x1000, "
		"fsynr=0x11, "
		"cbfrsynra=0x1, cb=3",
		"[    5.1] arm-smmu: Unhandled context fault: fsr=0x402, iova=0x1000, fsynr=0x11, "
		"cbfrsynra=0x1, cb=3",
		"[    5.1] snd 0000:00:1f.3: AMD-Vi : Event logged [IO_PAGE_FAULT domain=0x1 "
		"address=0x1 "
		"flags=0x0]",
		"[    5.1] usb 1-1: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x1 address=0x1 "
		"flags=0x0]",
		"[    5.1] usb iommu: AMD-Vi: Event logged [ILLEGAL_COMMAND_ERROR address=0x1]",
		"[    5.1] input: " FAULT " as /devices/virtual/input/input5",
		"[    5.1] DMAR: DRHD: handling fault status reg 2",
		"[    5.1] my_driver: 5 callbacks suppressed",
		"[    5.1] tegra-mc 7000f000.memory-controller: idxsrd2: read @0x00801000: EMEM "
		"address "
		"decode error (EMEM decode error)",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (read_log(lines[i]).count)
			fail_msg("a fault: %s", lines[i]);
}

static void a_torn_line_is_no_fault(void **state)
{
	const char *whole = FAULT;

	for (size_t length = 1;
	     length < strlen("DMAR: [DMA Read NO_PASID] Request device [06:00.1] "
			     "fault addr 0x1000 [fault reason 0x06] ");
	     length++) {
		char torn[512];

		snprintf(torn, sizeof(torn), "%.*s", (int)length, whole);
		assert_int_equal(read_log(torn).count, 0);
		assert_int_equal(read_log(whole + length).count, 0);
	}
}

static void numbers_out_of_range_are_refused(void **state)
{
	assert_int_equal(
		read_log("virtio_iommu virtio0: page fault from EP 4294967296 at 0x1 [R]").count,
		0);
	assert_int_equal(
		read_log("virtio_iommu virtio0: page fault from EP 1 at 0x11111111111111111 "
			 "[R]")
			.count,
		0);
	assert_int_equal(
		read_log("DMAR: [DMA Read NO_PASID] Request device [06:20.1] fault addr 0x1000 "
			 "[fault reason 0x06] x")
			.count,
		0);
}

#define HEAD "arm-smmu-v3 a.iommu: event 0x10 received:\n"
#define WORD "arm-smmu-v3 a.iommu: \t0x"
#define REST WORD "0000020000000000\n" WORD "0000000000001000\n" WORD "0000000000000000\n"

static void lines_of_two_iommus_may_be_mixed(void **state)
{
	struct faults_seen seen = read_log(
		HEAD "arm-smmu-v3 b.iommu: event 0x02 received:\n" WORD "0000000800000010\n"
		     "arm-smmu-v3 b.iommu: \t0x0000000900000002\n"
		     "usb 1-1: new device\n" REST "arm-smmu-v3 b.iommu: \t0x0000000000000000\n");

	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.items[0].stream, 8);
	assert_int_equal(seen.items[0].kind, FAULT_TRANSLATION);
	assert_int_equal(seen.items[0].address, 0x1000);
	assert_int_equal(seen.items[1].stream, 9);
	assert_int_equal(seen.items[1].kind, FAULT_NO_STREAM);
}

static void each_first_line_begins_another_fault(void **state)
{
	struct faults_seen seen =
		read_log(HEAD WORD "0000000800000010\n" REST HEAD WORD "0000000900000010\n" REST);

	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.items[0].stream, 8);
	assert_int_equal(seen.items[1].stream, 9);
}

static void a_torn_record_tells_what_it_has(void **state)
{
	struct faults_seen seen = read_log(HEAD);

	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.items[0].kind, FAULT_TRANSLATION);
	assert_int_equal(seen.items[0].stream, -1);
	/* The first line was overwritten: words alone say nothing. */
	assert_int_equal(read_log(WORD "0000000800000010\n" REST).count, 0);
	seen = read_log(HEAD WORD "0000000800000010\n");
	assert_int_equal(seen.items[0].stream, 8);
	assert_false(seen.items[0].has_address);
}

static void a_line_without_end_is_no_fault(void **state)
{
	const size_t length = 1 << 20;
	struct faults_seen seen = {0};
	_autofaultreader_ struct fault_reader *reader = fault_reader_new(record_fault, &seen);
	_autofree_ char *text = malloc(length + sizeof(FAULT));

	assert_non_null(text);
	memcpy(text, FAULT, sizeof(FAULT) - 1);
	memset(text + sizeof(FAULT) - 1, 'x', length);
	fault_reader_line(reader, (struct span){text, length});
	fault_reader_flush(reader);
	assert_int_equal(seen.count, 0);
}

static void more_iommus_than_places_lose_no_fault(void **state)
{
	enum { IOMMUS = 20 };
	struct faults_seen seen = {0};
	_autofaultreader_ struct fault_reader *reader = fault_reader_new(record_fault, &seen);
	char line[256];

	for (int i = 0; i < IOMMUS; i++) {
		int length = snprintf(line, sizeof(line),
				      "arm-smmu-v3 %d.iommu: event 0x10 received:", i);

		fault_reader_line(reader, (struct span){line, (size_t)length});
	}
	fault_reader_flush(reader);
	assert_int_equal(seen.count, IOMMUS);
	assert_string_equal(seen.items[0].iommu, "0.iommu");
	assert_string_equal(seen.items[7].iommu, "7.iommu");
}

/* As "dmesg | grep event:" leaves them: each line is a fault of its own. */
static void named_events_without_their_records_are_one_fault_each(void **state)
{
	static const char log[] =
		"arm-smmu-v3 a.iommu: event: F_TRANSLATION client: 0000:01:00.0 sid: 0x8 ssid: 0x0 "
		"iova: 0x1000 ipa: 0x0\n"
		"arm-smmu-v3 a.iommu: event: F_TRANSLATION client: 0000:01:00.0 sid: 0x8 ssid: 0x0 "
		"iova: 0x2000 ipa: 0x0\n"
		"arm-smmu-v3 a.iommu: event: F_STE_FETCH client: (unassigned sid) sid: 0x9 ssid: "
		"0x0 "
		"fetch_addr: 0x3000\n"
		"arm-smmu-v3 a.iommu: event: C_BAD_CD client: 0000:02:00.0 sid: 0xa ssid: 0x0\n";
	struct faults_seen seen = read_log(log);

	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.items[0].address, 0x1000);
	assert_int_equal(seen.items[1].address, 0x2000);
	assert_false(seen.items[2].has_address);
	assert_int_equal(seen.items[2].stream, 9);
	assert_string_equal(seen.items[3].device, "0000:02:00.0");
}

UNIT(fault_reader)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_of_the_log_makes_no_difference),
		cmocka_unit_test(lines_that_imitate_the_kernel_are_no_faults),
		cmocka_unit_test(a_torn_line_is_no_fault),
		cmocka_unit_test(numbers_out_of_range_are_refused),
		cmocka_unit_test(lines_of_two_iommus_may_be_mixed),
		cmocka_unit_test(each_first_line_begins_another_fault),
		cmocka_unit_test(a_torn_record_tells_what_it_has),
		cmocka_unit_test(a_line_without_end_is_no_fault),
		cmocka_unit_test(more_iommus_than_places_lose_no_fault),
		cmocka_unit_test(named_events_without_their_records_are_one_fault_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
