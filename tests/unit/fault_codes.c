/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Codes and flags that the corpus of lines lacks, and what makes two faults one entry. */
#include "faults/reader.h"
#include "faults/tally.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

static void record_first(void *context, const struct fault *fault)
{
	struct fault *first = context;

	if (!first->count)
		*first = *fault;
}

/* The first fault of the lines; its count is 0 where they have none. */
static struct fault fault_in(const char *lines)
{
	struct fault fault = {0};
	_autofaultreader_ struct fault_reader *reader = fault_reader_new(record_first, &fault);

	fault_reader_text(reader, (struct span){lines, strlen(lines)});
	fault_reader_flush(reader);
	return fault;
}

struct code_row {
	const char *lines;
	enum fault_kind kind;
	enum fault_access access;
};

static void assert_codes(const struct code_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct fault fault = fault_in(rows[i].lines);

		if (!fault.count)
			fail_msg("no fault: %s", rows[i].lines);
		if (fault.kind != rows[i].kind || fault.access != rows[i].access)
			fail_msg("%s %s: %s", fault_kind_name(fault.kind),
				 fault_access_name(fault.access), rows[i].lines);
	}
}

#define DMAR_LINE(access, reason)                                                     \
	"DMAR: [" access                                                              \
	" NO_PASID] Request device [06:00.1] fault addr 0x1000 [fault reason " reason \
	"] some text"

static void reasons_of_vtd(void **state)
{
	static const struct code_row rows[] = {
		{DMAR_LINE("DMA Read", "0x03"), FAULT_TABLES, FAULT_READ},
		{DMAR_LINE("DMA Read", "0x00"), FAULT_UNKNOWN, FAULT_READ},
		{DMAR_LINE("DMA Else", "0x05"), FAULT_TRANSLATION, FAULT_ACCESS_UNKNOWN},
		{DMAR_LINE("DMA Write", "0x04"), FAULT_ADDRESS_SIZE, FAULT_WRITE},
		{DMAR_LINE("DMA Write", "0x07"), FAULT_TABLE_FETCH, FAULT_WRITE},
		{DMAR_LINE("DMA Read", "0x44"), FAULT_FORBIDDEN, FAULT_READ},
		{DMAR_LINE("DMA Read", "0x47"), FAULT_PAGE_REQUEST, FAULT_READ},
		{DMAR_LINE("DMA Read", "0x77"), FAULT_PERMISSION, FAULT_READ},
		{DMAR_LINE("DMA Read", "0x87"), FAULT_INTERRUPT, FAULT_READ},
	};

	assert_codes(rows, ARRAY_SIZE(rows));
}

#define AMD_LINE(address, flags)                                                                \
	"nvme 0000:01:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0012 address=" address \
	" flags=" flags "]"

/* AMD's specification of IOMMUs, table "IO_PAGE_FAULT Event Log Buffer Entry Fields". */
static void flags_of_amd(void **state)
{
	static const struct code_row rows[] = {
		{AMD_LINE("0x1000", "0x0000"), FAULT_TRANSLATION, FAULT_READ},
		{AMD_LINE("0x1000", "0x0020"), FAULT_TRANSLATION, FAULT_WRITE},
		{AMD_LINE("0x1000", "0x0120"), FAULT_TRANSLATION, FAULT_ACCESS_UNKNOWN},
		{AMD_LINE("0x1000", "0x0090"), FAULT_TABLES, FAULT_READ},
		{AMD_LINE("0x1000", "0x0050"), FAULT_PERMISSION, FAULT_READ},
		{AMD_LINE("0x1000", "0x0052"), FAULT_PERMISSION, FAULT_EXECUTE},
		{AMD_LINE("0x1000", "0x0072"), FAULT_PERMISSION, FAULT_WRITE},
		{AMD_LINE("0x1000", "0x0040"), FAULT_TRANSLATION, FAULT_READ},
		{AMD_LINE("0xfee00000", "0x0008"), FAULT_INTERRUPT, FAULT_READ},
		/* QEMU says "interrupt" of each page fault; interrupts are writes to one window. */
		{AMD_LINE("0x1000", "0x0008"), FAULT_TRANSLATION, FAULT_READ},
	};

	assert_codes(rows, ARRAY_SIZE(rows));
}

#define V2 "arm-smmu 5000000.iommu: "
#define V3 "arm-smmu-v3 a.iommu: "
#define CONTEXT(fsr, fsynr)                                                                      \
	V2 "Unhandled context fault: fsr=" fsr ", iova=0x1000, fsynr=" fsynr ", cbfrsynra=0x1, " \
	   "cb=3"
#define PAGE_REQUEST(ssid, rights)                                          \
	V3 "unexpected PRI request received:\n" V3 "\tsid 0x00000008." ssid \
	   ": [5L] unprivileged " rights " access at iova 0x1000"

static void codes_of_smmus(void **state)
{
	static const struct code_row rows[] = {
		{CONTEXT("0x80000000", "0x0"), FAULT_UNKNOWN, FAULT_READ},
		{CONTEXT("0x4", "0x0"), FAULT_ACCESS_FLAG, FAULT_READ},
		{CONTEXT("0x10", "0x0"), FAULT_TABLE_FETCH, FAULT_READ},
		{CONTEXT("0x22", "0x0"), FAULT_TLB_CONFLICT, FAULT_READ},
		{CONTEXT("0x82", "0x0"), FAULT_ADDRESS_SIZE, FAULT_READ},
		{CONTEXT("0x100", "0x0"), FAULT_UNSUPPORTED, FAULT_READ},
		{CONTEXT("0x2", "0x50"), FAULT_TRANSLATION, FAULT_WRITE},
		/* An event that no specification had when this was written. */
		{V3 "event 0x7f received:\n" V3 "\t0x000000080000007f\n" V3
		    "\t0x0000000800000000\n" V3 "\t0x0000000000001000",
		 FAULT_UNKNOWN, FAULT_ACCESS_UNKNOWN},
		{V3 "event: F_NEW client: 0000:01:00.0 sid: 0x8 ssid: 0x0", FAULT_UNKNOWN,
		 FAULT_ACCESS_UNKNOWN},
		/* An instruction, and a write of data; the fifth word is none of the record. */
		{V3 "event 0x10 received:\n" V3 "\t0x0000000800000010\n" V3
		    "\t0x0000000400000000\n" V3 "\t0x0000000000001000\n" V3
		    "\t0x0000000000000000\n" V3 "\t0x00000008000000ff",
		 FAULT_TRANSLATION, FAULT_EXECUTE},
		{V3 "event: F_TRANSLATION client: 0000:01:00.0 sid: 0x8 ssid: 0x0 iova: 0x1000 "
		    "ipa: 0x0\n" V3 "priv data write s1 \"Input address caused fault\"",
		 FAULT_TRANSLATION, FAULT_WRITE},
		{V3 "event: F_TRANSLATION client: 0000:01:00.0 sid: 0x8 ssid: 0x0 iova: 0x1000 "
		    "ipa: 0x0\n" V3 "priv inst read s1 \"Input address caused fault\"",
		 FAULT_TRANSLATION, FAULT_EXECUTE},
		{PAGE_REQUEST("0x00000", "R"), FAULT_PAGE_REQUEST, FAULT_READ},
		{PAGE_REQUEST("0x00001", "RX"), FAULT_PAGE_REQUEST, FAULT_EXECUTE},
		{PAGE_REQUEST("0x00001", ""), FAULT_PAGE_REQUEST, FAULT_ACCESS_UNKNOWN},
	};

	assert_codes(rows, ARRAY_SIZE(rows));
	assert_int_equal(fault_in(PAGE_REQUEST("0x00000", "R")).pasid, -1);
	assert_int_equal(fault_in(PAGE_REQUEST("0x00001", "R")).pasid, 1);
	/* A substream 0 that the event has, and one that it has not. */
	assert_int_equal(fault_in(V3 "event 0x10 received:\n" V3 "\t0x0000000800000810\n" V3
				     "event: F_TRANSLATION client: 0000:01:00.0 sid: 0x8 ssid: 0x0 "
				     "iova: 0x1000 ipa: 0x0")
				 .pasid,
			 0);
	assert_int_equal(fault_in(V3 "event 0x10 received:\n" V3 "\t0x0000000800000010\n" V3
				     "event: F_TRANSLATION client: 0000:01:00.0 sid: 0x8 ssid: 0x0 "
				     "iova: 0x1000 ipa: 0x0")
				 .pasid,
			 -1);
}

static void codes_of_other_iommus(void **state)
{
	static const struct code_row rows[] = {
		{"virtio_iommu virtio0: page fault from EP 8 at 0x1000 [W]", FAULT_TRANSLATION,
		 FAULT_WRITE},
		{"virtio_iommu virtio0: page fault from EP 8 at 0x1000 [X]", FAULT_TRANSLATION,
		 FAULT_EXECUTE},
		{"virtio_iommu virtio0: page fault from EP 8 at 0x1000 [R]", FAULT_TRANSLATION,
		 FAULT_READ},
		{"riscv,iommu a.iommu: Fault 99 devid: 0x8 iotval: 0 iotval2: 0", FAULT_UNKNOWN,
		 FAULT_ACCESS_UNKNOWN},
		{"riscv,iommu a.iommu: Fault 1 devid: 0x8 iotval: 0 iotval2: 0", FAULT_PERMISSION,
		 FAULT_EXECUTE},
		{"apple-dart a.iommu: translation fault: status:0x1 stream:1 code:0x8 (READ FAULT) "
		 "at 0x10000",
		 FAULT_PERMISSION, FAULT_READ},
		{"apple-dart a.iommu: translation fault: status:0x1 stream:1 code:0x1 (NO TTBR FOR "
		 "IOVA) at 0x10000",
		 FAULT_NO_STREAM, FAULT_ACCESS_UNKNOWN},
		{"apple-dart a.iommu: translation fault: status:0x1 stream:1 code:0x0 (unknown) at "
		 "0x10000",
		 FAULT_UNKNOWN, FAULT_ACCESS_UNKNOWN},
		{"rk_iommu a.iommu: Page fault at 0x1000 of type else", FAULT_TRANSLATION,
		 FAULT_ACCESS_UNKNOWN},
		{"exynos-sysmmu a.sysmmu: b.fimd: [READ] NEW FAULT occurred at 0x1000",
		 FAULT_UNKNOWN, FAULT_READ},
		{"exynos-sysmmu a.sysmmu: b.fimd: [WRITE] MULTI-HIT FAULT occurred at 0x1000",
		 FAULT_TLB_CONFLICT, FAULT_WRITE},
		{"ipmmu-vmsa a.iommu: Unhandled fault: status 0x00000000 iova 0x1000",
		 FAULT_UNKNOWN, FAULT_ACCESS_UNKNOWN},
	};

	assert_codes(rows, ARRAY_SIZE(rows));
	/* Numbers that are no larb or no port make no stream ID. */
	assert_int_equal(fault_in("mtk-iommu-v1 a.iommu: fault type=0x1 iova=0x1000 pa=0x0 larb=32 "
				  "port=4")
				 .stream,
			 -1);
	assert_int_equal(fault_in("mtk-iommu-v1 a.iommu: fault type=0x1 iova=0x1000 pa=0x0 larb=1 "
				  "port=32")
				 .stream,
			 -1);
}

static void lines_that_no_driver_prints_are_refused(void **state)
{
	static const char *const lines[] = {
		/* A stream ID and a PASID of more than 32 bits. */
		V2 "Unhandled context fault: fsr=0x2, iova=0x1000, fsynr=0x0, "
		   "cbfrsynra=0x100000000, cb=3",
		"DMAR: [DMA Read PASID 0x100000000] Request device [06:00.1] fault addr 0x1000 "
		"[fault reason 0x05] x",
		"DMAR: [DMA Read PASID x] Request device [06:00.1] fault addr 0x1000 [fault reason "
		"0x05] x",
		/* Names that are none, or longer than any. */
		"exynos-sysmmu a.sysmmu: b c: PAGE FAULT occurred at 0x1000",
		"exynos-sysmmu a.sysmmu: : PAGE FAULT occurred at 0x1000",
		"DMAR: [DMA Read NO_PASID] Request device [0000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000:06:00.1] "
		"fault addr 0x1000 [fault reason 0x05] x",
		"arm_smmu_context_fault: 0x12 callbacks suppressed",
		"arm_smmu_context_fault: many callbacks suppressed",
		V3 "event 0x10 received: and more",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (fault_in(lines[i]).count)
			fail_msg("a fault: %s", lines[i]);
}

static struct fault base_fault(void)
{
	struct fault fault = {.kind = FAULT_TRANSLATION,
			      .access = FAULT_READ,
			      .iommu_kind = IOMMU_KIND_SMMU,
			      .stream = 8,
			      .pasid = -1,
			      .has_address = true,
			      .address = 0x100000,
			      .count = 1};

	snprintf(fault.iommu, sizeof(fault.iommu), "a.iommu");
	snprintf(fault.device, sizeof(fault.device), "06:00.1");
	snprintf(fault.reason, sizeof(fault.reason), "TF");
	return fault;
}

static size_t entries_of(const struct fault *one, const struct fault *other)
{
	_autofaulttally_ struct fault_tally *tally = fault_tally_new();
	size_t count;

	fault_tally_add(tally, one);
	fault_tally_add(tally, other);
	fault_tally_items(tally, &count);
	return count;
}

/* Only time and address may differ, and the address only within one meaning. */
static void faults_that_differ_are_entries_of_their_own(void **state)
{
	const struct fault one = base_fault();
	struct fault others[11];

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		others[i] = base_fault();
	others[0].kind = FAULT_PERMISSION;
	others[1].access = FAULT_WRITE;
	others[2].iommu_kind = IOMMU_KIND_QCOM;
	others[3].stream = 9;
	others[4].pasid = 1;
	others[5].has_address = false;
	others[6].address = 0x10;
	others[7].address = 0xfee00000;
	others[8].iommu[0] = 'b';
	others[9].device[6] = '2';
	others[10].reason[0] = 'P';
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (entries_of(&one, &others[i]) != 2)
			fail_msg("other %zu is the same", i);
	others[0] = base_fault();
	others[0].address = 0x123456;
	assert_int_equal(entries_of(&one, &others[0]), 1);
}

/* So many entries share places of the hash table, whichever member differs. */
static void entries_that_share_a_place_stay_apart(void **state)
{
	_autofaulttally_ struct fault_tally *tally = fault_tally_new();
	const struct fault *items;
	size_t count;

	for (int round = 0; round < 2; round++) {
		for (unsigned i = 0; i < FAULTS_MAX; i++) {
			struct fault fault = base_fault();

			fault.kind = i & 1 ? FAULT_PERMISSION : FAULT_TRANSLATION;
			fault.access = i & 2 ? FAULT_WRITE : FAULT_READ;
			fault.iommu_kind = i & 4 ? IOMMU_KIND_QCOM : IOMMU_KIND_SMMU;
			fault.stream = i & 8 ? 8 : 9;
			fault.pasid = i & 16 ? 1 : -1;
			fault.address = i & 32 ? 0x10 : 0x100000;
			fault.iommu[0] = i & 64 ? 'a' : 'b';
			fault.device[6] = i & 128 ? '1' : '2';
			fault.reason[0] = (char)('A' + (i >> 8));
			fault_tally_add(tally, &fault);
		}
	}
	items = fault_tally_items(tally, &count);
	assert_int_equal(count, FAULTS_MAX);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(items[i].count, 2);
	fault_tally_free(NULL);
}

UNIT(fault_codes)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_of_vtd),
		cmocka_unit_test(flags_of_amd),
		cmocka_unit_test(codes_of_smmus),
		cmocka_unit_test(codes_of_other_iommus),
		cmocka_unit_test(lines_that_no_driver_prints_are_refused),
		cmocka_unit_test(faults_that_differ_are_entries_of_their_own),
		cmocka_unit_test(entries_that_share_a_place_stay_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
